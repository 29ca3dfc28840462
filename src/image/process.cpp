// SPDX-License-Identifier: Apache-2.0
#include "image/process.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstring>
#include <utility>
#include <vector>

namespace drydock::image {
namespace {

using Clock = std::chrono::steady_clock;

class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() { close_now(); }
  void close_now() {
    if (number_ >= 0) close(number_);
    number_ = -1;
  }
  [[nodiscard]] int number() const { return number_; }

 private:
  int number_;
};

// A memory file that reads as `text` from its beginning; a pipe could fill up and block both sides.
int file_with(std::string_view text) {
  const int file = memfd_create("input", MFD_CLOEXEC);
  if (file < 0) return file;
  while (!text.empty()) {
    const ssize_t written = write(file, text.data(), text.size());
    if (written <= 0) break;
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  lseek(file, 0, SEEK_SET);
  return file;
}

class SpawnActions {
 public:
  SpawnActions() { posix_spawn_file_actions_init(&actions_); }
  SpawnActions(const SpawnActions&) = delete;
  SpawnActions& operator=(const SpawnActions&) = delete;
  ~SpawnActions() { posix_spawn_file_actions_destroy(&actions_); }
  void replace(int target, int source) {
    posix_spawn_file_actions_adddup2(&actions_, source, target);
  }
  void drop(int target) {
    posix_spawn_file_actions_addopen(&actions_, target, "/dev/null", O_WRONLY, 0);
  }
  [[nodiscard]] const posix_spawn_file_actions_t* get() const { return &actions_; }

 private:
  posix_spawn_file_actions_t actions_{};
};

// Appends to `output` until its end; false when time is up first.
bool collect(int from, Clock::time_point deadline, std::string& output) {
  std::array<char, 1 << 16> buffer;
  for (;;) {
    const auto left =
        std::chrono::duration_cast<std::chrono::milliseconds>(deadline - Clock::now());
    pollfd waiting{from, POLLIN, 0};
    const int ready = left.count() > 0 ? poll(&waiting, 1, static_cast<int>(left.count())) : 0;
    if (ready < 0 && errno == EINTR) continue;
    if (ready <= 0) return false;
    const ssize_t got = ::read(from, buffer.data(), buffer.size());
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return true;
    output.append(buffer.data(), static_cast<std::size_t>(got));
  }
}

int wait_for(pid_t child) {
  int status = 0;
  while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  return status;
}

Result<pid_t> start(std::span<const std::string> arguments, int input, int output) {
  std::vector<char*> argv;
  for (const std::string& argument : arguments) argv.push_back(const_cast<char*>(argument.c_str()));
  argv.push_back(nullptr);
  SpawnActions actions;
  actions.replace(STDIN_FILENO, input);
  actions.replace(STDOUT_FILENO, output);
  actions.drop(STDERR_FILENO);
  pid_t child = 0;
  const int error = posix_spawnp(&child, argv[0], actions.get(), nullptr, argv.data(), environ);
  if (error != 0)
    return failure(fmt::format("{}: cannot be started: {}", arguments[0], strerror(error)));
  return child;
}

}  // namespace

Result<std::string> run_program(std::span<const std::string> arguments, std::string_view input,
                                std::chrono::milliseconds patience) {
  if (arguments.empty()) return failure("no program to run");
  const Clock::time_point deadline = Clock::now() + patience;
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) return failure(fmt::format("no pipe: {}", strerror(errno)));
  Descriptor reading(ends[0]);
  Descriptor writing(ends[1]);
  const Descriptor text(file_with(input));
  if (text.number() < 0) return failure(fmt::format("no memory file: {}", strerror(errno)));

  const auto child = start(arguments, text.number(), writing.number());
  if (!child) return std::unexpected(child.error());
  writing.close_now();
  std::string output;
  const bool done = collect(reading.number(), deadline, output);
  if (!done) kill(*child, SIGKILL);
  const int status = wait_for(*child);
  if (!done)
    return failure(fmt::format("{}: not done after {} ms", arguments[0], patience.count()));
  if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
    return failure(fmt::format("{}: failed with wait status {:#x}", arguments[0], status));
  }
  return output;
}

}  // namespace drydock::image

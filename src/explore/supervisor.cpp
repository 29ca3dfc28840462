// SPDX-License-Identifier: Apache-2.0
#include "explore/supervisor.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mman.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstring>
#include <new>
#include <optional>
#include <system_error>

#include "explore/channel.h"
#include "explore/worker.h"

namespace drydock::explore {
namespace {

using Clock = std::chrono::steady_clock;

// A memory file with a Progress in it, seen by both processes.
class ProgressPage {
 public:
  ProgressPage() : file_(memfd_create("progress", MFD_CLOEXEC)) {
    if (file_.get() < 0 || ftruncate(file_.get(), sizeof(Progress)) != 0) return;
    void* memory =
        mmap(nullptr, sizeof(Progress), PROT_READ | PROT_WRITE, MAP_SHARED, file_.get(), 0);
    if (memory != MAP_FAILED) progress_ = new (memory) Progress;
  }
  ProgressPage(const ProgressPage&) = delete;
  ProgressPage& operator=(const ProgressPage&) = delete;
  ~ProgressPage() {
    if (progress_ != nullptr) munmap(progress_, sizeof(Progress));
  }

  explicit operator bool() const { return progress_ != nullptr; }
  [[nodiscard]] int file() const { return file_.get(); }
  [[nodiscard]] Snapshot read() const {
    return {progress_->run, progress_->finished, progress_->distinct, progress_->inconclusive};
  }
  [[nodiscard]] bool stopping() const { return progress_->stop; }
  void stop() const { progress_->stop = true; }

 private:
  Descriptor file_;
  Progress* progress_ = nullptr;
};

// Signals that ask a process to end, kept from it and from the workers that it starts.
class HeldSignals {
 public:
  explicit HeldSignals(bool hold) {
    sigemptyset(&held_);
    if (hold) {
      sigaddset(&held_, SIGINT);
      sigaddset(&held_, SIGTERM);
    }
    pthread_sigmask(SIG_BLOCK, &held_, &before_);
  }
  HeldSignals(const HeldSignals&) = delete;
  HeldSignals& operator=(const HeldSignals&) = delete;
  ~HeldSignals() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }

  // One that has come, which is then as if it had not.
  [[nodiscard]] std::optional<int> take() const {
    constexpr timespec at_once{};
    const int signal = sigtimedwait(&held_, nullptr, &at_once);
    return signal > 0 ? std::optional(signal) : std::nullopt;
  }

 private:
  sigset_t held_{};
  sigset_t before_{};
};

// Kills and waits for what is still there when it goes.
class Child {
 public:
  explicit Child(pid_t pid) : pid_(pid) {}
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;
  ~Child() {
    kill();
    if (!status_) wait();
  }

  void kill() const {
    if (!status_) ::kill(pid_, SIGKILL);
  }
  // The status as of waitpid.
  int wait() {
    int status = 0;
    while (waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
    }
    status_ = status;
    return status;
  }
  // The same, for a child that has no reason to live on; nothing when it does all the same.
  std::optional<int> wait_a_moment() {
    const auto until = Clock::now() + std::chrono::seconds(2);
    for (int status = 0; Clock::now() < until; usleep(2000)) {
      if (waitpid(pid_, &status, WNOHANG) != pid_) continue;
      status_ = status;
      return status;
    }
    return std::nullopt;
  }

 private:
  pid_t pid_;
  std::optional<int> status_;
};

// Runs in the child, between fork and exec: system calls only.
[[noreturn]] void become_worker(const char* program, int channel, int progress,
                                const net::LiveFiles& live) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  personality(ADDR_NO_RANDOMIZE);
  const int nothing = open("/dev/null", O_RDWR);
  dup2(nothing, STDIN_FILENO);
  dup2(nothing, STDOUT_FILENO);
  // By way of numbers that neither descriptor can have been given.
  constexpr int out_of_the_way = 100;
  dup2(channel, out_of_the_way);
  dup2(progress, out_of_the_way + 1);
  dup2(live.host, out_of_the_way + 2);
  dup2(live.network, out_of_the_way + 3);
  dup2(out_of_the_way, worker_channel);
  dup2(out_of_the_way + 1, worker_progress);
  close_range(worker_progress + 1, out_of_the_way - 1, 0);
  dup2(out_of_the_way + 2, worker_live_host);
  dup2(out_of_the_way + 3, worker_live_network);
  close_range(worker_live_network + 1, ~0U, 0);
  const char* const arguments[] = {"drydock", worker_command, nullptr};
  const char* const environment[] = {nullptr};
  execve(program, const_cast<char* const*>(arguments), const_cast<char* const*>(environment));
  _exit(127);
}

std::string describe_status(int status) {
  if (WIFSIGNALED(status)) {
    const int signal = WTERMSIG(status);
    if (signal == SIGSYS) return "made a system call that drivers must not make (SIGSYS)";
    const char* name = sigabbrev_np(signal);
    return fmt::format("was killed by SIG{}", name == nullptr ? "?" : name);
  }
  return fmt::format("ended with code {} and no report", WEXITSTATUS(status));
}

// False when that is not for the worker to decide: the signal comes back when it is gone.
bool heed_signals(const HeldSignals& signals, const ProgressPage& page) {
  const auto signal = signals.take();
  if (signal && page.stopping()) {
    raise(*signal);
    return false;
  }
  if (signal) page.stop();
  return true;
}

// Until there is something to read; false when the run under way takes longer than it may.
bool wait_for_report(int channel, const ProgressPage& page, const HeldSignals& signals,
                     const Watch& watch) {
  auto since = Clock::now();
  std::uint64_t run = page.read().run;
  while (!wait_readable(channel, std::chrono::milliseconds(100))) {
    const Snapshot now = page.read();
    watch.tick(now);
    if (std::exchange(run, now.run) != now.run) since = Clock::now();
    if (Clock::now() - since > watch.run_limit || !heed_signals(signals, page)) return false;
  }
  return true;
}

WorkerEnd flatten(Report report) {
  return std::visit([](auto alternative) -> WorkerEnd { return alternative; }, std::move(report));
}

std::string how_it_ended(Child& child) {
  const auto status = child.wait_a_moment();
  return status ? describe_status(*status) : "reported nothing that can be read";
}

WorkerEnd follow(Child& child, int channel, const Job& job, const ProgressPage& page,
                 const HeldSignals& signals, const Watch& watch) {
  // A worker that is gone already tells more by how it went.
  if (const auto sent = send_message(channel, to_json(job)); !sent)
    return Died{how_it_ended(child), page.read().run};
  if (!wait_for_report(channel, page, signals, watch)) {
    const auto limit = std::chrono::duration_cast<std::chrono::seconds>(watch.run_limit);
    return Died{fmt::format("was still at the same run after {} s", limit.count()), page.read().run,
                true};
  }
  const auto message = receive_message(channel);
  if (!message) return Died{how_it_ended(child), page.read().run};
  auto report = report_from_json(*message);
  if (!report) return Died{"sent a damaged report", page.read().run};
  return flatten(std::move(*report));
}

// Nobody waits for ever for the rest of a message.
void limit_waiting(int channel) {
  const timeval limit{.tv_sec = 5, .tv_usec = 0};
  setsockopt(channel, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
  setsockopt(channel, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof(limit));
}

}  // namespace

WorkerEnd supervise(const Job& job, const Watch& watch) {
  const ProgressPage page;
  int ends[2] = {-1, -1};
  if (!page || socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
    return Faulted{"cannot prepare a worker: " + std::generic_category().message(errno)};
  const Descriptor ours(ends[0]);
  Descriptor theirs(ends[1]);
  const HeldSignals signals(job.inputs.live.has_value());
  const pid_t pid = fork();
  if (pid < 0) return Faulted{"cannot start a worker: " + std::generic_category().message(errno)};
  if (pid == 0) become_worker(watch.program.c_str(), theirs.get(), page.file(), watch.live_files);
  theirs.close();
  limit_waiting(ours.get());
  Child child(pid);
  auto end = follow(child, ours.get(), job, page, signals, watch);
  watch.tick(page.read());
  return end;
}

}  // namespace drydock::explore

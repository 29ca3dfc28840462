// SPDX-License-Identifier: Apache-2.0
#include "explore/worker_process.h"

#include <fcntl.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstring>
#include <system_error>
#include <utility>

#include "explore/worker.h"

namespace drydock::explore {
namespace {

using Clock = std::chrono::steady_clock;

// Runs in the child, between fork and exec: system calls only.
[[noreturn]] void become_worker(const WorkerStart& start) {
  if (start.dies_with_thread) prctl(PR_SET_PDEATHSIG, SIGKILL);
  personality(ADDR_NO_RANDOMIZE);
  const int nothing = open("/dev/null", O_RDWR);
  dup2(nothing, STDIN_FILENO);
  dup2(nothing, STDOUT_FILENO);
  // By way of numbers that none of the descriptors can have been given.
  constexpr int out_of_the_way = 100;
  dup2(start.channel, out_of_the_way);
  dup2(start.progress, out_of_the_way + 1);
  dup2(start.live_host, out_of_the_way + 2);
  dup2(start.live_network, out_of_the_way + 3);
  dup2(out_of_the_way, worker_channel);
  dup2(out_of_the_way + 1, worker_progress);
  close_range(worker_progress + 1, out_of_the_way - 1, 0);
  dup2(out_of_the_way + 2, worker_live_host);
  dup2(out_of_the_way + 3, worker_live_network);
  close_range(worker_live_network + 1, ~0U, 0);
  const char* const arguments[] = {"drydock", start.command.c_str(), nullptr};
  const char* const environment[] = {nullptr};
  execve(start.program.c_str(), const_cast<char* const*>(arguments),
         const_cast<char* const*>(environment));
  _exit(127);
}

std::string describe_status(int status) {
  if (WIFSIGNALED(status)) {
    const int signal = WTERMSIG(status);
    if (signal == SIGSYS) return "made a system call that drivers must not make (SIGSYS)";
    const char* name = sigabbrev_np(signal);
    return std::string("was killed by SIG") + (name == nullptr ? "?" : name);
  }
  return "ended with code " + std::to_string(WEXITSTATUS(status)) + " and no report";
}

}  // namespace

Result<WorkerProcess> WorkerProcess::start(const WorkerStart& start) {
  const pid_t pid = fork();
  if (pid < 0) return failure("cannot start a worker: " + std::generic_category().message(errno));
  if (pid == 0) become_worker(start);
  return WorkerProcess(pid);
}

WorkerProcess::WorkerProcess(WorkerProcess&& other) noexcept
    : pid_(std::exchange(other.pid_, -1)), status_(other.status_) {}

WorkerProcess& WorkerProcess::operator=(WorkerProcess&& other) noexcept {
  end();
  pid_ = std::exchange(other.pid_, -1);
  status_ = other.status_;
  return *this;
}

WorkerProcess::~WorkerProcess() {
  end();
}

void WorkerProcess::end() {
  if (pid_ < 0) return;
  kill();
  if (!status_) wait();
}

void WorkerProcess::kill() const {
  if (!status_) ::kill(pid_, SIGKILL);
}

void WorkerProcess::wait() {
  int status = 0;
  while (waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
  }
  status_ = status;
}

std::string WorkerProcess::how_it_ended() {
  const auto until = Clock::now() + std::chrono::seconds(2);
  for (int status = 0; !status_ && Clock::now() < until; usleep(2000)) {
    if (waitpid(pid_, &status, WNOHANG) == pid_) status_ = status;
  }
  return status_ ? describe_status(*status_) : "reported nothing that can be read";
}

}  // namespace drydock::explore

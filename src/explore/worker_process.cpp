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

// A number that no descriptor of a worker has; -1 stays.
int out_of_the_way(int descriptor) {
  return descriptor < 0 ? -1 : fcntl(descriptor, F_DUPFD, worker_live_network + 1);
}

void put(int descriptor, int number) {
  if (descriptor < 0) {
    close(number);
  } else {
    dup2(descriptor, number);
  }
}

// What the program that starts it has ignored or held back is no matter of the worker's: its faults
// and its clock have to reach it.
void hear_own_signals() {
  sigset_t own;
  sigemptyset(&own);
  for (const int signal : {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGTRAP, SIGSYS, SIGABRT, SIGVTALRM}) {
    sigaddset(&own, signal);
    std::signal(signal, SIG_DFL);
  }
  sigprocmask(SIG_UNBLOCK, &own, nullptr);
}

// Runs in the child, between fork and exec: system calls only.
[[noreturn]] void become_worker(const WorkerStart& start) {
  if (start.dies_with_thread) prctl(PR_SET_PDEATHSIG, SIGKILL);
  personality(ADDR_NO_RANDOMIZE);
  const int nothing = open("/dev/null", O_RDWR);
  dup2(nothing, STDIN_FILENO);
  dup2(nothing, STDOUT_FILENO);
  const int channel = out_of_the_way(start.channel);
  const int progress = out_of_the_way(start.progress);
  const int host = out_of_the_way(start.live_host);
  const int network = out_of_the_way(start.live_network);
  put(channel, worker_channel);
  put(progress, worker_progress);
  put(host, worker_live_host);
  put(network, worker_live_network);
  close_range(worker_live_network + 1, ~0U, 0);
  hear_own_signals();
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
  if (!status_ && pid_ > 0) ::kill(pid_, SIGKILL);
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

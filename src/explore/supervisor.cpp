// SPDX-License-Identifier: Apache-2.0
#include "explore/supervisor.h"

#include <fmt/format.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <new>
#include <optional>
#include <system_error>

#include "explore/channel.h"
#include "explore/worker.h"
#include "explore/worker_process.h"

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

WorkerEnd follow(WorkerProcess& child, int channel, const Job& job, const ProgressPage& page,
                 const HeldSignals& signals, const Watch& watch) {
  // A worker that is gone already tells more by how it went.
  if (const auto sent = send_message(channel, to_json(job)); !sent)
    return Died{child.how_it_ended(), page.read().run};
  if (!wait_for_report(channel, page, signals, watch)) {
    const auto limit = std::chrono::duration_cast<std::chrono::seconds>(watch.run_limit);
    return Died{fmt::format("was still at the same run after {} s", limit.count()), page.read().run,
                true};
  }
  const auto message = receive_message(channel);
  if (!message) return Died{child.how_it_ended(), page.read().run};
  auto report = report_from_json(*message);
  if (!report) return Died{"sent a damaged report", page.read().run};
  return flatten(std::move(*report));
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
  auto started = WorkerProcess::start({.program = watch.program,
                                       .command = worker_command,
                                       .channel = theirs.get(),
                                       .progress = page.file(),
                                       .live_host = watch.live_files.host,
                                       .live_network = watch.live_files.network});
  if (!started) return Faulted{started.error().message};
  theirs.close();
  limit_waiting(ours.get());
  WorkerProcess& child = *started;
  auto end = follow(child, ours.get(), job, page, signals, watch);
  watch.tick(page.read());
  return end;
}

}  // namespace drydock::explore

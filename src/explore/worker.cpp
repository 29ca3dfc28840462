// SPDX-License-Identifier: Apache-2.0
#include "explore/worker.h"

#include <fmt/format.h>
#include <sys/mman.h>

#include <exception>
#include <memory>

#include "explore/channel.h"
#include "explore/job.h"
#include "explore/random.h"
#include "explore/replay.h"
#include "explore/sandbox.h"
#include "scenario/environment.h"
#include "scenario/plan_builder.h"
#include "scenario/run.h"

namespace drydock::explore {
namespace {

using scenario::RunResult;

struct Unmap {
  void operator()(Progress* progress) const { munmap(progress, sizeof(Progress)); }
};
using SharedProgress = std::unique_ptr<Progress, Unmap>;

SharedProgress map_progress() {
  void* memory =
      mmap(nullptr, sizeof(Progress), PROT_READ | PROT_WRITE, MAP_SHARED, worker_progress, 0);
  return SharedProgress(memory == MAP_FAILED ? nullptr : static_cast<Progress*>(memory));
}

// One visit per kind of work.
struct Workshop {
  const RunFunction& run;
  bool twice = false;
  Progress& progress;

  Result<Done> operator()(const RunPlain&) const {
    if (twice) return compared([] { return std::make_unique<machine::RoundRobin>(); });
    machine::RoundRobin choices;
    return done(run(choices));
  }
  Result<Done> operator()(const RunSchedule& schedule) const {
    if (twice) return compared([&] { return std::make_unique<Random>(schedule.seed); });
    Random choices(schedule.seed);
    Recording recording(choices);
    auto finished = done(run(recording));
    if (finished) finished->recorded = recording.recorded();
    return finished;
  }
  Result<Done> operator()(const RunRecorded& recorded) const {
    Replay choices(recorded.recorded);
    auto finished = done(run(choices));
    if (finished) finished->divergence = choices.divergence();
    return finished;
  }
  Result<Done> operator()(const CampaignOptions& options) const {
    auto report = campaign(run, options, progress);
    if (!report) return std::unexpected(report.error());
    Done finished;
    finished.result = std::move(report->result);
    finished.campaign = std::move(*report);
    return finished;
  }

 private:
  [[nodiscard]] Result<Done> compared(const MakeChoices& make_choices) const {
    return done(run_twice(run, make_choices));
  }
  static Result<Done> done(Result<RunResult> result) {
    if (!result) return std::unexpected(result.error());
    Done finished;
    finished.result = std::move(*result);
    return finished;
  }
};

Report do_job(Job job, Progress& progress) {
  if (job.inputs.live)
    job.inputs.live->files = {.host = worker_live_host,
                              .network = worker_live_network,
                              .keeps_packets = job.inputs.live->keeps_packets,
                              .stop = &progress.stop};
  const auto plan = scenario::build_plan(job.inputs);
  if (!plan) return Refused{plan.error().message};
  scenario::Environment environment;
  const RunFunction run = [&](machine::Choices& choices) {
    return scenario::run(environment, *plan, choices);
  };
  auto done = std::visit(Workshop{run, job.twice, progress}, job.work);
  if (!done) return Refused{done.error().message};
  return std::move(*done);
}

Report work(const nlohmann::json& message) try {
  auto job = job_from_json(message);
  if (!job) return Faulted{job.error().message};
  const auto progress = map_progress();
  if (progress == nullptr) return Faulted{"a worker has no progress page"};
  if (const auto entered = enter_sandbox(); !entered) return Faulted{entered.error().message};
  return do_job(*std::move(job), *progress);
} catch (const std::exception& fault) {
  return Faulted{fault.what()};
}

}  // namespace

int run_worker() {
  const auto message = receive_message(worker_channel);
  if (!message) return 1;
  return send_message(worker_channel, to_json(work(*message))) ? 0 : 1;
}

}  // namespace drydock::explore

// SPDX-License-Identifier: Apache-2.0
#include "explore/campaign.h"

#include <chrono>
#include <unordered_set>

#include "explore/random.h"

namespace drydock::explore {
namespace {

using Clock = std::chrono::steady_clock;
using scenario::RunResult;

Result<RunResult> run_schedule(const RunFunction& run, const CampaignOptions& options,
                               std::uint64_t number) {
  const std::uint64_t seed = schedule_seed(options.seed, number);
  if (options.twice) return run_twice(run, [seed] { return std::make_unique<Random>(seed); });
  Random choices(seed);
  return run(choices);
}

bool ends_campaign(const RunResult& result) {
  return result.outcome == verify::Outcome::findings || !result.internal_fault.empty();
}

bool within(const CampaignOptions& options, Clock::time_point start) {
  return options.seconds <= 0 ||
         std::chrono::duration<double>(Clock::now() - start).count() < options.seconds;
}

// What the runs of a campaign have in common.
class Tally {
 public:
  explicit Tally(Progress& progress) : progress_(progress) {}

  void add(RunResult& result, CampaignReport& report) {
    for (const auto& [name, count] : result.counters) counters_[name] += count;
    hashes_.insert(result.trace_hash);
    progress_.distinct = hashes_.size();
    ++progress_.finished;
    if (result.outcome != verify::Outcome::inconclusive) return;
    ++progress_.inconclusive;
    if (report.why_inconclusive.empty()) report.why_inconclusive = result.why_inconclusive;
  }
  [[nodiscard]] std::map<std::string, std::uint64_t> take_counters() {
    return std::move(counters_);
  }

 private:
  Progress& progress_;
  std::map<std::string, std::uint64_t> counters_;
  std::unordered_set<std::uint64_t> hashes_;
};

}  // namespace

Result<CampaignReport> campaign(const RunFunction& run, const CampaignOptions& options,
                                Progress& progress) {
  const auto start = Clock::now();
  CampaignReport report;
  Tally tally(progress);
  for (std::uint64_t done = 0; done < options.runs && !report.found; ++done) {
    if (done != 0 && !within(options, start)) break;
    report.run = options.first_run + done;
    progress.run = report.run;
    auto result = run_schedule(run, options, report.run);
    if (!result) return std::unexpected(result.error());
    tally.add(*result, report);
    report.found = ends_campaign(*result);
    report.result = std::move(*result);
  }
  report.result.counters = tally.take_counters();
  return report;
}

}  // namespace drydock::explore

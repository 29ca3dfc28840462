// SPDX-License-Identifier: Apache-2.0
// Many lives of one driver, each under another random schedule, until one finds something or the
// budget is used up.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "explore/progress.h"
#include "explore/twice.h"

namespace drydock::explore {

struct CampaignOptions {
  std::uint64_t seed = 1;
  std::uint64_t first_run = 0;
  std::uint64_t runs = UINT64_MAX;  // how many at most
  double seconds = 0;               // of wall time; 0: no limit. The last run is finished.
  bool twice = false;               // every schedule two times, compared
};

struct CampaignReport {
  scenario::RunResult result;    // of the run that ended it; its counters are sums over all runs
  std::uint64_t run = 0;         // number of that run
  bool found = false;            // it has a finding of severity error, or a fault of Drydock
  std::string why_inconclusive;  // of the first run without a verdict
};

// Errors: as scenario::run.
Result<CampaignReport> campaign(const RunFunction& run, const CampaignOptions& options,
                                Progress& progress);

}  // namespace drydock::explore

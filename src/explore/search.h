// SPDX-License-Identifier: Apache-2.0
// A campaign over workers: goes on with a new one when a schedule costs one, and believes a finding
// only when a fresh worker shows it again.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "base/error.h"
#include "explore/campaign.h"
#include "explore/recording.h"
#include "explore/supervisor.h"
#include "scenario/inputs.h"

namespace drydock::explore {

struct SearchEnd {
  // With a finding: that run's. Without: the last run's, its counters summed over all runs and its
  // outcome that of the whole search.
  scenario::RunResult result;
  bool found = false;
  std::uint64_t run = 0;  // number of the schedule with the finding
  Recorded recorded;      // its choices
  std::uint64_t schedules = 0;
  std::uint64_t distinct = 0;
  std::uint64_t inconclusive = 0;
  std::uint64_t workers_lost = 0;
  std::string how_lost;  // the first
};

// `tick` is told the number of schedules so far. Errors: the inputs cannot be used.
Result<SearchEnd> search(const scenario::Inputs& inputs, const CampaignOptions& options,
                         const std::function<void(std::uint64_t)>& tick, const Watch& watch = {});

}  // namespace drydock::explore

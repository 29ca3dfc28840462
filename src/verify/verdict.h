// SPDX-License-Identifier: Apache-2.0
// From a finished run to a verdict: every rule asked about every life, equal findings counted once,
// consequences put under their causes. Clean are only lives that were seen to their end.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "machine/machine.h"
#include "verify/run_view.h"

namespace drydock::verify {

enum class Outcome : std::uint8_t { clean, findings, inconclusive };

const char* outcome_name(Outcome outcome);

struct Verdict {
  Outcome outcome = Outcome::clean;
  std::string why_inconclusive;  // not empty: the run is not whole; may stand beside findings
  Findings findings;             // errors first, then in the order in which they happened
};

// `stop` is how the run ended early, if it did. Findings of the rules in `accepted` are told and do
// not count.
Verdict judge(const ledger::Record& record, const std::optional<machine::Stop>& stop,
              const wfp::Engine* engine, const std::vector<Life>& lives,
              const std::vector<std::string>& accepted = {});

}  // namespace drydock::verify

// SPDX-License-Identifier: Apache-2.0
#include "wfp/engine/arbiter.h"

namespace drydock::wfp {

using Outcome = TraceEntry::Outcome;

FilterVerdict missing_verdict(const Filter& filter, const Variants& variants) {
  if (filter.spec.action == Action::callout_inspection) return {.outcome = Outcome::skipped};
  if ((filter.spec.flags & filter_flag::permit_if_callout_unregistered) != 0) {
    return {.outcome = Outcome::callout_missing_permit, .action = Action::permit};
  }
  return {.outcome = Outcome::callout_missing_block,
          .action = Action::block,
          .hard = variants.missing_callout_blocks_hard};
}

FilterVerdict callout_verdict(Action filter_action, const CalloutAnswer& answer) {
  if (answer.skipped) return {.outcome = Outcome::skipped};
  const bool decides = answer.action == Action::permit || answer.action == Action::block;
  if (filter_action == Action::callout_inspection || !answer.wrote || !decides) return {};
  const bool block = answer.action == Action::block;
  return {.outcome = block ? Outcome::block : Outcome::permit,
          .action = answer.action,
          .hard = answer.hard,
          .absorb = block && answer.absorb,
          .from_callout = block};
}

}  // namespace drydock::wfp

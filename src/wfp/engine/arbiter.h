// SPDX-License-Identifier: Apache-2.0
// Arbitration over sublayers (spec section 4): what becomes of one filter's verdict after those
// before it.
#pragma once

#include "wfp/engine/classify.h"
#include "wfp/engine/objects.h"
#include "wfp/engine/variants.h"

namespace drydock::wfp {

// What one filter contributes to its sublayer.
struct FilterVerdict {
  TraceEntry::Outcome outcome = TraceEntry::Outcome::went_on;
  Action action = Action::none;  // PERMIT or BLOCK when it decides
  bool hard = false;
  bool absorb = false;
  bool from_callout = false;  // its BLOCK may be a veto
};

// Of a filter without callout.
[[nodiscard]] inline FilterVerdict plain_verdict(bool block, bool hard) {
  return {.outcome = block ? TraceEntry::Outcome::block : TraceEntry::Outcome::permit,
          .action = block ? Action::block : Action::permit,
          .hard = hard};
}
// Of a filter whose callout has no functions registered (lifecycle of a callout, section 9).
[[nodiscard]] FilterVerdict missing_verdict(const Filter& filter, const Variants& variants);
[[nodiscard]] FilterVerdict callout_verdict(Action filter_action, const CalloutAnswer& answer);

// The state that sublayers hand on to each other.
class Arbiter {
 public:
  explicit Arbiter(const Variants& variants) : variants_(variants) {}

  [[nodiscard]] ClassifyRights rights() const { return {.write = may_write_}; }

  // Returns what the verdict turned out to be: a BLOCK without the right is a veto.
  TraceEntry::Outcome take(FilterId filter, bool calls_out, const FilterVerdict& verdict) {
    const bool block = verdict.action == Action::block;
    TraceEntry::Outcome outcome = verdict.outcome;
    if (block && may_write_ && !blocked()) {
      settle(filter, verdict);
    } else if (block && !may_write_ && !blocked() && verdict.from_callout) {
      settle(filter, verdict);
      decision_.veto = true;
      outcome = TraceEntry::Outcome::veto;
    } else if (!block && decision_.filter == FilterId::none) {
      settle(filter, verdict);
    }
    if (clears_right(calls_out, verdict)) may_write_ = false;
    return outcome;
  }

  [[nodiscard]] bool finished() const {
    return variants_.stop_after_hard_block && blocked() && !may_write_;
  }

  void mark_inconclusive() { decision_.inconclusive = true; }

  [[nodiscard]] Decision result() const {
    Decision decision = decision_;
    decision.hard = !may_write_;
    return decision;
  }

 private:
  [[nodiscard]] bool blocked() const { return decision_.action == Action::block; }

  void settle(FilterId filter, const FilterVerdict& verdict) {
    decision_.action = verdict.action;
    decision_.filter = filter;
    decision_.absorbed = verdict.absorb;
  }

  // E-7: one product's authors saw a callout's hard permit not respected.
  [[nodiscard]] bool clears_right(bool calls_out, const FilterVerdict& verdict) const {
    const bool callout_permit = calls_out && verdict.action == Action::permit;
    return verdict.hard && (!callout_permit || variants_.callout_hard_permit_counts);
  }

  const Variants& variants_;
  Decision decision_;
  bool may_write_ = true;
};

}  // namespace drydock::wfp

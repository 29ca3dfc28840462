// SPDX-License-Identifier: Apache-2.0
// The question a layer asks the engine and the answer: callouts called on the way, arbitration over
// sublayers.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "wfp/engine/objects.h"
#include "wfp/engine/value.h"
#include "wfp/engine/variants.h"

namespace drydock::wfp {

// What the callout finds in classifyOut.rights.
struct ClassifyRights {
  bool write = true;  // FWPS_RIGHT_ACTION_WRITE
};

// What a callout left behind.
struct CalloutAnswer {
  Action action = Action::unset;  // actionType on return
  bool wrote = false;             // actionType was written during the call
  bool hard = false;              // the WRITE right was cleared
  bool absorb = false;            // FWPS_CLASSIFY_OUT_FLAG_ABSORB
  bool skipped =
      false;  // not called (CONDITIONAL_ON_FLOW without a context): as if the filter did not match
};

// Calls callouts on behalf of one classify. May suspend the caller and let others change the engine
// meanwhile.
class CalloutInvoker {
 public:
  virtual ~CalloutInvoker() = default;

  // Are functions registered under this number?
  virtual bool registered(CalloutId callout) = 0;
  virtual CalloutAnswer invoke(const Filter& filter, ClassifyRights rights) = 0;

  // A burst goes on to this row of its values; what is asked until the next is about it.
  virtual void begin_row(std::size_t /*row*/) {}

  // Does the token pass the access check of a condition on a user field (access_check.h)? Nothing:
  // not known, the filter does not match and the decision is marked inconclusive.
  virtual std::optional<bool> token_passes(std::span<const std::uint8_t> security_descriptor,
                                           const ValueView& token);
};

// One filter that was reached, in order.
struct TraceEntry {
  enum class Outcome : std::uint8_t {
    no_match,
    skipped,  // callout asked not to be called, or missing inspection callout
    went_on,  // no decision
    permit,
    block,
    veto,  // BLOCK without the right
    callout_missing_block,
    callout_missing_permit,
  };
  FilterId filter = FilterId::none;
  Outcome outcome = Outcome::no_match;
};
using ClassifyTrace = std::vector<TraceEntry>;

struct Decision {
  Action action = Action::permit;    // PERMIT or BLOCK
  FilterId filter = FilterId::none;  // the deciding one; none: nothing decided
  bool absorbed = false;             // silent drop
  bool veto = false;                 // a callout blocked against a hard permit
  bool hard = false;
  bool inconclusive = false;  // a condition could not be evaluated

  friend bool operator==(const Decision&, const Decision&) = default;
};

}  // namespace drydock::wfp

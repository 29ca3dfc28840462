// SPDX-License-Identifier: Apache-2.0
// Why a layer decides as it does: which filters matched in which sublayer, who decided, what the
// others would have needed. The decision itself is the engine's; only the reasons are worked out
// here.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "net/step.h"
#include "wfp/engine/engine.h"

namespace drydock::policy {

// What a callout is taken to answer.
enum class AssumedAnswer : std::uint8_t {
  missing,      // its functions are not registered
  unknown,      // they are, but nobody knows what they say: taken to go on
  go_on,        // CONTINUE
  permit,       // soft
  permit_hard,  // with the WRITE right cleared
  block,        // hard, as drivers do
  block_soft,
};

struct Assumptions {
  std::map<Guid, AssumedAnswer>
      callouts;                       // others: unknown when flagged as registered, else missing
  std::map<Guid, wfp::Value> fields;  // in place of what the step says
};

struct ExplainedFilter {
  std::shared_ptr<const wfp::Filter> filter = {};
  enum class Fate : std::uint8_t {
    no_match,
    unclear,      // a condition could not be judged: taken not to match
    went_on,      // matched, left the decision to the next
    decided,      // for its sublayer
    not_reached,  // its sublayer had decided
  };
  Fate fate = Fate::no_match;
  bool blocks = false;   // decided
  bool hard = false;     // decided: takes the right to decide away from later sublayers
  std::string why = {};  // one phrase: what it did, or which condition failed
};

struct ExplainedSubLayer {
  Guid key;
  std::string name;
  std::uint16_t weight = 0;
  std::vector<ExplainedFilter> filters;  // in the order in which they are met
  std::string effect;                    // on the layer's decision, one phrase
};

struct ExplainedLayer {
  const wfp::Layer* layer = nullptr;
  net::Direction direction{};
  wfp::Decision decision;
  std::shared_ptr<const wfp::Filter> decider;  // null: nobody decided
  std::vector<ExplainedSubLayer> sublayers;
  std::vector<std::string> doubts;  // what the decision rests on without anybody knowing it
};

ExplainedLayer explain(wfp::Engine& engine, const net::Step& step, const Assumptions& assumptions);

}  // namespace drydock::policy

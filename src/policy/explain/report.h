// SPDX-License-Identifier: Apache-2.0
// An explanation for people and for machines. docs/policy.md and docs/json.md describe both.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "policy/explain/explain.h"

namespace drydock::policy {

struct Explanation {
  std::string subject;  // the connection or packet, as asked
  std::vector<ExplainedLayer> layers;

  // The first layer that blocks; null: none does.
  [[nodiscard]] const ExplainedLayer* blocker() const;
  // Does the decision of any layer up to that one rest on what nobody knows?
  [[nodiscard]] bool doubtful() const;
};

// `verbose`: filters that did not match as well, each with the condition that failed.
std::string explanation_text(const Explanation& explanation, bool verbose);
nlohmann::ordered_json explanation_json(const Explanation& explanation);

}  // namespace drydock::policy

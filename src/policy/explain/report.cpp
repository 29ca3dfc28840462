// SPDX-License-Identifier: Apache-2.0
#include "policy/explain/report.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <utility>

#include "policy/describe.h"
#include "policy/names.h"
#include "policy/text.h"

namespace drydock::policy {
namespace {

using nlohmann::ordered_json;
using Fate = ExplainedFilter::Fate;

bool blocks(const ExplainedLayer& layer) {
  return layer.decision.action == wfp::Action::block;
}

std::string decision_text(const ExplainedLayer& layer) {
  const char* action = blocks(layer) ? "BLOCK" : "PERMIT";
  if (layer.decider) {
    return fmt::format("{} by #{} {}", action, std::to_underlying(layer.decider->id),
                       name_text(layer.decider->spec.display));
  }
  return fmt::format("{} ({})", action,
                     layer.sublayers.empty() ? "no filters" : "no filter decided");
}

std::string_view direction_text(net::Direction direction) {
  return direction == net::Direction::outbound ? "out" : "in";
}

void add_filter(std::string& out, const ExplainedFilter& explained) {
  fmt::format_to(std::back_inserter(out), "    #{} {}: {}\n",
                 std::to_underlying(explained.filter->id),
                 name_text(explained.filter->spec.display), explained.why);
}

void add_layer(std::string& out, const ExplainedLayer& layer, bool verbose) {
  fmt::format_to(std::back_inserter(out), "{} ({}): {}\n", layer_text(*layer.layer),
                 direction_text(layer.direction), decision_text(layer));
  for (const ExplainedSubLayer& sublayer : layer.sublayers) {
    const auto matched = [](const ExplainedFilter& f) {
      return f.fate == Fate::went_on || f.fate == Fate::decided;
    };
    if (!verbose && std::ranges::none_of(sublayer.filters, matched)) continue;
    fmt::format_to(
        std::back_inserter(out), "  sublayer {} (weight {}): {}\n",
        sublayer.name.empty() ? key_text(KeyKind::sublayer, sublayer.key) : sublayer.name,
        sublayer.weight, sublayer.effect);
    for (const ExplainedFilter& filter : sublayer.filters) {
      if (verbose || matched(filter)) add_filter(out, filter);
    }
  }
  for (const std::string& doubt : layer.doubts) out += "  not known: " + doubt + "\n";
}

std::string_view fate_text(Fate fate) {
  switch (fate) {
    case Fate::no_match:
      return "no match";
    case Fate::unclear:
      return "unclear";
    case Fate::went_on:
      return "went on";
    case Fate::decided:
      return "decided";
    case Fate::not_reached:
      return "not reached";
  }
  return "";
}

ordered_json filter_json(const ExplainedFilter& explained) {
  const wfp::Filter& filter = *explained.filter;
  ordered_json json = {{"id", std::to_underlying(filter.id)},
                       {"key", to_string(filter.spec.key)},
                       {"name", shown(filter.spec.display.name.value_or(u""))},
                       {"action", action_text(filter.spec.action)},
                       {"weight", filter.weight},
                       {"fate", fate_text(explained.fate)}};
  if (explained.fate == Fate::decided) {
    json["decision"] = explained.blocks ? "BLOCK" : "PERMIT";
    json["hard"] = explained.hard;
  }
  json["why"] = explained.why;
  return json;
}

ordered_json sublayer_json(const ExplainedSubLayer& sublayer) {
  ordered_json filters = ordered_json::array();
  for (const ExplainedFilter& filter : sublayer.filters) filters.push_back(filter_json(filter));
  return {{"key", key_text(KeyKind::sublayer, sublayer.key)},
          {"name", sublayer.name},
          {"weight", sublayer.weight},
          {"effect", sublayer.effect},
          {"filters", std::move(filters)}};
}

ordered_json layer_json(const ExplainedLayer& layer, bool reached) {
  ordered_json json = {{"layer", layer_text(*layer.layer)},
                       {"direction", direction_text(layer.direction)},
                       {"reached", reached},
                       {"decision", blocks(layer) ? "BLOCK" : "PERMIT"}};
  json["decided_by"] =
      layer.decider ? ordered_json(std::to_underlying(layer.decider->id)) : ordered_json(nullptr);
  json["veto"] = layer.decision.veto;
  json["not_known"] = layer.doubts;
  ordered_json sublayers = ordered_json::array();
  for (const ExplainedSubLayer& sublayer : layer.sublayers)
    sublayers.push_back(sublayer_json(sublayer));
  json["sublayers"] = std::move(sublayers);
  return json;
}

std::string conclusion(const Explanation& explanation) {
  const ExplainedLayer* blocker = explanation.blocker();
  std::string text = "permitted at every layer";
  if (blocker != nullptr)
    text = fmt::format("blocked at {}: {}", layer_text(*blocker->layer), decision_text(*blocker));
  if (explanation.doubtful()) text += "; rests on what is not known here";
  return text;
}

}  // namespace

const ExplainedLayer* Explanation::blocker() const {
  const auto found = std::ranges::find_if(layers, blocks);
  return found == layers.end() ? nullptr : &*found;
}

bool Explanation::doubtful() const {
  const ExplainedLayer* last = blocker();
  for (const ExplainedLayer& layer : layers) {
    if (!layer.doubts.empty()) return true;
    if (&layer == last) break;
  }
  return false;
}

std::string explanation_text(const Explanation& explanation, bool verbose) {
  std::string out = fmt::format("{}: {}\n\n", explanation.subject, conclusion(explanation));
  const ExplainedLayer* blocker = explanation.blocker();
  std::size_t not_met = 0;
  for (const ExplainedLayer& layer : explanation.layers) {
    if (not_met == 0 || verbose) {
      add_layer(out, layer, verbose);
    }
    if (&layer == blocker || not_met != 0) ++not_met;
    if (&layer == blocker && verbose) out += "The following layers are not met:\n";
  }
  if (not_met > 1 && !verbose)
    fmt::format_to(std::back_inserter(out), "{} more layers are not met.\n", not_met - 1);
  return out;
}

ordered_json explanation_json(const Explanation& explanation) {
  ordered_json layers = ordered_json::array();
  const ExplainedLayer* blocker = explanation.blocker();
  bool reached = true;
  for (const ExplainedLayer& layer : explanation.layers) {
    layers.push_back(layer_json(layer, reached));
    if (&layer == blocker) reached = false;
  }
  return {{"kind", "drydock explanation"},
          {"schema", 1},
          {"subject", explanation.subject},
          {"outcome", blocker != nullptr ? "BLOCK" : "PERMIT"},
          {"blocked_at",
           blocker != nullptr ? ordered_json(layer_text(*blocker->layer)) : ordered_json(nullptr)},
          {"inconclusive", explanation.doubtful()},
          {"layers", std::move(layers)}};
}

}  // namespace drydock::policy

// SPDX-License-Identifier: Apache-2.0
#include "policy/describe.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <utility>

#include "policy/names.h"
#include "policy/text.h"
#include "policy/values.h"

namespace drydock::policy {
namespace {

using wfp::Filter;
using wfp::MatchType;

std::string_view words_of(MatchType match) {
  switch (match) {
    case MatchType::equal:
      return "is";
    case MatchType::greater:
      return "is above";
    case MatchType::less:
      return "is below";
    case MatchType::greater_or_equal:
      return "is at least";
    case MatchType::less_or_equal:
      return "is at most";
    case MatchType::range:
      return "is in";
    case MatchType::flags_all_set:
      return "has all of";
    case MatchType::flags_any_set:
      return "has any of";
    case MatchType::flags_none_set:
      return "has none of";
    case MatchType::equal_case_insensitive:
      return "is, in any case,";
    case MatchType::not_equal:
      return "is not";
    case MatchType::prefix:
      return "begins with";
    case MatchType::not_prefix:
      return "does not begin with";
  }
  return "?";
}

std::string plural(std::size_t count, std::string_view what) {
  return fmt::format("{} {}{}", count, what, count == 1 ? "" : "s");
}

void add_details(std::string& out, const Filter& filter) {
  const wfp::FilterSpec& spec = filter.spec;
  const auto line = [&](const std::string& text) { out += "            " + text + "\n"; };
  line(fmt::format("key {}, weight {:#018x}", to_string(spec.key), filter.weight));
  if (spec.provider) line("provider " + key_text(KeyKind::provider, *spec.provider));
  if (spec.flags != 0)
    line(fmt::format("flags {}", fmt::join(flag_texts(filter_flags, spec.flags), " ")));
  if (!spec.display.description.empty()) line(shown(spec.display.description));
}

void add_filter(std::string& out, const wfp::Layer& layer, const Filter& filter, bool verbose) {
  fmt::format_to(std::back_inserter(out), "    #{:<6} {}  {}\n", std::to_underlying(filter.id),
                 action_text(filter.spec), name_text(filter.spec.display));
  for (const std::string& text : condition_texts(layer, filter.spec))
    out += "            " + text + "\n";
  if (verbose) add_details(out, filter);
}

void add_layer(std::string& out, const wfp::Engine& engine, const wfp::Layer& layer, bool verbose) {
  const auto filters = in_order(engine, layer.id);
  if (filters.empty()) return;
  fmt::format_to(std::back_inserter(out), "\n{}\n", layer_text(layer));
  Guid sublayer;
  for (const auto& filter : filters) {
    if (std::exchange(sublayer, filter->spec.sublayer) != filter->spec.sublayer) {
      fmt::format_to(std::back_inserter(out), "  sublayer {} (weight {})\n",
                     key_text(KeyKind::sublayer, sublayer), filter->sublayer_weight);
    }
    add_filter(out, layer, *filter, verbose);
  }
}

}  // namespace

std::string_view short_name(const wfp::Field& field) {
  auto name = field.condition->name;
  name.remove_prefix(std::string_view("FWPM_CONDITION_").size());
  return name;
}

std::string test_text(const wfp::Field& field, const wfp::FilterCondition& condition) {
  return fmt::format("{} {}", words_of(condition.match), value_text(field, condition.value));
}

std::vector<std::string> condition_texts(const wfp::Layer& layer, const wfp::FilterSpec& filter) {
  std::vector<std::string> texts;
  for (const wfp::Field& field : layer.fields) {
    std::vector<std::string> tests;
    for (const wfp::FilterCondition& condition : filter.conditions) {
      if (condition.field == field.condition->key) tests.push_back(test_text(field, condition));
    }
    if (!tests.empty())
      texts.push_back(fmt::format("{} {}", short_name(field), fmt::join(tests, " or ")));
  }
  return texts;
}

std::string action_text(const wfp::FilterSpec& filter) {
  std::string text(action_text(filter.action));
  const bool hard = (filter.flags & wfp::filter_flag::clear_action_right) != 0;
  if (filter.action == wfp::Action::permit && hard) text += " hard";
  if (names_callout(filter.action)) text += " by " + key_text(KeyKind::callout, filter.callout);
  if ((filter.flags & wfp::filter_flag::disabled) != 0) text += " (disabled)";
  if ((filter.flags & wfp::filter_flag::boot_time) != 0) text += " (boot time only)";
  return text;
}

std::string name_text(const wfp::DisplayData& display) {
  const std::string name = shown(display.name.value_or(u""));
  return name.empty() ? "(without a name)" : fmt::format("'{}'", name);
}

std::vector<std::shared_ptr<const Filter>> in_order(const wfp::Engine& engine, wfp::LayerId layer) {
  std::vector<std::shared_ptr<const Filter>> filters;
  for (const auto& [id, filter] : engine.store().filters_of(layer)) filters.push_back(filter);
  std::ranges::sort(filters, [](const auto& a, const auto& b) {
    return std::tuple(b->sublayer_weight, a->spec.sublayer, b->weight, a->id) <
           std::tuple(a->sublayer_weight, b->spec.sublayer, a->weight, b->id);
  });
  return filters;
}

std::string count_text(const wfp::ObjectSet& objects) {
  return fmt::format("{}, {}, {}, {}, {}", plural(objects.filters.size(), "filter"),
                     plural(objects.callouts.size(), "callout"),
                     plural(objects.sublayers.size(), "sublayer"),
                     plural(objects.provider_contexts.size(), "provider context"),
                     plural(objects.providers.size(), "provider"));
}

std::string listing(const wfp::Engine& engine, const ListingOptions& options) {
  std::string out;
  for (const wfp::Layer& layer : wfp::layers()) {
    if (options.layer == nullptr || options.layer == &layer)
      add_layer(out, engine, layer, options.verbose);
  }
  return out;
}

}  // namespace drydock::policy

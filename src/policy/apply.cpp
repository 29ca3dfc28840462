// SPDX-License-Identifier: Apache-2.0
// From a policy into an engine, and what to say when that does not go.
#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "policy/policy.h"
#include "policy/text.h"

namespace drydock::policy {
namespace {

using wfp::Engine;
using wfp::FwpStatus;

struct StatusRow {
  FwpStatus status;
  std::string_view meaning;
};

constexpr StatusRow meanings[] = {
    {FwpStatus::already_exists, "an object with this key is there already"},
    {FwpStatus::provider_not_found, "the provider it names is not there"},
    {FwpStatus::provider_context_not_found, "the provider context it names is not there"},
    {FwpStatus::sublayer_not_found, "the sublayer it names is not there"},
    {FwpStatus::callout_not_found, "the callout it names is not there"},
    {FwpStatus::layer_not_found, "there is no such layer"},
    {FwpStatus::condition_not_found, "the layer has no such field"},
    {FwpStatus::incompatible_layer, "the callout is for another layer"},
    {FwpStatus::lifetime_mismatch, "it would outlive an object that it names"},
    {FwpStatus::null_display_name, "it has no name"},
    {FwpStatus::invalid_action_type, "a filter cannot have this action"},
    {FwpStatus::invalid_flags, "its flags are unknown, or contradict each other"},
    {FwpStatus::invalid_weight, "the weight must be a 64-bit number or a range from 0 to 15"},
    {FwpStatus::type_mismatch, "the value's type is not the field's"},
    {FwpStatus::match_type_mismatch, "the match type does not go with the value"},
    {FwpStatus::invalid_range, "the range's low end is above its high end"},
    {FwpStatus::out_of_bounds, "a number is too large"},
    {FwpStatus::zero_length_array, "a value is empty"},
    {FwpStatus::null_pointer, "a value has the wrong size"},
    {FwpStatus::invalid_net_mask, "a mask must be ones followed by zeros"},
    {FwpStatus::invalid_enumerator, "a number stands for no type that there is"},
    {FwpStatus::invalid_security_descriptor, "a security descriptor is damaged"},
    {FwpStatus::too_many_sublayers, "there are too many sublayers"},
    {FwpStatus::too_many_callouts, "there are too many callouts"},
    {FwpStatus::callout_notification_failed, "the callout's driver refused it"},
};

// Where an object stands, and what people call it.
struct Named {
  const char* kind = "";
  std::uint32_t line = 0;
  std::optional<std::u16string> name;
};

std::uint32_t line_at(const std::vector<std::uint32_t>& lines, std::size_t index) {
  return index < lines.size() ? lines[index] : 0;
}

Named refused(const Policy& policy, const wfp::ImportRefusal& refusal) {
  const wfp::ObjectSet& objects = policy.objects;
  const std::size_t i = refusal.index;
  switch (refusal.kind) {
    case wfp::ObjectKind::provider:
      return {"provider", line_at(policy.lines.providers, i), objects.providers.at(i).display.name};
    case wfp::ObjectKind::provider_context:
      return {"provider context", line_at(policy.lines.provider_contexts, i),
              objects.provider_contexts.at(i).spec.display.name};
    case wfp::ObjectKind::sublayer:
      return {"sublayer", line_at(policy.lines.sublayers, i), objects.sublayers.at(i).display.name};
    case wfp::ObjectKind::callout:
      return {"callout", line_at(policy.lines.callouts, i),
              objects.callouts.at(i).spec.display.name};
    case wfp::ObjectKind::filter:
      return {"filter", line_at(policy.lines.filters, i), objects.filters.at(i).spec.display.name};
  }
  return {};
}

}  // namespace

std::string explained(FwpStatus status) {
  const auto* row = std::ranges::find(meanings, status, &StatusRow::status);
  if (row == std::end(meanings)) return std::string(wfp::name(status));
  return fmt::format("{}: {}", wfp::name(status), row->meaning);
}

std::string describe(const Policy& policy, const wfp::ImportRefusal& refusal) {
  if (refusal.status == FwpStatus::would_block)
    return fmt::format("{}: the filter engine is busy", policy.name);
  const Named object = refused(policy, refusal);
  const std::string place =
      object.line == 0 ? policy.name : fmt::format("{}:{}", policy.name, object.line);
  return one_line(fmt::format("{}: {} '{}': {}", place, object.kind,
                              shown(object.name.value_or(u"")), explained(refusal.status)));
}

Result<void> apply(const Policy& policy, Engine& engine) {
  const auto imported = engine.import_objects(policy.objects);
  if (imported) return {};
  return failure(describe(policy, imported.error()));
}

}  // namespace drydock::policy

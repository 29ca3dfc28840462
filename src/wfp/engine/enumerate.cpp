// SPDX-License-Identifier: Apache-2.0
#include "wfp/engine/enumerate.h"

#include <algorithm>
#include <tuple>

#include "wfp/engine/filter_checks.h"
#include "wfp/engine/overlap.h"

namespace drydock::wfp {
namespace {

using enum FwpStatus;

template <class T>
bool agrees(const std::optional<T>& wanted, const std::optional<T>& found) {
  return !wanted || wanted == found;
}

bool has_duplicates(Conditions conditions) {
  for (std::size_t i = 0; i < conditions.size(); ++i) {
    for (std::size_t k = 0; k < i; ++k) {
      const FilterCondition& a = conditions[i];
      const FilterCondition& b = conditions[k];
      if (a.field == b.field && a.match == b.match && a.value == b.value) return true;
    }
  }
  return false;
}

FwpStatus check_template_conditions(const FilterTemplate& wanted) {
  if (wanted.conditions.empty()) return success;
  if (!wanted.layer) return layer_not_found;
  const Layer& layer = *find_layer(*wanted.layer);
  for (const FilterCondition& condition : wanted.conditions) {
    const auto index = field_index(layer, condition.field);
    if (!index) return condition_not_found;
    const FwpStatus status = check_condition(layer.fields[*index], condition);
    if (status != success) return status;
  }
  return has_duplicates(wanted.conditions) ? duplicate_condition : success;
}

bool flags_fit(std::uint32_t wanted, std::uint32_t filter) {
  using namespace filter_enum_flag;
  const bool boot_time = (filter & filter_flag::boot_time) != 0;
  if ((wanted & boot_time_only) != 0 && !boot_time) return false;
  if ((wanted & (boot_time_only | include_boot_time)) == 0 && boot_time) return false;
  return (wanted & include_disabled) != 0 || (filter & filter_flag::disabled) == 0;
}

bool provider_context_fits(const FilterTemplate& wanted, const Filter& filter) {
  if (!wanted.provider_context) return true;
  return filter.provider_context && fits(*wanted.provider_context, *filter.provider_context);
}

bool action_fits(const FilterTemplate& wanted, const Filter& filter) {
  if (wanted.action_mask == 0xffffffff) return true;
  return (static_cast<std::uint32_t>(filter.spec.action) & wanted.action_mask) != 0;
}

bool callout_fits(const FilterTemplate& wanted, const Filter& filter) {
  if (!wanted.callout) return true;
  return names_callout(filter.spec.action) && filter.spec.callout == *wanted.callout;
}

bool conditions_fit(const FilterTemplate& wanted, const Filter& filter) {
  if (wanted.conditions.empty()) return true;
  const Layer& layer = *find_layer(filter.layer);
  return wanted.type == FilterTemplate::Type::fully_contained
             ? contains(layer, filter.spec.conditions, wanted.conditions)
             : overlap(layer, filter.spec.conditions, wanted.conditions);
}

}  // namespace

FwpStatus check_template(const FilterTemplate& wanted) {
  if (wanted.action_mask == 0) return never_match;
  if (wanted.layer && find_layer(*wanted.layer) == nullptr) return layer_not_found;
  if (wanted.type > FilterTemplate::Type::overlapping) return invalid_enumerator;
  if ((wanted.flags & ~filter_enum_flag::all) != 0) return invalid_flags;
  return check_template_conditions(wanted);
}

bool fits(const ProviderContextTemplate& wanted, const ProviderContext& context) {
  return agrees(wanted.provider, context.spec.provider) &&
         (!wanted.type || *wanted.type == context.spec.type);
}

bool fits(const SubLayerTemplate& wanted, const SubLayer& sublayer) {
  return agrees(wanted.provider, sublayer.spec.provider);
}

bool fits(const CalloutTemplate& wanted, const CalloutObject& callout) {
  return agrees(wanted.provider, callout.spec.provider) &&
         (!wanted.layer || *wanted.layer == callout.spec.layer);
}

bool fits(const FilterTemplate& wanted, const Filter& filter) {
  return agrees(wanted.provider, filter.spec.provider) &&
         (!wanted.layer || *wanted.layer == filter.spec.layer) &&
         flags_fit(wanted.flags, filter.spec.flags) && provider_context_fits(wanted, filter) &&
         action_fits(wanted, filter) && callout_fits(wanted, filter) &&
         conditions_fit(wanted, filter);
}

bool evaluated_before(const Filter& a, const Filter& b) {
  const auto rank = [](const Filter& filter) {
    return std::tuple(static_cast<std::uint16_t>(~filter.sublayer_weight), filter.spec.sublayer,
                      ~filter.weight, filter.id);
  };
  return rank(a) < rank(b);
}

}  // namespace drydock::wfp

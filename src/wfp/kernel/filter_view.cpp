// SPDX-License-Identifier: Apache-2.0
#include "wfp/kernel/filter_view.h"

#include <utility>

#include "wfp/engine/layers.h"
#include "wfp/kernel/windows_values.h"

namespace drydock::wfp {
namespace {

UINT16 run_time_flags(std::uint32_t flags) {
  UINT16 result = 0;
  if ((flags & filter_flag::clear_action_right) != 0) result |= FWPS_FILTER_FLAG_CLEAR_ACTION_RIGHT;
  if ((flags & filter_flag::permit_if_callout_unregistered) != 0) {
    result |= FWPS_FILTER_FLAG_PERMIT_IF_CALLOUT_UNREGISTERED;
  }
  return result;
}

}  // namespace

FilterView::FilterView(const Filter& source, machine::KernelArena& arena) : blocks_(arena) {
  filter = blocks_.make<FWPS_FILTER0>();
  filter->filterId = std::to_underlying(source.id);
  filter->weight = to_windows_weight(source.weight, blocks_);
  filter->subLayerWeight = source.sublayer_weight;
  filter->flags = run_time_flags(source.spec.flags);
  filter->action = {std::to_underlying(source.spec.action), std::to_underlying(source.callout_id)};
  filter->context = source.context;
  if (source.provider_context && source.callout_sees_provider_context) {
    filter->providerContext = to_windows_provider_context(*source.provider_context, blocks_);
  }
  describe_conditions(source);
}

void FilterView::describe_conditions(const Filter& source) {
  const auto& conditions = source.spec.conditions;
  if (conditions.empty()) return;
  filter->numFilterConditions = static_cast<UINT32>(conditions.size());
  filter->filterCondition = blocks_.make<FWPS_FILTER_CONDITION0>(conditions.size());
  for (std::size_t i = 0; i < conditions.size(); ++i) {
    FWPS_FILTER_CONDITION0& shown = filter->filterCondition[i];
    shown.fieldId = field_index(*find_layer(source.layer), conditions[i].field).value_or(0);
    shown.matchType = static_cast<FWP_MATCH_TYPE>(conditions[i].match);
    shown.conditionValue = to_windows_condition(conditions[i].value, blocks_);
  }
}

}  // namespace drydock::wfp

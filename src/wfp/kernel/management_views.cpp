// SPDX-License-Identifier: Apache-2.0
#include "wfp/kernel/management_views.h"

#include <utility>

#include "wfp/kernel/guid_cast.h"
#include "wfp/kernel/windows_values.h"

namespace drydock::wfp {

FWPM_PROVIDER0* to_windows_object(const Provider& provider, KernelBlocks& blocks) {
  auto* result = blocks.make<FWPM_PROVIDER0>();
  result->providerKey = to_windows(provider.spec.key);
  result->displayData = to_windows_display(provider.spec.display, blocks);
  result->flags = provider.spec.flags;
  result->providerData = to_windows_blob(provider.spec.data, blocks);
  if (!provider.spec.service_name.empty()) {
    result->serviceName = blocks.text<wchar_t>(provider.spec.service_name);
  }
  return result;
}

FWPM_PROVIDER_CONTEXT0* to_windows_object(const ProviderContext& context, KernelBlocks& blocks) {
  return to_windows_provider_context(context, blocks);
}

FWPM_SUBLAYER0* to_windows_object(const SubLayer& sublayer, KernelBlocks& blocks) {
  auto* result = blocks.make<FWPM_SUBLAYER0>();
  result->subLayerKey = to_windows(sublayer.spec.key);
  result->displayData = to_windows_display(sublayer.spec.display, blocks);
  result->flags = sublayer.spec.flags;
  result->providerKey = to_windows_key(sublayer.spec.provider, blocks);
  result->weight = sublayer.spec.weight;
  return result;
}

FWPM_CALLOUT0* to_windows_object(const CalloutObject& callout, KernelBlocks& blocks) {
  auto* result = blocks.make<FWPM_CALLOUT0>();
  result->calloutKey = to_windows(callout.spec.key);
  result->displayData = to_windows_display(callout.spec.display, blocks);
  result->flags = callout.spec.flags;
  result->providerKey = to_windows_key(callout.spec.provider, blocks);
  result->applicableLayer = to_windows(callout.spec.layer);
  result->calloutId = std::to_underlying(callout.id);
  return result;
}

FWPM_FILTER0* to_windows_object(const Filter& filter, KernelBlocks& blocks) {
  const FilterSpec& spec = filter.spec;
  auto* result = blocks.make<FWPM_FILTER0>();
  result->filterKey = to_windows(spec.key);
  result->displayData = to_windows_display(spec.display, blocks);
  result->flags = spec.flags;
  result->providerKey = to_windows_key(spec.provider, blocks);
  result->providerData = to_windows_blob(spec.provider_data, blocks);
  result->layerKey = to_windows(spec.layer);
  result->subLayerKey = to_windows(spec.sublayer);
  result->weight = to_windows_value(spec.weight, blocks);
  result->action.type = std::to_underlying(spec.action);
  result->action.calloutKey = to_windows(spec.callout);
  if ((spec.flags & filter_flag::has_provider_context) != 0) {
    result->providerContextKey = to_windows(spec.provider_context);
  } else {
    result->rawContext = spec.raw_context;
  }
  result->filterId = std::to_underlying(filter.id);
  result->effectiveWeight = to_windows_weight(filter.weight, blocks);
  if (spec.conditions.empty()) return result;
  result->numFilterConditions = static_cast<UINT32>(spec.conditions.size());
  result->filterCondition = blocks.make<FWPM_FILTER_CONDITION0>(spec.conditions.size());
  for (std::size_t i = 0; i < spec.conditions.size(); ++i) {
    result->filterCondition[i] = {to_windows(spec.conditions[i].field),
                                  static_cast<FWP_MATCH_TYPE>(spec.conditions[i].match),
                                  to_windows_condition(spec.conditions[i].value, blocks)};
  }
  return result;
}

}  // namespace drydock::wfp

// SPDX-License-Identifier: Apache-2.0
#include "wfp/kernel/management_views.h"

#include <utility>

#include "wfp/kernel/callouts.h"
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
  result->providerData = to_windows_blob(sublayer.spec.provider_data, blocks);
  result->weight = sublayer.spec.weight;
  return result;
}

FWPM_CALLOUT0* to_windows_object(const CalloutObject& callout, KernelBlocks& blocks) {
  auto* result = blocks.make<FWPM_CALLOUT0>();
  result->calloutKey = to_windows(callout.spec.key);
  result->displayData = to_windows_display(callout.spec.display, blocks);
  const auto& callouts = machine::Machine::current()->get<Callouts>();
  const bool registered = callouts.find(callout.id) != nullptr;
  result->flags = callout.spec.flags | (registered ? callout_registered_flag : 0);
  result->providerKey = to_windows_key(callout.spec.provider, blocks);
  result->providerData = to_windows_blob(callout.spec.provider_data, blocks);
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

FWPM_LAYER0* to_windows_object(const Layer& layer, KernelBlocks& blocks) {
  auto* result = blocks.make<FWPM_LAYER0>();
  result->layerKey = to_windows(layer.key);
  const std::u16string name(layer.name.begin(), layer.name.end());
  result->displayData = to_windows_display({.name = name}, blocks);
  const bool kernel = std::to_underlying(layer.id) < FWPS_BUILTIN_KM_LAYER_MAX;
  result->flags = FWPM_LAYER_FLAG_BUILTIN | (kernel ? FWPM_LAYER_FLAG_KERNEL : 0);
  result->defaultSubLayerKey = to_windows(layer.default_sublayer);
  result->layerId = std::to_underlying(layer.id);
  result->numFields = static_cast<UINT32>(layer.fields.size());
  if (layer.fields.empty()) return result;
  result->field = blocks.make<FWPM_FIELD0>(layer.fields.size());
  for (std::size_t i = 0; i < layer.fields.size(); ++i) {
    result->field[i] = {to_windows_key(layer.fields[i].condition->key, blocks),
                        static_cast<FWPM_FIELD_TYPE>(layer.fields[i].kind),
                        static_cast<FWP_DATA_TYPE>(layer.fields[i].type)};
  }
  return result;
}

FWPM_SESSION0* to_windows_object(const SessionInfo& session, KernelBlocks& blocks) {
  auto* result = blocks.make<FWPM_SESSION0>();
  result->sessionKey = to_windows(session.spec.key);
  result->displayData = to_windows_display(session.spec.display, blocks);
  result->flags = session.spec.dynamic ? FWPM_SESSION_FLAG_DYNAMIC : 0;
  result->txnWaitTimeoutInMSec = session.spec.transaction_wait_ms;
  result->processId = session.spec.process_id;
  if (!session.spec.user_name.empty())
    result->username = blocks.text<wchar_t>(session.spec.user_name);
  result->kernelMode = session.spec.kernel_mode ? TRUE : FALSE;
  return result;
}

}  // namespace drydock::wfp

// SPDX-License-Identifier: Apache-2.0
// Policy that is meant to outlive the driver: a provider, a sublayer, a callout and a filter, all
// of them persistent, added once and found again by the next load.
#include "common.h"

namespace {

DEFINE_GUID(provider_key, 0x6f4d2b11, 0x1c5a, 0x4e0b, 0x9a, 0x37, 0x52, 0x0d, 0xb1, 0x84, 0x6e,
            0xf3);
DEFINE_GUID(sublayer_key, 0x6f4d2b12, 0x1c5a, 0x4e0b, 0x9a, 0x37, 0x52, 0x0d, 0xb1, 0x84, 0x6e,
            0xf3);
DEFINE_GUID(filter_key, 0x6f4d2b13, 0x1c5a, 0x4e0b, 0x9a, 0x37, 0x52, 0x0d, 0xb1, 0x84, 0x6e, 0xf3);

wchar_t name[] = L"Drydock lasting policy";

NTSTATUS add_provider() {
  FWPM_PROVIDER0 provider = {};
  provider.providerKey = provider_key;
  provider.displayData.name = name;
  provider.flags = FWPM_PROVIDER_FLAG_PERSISTENT;
  return FwpmProviderAdd0(engine, &provider, nullptr);
}

NTSTATUS add_sublayer() {
  FWPM_SUBLAYER0 sublayer = {};
  sublayer.subLayerKey = sublayer_key;
  sublayer.displayData.name = name;
  sublayer.flags = FWPM_SUBLAYER_FLAG_PERSISTENT;
  sublayer.providerKey = const_cast<GUID*>(&provider_key);
  return FwpmSubLayerAdd0(engine, &sublayer, nullptr);
}

NTSTATUS add_callout() {
  FWPM_CALLOUT0 callout = {};
  callout.calloutKey = callout_key;
  callout.displayData.name = name;
  callout.flags = FWPM_CALLOUT_FLAG_PERSISTENT;
  callout.applicableLayer = FWPM_LAYER_ALE_AUTH_CONNECT_V4;
  return FwpmCalloutAdd0(engine, &callout, nullptr, nullptr);
}

NTSTATUS add_lasting_filter() {
  FWPM_FILTER0 filter = {};
  filter.filterKey = filter_key;
  filter.displayData.name = name;
  filter.layerKey = FWPM_LAYER_ALE_AUTH_CONNECT_V4;
  filter.subLayerKey = sublayer_key;
  filter.flags = FWPM_FILTER_FLAG_PERSISTENT | FWPM_FILTER_FLAG_PERMIT_IF_CALLOUT_UNREGISTERED;
  filter.action.type = FWP_ACTION_CALLOUT_UNKNOWN;
  filter.action.calloutKey = callout_key;
  return FwpmFilterAdd0(engine, &filter, nullptr, nullptr);
}

NTSTATUS add_policy() {
  static NTSTATUS (*const steps[])() = {add_provider, add_sublayer, add_callout,
                                        add_lasting_filter};
  for (const auto add : steps) {
    const NTSTATUS status = add();
    if (!NT_SUCCESS(status) && status != STATUS_FWP_ALREADY_EXISTS) return status;
  }
  return STATUS_SUCCESS;
}

void NTAPI unload(PDRIVER_OBJECT) {
  take_down();
}

}  // namespace

extern "C" NTSTATUS DriverEntry(PDRIVER_OBJECT driver, PUNICODE_STRING) {
  driver->DriverUnload = unload;
  NTSTATUS status = create_device(driver);
  if (NT_SUCCESS(status)) status = register_callout(look_on);
  if (NT_SUCCESS(status)) status = open_engine(0);
  if (NT_SUCCESS(status)) status = add_policy();
  if (!NT_SUCCESS(status)) take_down();
  return status;
}

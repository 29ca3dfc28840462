// SPDX-License-Identifier: Apache-2.0
// MGMT-04: unload deletes the sublayer before the filter in it and does not look at the answer. It
// goes with the dynamic session after all.
#include "common.h"

namespace {

DEFINE_GUID(sublayer_key, 0x51c8a7e2, 0x3d90, 0x4f16, 0x8b, 0x21, 0x6a, 0xe4, 0x0d, 0x93, 0x7c,
            0x15);

UINT64 own_filter;

NTSTATUS add_sublayer() {
  FWPM_SUBLAYER0 sublayer = {};
  sublayer.subLayerKey = sublayer_key;
  sublayer.displayData.name = const_cast<wchar_t*>(L"Drydock bug sublayer");
  return FwpmSubLayerAdd0(engine, &sublayer, nullptr);
}

NTSTATUS add_permit() {
  FWPM_FILTER0 filter = {};
  filter.displayData.name = const_cast<wchar_t*>(L"Drydock bug permit");
  filter.layerKey = FWPM_LAYER_ALE_AUTH_CONNECT_V4;
  filter.subLayerKey = sublayer_key;
  filter.action.type = FWP_ACTION_PERMIT;
  return FwpmFilterAdd0(engine, &filter, nullptr, &own_filter);
}

void NTAPI unload(PDRIVER_OBJECT) {
#ifdef FIXED
  FwpmFilterDeleteById0(engine, own_filter);
  FwpmSubLayerDeleteByKey0(engine, &sublayer_key);
#else
  FwpmSubLayerDeleteByKey0(engine, &sublayer_key);
  FwpmFilterDeleteById0(engine, own_filter);
#endif
  take_down();
}

}  // namespace

extern "C" NTSTATUS DriverEntry(PDRIVER_OBJECT driver, PUNICODE_STRING) {
  NTSTATUS status = set_up(driver, unload, FWPM_LAYER_ALE_AUTH_CONNECT_V4, look_on);
  if (!NT_SUCCESS(status)) return status;
  status = add_sublayer();
  if (NT_SUCCESS(status)) status = add_permit();
  if (!NT_SUCCESS(status)) take_down();
  return status;
}

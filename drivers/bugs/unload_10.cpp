// SPDX-License-Identifier: Apache-2.0
// UNLOAD-10: a persistent filter is meant to stay, but the next start finds it there, takes
// FWP_E_ALREADY_EXISTS for a failure and refuses to load.
#include "common.h"

namespace {

DEFINE_GUID(filter_key, 0xb2a1b7c4, 0x3d0e, 0x4a7f, 0x8c, 0x11, 0x60, 0x95, 0x2e, 0x0f, 0x47, 0xaa);

NTSTATUS permit_connections_from_now_on() {
  FWPM_FILTER0 filter = {};
  filter.filterKey = filter_key;
  filter.displayData.name = const_cast<wchar_t*>(L"Connections are permitted");
  filter.flags = FWPM_FILTER_FLAG_PERSISTENT;
  filter.layerKey = FWPM_LAYER_ALE_AUTH_CONNECT_V4;
  filter.subLayerKey = FWPM_SUBLAYER_UNIVERSAL;
  filter.action.type = FWP_ACTION_PERMIT;
  const NTSTATUS status = FwpmFilterAdd0(engine, &filter, nullptr, nullptr);
#ifdef FIXED
  if (status == STATUS_FWP_ALREADY_EXISTS) return STATUS_SUCCESS;
#endif
  return status;
}

NTSTATUS add_persistent_filter() {
  NTSTATUS status = open_engine(0);
  if (!NT_SUCCESS(status)) return status;
  status = permit_connections_from_now_on();
  close_engine();
  return status;
}

void NTAPI unload(PDRIVER_OBJECT) {
  take_down();
}

}  // namespace

extern "C" NTSTATUS DriverEntry(PDRIVER_OBJECT driver, PUNICODE_STRING) {
  const NTSTATUS status = add_persistent_filter();
  if (!NT_SUCCESS(status)) return status;
  return set_up(driver, unload, FWPM_LAYER_ALE_AUTH_CONNECT_V4, look_on);
}

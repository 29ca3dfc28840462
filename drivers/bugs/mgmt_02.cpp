// SPDX-License-Identifier: Apache-2.0
// MGMT-02: the filter belongs to a dynamic session, but its sublayer was added in another one and
// is never deleted.
#include "common.h"

namespace {

DEFINE_GUID(sublayer_key, 0x0e9d3c55, 0x7a42, 0x4b1d, 0xb6, 0x02, 0x91, 0x3f, 0xd8, 0x24, 0x5c,
            0x07);

NTSTATUS add_sublayer() {
  FWPM_SUBLAYER0 sublayer = {};
  sublayer.subLayerKey = sublayer_key;
  sublayer.displayData.name = const_cast<wchar_t*>(L"Drydock bug sublayer");
  sublayer.weight = 1;
  NTSTATUS status = open_engine(0);
  if (!NT_SUCCESS(status)) return status;
  status = FwpmSubLayerAdd0(engine, &sublayer, nullptr);
  close_engine();
  return status;
}

void delete_sublayer() {
  if (!NT_SUCCESS(open_engine(0))) return;
  FwpmSubLayerDeleteByKey0(engine, &sublayer_key);
  close_engine();
}

void NTAPI unload(PDRIVER_OBJECT) {
  take_down();
#ifdef FIXED
  delete_sublayer();
#endif
}

}  // namespace

extern "C" NTSTATUS DriverEntry(PDRIVER_OBJECT driver, PUNICODE_STRING) {
  NTSTATUS status = add_sublayer();
  if (!NT_SUCCESS(status)) return status;
  status = set_up(driver, unload, FWPM_LAYER_ALE_AUTH_CONNECT_V4, look_on);
  if (!NT_SUCCESS(status)) delete_sublayer();
  return status;
}

// SPDX-License-Identifier: Apache-2.0
// INJECT-01: the injection handle that tells own packets from others is never destroyed.
#include "common.h"

namespace {

HANDLE injection;
LONG own_packets;

void NTAPI classify(const FWPS_INCOMING_VALUES0*, const FWPS_INCOMING_METADATA_VALUES0*, void* data,
                    const void*, const FWPS_FILTER3*, UINT64, FWPS_CLASSIFY_OUT0* out) {
  out->actionType = FWP_ACTION_CONTINUE;
  if (FwpsQueryPacketInjectionState0(injection, static_cast<NET_BUFFER_LIST*>(data), nullptr) ==
      FWPS_PACKET_INJECTED_BY_SELF) {
    InterlockedIncrement(&own_packets);
  }
}

void NTAPI unload(PDRIVER_OBJECT) {
  close_engine();
  unregister_callout();
#ifdef FIXED
  FwpsInjectionHandleDestroy0(injection);
#endif
  delete_device();
}

}  // namespace

extern "C" NTSTATUS DriverEntry(PDRIVER_OBJECT driver, PUNICODE_STRING) {
  NTSTATUS status = FwpsInjectionHandleCreate0(AF_INET, FWPS_INJECTION_TYPE_NETWORK, &injection);
  if (!NT_SUCCESS(status)) return status;
  status = set_up(driver, unload, FWPM_LAYER_OUTBOUND_IPPACKET_V4, classify);
  if (!NT_SUCCESS(status)) FwpsInjectionHandleDestroy0(injection);
  return status;
}

// SPDX-License-Identifier: Apache-2.0
// INJECT-04: the unload routine sends the packets that it has kept and returns, while they are
// still under way. Their completionFn is code of an image that is gone. Destroying the handle would
// wait.
#include "common.h"

namespace {

constexpr LONG most_packets = 8;

HANDLE injection;
NET_BUFFER_LIST* packets[most_packets];
UINT32 compartments[most_packets];
LONG packet_count;

// Copies of the first packets, to be sent once more at the end.
void NTAPI classify(const FWPS_INCOMING_VALUES0*, const FWPS_INCOMING_METADATA_VALUES0* metadata,
                    void* data, const void*, const FWPS_FILTER3*, UINT64, FWPS_CLASSIFY_OUT0* out) {
  out->actionType = FWP_ACTION_CONTINUE;
  auto* packet = static_cast<NET_BUFFER_LIST*>(data);
  const FWPS_PACKET_INJECTION_STATE state =
      FwpsQueryPacketInjectionState0(injection, packet, nullptr);
  if (state != FWPS_PACKET_NOT_INJECTED || ReadNoFence(&packet_count) >= most_packets) return;
  const LONG place = InterlockedIncrement(&packet_count) - 1;
  if (place >= most_packets) return;
  compartments[place] = metadata->compartmentId;
  FwpsAllocateCloneNetBufferList0(packet, nullptr, nullptr, 0, &packets[place]);
}

void NTAPI sent(void*, NET_BUFFER_LIST* packet, BOOLEAN) {
  FwpsFreeCloneNetBufferList0(packet, 0);
}

void send_packets() {
  for (LONG i = 0; i < most_packets; ++i) {
    if (packets[i] == nullptr) continue;
    const NTSTATUS status = FwpsInjectNetworkSendAsync0(
        injection, nullptr, 0, static_cast<COMPARTMENT_ID>(compartments[i]), packets[i], sent,
        nullptr);
    if (!NT_SUCCESS(status)) FwpsFreeCloneNetBufferList0(packets[i], 0);
  }
}

void NTAPI unload(PDRIVER_OBJECT) {
  take_down();
  send_packets();
#ifdef FIXED
  FwpsInjectionHandleDestroy0(injection);
#endif
}

}  // namespace

extern "C" NTSTATUS DriverEntry(PDRIVER_OBJECT driver, PUNICODE_STRING) {
  NTSTATUS status = FwpsInjectionHandleCreate0(AF_INET, FWPS_INJECTION_TYPE_NETWORK, &injection);
  if (!NT_SUCCESS(status)) return status;
  status = set_up(driver, unload, FWPM_LAYER_OUTBOUND_IPPACKET_V4, classify);
  if (!NT_SUCCESS(status)) FwpsInjectionHandleDestroy0(injection);
  return status;
}

// SPDX-License-Identifier: Apache-2.0
// NBL-01: a clone of the newest packet is kept for diagnosis. Each frees the one before it; the
// last one nobody frees.
#include "common.h"

namespace {

NET_BUFFER_LIST* volatile newest;

void keep(NET_BUFFER_LIST* clone) {
  auto* before = static_cast<NET_BUFFER_LIST*>(
      InterlockedExchangePointer(reinterpret_cast<PVOID volatile*>(&newest), clone));
  if (before != nullptr) FwpsFreeCloneNetBufferList0(before, 0);
}

void NTAPI classify(const FWPS_INCOMING_VALUES0*, const FWPS_INCOMING_METADATA_VALUES0*, void* data,
                    const void*, const FWPS_FILTER3*, UINT64, FWPS_CLASSIFY_OUT0* out) {
  out->actionType = FWP_ACTION_CONTINUE;
  NET_BUFFER_LIST* clone = nullptr;
  const NTSTATUS status = FwpsAllocateCloneNetBufferList0(static_cast<NET_BUFFER_LIST*>(data),
                                                          nullptr, nullptr, 0, &clone);
  if (NT_SUCCESS(status)) keep(clone);
}

void NTAPI unload(PDRIVER_OBJECT) {
  take_down();
#ifdef FIXED
  keep(nullptr);
#endif
}

}  // namespace

extern "C" NTSTATUS DriverEntry(PDRIVER_OBJECT driver, PUNICODE_STRING) {
  return set_up(driver, unload, FWPM_LAYER_OUTBOUND_IPPACKET_V4, classify);
}

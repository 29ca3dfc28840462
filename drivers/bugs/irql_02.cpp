// SPDX-License-Identifier: Apache-2.0
// IRQL-02: classifyFn raises the IRQL to stay on its processor, and has a way out on which it does
// not lower it.
#include "common.h"

namespace {

constexpr ULONG most_connections = 4;

ULONG connections;

void NTAPI count(const FWPS_INCOMING_VALUES0*, const FWPS_INCOMING_METADATA_VALUES0*, void*,
                 const void*, const FWPS_FILTER3*, UINT64, FWPS_CLASSIFY_OUT0* out) {
  out->actionType = FWP_ACTION_CONTINUE;
  KIRQL irql;
  KeRaiseIrql(DISPATCH_LEVEL, &irql);
#ifdef FIXED
  if (connections < most_connections) ++connections;
#else
  if (connections == most_connections) return;
  ++connections;
#endif
  KeLowerIrql(irql);
}

void NTAPI unload(PDRIVER_OBJECT) {
  take_down();
}

}  // namespace

extern "C" NTSTATUS DriverEntry(PDRIVER_OBJECT driver, PUNICODE_STRING) {
  return set_up(driver, unload, FWPM_LAYER_ALE_AUTH_CONNECT_V4, count);
}

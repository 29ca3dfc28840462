// SPDX-License-Identifier: Apache-2.0
// MGMT-05: an add inside a transaction fails, and the error path closes the session without ending
// the transaction: until then every other writer waits.
#include "common.h"

namespace {

NTSTATUS add_in_a_transaction() {
  FWPM_SUBLAYER0 nameless = {};
  HANDLE session = nullptr;
  NTSTATUS status = FwpmEngineOpen0(nullptr, RPC_C_AUTHN_WINNT, nullptr, nullptr, &session);
  if (!NT_SUCCESS(status)) return status;
  status = FwpmTransactionBegin0(session, 0);
  if (NT_SUCCESS(status)) {
    status = FwpmSubLayerAdd0(session, &nameless, nullptr);
    if (NT_SUCCESS(status)) status = FwpmTransactionCommit0(session);
#ifdef FIXED
    if (!NT_SUCCESS(status)) FwpmTransactionAbort0(session);
#endif
  }
  FwpmEngineClose0(session);
  return status;
}

void NTAPI unload(PDRIVER_OBJECT) {
  take_down();
}

}  // namespace

extern "C" NTSTATUS DriverEntry(PDRIVER_OBJECT driver, PUNICODE_STRING) {
  add_in_a_transaction();  // it can do without
  return set_up(driver, unload, FWPM_LAYER_ALE_AUTH_CONNECT_V4, look_on);
}

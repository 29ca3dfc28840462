// SPDX-License-Identifier: Apache-2.0
// WinDivert pull request 92: the clean-up begins with a transaction and gives up when it cannot
// begin one, before it has come to what needs none. Here an earlier transaction was left open.
// UNLOAD-01 and DEVICE-01, and MGMT-05 for the transaction.
#include "common.h"

namespace {

// Fails: the callout is there already. The error path forgets the transaction.
NTSTATUS add_callout_again() {
  NTSTATUS status = FwpmTransactionBegin0(engine, 0);
  if (!NT_SUCCESS(status)) return status;
  status = add_management_callout(FWPM_LAYER_ALE_AUTH_CONNECT_V4);
  if (NT_SUCCESS(status)) return FwpmTransactionCommit0(engine);
#ifdef FIXED
  FwpmTransactionAbort0(engine);
#endif
  return status;
}

void NTAPI unload(PDRIVER_OBJECT) {
  if (NT_SUCCESS(FwpmTransactionBegin0(engine, 0))) {
    FwpmFilterDeleteById0(engine, filter_id);
    FwpmCalloutDeleteByKey0(engine, &callout_key);
    FwpmTransactionCommit0(engine);
  } else {
#ifndef FIXED
    close_engine();
    return;
#endif
  }
  take_down();
}

}  // namespace

extern "C" NTSTATUS DriverEntry(PDRIVER_OBJECT driver, PUNICODE_STRING) {
  const NTSTATUS status = set_up(driver, unload, FWPM_LAYER_ALE_AUTH_CONNECT_V4, look_on);
  if (NT_SUCCESS(status)) add_callout_again();
  return status;
}

// SPDX-License-Identifier: Apache-2.0
// UNLOAD-08: the session is not dynamic, so the unload routine deletes what it added - in the wrong
// order. A callout object that a filter names answers FWP_E_IN_USE; nobody looks, and it stays.
#include "common.h"

namespace {

void NTAPI unload(PDRIVER_OBJECT) {
#ifdef FIXED
  FwpmFilterDeleteById0(engine, filter_id);
  FwpmCalloutDeleteByKey0(engine, &callout_key);
#else
  FwpmCalloutDeleteByKey0(engine, &callout_key);
  FwpmFilterDeleteById0(engine, filter_id);
#endif
  take_down();
}

}  // namespace

extern "C" NTSTATUS DriverEntry(PDRIVER_OBJECT driver, PUNICODE_STRING) {
  driver->DriverUnload = unload;
  NTSTATUS status = create_device(driver);
  if (NT_SUCCESS(status)) status = register_callout(look_on);
  if (NT_SUCCESS(status)) status = open_engine(0);
  if (NT_SUCCESS(status)) status = attach_callout(FWPM_LAYER_ALE_AUTH_CONNECT_V4);
  if (!NT_SUCCESS(status)) take_down();
  return status;
}

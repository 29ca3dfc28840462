// SPDX-License-Identifier: Apache-2.0
// UNLOAD-04: the unload routine waits until notifyFn has heard that the filter was deleted. But it
// has unregistered the callout before, and nobody notifies a callout that is not registered.
#include "common.h"

namespace {

KEVENT filter_gone;

NTSTATUS NTAPI notify(FWPS_CALLOUT_NOTIFY_TYPE type, const GUID*, FWPS_FILTER3*) {
  if (type == FWPS_CALLOUT_NOTIFY_DELETE_FILTER) KeSetEvent(&filter_gone, IO_NO_INCREMENT, FALSE);
  return STATUS_SUCCESS;
}

void NTAPI unload(PDRIVER_OBJECT) {
#ifdef FIXED
  close_engine();
  unregister_callout();
#else
  unregister_callout();
  close_engine();
#endif
  KeWaitForSingleObject(&filter_gone, Executive, KernelMode, FALSE, nullptr);
  delete_device();
}

}  // namespace

extern "C" NTSTATUS DriverEntry(PDRIVER_OBJECT driver, PUNICODE_STRING) {
  KeInitializeEvent(&filter_gone, NotificationEvent, FALSE);
  return set_up(driver, unload, FWPM_LAYER_ALE_AUTH_CONNECT_V4, look_on, nullptr, notify);
}

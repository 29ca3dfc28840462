// SPDX-License-Identifier: Apache-2.0
// IRPs that a driver wants to see before the framework makes requests of them.
#include <algorithm>
#include <array>

#include "kmdf/check.h"
#include "kmdf/device.h"
#include "kmdf/dispatch.h"
#include "kmdf/queue.h"
#include "kmdf/rows.h"

namespace drydock::kmdf {

namespace {

constexpr ULONG known_flags = WDF_DISPATCH_IRP_TO_IO_QUEUE_INVOKE_INCALLERCTX_CALLBACK |
                              WDF_DISPATCH_IRP_TO_IO_QUEUE_PREPROCESSED_IRP;

bool is_transfer(UCHAR major) {
  return major == IRP_MJ_READ || major == IRP_MJ_WRITE || major == IRP_MJ_DEVICE_CONTROL ||
         major == IRP_MJ_INTERNAL_DEVICE_CONTROL;
}

NTSTATUS assign_preprocess(PWDF_DRIVER_GLOBALS, PWDFDEVICE_INIT init,
                           PFN_WDFDEVICE_WDM_IRP_PREPROCESS callback, UCHAR major, PUCHAR minors,
                           ULONG count) {
  require(init);
  require(reinterpret_cast<const void*>(callback));
  if (count > 0) require(minors);
  auto& present = object_of<DeviceInit>(init).settings.preprocessors;
  if (major > IRP_MJ_MAXIMUM_FUNCTION) return STATUS_INVALID_PARAMETER;
  if (std::ranges::find(present, major, &Preprocessor::major) != present.end())
    return STATUS_INVALID_DEVICE_REQUEST;
  present.push_back({major, {minors, minors + count}, callback});
  return STATUS_SUCCESS;
}

// The driver has skipped or copied its stack location; this takes that back.
void go_on(const Device& device, PIRP irp) {
  IoSetNextIrpStackLocation(irp);
  IoGetCurrentIrpStackLocation(irp)->DeviceObject = device.wdm;
}

NTSTATUS dispatch_preprocessed(PWDF_DRIVER_GLOBALS, WDFDEVICE handle, PIRP irp) {
  Device& device = object_of<Device>(handle);
  require(irp);
  go_on(device, irp);
  return dispatch_irp(device, irp);
}

NTSTATUS configure_dispatch(PWDF_DRIVER_GLOBALS, WDFDEVICE handle, WDFDRIVER driver, UCHAR major,
                            PFN_WDFDEVICE_WDM_IRP_DISPATCH callback, WDFCONTEXT context) {
  Device& device = object_of<Device>(handle);
  if (driver != nullptr) object_of(driver, ObjectType::driver);
  require(reinterpret_cast<const void*>(callback));
  if (!is_transfer(major)) return STATUS_INVALID_PARAMETER;
  device.dispatchers[major] = {callback, context};
  return STATUS_SUCCESS;
}

NTSTATUS dispatch(PWDF_DRIVER_GLOBALS, WDFDEVICE handle, PIRP irp, WDFCONTEXT context) {
  Device& device = object_of<Device>(handle);
  require(irp);
  require(context);
  return dispatch_transfer(device, irp, nullptr, true);
}

NTSTATUS dispatch_to_queue(PWDF_DRIVER_GLOBALS, WDFDEVICE handle, PIRP irp, WDFQUEUE queue_handle,
                           ULONG flags) {
  Device& device = object_of<Device>(handle);
  require(irp);
  Queue& queue = object_of<Queue>(queue_handle);
  if ((flags & WDF_DISPATCH_IRP_TO_IO_QUEUE_PREPROCESSED_IRP) != 0) go_on(device, irp);
  if ((flags & ~known_flags) != 0 || &queue.device != &device)
    return refuse_irp(irp, STATUS_INVALID_PARAMETER);
  const bool in_caller_context =
      (flags & WDF_DISPATCH_IRP_TO_IO_QUEUE_INVOKE_INCALLERCTX_CALLBACK) != 0;
  return dispatch_transfer(device, irp, &queue, in_caller_context);
}

}  // namespace

Functions wdm_dispatch_functions() {
  static const std::array rows{
      DRYDOCK_WDF_ROW(WdfDeviceInitAssignWdmIrpPreprocessCallback,
                      PFN_WDFDEVICEINITASSIGNWDMIRPPREPROCESSCALLBACK, assign_preprocess,
                      creates_up_to_dispatch),
      DRYDOCK_WDF_ROW(WdfDeviceWdmDispatchPreprocessedIrp, PFN_WDFDEVICEWDMDISPATCHPREPROCESSEDIRP,
                      dispatch_preprocessed, up_to_dispatch),
      DRYDOCK_WDF_ROW(WdfDeviceConfigureWdmIrpDispatchCallback,
                      PFN_WDFDEVICECONFIGUREWDMIRPDISPATCHCALLBACK, configure_dispatch,
                      creates_up_to_dispatch),
      DRYDOCK_WDF_ROW(WdfDeviceWdmDispatchIrp, PFN_WDFDEVICEWDMDISPATCHIRP, dispatch,
                      up_to_dispatch),
      DRYDOCK_WDF_ROW(WdfDeviceWdmDispatchIrpToIoQueue, PFN_WDFDEVICEWDMDISPATCHIRPTOIOQUEUE,
                      dispatch_to_queue, up_to_dispatch),
  };
  return rows;
}

}  // namespace drydock::kmdf

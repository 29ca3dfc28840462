// SPDX-License-Identifier: Apache-2.0
// WdfIoTarget*: opening devices, by name or at hand, and the states of a target.
#include <algorithm>
#include <array>
#include <utility>

#include "kmdf/check.h"
#include "kmdf/io_target.h"
#include "kmdf/rows.h"
#include "kmdf/sending.h"
#include "nt/context.h"
#include "nt/io_manager.h"
#include "nt/names.h"

namespace drydock::kmdf {

namespace {

constexpr ULONG open_params_size_1_0 = 120;  // ends before FileName
constexpr ULONG open_params_size_1_13 = 136;

NTSTATUS create(PWDF_DRIVER_GLOBALS globals, WDFDEVICE device_handle,
                PWDF_OBJECT_ATTRIBUTES attributes, WDFIOTARGET* handle) {
  Client& client = client_of(globals);
  Device& device = object_of<Device>(device_handle);
  require(handle);
  *handle = nullptr;
  NTSTATUS status = check_attributes(attributes, Parent::optional);
  if (!NT_SUCCESS(status)) return status;
  IoTarget* target = nullptr;
  status = framework().create(client, attributes, parent_in(attributes, &device), &target, device);
  if (NT_SUCCESS(status)) *handle = reinterpret_cast<WDFIOTARGET>(target->handle);
  return status;
}

NTSTATUS open_by_name(IoTarget& target) {
  auto& io = nt::service<nt::IoManager>();
  const nt::OpenResult result = io.open(target.name, nt::system_process, KernelMode);
  if (!NT_SUCCESS(result.status)) return result.status;
  target.opened = result.handle;
  target.file = static_cast<PFILE_OBJECT>(nt::service<nt::Objects>().from_handle(result.handle));
  target.wdm = nt::IoManager::top_of(target.file->DeviceObject);
  return STATUS_SUCCESS;
}

NTSTATUS open_existing(IoTarget& target, const WDF_IO_TARGET_OPEN_PARAMS& params) {
  if (params.TargetDeviceObject == nullptr) return STATUS_INVALID_PARAMETER;
  target.wdm = params.TargetDeviceObject;
  target.file = params.TargetFileObject;
  return STATUS_SUCCESS;
}

NTSTATUS open_as(IoTarget& target, const WDF_IO_TARGET_OPEN_PARAMS& params) {
  switch (params.Type) {
    case WdfIoTargetOpenUseExistingDevice:
      return open_existing(target, params);
    case WdfIoTargetOpenByName:
      if (params.TargetDeviceName.Length == 0) return STATUS_INVALID_PARAMETER;
      target.name = nt::view_of(&params.TargetDeviceName);
      return open_by_name(target);
    case WdfIoTargetOpenReopen:
      return target.name.empty() ? STATUS_INVALID_DEVICE_STATE : open_by_name(target);
    default:
      return STATUS_INVALID_PARAMETER;
  }
}

NTSTATUS open(PWDF_DRIVER_GLOBALS, WDFIOTARGET handle, PWDF_IO_TARGET_OPEN_PARAMS params) {
  IoTarget& target = object_of<IoTarget>(handle);
  require(params);
  if (params->Size != open_params_size_1_0 && params->Size != open_params_size_1_13)
    return STATUS_INFO_LENGTH_MISMATCH;
  const bool closed =
      target.state == WdfIoTargetClosed || target.state == WdfIoTargetClosedForQueryRemove;
  if (!closed) return STATUS_INVALID_DEVICE_STATE;
  const NTSTATUS status = open_as(target, *params);
  if (NT_SUCCESS(status)) target.state = WdfIoTargetStarted;
  return status;
}

void close(PWDF_DRIVER_GLOBALS, WDFIOTARGET handle) {
  object_of<IoTarget>(handle).close(WdfIoTargetClosed);
}

void close_for_query_remove(PWDF_DRIVER_GLOBALS, WDFIOTARGET handle) {
  object_of<IoTarget>(handle).close(WdfIoTargetClosedForQueryRemove);
}

NTSTATUS start(PWDF_DRIVER_GLOBALS, WDFIOTARGET handle) {
  IoTarget& target = object_of<IoTarget>(handle);
  if (target.wdm == nullptr) return STATUS_INVALID_DEVICE_STATE;
  target.state = WdfIoTargetStarted;
  target.send_held();
  return STATUS_SUCCESS;
}

void stop(PWDF_DRIVER_GLOBALS, WDFIOTARGET handle, WDF_IO_TARGET_SENT_IO_ACTION action) {
  IoTarget& target = object_of<IoTarget>(handle);
  const bool waits = action != WdfIoTargetLeaveSentIoPending;
  const MayBlock may_block(waits, "WdfIoTargetStop");
  target.state = WdfIoTargetStopped;
  if (action == WdfIoTargetCancelSentIo) target.cancel_sent();
  if (waits) target.wait_until_idle();
}

void purge(PWDF_DRIVER_GLOBALS, WDFIOTARGET handle, WDF_IO_TARGET_PURGE_IO_ACTION action) {
  IoTarget& target = object_of<IoTarget>(handle);
  const bool waits = action == WdfIoTargetPurgeIoAndWait;
  const MayBlock may_block(waits, "WdfIoTargetPurge");
  target.state = WdfIoTargetPurged;
  target.cancel_held();
  target.cancel_sent();
  if (waits) target.wait_until_idle();
}

WDF_IO_TARGET_STATE get_state(PWDF_DRIVER_GLOBALS, WDFIOTARGET handle) {
  return object_of<IoTarget>(handle).state;
}

WDFDEVICE get_device(PWDF_DRIVER_GLOBALS, WDFIOTARGET handle) {
  return reinterpret_cast<WDFDEVICE>(object_of<IoTarget>(handle).device.handle);
}

PDEVICE_OBJECT get_device_object(PWDF_DRIVER_GLOBALS, WDFIOTARGET handle) {
  return object_of<IoTarget>(handle).wdm;
}

// Of the device below; targets that a driver opened have none here.
PDEVICE_OBJECT get_physical_device(PWDF_DRIVER_GLOBALS, WDFIOTARGET handle) {
  const IoTarget& target = object_of<IoTarget>(handle);
  return &target == target.device.lower_target ? target.device.settings.physical : nullptr;
}

PFILE_OBJECT get_file_object(PWDF_DRIVER_GLOBALS, WDFIOTARGET handle) {
  return object_of<IoTarget>(handle).file;
}

HANDLE get_file_handle(PWDF_DRIVER_GLOBALS, WDFIOTARGET handle) {
  return object_of<IoTarget>(handle).opened;
}

}  // namespace

void IoTarget::send_held() {
  while (!held.empty() && state == WdfIoTargetStarted) {
    Request& request = *held.front();
    held.erase(held.begin());
    send_now(request, *this);
    framework().release(request);  // the sending holds it now
  }
}

// The driver may send each again, for the next start.
void IoTarget::cancel_held() {
  const std::vector<Request*> kept = held;
  for (Request* request : kept) framework().reference(*request);
  for (Request* request : kept) {
    if (std::ranges::find(held, request) != held.end()) kmdf::cancel_sent(*request);
    framework().release(*request);
  }
}

void IoTarget::cancel_sent() {
  const std::vector<Request*> under_way = sent;
  for (Request* request : under_way) framework().reference(*request);
  for (Request* request : under_way) {
    kmdf::cancel_sent(*request);
    framework().release(*request);
  }
}

void IoTarget::wait_until_idle() {
  const Kept kept(*this);
  while (!sent.empty()) {
    waiters_.push_back(&nt::the_machine().running());
    nt::the_machine().block("requests that were sent to an I/O target", entry);
  }
}

// The driver may have sent it again meanwhile.
void IoTarget::came_back(Request& request) {
  if (const auto oldest = std::ranges::find(sent, &request); oldest != sent.end())
    sent.erase(oldest);
  for (machine::Fiber* waiter : std::exchange(waiters_, {})) nt::the_machine().make_ready(*waiter);
}

void IoTarget::close(WDF_IO_TARGET_STATE next) {
  state = next;
  if (wdm != nullptr) {
    cancel_held();
    cancel_sent();
    wait_until_idle();
  }
  wdm = nullptr;
  file = nullptr;
  if (HANDLE handle_to_close = std::exchange(opened, nullptr))
    nt::service<nt::IoManager>().close(handle_to_close, KernelMode);
}

Functions io_target_functions() {
  static const std::array rows{
      DRYDOCK_WDF_ROW(WdfIoTargetCreate, PFN_WDFIOTARGETCREATE, create, creates_at_passive),
      DRYDOCK_WDF_ROW(WdfIoTargetOpen, PFN_WDFIOTARGETOPEN, open, creates_at_passive),
      DRYDOCK_WDF_ROW(WdfIoTargetClose, PFN_WDFIOTARGETCLOSE, close, passive_only),
      DRYDOCK_WDF_ROW(WdfIoTargetCloseForQueryRemove, PFN_WDFIOTARGETCLOSEFORQUERYREMOVE,
                      close_for_query_remove, passive_only),
      DRYDOCK_WDF_ROW(WdfIoTargetStart, PFN_WDFIOTARGETSTART, start, up_to_dispatch),
      DRYDOCK_WDF_ROW(WdfIoTargetStop, PFN_WDFIOTARGETSTOP, stop, up_to_dispatch),
      DRYDOCK_WDF_ROW(WdfIoTargetPurge, PFN_WDFIOTARGETPURGE, purge, up_to_dispatch),
      DRYDOCK_WDF_ROW(WdfIoTargetGetState, PFN_WDFIOTARGETGETSTATE, get_state,
                      up_to_dispatch_quiet),
      DRYDOCK_WDF_ROW(WdfIoTargetGetDevice, PFN_WDFIOTARGETGETDEVICE, get_device,
                      up_to_dispatch_quiet),
      DRYDOCK_WDF_ROW(WdfIoTargetWdmGetTargetDeviceObject, PFN_WDFIOTARGETWDMGETTARGETDEVICEOBJECT,
                      get_device_object, up_to_dispatch_quiet),
      DRYDOCK_WDF_ROW(WdfIoTargetWdmGetTargetPhysicalDevice,
                      PFN_WDFIOTARGETWDMGETTARGETPHYSICALDEVICE, get_physical_device,
                      up_to_dispatch_quiet),
      DRYDOCK_WDF_ROW(WdfIoTargetWdmGetTargetFileObject, PFN_WDFIOTARGETWDMGETTARGETFILEOBJECT,
                      get_file_object, up_to_dispatch_quiet),
      DRYDOCK_WDF_ROW(WdfIoTargetWdmGetTargetFileHandle, PFN_WDFIOTARGETWDMGETTARGETFILEHANDLE,
                      get_file_handle, up_to_dispatch_quiet),
  };
  return rows;
}

}  // namespace drydock::kmdf

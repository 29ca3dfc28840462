// SPDX-License-Identifier: Apache-2.0
// Io*: devices, links and shutdown notification as drivers see them.
#include <ntddk.h>

#include "nt/context.h"
#include "nt/io_exports.h"
#include "nt/io_manager.h"

namespace drydock::nt {

namespace {

constexpr Traits create_device_traits{
    .max_irql = Irql::apc, .may_fail = true, .failure = insufficient_resources};
constexpr Traits create_device_secure_traits{
    .max_irql = Irql::passive, .may_fail = true, .failure = insufficient_resources};
constexpr Traits create_link_traits{
    .max_irql = Irql::passive, .may_fail = true, .failure = insufficient_resources};

NTSTATUS create_device(PDRIVER_OBJECT driver, ULONG extension_size, PUNICODE_STRING name,
                       ULONG type, ULONG characteristics, BOOLEAN exclusive,
                       PDEVICE_OBJECT* device) {
  return service<IoManager>().create_device(driver, extension_size, view_of(name), type,
                                            characteristics, exclusive != FALSE, device);
}

// The security descriptor is not looked at: applications of the simulated host run as
// administrators.
NTSTATUS create_device_secure(PDRIVER_OBJECT driver, ULONG extension_size, PUNICODE_STRING name,
                              DEVICE_TYPE type, ULONG characteristics, BOOLEAN exclusive,
                              PCUNICODE_STRING, LPCGUID, PDEVICE_OBJECT* device) {
  return create_device(driver, extension_size, name, type, characteristics, exclusive, device);
}

void delete_device(PDEVICE_OBJECT device) {
  service<IoManager>().delete_device(device);
}

NTSTATUS create_link(PUNICODE_STRING name, PUNICODE_STRING target) {
  return service<IoManager>().create_link(view_of(name), view_of(target));
}

NTSTATUS delete_link(PUNICODE_STRING name) {
  return service<IoManager>().delete_link(view_of(name));
}

NTSTATUS device_pointer(PUNICODE_STRING name, ACCESS_MASK, PFILE_OBJECT* file,
                        PDEVICE_OBJECT* device) {
  return service<IoManager>().device_pointer(view_of(name), file, device);
}

NTSTATUS register_shutdown(PDEVICE_OBJECT device) {
  return service<IoManager>().register_shutdown(device);
}

void unregister_shutdown(PDEVICE_OBJECT device) {
  service<IoManager>().unregister_shutdown(device);
}

}  // namespace

Exports device_exports() {
  static const std::array rows = {
      kernel_row<"IoCreateDevice", decltype(::IoCreateDevice), create_device,
                 create_device_traits>(),
      kernel_row<"IoCreateDeviceSecure", decltype(::IoCreateDeviceSecure), create_device_secure,
                 create_device_secure_traits>(),
      kernel_row<"IoDeleteDevice", decltype(::IoDeleteDevice), delete_device, up_to_apc>(),
      kernel_row<"IoCreateSymbolicLink", decltype(::IoCreateSymbolicLink), create_link,
                 create_link_traits>(),
      kernel_row<"IoDeleteSymbolicLink", decltype(::IoDeleteSymbolicLink), delete_link,
                 passive_only>(),
      kernel_row<"IoGetDeviceObjectPointer", decltype(::IoGetDeviceObjectPointer), device_pointer,
                 passive_only>(),
      kernel_row<"IoRegisterShutdownNotification", decltype(::IoRegisterShutdownNotification),
                 register_shutdown, passive_only>(),
      kernel_row<"IoUnregisterShutdownNotification", decltype(::IoUnregisterShutdownNotification),
                 unregister_shutdown, passive_only>(),
  };
  return rows;
}

}  // namespace drydock::nt

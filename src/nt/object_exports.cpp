// SPDX-License-Identifier: Apache-2.0
// Ob*: references and handles as drivers see them.
#include <ntddk.h>

#include "nt/context.h"
#include "nt/io_exports.h"
#include "nt/objects.h"
#include "nt/processes.h"
#include "nt/threads.h"

namespace drydock::nt {

namespace {

bool has_type(const Objects& objects, const void* object, POBJECT_TYPE type) {
  const auto actual = objects.type_of(object);
  return type == nullptr || (actual && objects.type_object(*actual) == type);
}

LONG_PTR reference_object(PVOID object) {
  return service<Objects>().reference(object);
}

LONG_PTR dereference_object(PVOID object) {
  return service<Objects>().dereference(object);
}

void dereference_object_deferred(PVOID object) {
  service<Objects>().dereference(object);
}

NTSTATUS reference_by_pointer(PVOID object, ACCESS_MASK, POBJECT_TYPE type, KPROCESSOR_MODE) {
  auto& objects = service<Objects>();
  if (!has_type(objects, object, type)) return STATUS_OBJECT_TYPE_MISMATCH;
  objects.reference(object);
  return STATUS_SUCCESS;
}

// Also of the running thread and its process, whose handles are no handles.
void* object_behind(HANDLE handle) {
  if (handle == ZwCurrentThread()) return service<Threads>().current();
  if (handle != ZwCurrentProcess()) return service<Objects>().from_handle(handle);
  auto& processes = service<Processes>();
  const Process* process = processes.find(processes.current());
  return process != nullptr ? process->object : nullptr;
}

NTSTATUS reference_by_handle(HANDLE handle, ACCESS_MASK, POBJECT_TYPE type, KPROCESSOR_MODE,
                             PVOID* object, POBJECT_HANDLE_INFORMATION information) {
  auto& objects = service<Objects>();
  void* found = object_behind(handle);
  *object = nullptr;
  if (found == nullptr) return STATUS_INVALID_HANDLE;
  if (!has_type(objects, found, type)) return STATUS_OBJECT_TYPE_MISMATCH;
  objects.reference(found);
  *object = found;
  if (information != nullptr) *information = {0, GENERIC_ALL};
  return STATUS_SUCCESS;
}

NTSTATUS open_by_pointer(PVOID object, ULONG, PACCESS_STATE, ACCESS_MASK, POBJECT_TYPE type,
                         KPROCESSOR_MODE, PHANDLE handle) {
  auto& objects = service<Objects>();
  if (!has_type(objects, object, type)) return STATUS_OBJECT_TYPE_MISMATCH;
  *handle = objects.open_handle(object);
  return STATUS_SUCCESS;
}

NTSTATUS close_by_mode(HANDLE handle, KPROCESSOR_MODE) {
  return service<Objects>().close_handle(handle);
}

NTSTATUS close(HANDLE handle) {
  return service<Objects>().close_handle(handle);
}

}  // namespace

Exports object_exports() {
  static const std::array rows = {
      kernel_row<"ObfReferenceObject", decltype(::ObfReferenceObject), reference_object,
                 up_to_dispatch>(),
      kernel_row<"ObfDereferenceObject", decltype(::ObfDereferenceObject), dereference_object,
                 up_to_dispatch>(),
      kernel_row<"ObDereferenceObjectDeferDelete", decltype(::ObDereferenceObjectDeferDelete),
                 dereference_object_deferred, up_to_dispatch>(),
      kernel_row<"ObReferenceObjectByPointer", decltype(::ObReferenceObjectByPointer),
                 reference_by_pointer, up_to_dispatch>(),
      kernel_row<"ObReferenceObjectByHandle", decltype(::ObReferenceObjectByHandle),
                 reference_by_handle, passive_only>(),
      kernel_row<"ObOpenObjectByPointer", decltype(::ObOpenObjectByPointer), open_by_pointer,
                 up_to_apc>(),
      kernel_row<"ObCloseHandle", decltype(::ObCloseHandle), close_by_mode, passive_only>(),
      kernel_row<"ZwClose", decltype(::ZwClose), close, passive_only>(),
  };
  return rows;
}

}  // namespace drydock::nt

// SPDX-License-Identifier: Apache-2.0
// Io*: IRPs made over, extensions of driver objects, and what drivers ask about themselves. The
// kernel's rand, too.
#include <ntddk.h>
#include <wdm/pnp.h>

#include <array>
#include <cstring>

#include "nt/context.h"
#include "nt/io_exports.h"
#include "nt/io_manager.h"
#include "nt/names.h"
#include "nt/processes.h"
#include "nt/string_buffers.h"

namespace drydock::nt {

namespace {

constexpr Traits creates_up_to_dispatch{
    .max_irql = Irql::dispatch, .may_fail = true, .failure = insufficient_resources};

// As IoAllocateIrp left it, whose size and stack it keeps.
void reuse_irp(PIRP irp, NTSTATUS status) {
  const CHAR stack = irp->StackCount;
  const USHORT size = irp->Size;
  const UCHAR allocation = irp->AllocationFlags;
  std::memset(static_cast<void*>(irp), 0, size);
  irp->Type = IO_TYPE_IRP;
  irp->Size = size;
  irp->StackCount = stack;
  irp->CurrentLocation = static_cast<CHAR>(stack + 1);
  irp->AllocationFlags = allocation;
  irp->Tail.Overlay.CurrentStackLocation = reinterpret_cast<PIO_STACK_LOCATION>(irp + 1) + stack;
  irp->ThreadListEntry.Flink = irp->ThreadListEntry.Blink = &irp->ThreadListEntry;
  irp->IoStatus.Status = status;
}

NTSTATUS set_completion_routine(PDEVICE_OBJECT, PIRP irp, PIO_COMPLETION_ROUTINE routine,
                                PVOID context, BOOLEAN success, BOOLEAN error, BOOLEAN cancel) {
  PIO_STACK_LOCATION next = IoGetNextIrpStackLocation(irp);
  next->CompletionRoutine = routine;
  next->Context = context;
  next->Control = static_cast<UCHAR>((success != FALSE ? SL_INVOKE_ON_SUCCESS : 0) |
                                     (error != FALSE ? SL_INVOKE_ON_ERROR : 0) |
                                     (cancel != FALSE ? SL_INVOKE_ON_CANCEL : 0));
  return STATUS_SUCCESS;
}

NTSTATUS allocate_extension(PDRIVER_OBJECT driver, PVOID key, ULONG size, PVOID* extension) {
  return service<IoManager>().allocate_extension(driver, key, size, extension);
}

PVOID get_extension(PDRIVER_OBJECT driver, PVOID key) {
  return service<IoManager>().extension(driver, key);
}

BOOLEAN is_wdm_version_available(UCHAR major, UCHAR minor) {
  constexpr int windows_10 = 0x0600;  // WDM 6.0, as of Windows Vista and all later
  return (major << 8 | minor) <= windows_10 ? TRUE : FALSE;
}

// A driver may ask about itself only.
NTSTATUS query_full_driver_path(PDRIVER_OBJECT object, PUNICODE_STRING path) {
  const Driver* driver = service<IoManager>().driver_of(object);
  if (driver == nullptr) return STATUS_NOT_FOUND;
  if (driver->id != the_machine().running().driver) return STATUS_ACCESS_DENIED;
  const std::u16string text = driver_path(driver->name);
  const std::size_t bytes = text.size() * sizeof(WCHAR);
  if (!allocate_buffer(*path, bytes + sizeof(WCHAR))) return STATUS_INSUFFICIENT_RESOURCES;
  std::memcpy(path->Buffer, text.data(), bytes);
  path->Length = static_cast<USHORT>(bytes);
  return STATUS_SUCCESS;
}

PGENERIC_MAPPING file_generic_mapping() {
  return service<IoManager>().file_mapping();
}

void seed_random(unsigned seed) {
  service<Processes>().random_state = seed;
}

// The generator of Microsoft's C library.
int random_number() {
  std::uint32_t& state = service<Processes>().random_state;
  state = state * 214013 + 2531011;
  return static_cast<int>(state >> 16 & 0x7fff);
}

}  // namespace

Exports io_more_exports() {
  static const std::array rows = {
      kernel_row<"IoReuseIrp", decltype(::IoReuseIrp), reuse_irp, up_to_dispatch_quiet>(),
      kernel_row<"IoSetCompletionRoutineEx", decltype(::IoSetCompletionRoutineEx),
                 set_completion_routine, creates_up_to_dispatch>(),
      kernel_row<"IoAllocateDriverObjectExtension", decltype(::IoAllocateDriverObjectExtension),
                 allocate_extension, creates_up_to_dispatch>(),
      kernel_row<"IoGetDriverObjectExtension", decltype(::IoGetDriverObjectExtension),
                 get_extension, up_to_dispatch_quiet>(),
      kernel_row<"IoIsWdmVersionAvailable", decltype(::IoIsWdmVersionAvailable),
                 is_wdm_version_available, up_to_dispatch_quiet>(),
      kernel_row<"IoQueryFullDriverPath", decltype(::IoQueryFullDriverPath), query_full_driver_path,
                 up_to_apc>(),
      kernel_row<"IoGetFileObjectGenericMapping", decltype(::IoGetFileObjectGenericMapping),
                 file_generic_mapping, passive_quiet>(),
      kernel_row<"srand", void NTAPI(unsigned), seed_random, any_irql_quiet>(),
      kernel_row<"rand", int NTAPI(), random_number, any_irql_quiet>(),
  };
  return rows;
}

}  // namespace drydock::nt

// SPDX-License-Identifier: Apache-2.0
// Raising exceptions, unwinding by hand, and the probes of user addresses.
#include <ntddk.h>

#include "nt/context.h"
#include "nt/exceptions.h"
#include "nt/exports.h"
#include "nt/registers.h"
#include "nt/stop.h"
#include "nt/user_memory.h"

namespace drydock::nt {

namespace {

constexpr Traits raises_up_to_apc{.max_irql = Irql::apc, .quiet = true, .may_raise = true};
constexpr Traits raises_anywhere{.max_irql = Irql::high, .quiet = true, .may_raise = true};

// --- raising

void raise(NTSTATUS status) {
  EXCEPTION_RECORD record{};
  record.ExceptionCode = status;
  record.ExceptionFlags = EXCEPTION_NONCONTINUABLE;
  raise_on_return(record);
}

void raise_access_violation() {
  raise(STATUS_ACCESS_VIOLATION);
}

void raise_datatype_misalignment() {
  raise(STATUS_DATATYPE_MISALIGNMENT);
}

// No debugger is attached: the breakpoint is an exception like others.
void break_point() {
  EXCEPTION_RECORD record{};
  record.ExceptionCode = STATUS_BREAKPOINT;
  raise_on_return(record);
}

void raise_exception(PEXCEPTION_RECORD record) {
  raise_on_return(*record);
}

// --- unwinding

// Without a record the unwinding is nobody's exception.
void unwind_ex(PVOID frame, PVOID ip, PEXCEPTION_RECORD record, PVOID value, PCONTEXT,
               PUNWIND_HISTORY_TABLE) {
  EXCEPTION_RECORD cause{};
  cause.ExceptionCode = STATUS_UNWIND;
  if (record != nullptr) cause = *record;
  const UnwindTarget target{address_of(frame), address_of(ip), address_of(value)};
  leave_for([target, cause](CONTEXT& context) {
    unwind({.registers = registers_of(context), .level = the_machine().running().frames}, target,
           cause);
  });
}

void unwind_to_frame(PVOID frame, PVOID ip, PEXCEPTION_RECORD record, PVOID value) {
  unwind_ex(frame, ip, record, value, nullptr, nullptr);
}

void restore_context(PCONTEXT context, PEXCEPTION_RECORD) {
  leave_for([wanted = *context](CONTEXT&) { restore(wanted); });
}

const ExportRow capture_context_row{"ntoskrnl.exe", "RtlCaptureContext", up_to_dispatch_quiet,
                                    reinterpret_cast<void*>(&capture_context),
                                    ledger::name_hash("RtlCaptureContext")};

const image::PreparedImage* prepared_image_at(ULONG64 address) {
  const LoadedImage* image = service<Loader>().image_at(address);
  return image != nullptr ? image->bound->prepared.get() : nullptr;
}

PRUNTIME_FUNCTION lookup_function_entry(ULONG64 pc, PULONG64 base, PUNWIND_HISTORY_TABLE) {
  const image::PreparedImage* image = prepared_image_at(pc);
  if (image == nullptr) return nullptr;
  *base = image->base;
  const auto* row =
      image::find_function(image->functions, static_cast<image::Rva>(pc - image->base));
  if (row == nullptr) return nullptr;
  const auto index = static_cast<std::uint64_t>(row - image->functions.data());
  return reinterpret_cast<PRUNTIME_FUNCTION>(image->base + image->function_table +
                                             index * sizeof(RUNTIME_FUNCTION));
}

PVOID pc_to_file_header(PVOID pc, PVOID* base) {
  const image::PreparedImage* image = prepared_image_at(address_of(pc));
  *base = image != nullptr ? reinterpret_cast<PVOID>(image->base) : nullptr;
  return *base;
}

constexpr ULONG for_exceptions = 1;  // UNW_FLAG_EHANDLER
constexpr ULONG for_unwinding = 2;   // UNW_FLAG_UHANDLER

// A frame whose image or unwind data is unknown leaves the context as it is.
PEXCEPTION_ROUTINE virtual_unwind(ULONG type, ULONG64 base, ULONG64 pc, PRUNTIME_FUNCTION,
                                  PCONTEXT context, PVOID* handler_data, PULONG64 frame,
                                  PKNONVOLATILE_CONTEXT_POINTERS) {
  const image::PreparedImage* image = prepared_image_at(pc);
  if (image == nullptr) return nullptr;
  const machine::StackArena& stacks = the_machine().memory().stacks;
  const std::uint32_t stack = the_machine().running().stack;
  image::RegisterContext registers = registers_of(*context);
  registers.rip = pc;
  image::FrameInfo info;
  if (!image::virtual_unwind(image::UnwindView(*image), {stacks.low(stack), stacks.top(stack)},
                             registers, &info)) {
    return nullptr;
  }
  update(*context, registers);
  *frame = info.establisher_frame;
  const bool wanted = ((type & for_exceptions) != 0 && info.handles_exceptions) ||
                      ((type & for_unwinding) != 0 && info.handles_unwind);
  if (!wanted) return nullptr;
  *handler_data = reinterpret_cast<PVOID>(base + info.handler_data);
  return reinterpret_cast<PEXCEPTION_ROUTINE>(base + info.handler);
}

// --- probes

// Looks at the address only: whether memory is there shows when it is used.
void probe_for_read(const void* address, SIZE_T length, ULONG alignment) {
  if (length == 0) return;
  if ((address_of(address) & (std::uint64_t{alignment} - 1)) != 0)
    raise_status(static_cast<std::uint32_t>(STATUS_DATATYPE_MISALIGNMENT), "ProbeForRead");
  if (!is_user_range(address_of(address), length))
    raise_status(static_cast<std::uint32_t>(STATUS_ACCESS_VIOLATION), "ProbeForRead");
}

void probe_for_write(PVOID address, SIZE_T length, ULONG alignment) {
  probe_for_read(address, length, alignment);
  if (!can_access(address_of(address), length, Touch::write))
    raise_status(static_cast<std::uint32_t>(STATUS_ACCESS_VIOLATION), "ProbeForWrite");
}

}  // namespace

Exports exception_exports() {
  static const ExportRow* const rows[] = {
      kernel_row<"ExRaiseStatus", VOID(NTSTATUS), raise, raises_up_to_apc>(),
      kernel_row<"ExRaiseAccessViolation", VOID(), raise_access_violation, raises_up_to_apc>(),
      kernel_row<"ExRaiseDatatypeMisalignment", VOID(), raise_datatype_misalignment,
                 raises_up_to_apc>(),
      kernel_row<"DbgBreakPoint", VOID(), break_point, raises_anywhere>(),
      kernel_row<"RtlRaiseException", decltype(::RtlRaiseException), raise_exception,
                 raises_anywhere>(),
      kernel_row<"RtlUnwindEx", decltype(::RtlUnwindEx), unwind_ex, raises_anywhere>(),
      kernel_row<"RtlUnwind", decltype(::RtlUnwind), unwind_to_frame, raises_anywhere>(),
      &capture_context_row,
      kernel_row<"RtlRestoreContext", decltype(::RtlRestoreContext), restore_context,
                 raises_anywhere>(),
      kernel_row<"RtlLookupFunctionEntry", decltype(::RtlLookupFunctionEntry),
                 lookup_function_entry, any_irql_quiet>(),
      kernel_row<"RtlVirtualUnwind", decltype(::RtlVirtualUnwind), virtual_unwind,
                 any_irql_quiet>(),
      kernel_row<"RtlPcToFileHeader", decltype(::RtlPcToFileHeader), pc_to_file_header,
                 any_irql_quiet>(),
      kernel_row<"ProbeForRead", decltype(::ProbeForRead), probe_for_read, raises_up_to_apc>(),
      kernel_row<"ProbeForWrite", decltype(::ProbeForWrite), probe_for_write, raises_up_to_apc>(),
  };
  return rows;
}

}  // namespace drydock::nt

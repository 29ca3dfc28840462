// SPDX-License-Identifier: Apache-2.0
// System threads, the identity of the running thread, and what drivers may ask of its processor.
#include <ntddk.h>

#include <utility>

#include "nt/context.h"
#include "nt/exports.h"
#include "nt/processes.h"
#include "nt/threads.h"

namespace drydock::nt {

namespace {

HANDLE id_handle(const KernelThread& thread) {
  return reinterpret_cast<HANDLE>(Threads::id_of(thread));
}

NTSTATUS create_system_thread(PHANDLE handle, ULONG, POBJECT_ATTRIBUTES, HANDLE,
                              PCLIENT_ID client_id, PKSTART_ROUTINE start, PVOID context) {
  KernelThread& thread = service<Threads>().create(start, context);
  if (handle != nullptr) *handle = service<Objects>().open_handle(&thread);
  service<Threads>().note_change(*the_machine().fibers()[thread.fiber], true);
  if (client_id != nullptr) {
    constexpr std::uint64_t system_process = 4;
    client_id->UniqueProcess = reinterpret_cast<HANDLE>(system_process);
    client_id->UniqueThread = id_handle(thread);
  }
  return STATUS_SUCCESS;
}

NTSTATUS terminate_system_thread(NTSTATUS) {
  if (the_machine().running().thread_resource == 0) return STATUS_INVALID_PARAMETER;
  service<Threads>().terminate_running();
}

PKTHREAD current_thread() {
  return reinterpret_cast<PKTHREAD>(service<Threads>().current());
}

PETHREAD ps_current_thread() {
  return reinterpret_cast<PETHREAD>(service<Threads>().current());
}

HANDLE current_thread_id() {
  return id_handle(*service<Threads>().current());
}

HANDLE thread_id(PETHREAD thread) {
  return id_handle(*reinterpret_cast<const KernelThread*>(thread));
}

ProcessId process_of(PETHREAD thread) {
  const machine::FiberId fiber = reinterpret_cast<const KernelThread*>(thread)->fiber;
  return service<Processes>().process_of(*the_machine().fibers()[fiber]);
}

HANDLE thread_process_id(PETHREAD thread) {
  return reinterpret_cast<HANDLE>(std::uint64_t{process_of(thread)});
}

PEPROCESS thread_process(PETHREAD thread) {
  const Process* process = service<Processes>().find(process_of(thread));
  return process != nullptr ? process->object : nullptr;
}

NTSTATUS lookup_thread(HANDLE id, PETHREAD* out) {
  KernelThread* thread = service<Threads>().find(reinterpret_cast<std::uint64_t>(id));
  if (thread == nullptr) return STATUS_INVALID_PARAMETER;
  service<Objects>().reference(thread);
  *out = reinterpret_cast<PETHREAD>(thread);
  return STATUS_SUCCESS;
}

BOOLEAN is_system_thread(PETHREAD thread) {
  return process_of(thread) == system_process;
}

// Priorities are remembered but decide nothing: which thread goes on is the scheduler's choice.
KPRIORITY set_priority(PKTHREAD thread, KPRIORITY priority) {
  LONG& current = reinterpret_cast<KernelThread*>(thread)->priority;
  return std::exchange(current, priority);
}

LONG set_base_priority(PRKTHREAD thread, LONG increment) {
  auto& object = *reinterpret_cast<KernelThread*>(thread);
  object.priority = default_priority + increment;
  return std::exchange(object.base_increment, increment);
}

KPROCESSOR_MODE previous_mode() {
  return service<Threads>().current()->previous_mode;
}

}  // namespace

Exports thread_exports() {
  static constexpr Traits create{
      .max_irql = Irql::passive,
      .may_fail = true,
      .failure = static_cast<std::uint32_t>(STATUS_INSUFFICIENT_RESOURCES)};
  static const ExportRow* const rows[] = {
      kernel_row<"PsCreateSystemThread", decltype(::PsCreateSystemThread), create_system_thread,
                 create>(),
      kernel_row<"PsTerminateSystemThread", decltype(::PsTerminateSystemThread),
                 terminate_system_thread, passive_only>(),
      kernel_row<"KeGetCurrentThread", decltype(::KeGetCurrentThread), current_thread,
                 any_irql_quiet>(),
      kernel_row<"PsGetCurrentThread", PETHREAD(), ps_current_thread, any_irql_quiet>(),
      kernel_row<"PsGetCurrentThreadId", decltype(::PsGetCurrentThreadId), current_thread_id,
                 any_irql_quiet>(),
      kernel_row<"PsGetThreadId", decltype(::PsGetThreadId), thread_id, up_to_dispatch_quiet>(),
      kernel_row<"PsGetThreadProcessId", decltype(::PsGetThreadProcessId), thread_process_id,
                 any_irql_quiet>(),
      kernel_row<"IoThreadToProcess", decltype(::IoThreadToProcess), thread_process,
                 up_to_dispatch_quiet>(),
      kernel_row<"PsLookupThreadByThreadId", decltype(::PsLookupThreadByThreadId), lookup_thread,
                 up_to_apc>(),
      kernel_row<"PsIsSystemThread", decltype(::PsIsSystemThread), is_system_thread,
                 up_to_dispatch_quiet>(),
      kernel_row<"KeSetPriorityThread", decltype(::KeSetPriorityThread), set_priority,
                 passive_quiet>(),
      kernel_row<"KeSetBasePriorityThread", decltype(::KeSetBasePriorityThread), set_base_priority,
                 passive_quiet>(),
      kernel_row<"ExGetPreviousMode", decltype(::ExGetPreviousMode), previous_mode,
                 up_to_dispatch_quiet>(),
  };
  return rows;
}

}  // namespace drydock::nt

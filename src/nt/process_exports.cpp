// SPDX-License-Identifier: Apache-2.0
// Ps* and their neighbours: processes as drivers see them.
#include <ntddk.h>

#include <cstring>

#include "nt/context.h"
#include "nt/io_exports.h"
#include "nt/io_manager.h"
#include "nt/processes.h"

namespace drydock::nt {

namespace {

HANDLE handle_of(ProcessId id) {
  return reinterpret_cast<HANDLE>(std::uint64_t{id});
}

PEPROCESS current_process() {
  auto& processes = service<Processes>();
  const Process* process = processes.find(processes.current());
  return process != nullptr ? process->object : processes.find(system_process)->object;
}

HANDLE current_process_id() {
  return handle_of(service<Processes>().current());
}

HANDLE process_id(PEPROCESS object) {
  const Process* process = service<Processes>().find(object);
  return process != nullptr ? handle_of(process->id) : nullptr;
}

LONGLONG create_time(PEPROCESS object) {
  const Process* process = service<Processes>().find(object);
  return process != nullptr ? process->create_time : 0;
}

NTSTATUS exit_status(PEPROCESS object) {
  const Process* process = service<Processes>().find(object);
  return process != nullptr ? process->exit_status : STATUS_INVALID_PARAMETER;
}

NTSTATUS lookup(HANDLE id, PEPROCESS* object) {
  const auto number = static_cast<ProcessId>(reinterpret_cast<std::uint64_t>(id));
  const Process* process = service<Processes>().find(number);
  if (process == nullptr) return STATUS_INVALID_CID;
  service<Objects>().reference(process->object);
  *object = process->object;
  return STATUS_SUCCESS;
}

PEPROCESS requestor(PIRP irp) {
  const Process* process = service<Processes>().find(service<IoManager>().requestor(irp));
  return process != nullptr ? process->object : nullptr;
}

NTSTATUS change_routine(void* code, Processes::RoutineKind kind, BOOLEAN remove) {
  auto& processes = service<Processes>();
  return remove != FALSE ? processes.remove_routine(code) : processes.add_routine(code, kind);
}

NTSTATUS set_routine(PCREATE_PROCESS_NOTIFY_ROUTINE routine, BOOLEAN remove) {
  return change_routine(reinterpret_cast<void*>(routine), Processes::RoutineKind::plain, remove);
}

NTSTATUS set_routine_ex(PCREATE_PROCESS_NOTIFY_ROUTINE_EX routine, BOOLEAN remove) {
  return change_routine(reinterpret_cast<void*>(routine), Processes::RoutineKind::extended, remove);
}

NTSTATUS set_routine_ex2(PSCREATEPROCESSNOTIFYTYPE type, PVOID routine, BOOLEAN remove) {
  if (type != PsCreateProcessNotifySubsystems) return STATUS_INVALID_PARAMETER;
  return change_routine(routine, Processes::RoutineKind::extended, remove);
}

const Process* process_of_handle(HANDLE handle) {
  auto& processes = service<Processes>();
  if (handle == ZwCurrentProcess()) return processes.find(processes.current());
  return processes.find(service<Objects>().from_handle(handle));
}

NTSTATUS open_process(PHANDLE handle, ACCESS_MASK access, POBJECT_ATTRIBUTES, PCLIENT_ID client) {
  if (client == nullptr) return STATUS_INVALID_PARAMETER_MIX;
  const auto id = static_cast<ProcessId>(reinterpret_cast<std::uint64_t>(client->UniqueProcess));
  const Process* process = service<Processes>().find(id);
  if (process == nullptr) return STATUS_INVALID_CID;
  auto& objects = service<Objects>();
  auto& watchers = service<Processes>().notifications();
  const POBJECT_TYPE type = objects.type_object(ObjectType::process);
  objects.reference(process->object);  // a callback may let it exit
  PEPROCESS object = process->object;
  watchers.opening(object, type, access);
  *handle = objects.open_handle(object);
  watchers.opened(object, type, access, STATUS_SUCCESS);
  objects.dereference(object);
  return STATUS_SUCCESS;
}

NTSTATUS query_image_name(const UNICODE_STRING& name, PVOID buffer, ULONG length,
                          PULONG return_length) {
  const ULONG needed = sizeof(UNICODE_STRING) + name.MaximumLength;
  if (return_length != nullptr) *return_length = needed;
  if (length < needed) return STATUS_INFO_LENGTH_MISMATCH;
  auto* result = static_cast<PUNICODE_STRING>(buffer);
  *result = {name.Length, name.MaximumLength, reinterpret_cast<PWSTR>(result + 1)};
  std::memcpy(result->Buffer, name.Buffer, name.MaximumLength);
  return STATUS_SUCCESS;
}

NTSTATUS query_basic(const Process& process, PVOID buffer, ULONG length, PULONG return_length) {
  if (return_length != nullptr) *return_length = sizeof(PROCESS_BASIC_INFORMATION);
  if (length != sizeof(PROCESS_BASIC_INFORMATION)) return STATUS_INFO_LENGTH_MISMATCH;
  auto& result = *static_cast<PPROCESS_BASIC_INFORMATION>(buffer);
  result = {};
  result.ExitStatus = process.exit_status;
  result.UniqueProcessId = process.id;
  result.InheritedFromUniqueProcessId = process.parent;
  return STATUS_SUCCESS;
}

NTSTATUS query_process(HANDLE handle, PROCESSINFOCLASS what, PVOID buffer, ULONG length,
                       PULONG return_length) {
  const Process* process = process_of_handle(handle);
  if (process == nullptr) return STATUS_INVALID_HANDLE;
  switch (what) {
    case ProcessBasicInformation:
      return query_basic(*process, buffer, length, return_length);
    case ProcessImageFileName:
    case ProcessImageFileNameWin32:
      return query_image_name(process->image_path, buffer, length, return_length);
    case ProcessCommandLineInformation:
      return query_image_name(process->command_line, buffer, length, return_length);
  }
  return STATUS_INVALID_INFO_CLASS;
}

}  // namespace

Exports process_exports() {
  static const std::array rows = {
      kernel_row<"IoGetCurrentProcess", decltype(::IoGetCurrentProcess), current_process,
                 any_irql_quiet>(),
      kernel_row<"PsGetCurrentProcessId", decltype(::PsGetCurrentProcessId), current_process_id,
                 any_irql_quiet>(),
      kernel_row<"PsGetProcessId", decltype(::PsGetProcessId), process_id, any_irql_quiet>(),
      kernel_row<"PsGetProcessCreateTimeQuadPart", decltype(::PsGetProcessCreateTimeQuadPart),
                 create_time, any_irql_quiet>(),
      kernel_row<"PsGetProcessExitStatus", decltype(::PsGetProcessExitStatus), exit_status,
                 up_to_apc_quiet>(),
      kernel_row<"PsLookupProcessByProcessId", decltype(::PsLookupProcessByProcessId), lookup,
                 up_to_apc>(),
      kernel_row<"IoGetRequestorProcess", decltype(::IoGetRequestorProcess), requestor,
                 up_to_dispatch_quiet>(),
      kernel_row<"PsSetCreateProcessNotifyRoutine", decltype(::PsSetCreateProcessNotifyRoutine),
                 set_routine, passive_only>(),
      kernel_row<"PsSetCreateProcessNotifyRoutineEx", decltype(::PsSetCreateProcessNotifyRoutineEx),
                 set_routine_ex, passive_only>(),
      kernel_row<"PsSetCreateProcessNotifyRoutineEx2",
                 decltype(::PsSetCreateProcessNotifyRoutineEx2), set_routine_ex2, passive_only>(),
      kernel_row<"ZwOpenProcess", decltype(::ZwOpenProcess), open_process, passive_only>(),
      kernel_row<"ZwQueryInformationProcess", decltype(::ZwQueryInformationProcess), query_process,
                 passive_only>(),
  };
  return rows;
}

}  // namespace drydock::nt

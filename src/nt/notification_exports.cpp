// SPDX-License-Identifier: Apache-2.0
// PsSetLoadImageNotifyRoutine, ObRegisterCallbacks, CmRegisterCallback and what takes them back.
#include <ntddk.h>
#include <wdm/security_more.h>

#include <array>

#include "nt/context.h"
#include "nt/io_exports.h"
#include "nt/names.h"
#include "nt/processes.h"

namespace drydock::nt {

namespace {

constexpr Traits registers{
    .max_irql = Irql::passive, .may_fail = true, .failure = insufficient_resources};
constexpr Traits registers_up_to_apc{
    .max_irql = Irql::apc, .may_fail = true, .failure = insufficient_resources};

using SetThreadRoutineEx = NTSTATUS NTAPI(int type, PVOID routine);
using SetImageRoutineEx = NTSTATUS NTAPI(PLOAD_IMAGE_NOTIFY_ROUTINE, ULONG_PTR);

Notifications& notifications() {
  return service<Processes>().notifications();
}

NTSTATUS set_image_routine(PLOAD_IMAGE_NOTIFY_ROUTINE routine) {
  return notifications().add_image_routine(routine);
}

NTSTATUS set_image_routine_ex(PLOAD_IMAGE_NOTIFY_ROUTINE routine, ULONG_PTR flags) {
  constexpr ULONG_PTR conflicting_architecture = 1;  // PS_IMAGE_NOTIFY_CONFLICTING_ARCHITECTURE
  if ((flags & ~conflicting_architecture) != 0) return STATUS_INVALID_PARAMETER_2;
  return notifications().add_image_routine(routine);
}

NTSTATUS remove_image_routine(PLOAD_IMAGE_NOTIFY_ROUTINE routine) {
  return notifications().remove_image_routine(routine);
}

NTSTATUS set_thread_routine(PCREATE_THREAD_NOTIFY_ROUTINE routine) {
  return notifications().add_thread_routine(routine, Notifications::ThreadKind::all);
}

NTSTATUS set_thread_routine_ex(int type, PVOID routine) {
  constexpr int non_system = 0;  // PsCreateThreadNotify*
  constexpr int subsystems = 1;
  using enum Notifications::ThreadKind;
  if (type != non_system && type != subsystems) return STATUS_INVALID_PARAMETER;
  return notifications().add_thread_routine(
      reinterpret_cast<PCREATE_THREAD_NOTIFY_ROUTINE>(routine),
      type == non_system ? of_programs : all);
}

NTSTATUS remove_thread_routine(PCREATE_THREAD_NOTIFY_ROUTINE routine) {
  return notifications().remove_thread_routine(routine);
}

NTSTATUS register_callbacks(POB_CALLBACK_REGISTRATION given, PVOID* handle) {
  return notifications().add_object_callbacks(*given, handle);
}

void unregister_callbacks(PVOID handle) {
  notifications().remove_object_callbacks(handle);
}

USHORT filter_version() {
  return 0x100;
}

NTSTATUS register_registry(PEX_CALLBACK_FUNCTION function, PVOID context, PLARGE_INTEGER cookie) {
  return notifications().add_registry_callback(function, {}, context, cookie);
}

NTSTATUS register_registry_ex(PEX_CALLBACK_FUNCTION function, PCUNICODE_STRING altitude, PVOID,
                              PVOID context, PLARGE_INTEGER cookie, PVOID) {
  const std::u16string_view text = view_of(altitude);
  if (text.empty()) return STATUS_INVALID_PARAMETER;
  return notifications().add_registry_callback(function, text, context, cookie);
}

NTSTATUS unregister_registry(LARGE_INTEGER cookie) {
  return notifications().remove_registry_callback(cookie);
}

}  // namespace

Exports notification_exports() {
  static const std::array rows = {
      kernel_row<"PsSetLoadImageNotifyRoutine", decltype(::PsSetLoadImageNotifyRoutine),
                 set_image_routine, registers>(),
      kernel_row<"PsSetLoadImageNotifyRoutineEx", SetImageRoutineEx, set_image_routine_ex,
                 registers>(),
      kernel_row<"PsRemoveLoadImageNotifyRoutine", decltype(::PsRemoveLoadImageNotifyRoutine),
                 remove_image_routine, up_to_apc>(),
      kernel_row<"PsSetCreateThreadNotifyRoutine", decltype(::PsSetCreateThreadNotifyRoutine),
                 set_thread_routine, registers>(),
      kernel_row<"PsSetCreateThreadNotifyRoutineEx", SetThreadRoutineEx, set_thread_routine_ex,
                 registers>(),
      kernel_row<"PsRemoveCreateThreadNotifyRoutine", decltype(::PsRemoveCreateThreadNotifyRoutine),
                 remove_thread_routine, up_to_apc>(),
      kernel_row<"ObRegisterCallbacks", decltype(::ObRegisterCallbacks), register_callbacks,
                 registers_up_to_apc>(),
      kernel_row<"ObUnRegisterCallbacks", decltype(::ObUnRegisterCallbacks), unregister_callbacks,
                 up_to_apc>(),
      kernel_row<"ObGetFilterVersion", decltype(::ObGetFilterVersion), filter_version,
                 any_irql_quiet>(),
      kernel_row<"CmRegisterCallback", decltype(::CmRegisterCallback), register_registry,
                 registers_up_to_apc>(),
      kernel_row<"CmRegisterCallbackEx", decltype(::CmRegisterCallbackEx), register_registry_ex,
                 registers_up_to_apc>(),
      kernel_row<"CmUnRegisterCallback", decltype(::CmUnRegisterCallback), unregister_registry,
                 up_to_apc>(),
  };
  return rows;
}

}  // namespace drydock::nt

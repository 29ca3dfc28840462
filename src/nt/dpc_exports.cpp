// SPDX-License-Identifier: Apache-2.0
// Deferred procedure calls, and what drivers may ask about processors.
#include <ntddk.h>

#include "nt/context.h"
#include "nt/exports.h"
#include "nt/processors.h"

namespace drydock::nt {

namespace {

constexpr UCHAR threaded_dpc_object = 0x18;

void initialize(PRKDPC dpc, PKDEFERRED_ROUTINE routine, PVOID context) {
  initialize_dpc(*dpc, routine, context);
}

// A threaded DPC runs at PASSIVE_LEVEL or, when the system is set so, at DISPATCH_LEVEL like
// others: its driver must be ready for both, and here it is the latter.
void initialize_threaded_dpc(PRKDPC dpc, PKDEFERRED_ROUTINE routine, PVOID context) {
  initialize_dpc(*dpc, routine, context);
  dpc->Type = threaded_dpc_object;
}

BOOLEAN insert_queue_dpc(PRKDPC dpc, PVOID argument1, PVOID argument2) {
  return service<Processors>().queue(*dpc, the_machine().running().cpu, argument1, argument2);
}

BOOLEAN remove_queue_dpc(PRKDPC dpc) {
  return service<Processors>().remove(*dpc);
}

void flush_queued_dpcs() {
  service<Processors>().flush();
}

void set_importance(PRKDPC dpc, KDPC_IMPORTANCE importance) {
  dpc->Importance = static_cast<UCHAR>(importance);
}

void set_target(PRKDPC dpc, CCHAR number) {
  dpc->Number = static_cast<USHORT>(number + 1);
}

NTSTATUS set_target_ex(PKDPC dpc, PPROCESSOR_NUMBER number) {
  if (number->Group != 0 || number->Number >= the_machine().processors()) {
    return STATUS_INVALID_PARAMETER;
  }
  dpc->Number = static_cast<USHORT>(number->Number + 1);
  return STATUS_SUCCESS;
}

// --- processors: one group, all active

ULONG current_processor(PPROCESSOR_NUMBER number) {
  const machine::CpuId cpu = the_machine().running().cpu;
  if (number != nullptr) *number = {0, static_cast<UCHAR>(cpu), 0};
  return cpu;
}

ULONG current_processor_old() {
  return current_processor(nullptr);
}

ULONG processor_count() {
  return the_machine().processors();
}

ULONG active_count(PKAFFINITY active) {
  const ULONG count = processor_count();
  if (active != nullptr) *active = (KAFFINITY{1} << count) - 1;
  return count;
}

ULONG group_count(USHORT group) {
  constexpr USHORT all_groups = 0xffff;
  return group == 0 || group == all_groups ? processor_count() : 0;
}

ULONG index_from_number(PPROCESSOR_NUMBER number) {
  constexpr ULONG invalid = 0xffffffff;
  return number->Group == 0 && number->Number < processor_count() ? number->Number : invalid;
}

NTSTATUS number_from_index(ULONG index, PPROCESSOR_NUMBER number) {
  if (index >= processor_count()) return STATUS_INVALID_PARAMETER;
  *number = {0, static_cast<UCHAR>(index), 0};
  return STATUS_SUCCESS;
}

}  // namespace

Exports dpc_exports() {
  static const ExportRow* const rows[] = {
      kernel_row<"KeInitializeDpc", decltype(::KeInitializeDpc), initialize, any_irql_quiet>(),
      kernel_row<"KeInitializeThreadedDpc", decltype(::KeInitializeThreadedDpc),
                 initialize_threaded_dpc, any_irql_quiet>(),
      kernel_row<"KeInsertQueueDpc", decltype(::KeInsertQueueDpc), insert_queue_dpc, any_irql>(),
      kernel_row<"KeRemoveQueueDpc", decltype(::KeRemoveQueueDpc), remove_queue_dpc, any_irql>(),
      kernel_row<"KeFlushQueuedDpcs", decltype(::KeFlushQueuedDpcs), flush_queued_dpcs,
                 passive_only>(),
      kernel_row<"KeSetImportanceDpc", decltype(::KeSetImportanceDpc), set_importance,
                 any_irql_quiet>(),
      kernel_row<"KeSetTargetProcessorDpc", decltype(::KeSetTargetProcessorDpc), set_target,
                 any_irql_quiet>(),
      kernel_row<"KeSetTargetProcessorDpcEx", decltype(::KeSetTargetProcessorDpcEx), set_target_ex,
                 any_irql_quiet>(),
      kernel_row<"KeGetCurrentProcessorNumberEx", decltype(::KeGetCurrentProcessorNumberEx),
                 current_processor, any_irql_quiet>(),
      kernel_row<"KeGetCurrentProcessorNumber", ULONG(), current_processor_old, any_irql_quiet>(),
      kernel_row<"KeQueryActiveProcessorCount", decltype(::KeQueryActiveProcessorCount),
                 active_count, any_irql_quiet>(),
      kernel_row<"KeQueryActiveProcessorCountEx", decltype(::KeQueryActiveProcessorCountEx),
                 group_count, any_irql_quiet>(),
      kernel_row<"KeQueryMaximumProcessorCount", ULONG(), processor_count, any_irql_quiet>(),
      kernel_row<"KeQueryMaximumProcessorCountEx", decltype(::KeQueryMaximumProcessorCountEx),
                 group_count, any_irql_quiet>(),
      kernel_row<"KeGetProcessorIndexFromNumber", decltype(::KeGetProcessorIndexFromNumber),
                 index_from_number, any_irql_quiet>(),
      kernel_row<"KeGetProcessorNumberFromIndex", decltype(::KeGetProcessorNumberFromIndex),
                 number_from_index, any_irql_quiet>(),
  };
  return rows;
}

}  // namespace drydock::nt

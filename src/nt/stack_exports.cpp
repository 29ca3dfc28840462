// SPDX-License-Identifier: Apache-2.0
// How much kernel stack is left, and more of it. Stacks here are far larger than Windows' 24 KB.
#include <ntddk.h>

#include "ledger/callback.h"
#include "nt/context.h"
#include "nt/exports.h"

namespace drydock::nt {

namespace {

// MAXIMUM_EXPANSION_SIZE on x64: a large kernel stack less half a page.
constexpr SIZE_T most_expansion = 0x12000 - PAGE_SIZE / 2;

struct Limits {
  std::uint64_t low = 0;
  std::uint64_t high = 0;
};

// Of the stack that this very function runs on.
Limits limits() {
  const machine::StackArena& stacks = the_machine().memory().stacks;
  const std::uint32_t index =
      stacks.index_of(reinterpret_cast<std::uint64_t>(__builtin_frame_address(0)));
  return {stacks.low(index), stacks.top(index)};
}

ULONG_PTR remaining() {
  return reinterpret_cast<std::uint64_t>(__builtin_frame_address(0)) - limits().low;
}

VOID stack_limits(PULONG_PTR low, PULONG_PTR high) {
  const Limits found = limits();
  *low = found.low;
  *high = found.high;
}

// On the same stack: there is room.
NTSTATUS expand_ex(PEXPAND_STACK_CALLOUT callout, PVOID parameter, SIZE_T size, BOOLEAN wait,
                   PVOID context) {
  if (size > most_expansion) return STATUS_INVALID_PARAMETER_3;
  if (wait != FALSE && the_machine().irql() > Irql::apc) return STATUS_INVALID_PARAMETER_4;
  if (context != nullptr) return STATUS_INVALID_PARAMETER_5;
  ledger::call_driver(
      {.kind = machine::CallbackKind::other, .driver = the_machine().running().driver}, callout,
      parameter);
  return STATUS_SUCCESS;
}

NTSTATUS expand(PEXPAND_STACK_CALLOUT callout, PVOID parameter, SIZE_T size) {
  return expand_ex(callout, parameter, size, FALSE, nullptr);
}

}  // namespace

Exports stack_exports() {
  static constexpr Traits up_to_apc_raises{.max_irql = Irql::apc, .may_raise = true};
  static const ExportRow* const rows[] = {
      kernel_row<"IoGetRemainingStackSize", decltype(::IoGetRemainingStackSize), remaining,
                 any_irql_quiet>(),
      kernel_row<"IoGetStackLimits", decltype(::IoGetStackLimits), stack_limits, any_irql_quiet>(),
      kernel_row<"KeExpandKernelStackAndCallout", decltype(::KeExpandKernelStackAndCallout), expand,
                 up_to_apc_raises>(),
      kernel_row<"KeExpandKernelStackAndCalloutEx", decltype(::KeExpandKernelStackAndCalloutEx),
                 expand_ex, up_to_dispatch_raises>(),
  };
  return rows;
}

}  // namespace drydock::nt

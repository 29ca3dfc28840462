// SPDX-License-Identifier: Apache-2.0
#include "nt/fault_policy.h"

#include <fmt/format.h>

#include <utility>

namespace drydock::nt {

using machine::BugCheck;
using machine::CpuFault;
using machine::Frame;
using machine::Irql;

namespace {

namespace code {
constexpr std::uint32_t page_fault_in_nonpaged_area = 0x50;
constexpr std::uint32_t system_thread_exception = 0x7E;
constexpr std::uint32_t unexpected_trap = 0x7F;
constexpr std::uint32_t unloaded_without_cancelling = 0xCE;
constexpr std::uint32_t irql_not_less_or_equal = 0xD1;
constexpr std::uint32_t unloaded_at_raised_irql = 0xD4;
constexpr std::uint32_t security_check_failure = 0x139;
}  // namespace code

// Statuses of the exceptions that bug check 0x7E carries.
constexpr std::uint64_t access_violation = 0xC0000005;
constexpr std::uint64_t illegal_instruction = 0xC000001D;
constexpr std::uint64_t integer_divide_by_zero = 0xC0000094;
constexpr std::uint64_t privileged_instruction = 0xC0000096;
constexpr std::uint64_t breakpoint = 0x80000003;

constexpr std::uint64_t double_fault = 8;
constexpr std::uint64_t lowest_kernel_like_address =
    0x10000;  // below: a NULL pointer and an offset

// The chain lies on a stack that the driver may have overwritten: no longer than any real one.
const Frame* innermost_callback(const Frame* frame) {
  constexpr int deepest = 10'000;
  for (int depth = 0; frame != nullptr && frame->kind != Frame::Kind::kernel_to_driver; ++depth) {
    frame = depth < deepest ? frame->outer : nullptr;
  }
  return frame;
}

const char* verb_of(CpuFault::Kind kind) {
  switch (kind) {
    case CpuFault::Kind::write:
      return "written";
    case CpuFault::Kind::execute:
      return "executed";
    default:
      return "read";
  }
}

BugCheck exception(std::uint64_t status, std::uint64_t instruction, std::string what) {
  return {.code = code::system_thread_exception,
          .parameters = {status, instruction, 0, 0},
          .what = std::move(what)};
}

BugCheck page_fault(const CpuFault& fault, Irql irql) {
  const auto access = static_cast<std::uint64_t>(fault.kind == CpuFault::Kind::write     ? 1
                                                 : fault.kind == CpuFault::Kind::execute ? 8
                                                                                         : 0);
  std::string what = fmt::format("memory at {:#x} was {}, which is not accessible", fault.address,
                                 verb_of(fault.kind));
  if (irql >= Irql::dispatch) {
    return {
        .code = code::irql_not_less_or_equal,
        .parameters = {fault.address, static_cast<std::uint64_t>(irql), access, fault.instruction},
        .what = std::move(what)};
  }
  if (fault.address < lowest_kernel_like_address) {
    return exception(
        access_violation, fault.instruction,
        fmt::format("a NULL pointer was {} (address {:#x})", verb_of(fault.kind), fault.address));
  }
  return {.code = code::page_fault_in_nonpaged_area,
          .parameters = {fault.address, access, fault.instruction, 0},
          .what = std::move(what)};
}

BugCheck describe(const CpuFault& fault, Irql irql) {
  switch (fault.kind) {
    case CpuFault::Kind::fast_fail:
      return {.code = code::security_check_failure,
              .parameters = {fault.fast_fail_code, 0, 0, 0},
              .what = fmt::format("the driver's own check failed (int 29h, code {})",
                                  fault.fast_fail_code)};
    case CpuFault::Kind::divide:
      return exception(integer_divide_by_zero, fault.instruction, "an integer was divided by zero");
    case CpuFault::Kind::privileged:
      return exception(privileged_instruction, fault.instruction,
                       "an instruction was refused: not available here, or an access through a "
                       "non-canonical address");
    case CpuFault::Kind::illegal:
      return exception(illegal_instruction, fault.instruction,
                       "the processor does not know the instruction");
    case CpuFault::Kind::breakpoint:
      return exception(breakpoint, fault.instruction,
                       "a breakpoint was hit and no debugger is there");
    case CpuFault::Kind::stack_exhausted:
      return {.code = code::unexpected_trap,
              .parameters = {double_fault, fault.rsp, 0, 0},
              .what = "the kernel stack is exhausted"};
    default:
      return page_fault(fault, irql);
  }
}

}  // namespace

void FaultToBugCheck::handle(const CpuFault& fault) {
  if (std::exchange(handling_, true)) stop_on_damaged_stack(fault);
  machine::Fiber& fiber = machine_.running();
  const Frame* callback = innermost_callback(fiber.frames);
  if (callback == nullptr) {
    machine_.stop(machine::InternalFault{
        fmt::format("CPU fault at {:#x} (address {:#x}) outside of driver code", fault.instruction,
                    fault.address)});
  }
  if (fault.kind == CpuFault::Kind::no_progress) {
    machine_.stop(machine::Inconclusive{
        "driver code ran for seconds of processor time without a kernel call"});
  }
  if (driver_may_handle(fault)) {
    machine_.stop(machine::Inconclusive{fmt::format(
        "the driver meets an exception inside a __try block ({}): its handlers cannot be run yet",
        describe(fault, machine_.irql()).what)});
  }
  // From here on the fault looks like a kernel call from the faulting instruction, so that stacks
  // start there.
  Frame crossing;
  crossing.outer = fiber.frames;
  crossing.kind = Frame::Kind::driver_to_kernel;
  crossing.return_address = fault.instruction;
  crossing.driver_rsp = fault.rsp;
  crossing.driver_rbp = fault.rbp;
  fiber.frames = &crossing;

  const LoadedImage* image = loader_.image_at(fault.instruction);
  if (image != nullptr && image->state == ImageState::gone) stop_in_gone_image(fault, *callback);
  stop(fault);
}

// Is there a __try block in the driver's frames down to where the kernel called it? Windows would
// ask it.
bool FaultToBugCheck::driver_may_handle(const CpuFault& fault) const {
  constexpr int deepest = 64;
  if (fault.kind == CpuFault::Kind::fast_fail || fault.kind == CpuFault::Kind::stack_exhausted)
    return false;
  ledger::Unwinder::Place place{fault.instruction, fault.rsp, fault.rbp};
  const Frame* innermost = machine_.running().frames;
  if (loader_.image_at(place.rip) == nullptr && innermost->kind == Frame::Kind::driver_to_kernel) {
    place = {innermost->return_address, innermost->driver_rsp, innermost->driver_rbp};
  }
  for (int depth = 0; depth < deepest; ++depth) {
    if (loader_.guards_exceptions(place)) return true;
    if (!loader_.step(place)) return false;
  }
  return false;
}

// Looking into the first fault met a second one: what lies on the stack cannot be followed any
// more.
void FaultToBugCheck::stop_on_damaged_stack(const CpuFault& fault) {
  BugCheck bug_check{.code = code::unexpected_trap,
                     .parameters = {double_fault, fault.rsp, 0, 0},
                     .what = "the kernel stack was overwritten"};
  bug_check.instruction = fault.instruction;
  bug_check.address = fault.address;
  bug_check.driver = machine_.running().driver;
  machine_.stop(std::move(bug_check));
}

void FaultToBugCheck::stop_in_gone_image(const CpuFault& fault, const Frame& callback) {
  const bool raised = machine_.irql() >= Irql::dispatch;
  const bool called_directly = callback.target == fault.instruction;
  record_.note(ledger::NoteKind::call_into_gone_image, callback.resource, fault.instruction,
               static_cast<std::uint64_t>(callback.callback));
  BugCheck bug_check{
      .code = raised ? code::unloaded_at_raised_irql : code::unloaded_without_cancelling,
      .parameters = {fault.instruction, raised ? static_cast<std::uint64_t>(machine_.irql()) : 8,
                     fault.instruction, 0},
      .what = called_directly ? "the kernel called a routine of the driver after its image was gone"
                              : "driver code went on running after its image was gone"};
  bug_check.instruction = fault.instruction;
  bug_check.stack = record_.ledger().capture();
  bug_check.driver = callback.driver;
  bug_check.callback = callback.callback;
  bug_check.resource = callback.resource;
  machine_.stop(std::move(bug_check));
}

void FaultToBugCheck::stop(const CpuFault& fault) {
  const Frame& callback = *innermost_callback(machine_.running().frames);
  BugCheck bug_check = describe(fault, machine_.irql());
  bug_check.instruction = fault.instruction;
  bug_check.address = fault.address;
  bug_check.stack = record_.ledger().capture();
  bug_check.driver = callback.driver;
  bug_check.callback = callback.callback;
  bug_check.resource = callback.resource;
  if (const auto block = machine_.memory().pool.find(fault.address)) {
    bug_check.memory = record_.ledger().find_latest(ledger::Kind::pool_block,
                                                    reinterpret_cast<std::uint64_t>(block->data));
  }
  machine_.stop(std::move(bug_check));
}

}  // namespace drydock::nt

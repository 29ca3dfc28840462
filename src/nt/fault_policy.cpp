// SPDX-License-Identifier: Apache-2.0
#include "nt/fault_policy.h"

#include <fmt/format.h>

#include <utility>

#include "nt/exception_bug_check.h"
#include "nt/exceptions.h"
#include "nt/registers.h"
#include "nt/user_memory.h"

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

constexpr std::uint64_t double_fault = 8;

// The chain lies on a stack that the driver may have overwritten: no longer than any real one.
const Frame* innermost_callback(const Frame* frame) {
  constexpr int deepest = 10'000;
  for (int depth = 0;
       frame != nullptr && (frame->kind != Frame::Kind::kernel_to_driver ||
                            frame->callback == machine::CallbackKind::exception_handler);
       ++depth) {
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

std::uint64_t access_of(CpuFault::Kind kind) {
  switch (kind) {
    case CpuFault::Kind::write:
      return violation_by_write;
    case CpuFault::Kind::execute:
      return violation_by_execution;
    default:
      return violation_by_read;
  }
}

EXCEPTION_RECORD record_of(NTSTATUS status, const CpuFault& fault) {
  EXCEPTION_RECORD record{};
  record.ExceptionCode = status;
  record.ExceptionAddress = reinterpret_cast<PVOID>(fault.instruction);
  return record;
}

EXCEPTION_RECORD violation(const CpuFault& fault) {
  EXCEPTION_RECORD record = record_of(STATUS_ACCESS_VIOLATION, fault);
  record.NumberParameters = 2;
  record.ExceptionInformation[0] = access_of(fault.kind);
  record.ExceptionInformation[1] = fault.address;
  return record;
}

// Only page faults on user addresses are exceptions: an invalid address of the kernel's stops the
// machine whoever asks, and so does any page fault where none can be served.
std::optional<EXCEPTION_RECORD> page_fault_exception(const CpuFault& fault, Irql irql) {
  if (irql >= Irql::dispatch || !is_user_range(fault.address, 1)) return std::nullopt;
  return violation(fault);
}

// The exception that Windows makes of the fault; nothing when it stops at once.
std::optional<EXCEPTION_RECORD> exception_of(const CpuFault& fault, Irql irql) {
  switch (fault.kind) {
    case CpuFault::Kind::read:
    case CpuFault::Kind::write:
    case CpuFault::Kind::execute:
      return page_fault_exception(fault, irql);
    case CpuFault::Kind::no_address:
      return violation(fault);
    case CpuFault::Kind::divide:
      return record_of(STATUS_INTEGER_DIVIDE_BY_ZERO, fault);
    case CpuFault::Kind::overflow:
      return record_of(STATUS_INTEGER_OVERFLOW, fault);
    case CpuFault::Kind::illegal:
      return record_of(STATUS_ILLEGAL_INSTRUCTION, fault);
    case CpuFault::Kind::breakpoint: {
      EXCEPTION_RECORD record = record_of(STATUS_BREAKPOINT, fault);
      record.NumberParameters = 1;  // 0: a plain breakpoint
      return record;
    }
    default:
      return std::nullopt;
  }
}

BugCheck page_fault(const CpuFault& fault, Irql irql) {
  std::string what = fmt::format("memory at {:#x} was {}, which is not accessible", fault.address,
                                 verb_of(fault.kind));
  const std::uint64_t access = access_of(fault.kind);
  if (irql >= Irql::dispatch) {
    return {
        .code = code::irql_not_less_or_equal,
        .parameters = {fault.address, static_cast<std::uint64_t>(irql), access, fault.instruction},
        .what = std::move(what)};
  }
  return {.code = code::page_fault_in_nonpaged_area,
          .parameters = {fault.address, access, fault.instruction, 0},
          .what = std::move(what)};
}

// A fault that is no exception.
BugCheck describe(const CpuFault& fault, Irql irql) {
  switch (fault.kind) {
    case CpuFault::Kind::fast_fail:
      return {.code = code::security_check_failure,
              .parameters = {fault.fast_fail_code, 0, 0, 0},
              .what = fmt::format("the driver's own check failed (int 29h, code {})",
                                  fault.fast_fail_code)};
    case CpuFault::Kind::privileged:
      return {.code = code::system_thread_exception,
              .parameters = {static_cast<ULONG>(STATUS_PRIVILEGED_INSTRUCTION), fault.instruction,
                             0, 0},
              .what = "an instruction was refused: not available here"};
    case CpuFault::Kind::stack_exhausted:
      return {.code = code::unexpected_trap,
              .parameters = {double_fault, fault.rsp, 0, 0},
              .what = "the kernel stack is exhausted"};
    default:
      return page_fault(fault, irql);
  }
}

}  // namespace

void FaultMeaning::handle(const CpuFault& fault) {
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
  const LoadedImage* image = loader_.image_at(fault.instruction);
  const bool gone = image != nullptr && image->state == ImageState::gone;
  if (const auto exception = exception_of(fault, machine_.irql()); exception && !gone) {
    if (fiber.frames->kind == Frame::Kind::driver_to_kernel) handle_in_kernel_function(*exception);
    if (image != nullptr || fault.kind == CpuFault::Kind::execute)
      raise(*exception, context_of(fault));
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
  if (gone) stop_in_gone_image(fault, *callback);
  stop(fault);
}

// The driver gave a bad address to a kernel function: on Windows the exception passes through that
// into the driver.
void FaultMeaning::handle_in_kernel_function(const EXCEPTION_RECORD& exception) {
  machine::Fiber& fiber = machine_.running();
  if (fiber.recovery != nullptr) {
    raise_on_return(exception);
    handling_ = false;
    __builtin_longjmp(fiber.recovery, 1);
  }
  const machine::ExportRow* function = fiber.frames->row;
  if (driver_may_handle()) {
    machine_.stop(machine::Inconclusive{fmt::format(
        "{} meets an exception inside a __try block of the driver, which cannot be raised from it",
        function != nullptr ? function->name : "a kernel function")});
  }
  stop_unhandled(exception, Origin::call);
}

// From here on faults are those of the driver's handlers.
void FaultMeaning::raise(EXCEPTION_RECORD record, CONTEXT context) {
  handling_ = false;
  dispatch(record, context, Origin::fault);
}

// Is there a __try block in the driver's frames down to where the kernel called it? Windows would
// ask it.
bool FaultMeaning::driver_may_handle() const {
  constexpr int deepest = 64;
  const Frame* innermost = machine_.running().frames;
  ledger::Unwinder::Place place{innermost->return_address, innermost->driver_rsp,
                                innermost->driver_rbp};
  for (int depth = 0; depth < deepest; ++depth) {
    if (loader_.guards_exceptions(place)) return true;
    if (!loader_.step(place)) return false;
  }
  return false;
}

// Looking into the first fault met a second one: what lies on the stack cannot be followed any
// more.
void FaultMeaning::stop_on_damaged_stack(const CpuFault& fault) {
  BugCheck bug_check{.code = code::unexpected_trap,
                     .parameters = {double_fault, fault.rsp, 0, 0},
                     .what = "the kernel stack was overwritten"};
  bug_check.instruction = fault.instruction;
  bug_check.address = fault.address;
  bug_check.driver = machine_.running().driver;
  machine_.stop(std::move(bug_check));
}

// Another driver's code may have been called by the one that the kernel called.
machine::DriverId FaultMeaning::driver_of(const CpuFault& fault, const Frame& callback) const {
  const machine::DriverId driver = loader_.driver_at(fault.instruction);
  return driver == machine::no_driver ? callback.driver : driver;
}

void FaultMeaning::stop_in_gone_image(const CpuFault& fault, const Frame& callback) {
  const bool raised = machine_.irql() >= Irql::dispatch;
  const bool called_directly = callback.target == fault.instruction;
  record_.note(ledger::NoteKind::call_into_gone_image, callback.resource, fault.instruction,
               static_cast<std::uint64_t>(callback.callback), {}, driver_of(fault, callback));
  BugCheck bug_check{
      .code = raised ? code::unloaded_at_raised_irql : code::unloaded_without_cancelling,
      .parameters = {fault.instruction, raised ? static_cast<std::uint64_t>(machine_.irql()) : 8,
                     fault.instruction, 0},
      .what = called_directly ? "the kernel called a routine of the driver after its image was gone"
                              : "driver code went on running after its image was gone"};
  bug_check.instruction = fault.instruction;
  bug_check.stack = record_.ledger().capture();
  bug_check.driver = driver_of(fault, callback);
  bug_check.callback = callback.callback;
  bug_check.resource = callback.resource;
  machine_.stop(std::move(bug_check));
}

void FaultMeaning::stop(const CpuFault& fault) {
  const Frame& callback = *innermost_callback(machine_.running().frames);
  BugCheck bug_check = describe(fault, machine_.irql());
  bug_check.instruction = fault.instruction;
  bug_check.address = fault.address;
  bug_check.stack = record_.ledger().capture();
  bug_check.driver = driver_of(fault, callback);
  bug_check.callback = callback.callback;
  bug_check.resource = callback.resource;
  if (const auto block = machine_.memory().pool.find(fault.address)) {
    bug_check.memory = record_.ledger().find_latest(ledger::Kind::pool_block,
                                                    reinterpret_cast<std::uint64_t>(block->data));
  }
  machine_.stop(std::move(bug_check));
}

}  // namespace drydock::nt

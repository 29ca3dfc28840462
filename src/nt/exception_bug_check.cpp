// SPDX-License-Identifier: Apache-2.0
#include "nt/exception_bug_check.h"

#include <fmt/format.h>

#include "base/status_names.h"
#include "nt/context.h"
#include "nt/processes.h"

namespace drydock::nt {

using machine::BugCheck;
using machine::Frame;
using machine::Irql;

namespace {

constexpr std::uint32_t kmode_exception_not_handled = 0x1E;
constexpr std::uint32_t system_service_exception = 0x3B;
constexpr std::uint32_t system_thread_exception = 0x7E;

constexpr ULONG_PTR no_address = ~ULONG_PTR{0};
constexpr ULONG_PTR null_pointers_end = 0x10000;

std::uint32_t code_of_running_thread() {
  if (the_machine().irql() >= Irql::dispatch) return kmode_exception_not_handled;
  return service<Processes>().current() == system_process ? system_thread_exception
                                                          : system_service_exception;
}

std::string describe_violation(ULONG_PTR access, ULONG_PTR address) {
  const char* verb = access == violation_by_write       ? "written"
                     : access == violation_by_execution ? "executed"
                                                        : "read";
  if (address == no_address)
    return "memory was accessed through an address that cannot be one, or a misaligned one";
  if (address < null_pointers_end)
    return fmt::format("a NULL pointer was {} (address {:#x})", verb, address);
  return fmt::format("memory at {:#x} was {}, which is not accessible", address, verb);
}

std::string describe(const EXCEPTION_RECORD& record) {
  switch (record.ExceptionCode) {
    case STATUS_ACCESS_VIOLATION:
      if (record.NumberParameters < 2) break;
      return describe_violation(record.ExceptionInformation[0], record.ExceptionInformation[1]);
    case STATUS_INTEGER_DIVIDE_BY_ZERO:
      return "an integer was divided by zero";
    case STATUS_INTEGER_OVERFLOW:
      return "the quotient of a division does not fit its register";
    case STATUS_ILLEGAL_INSTRUCTION:
      return "the processor does not know the instruction";
    case STATUS_BREAKPOINT:
      return "a breakpoint was hit and no debugger is there";
    default:
      break;
  }
  return fmt::format("exception {} was raised and nothing handles it",
                     describe_status(static_cast<std::uint32_t>(record.ExceptionCode)));
}

// Handlers of exceptions do not count: what led to them does.
const Frame* callback_of(const Frame* frame) {
  while (frame != nullptr && (frame->kind != Frame::Kind::kernel_to_driver ||
                              frame->callback == machine::CallbackKind::exception_handler))
    frame = frame->outer;
  return frame;
}

[[noreturn]] void stop_with(const EXCEPTION_RECORD& record, Origin origin, std::string what) {
  BugCheck check;
  check.code = code_of_running_thread();
  const auto address = reinterpret_cast<std::uint64_t>(record.ExceptionAddress);
  if (origin == Origin::fault) check.instruction = address;
  check.parameters = {static_cast<ULONG>(record.ExceptionCode), address, 0, 0};
  check.what = std::move(what);
  const bool violation =
      record.ExceptionCode == STATUS_ACCESS_VIOLATION && record.NumberParameters >= 2;
  if (violation) check.address = record.ExceptionInformation[1];
  check.stack = the_ledger().capture();
  if (const Frame* callback = callback_of(the_machine().running().frames)) {
    check.driver = callback->driver;
    check.callback = callback->callback;
    check.resource = callback->resource;
  }
  the_machine().stop(std::move(check));
}

}  // namespace

void stop_unhandled(const EXCEPTION_RECORD& record, Origin origin) {
  stop_with(record, origin, describe(record));
}

void stop_lost(const EXCEPTION_RECORD& record, const char* why) {
  stop_with(record, Origin::call,
            fmt::format("{}; the exception is lost while unwinding: {}", describe(record), why));
}

}  // namespace drydock::nt

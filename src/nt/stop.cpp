// SPDX-License-Identifier: Apache-2.0
#include "nt/stop.h"

#include <fmt/core.h>

#include "ledger/export.h"
#include "nt/context.h"
#include "nt/exceptions.h"

namespace drydock::nt {

namespace {

machine::BugCheck describe(std::uint32_t code, const char* what,
                           const BugCheckParameters& parameters, ledger::EntryId entry) {
  machine::BugCheck check;
  check.code = code;
  check.parameters = parameters;
  check.what = what;
  check.resource = entry;
  return check;
}

machine::CallbackKind innermost_callback(const machine::Fiber& fiber) {
  for (const machine::Frame* frame = fiber.frames; frame != nullptr; frame = frame->outer) {
    if (frame->kind == machine::Frame::Kind::kernel_to_driver) return frame->callback;
  }
  return machine::CallbackKind::other;
}

}  // namespace

void bug_check(std::uint32_t code, const char* what, const BugCheckParameters& parameters,
               ledger::EntryId entry) {
  machine::BugCheck check = describe(code, what, parameters, entry);
  const machine::Fiber& fiber = the_machine().running();
  check.driver = fiber.driver;
  check.callback = innermost_callback(fiber);
  check.stack = the_ledger().capture();
  the_machine().stop(std::move(check));
}

void request_bug_check(std::uint32_t code, const char* what, const BugCheckParameters& parameters,
                       ledger::EntryId entry) {
  machine::BugCheck check = describe(code, what, parameters, entry);
  if (entry != 0) {
    check.driver = the_ledger().entry(entry).owner;
    check.stack = the_ledger().entry(entry).stack;
  }
  the_machine().request_stop(std::move(check));
}

void raise_status(std::uint32_t status, const char* function) {
  const machine::Frame* call = the_machine().running().frames;
  if (call == nullptr || call->row == nullptr || !call->row->traits.may_raise) {
    the_machine().stop(machine::Inconclusive{
        fmt::format("{} raised exception {:#010x}, which it cannot be left by", function, status)});
  }
  EXCEPTION_RECORD record{};
  record.ExceptionCode = static_cast<NTSTATUS>(status);
  record.ExceptionFlags = EXCEPTION_NONCONTINUABLE;
  raise_on_return(record);
  throw ledger::LeftByException{};
}

}  // namespace drydock::nt

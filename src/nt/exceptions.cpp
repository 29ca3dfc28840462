// SPDX-License-Identifier: Apache-2.0
#include "nt/exceptions.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "nt/context.h"
#include "nt/exception_bug_check.h"
#include "nt/handler_call.h"
#include "nt/registers.h"

namespace drydock::nt {

using ledger::EventKind;
using machine::Frame;

namespace {

void record_event(const char* name, std::uint64_t hash, std::array<std::uint64_t, 4> values,
                  EventKind kind = EventKind::exception) {
  machine::Machine& machine = the_machine();
  ledger::record().events().record({.time = machine.now(),
                                    .kind = kind,
                                    .irql = machine.irql(),
                                    .cpu = static_cast<std::uint16_t>(machine.running().cpu),
                                    .fiber = machine.running().id,
                                    .name = name,
                                    .name_hash = hash,
                                    .values = values});
}
#define DRYDOCK_EVENT(name, ...) record_event(name, ledger::name_hash(name), {__VA_ARGS__})

// --- calling a language handler

DISPATCHER_CONTEXT dispatcher_for(const DriverPlace& place, const UnwoundFrame& frame,
                                  CONTEXT& context) {
  const image::PreparedImage& image = *frame.image->bound->prepared;
  const auto row = static_cast<std::uint64_t>(frame.info.function - image.functions.data());
  DISPATCHER_CONTEXT dispatcher{};
  dispatcher.ControlPc = place.registers.rip;
  dispatcher.ImageBase = image.base;
  dispatcher.FunctionEntry = reinterpret_cast<PRUNTIME_FUNCTION>(image.base + image.function_table +
                                                                 row * sizeof(RUNTIME_FUNCTION));
  dispatcher.EstablisherFrame = frame.info.establisher_frame;
  dispatcher.ContextRecord = &context;
  dispatcher.LanguageHandler =
      reinterpret_cast<PEXCEPTION_ROUTINE>(image.base + frame.info.handler);
  dispatcher.HandlerData = reinterpret_cast<PVOID>(image.base + frame.info.handler_data);
  dispatcher.ScopeIndex = place.scope_index;
  return dispatcher;
}

struct HandlerCall {
  EXCEPTION_RECORD& record;
  CONTEXT& context;  // for the handler
  DISPATCHER_CONTEXT& dispatcher;
  const Interruption& interruption;
  machine::DriverId driver;
};

// The dispatcher's crossing stays on the fiber: the handler's own exceptions are dispatched from
// there.
EXCEPTION_DISPOSITION call_handler(const HandlerCall& call) {
  machine::Fiber& fiber = the_machine().running();
  Frame crossing = crossing_at(call.interruption);
  fiber.frames = &crossing;
  const HandlerBracket bracket(reinterpret_cast<std::uint64_t>(call.dispatcher.LanguageHandler),
                               call.driver);
  return call.dispatcher.LanguageHandler(&call.record,
                                         reinterpret_cast<PVOID>(call.dispatcher.EstablisherFrame),
                                         &call.context, &call.dispatcher);
}

// --- the search

class Search {
 public:
  Search(EXCEPTION_RECORD& record, CONTEXT& context, Origin origin)
      : record_(record),
        context_(context),
        origin_(origin),
        start_{.registers = registers_of(context), .level = the_machine().running().frames} {}

  [[noreturn]] void run();

 private:
  bool ask_handlers();
  bool leave_driver(DriverPlace& place);
  bool ask(const DriverPlace& place, const UnwoundFrame& frame);
  void skip_bad_call_target();
  [[noreturn]] void resume();
  [[noreturn]] void raise_instead(NTSTATUS status);

  EXCEPTION_RECORD& record_;
  CONTEXT& context_;
  Origin origin_;
  DriverPlace start_;
  ULONG64 nested_frame_ = 0;  // up to here handlers see EXCEPTION_NESTED_CALL
};

void Search::run() {
  DRYDOCK_EVENT("exception", static_cast<ULONG>(record_.ExceptionCode), context_.Rip,
                record_.ExceptionInformation[0], record_.ExceptionInformation[1]);
  skip_bad_call_target();
  if (ask_handlers()) resume();
  const Interruption origin{.place = start_};
  Frame crossing = crossing_at(origin);
  the_machine().running().frames = &crossing;
  stop_unhandled(record_, origin_);
}

// True when a filter wants to continue where the exception came from. Handlers that take the
// exception do not return.
bool Search::ask_handlers() {
  for (DriverPlace place = start_;;) {
    if (!in_driver(place)) {
      if (!leave_driver(place)) return false;
      continue;
    }
    const auto frame = unwind_one(place);
    if (!frame) return false;
    if (frame->info.handles_exceptions && ask(place, *frame)) return true;
    if (frame->info.establisher_frame == nested_frame_) {
      nested_frame_ = 0;
      record_.ExceptionFlags &= ~ULONG{EXCEPTION_NESTED_CALL};
    }
    place = frame->caller;
  }
}

// A call to where no code is: only its return address says who called.
void Search::skip_bad_call_target() {
  if (record_.ExceptionCode != STATUS_ACCESS_VIOLATION ||
      record_.ExceptionInformation[0] != violation_by_execution || in_driver(start_)) {
    return;
  }
  image::RegisterContext& registers = start_.registers;
  registers.rip = *reinterpret_cast<const std::uint64_t*>(registers.rsp);
  registers.rsp += 8;
}

bool Search::leave_driver(DriverPlace& place) {
  if (const Interruption* interruption = interruption_behind(place.level)) {
    if (interruption->unwinding) {
      place = interruption->place;
      place.scope_index = interruption->dispatcher->ScopeIndex;
      return true;
    }
    place = interruption->place;
    record_.ExceptionFlags |= EXCEPTION_NESTED_CALL;
    nested_frame_ = std::max(nested_frame_, interruption->dispatcher->EstablisherFrame);
    return true;
  }
  const auto caller = caller_of(place.level);
  if (caller) place = caller->place;
  return caller.has_value();
}

// Calls the frame's handler; true when it wants to continue.
bool Search::ask(const DriverPlace& place, const UnwoundFrame& frame) {
  CONTEXT caller = context_of(frame.caller.registers);
  DISPATCHER_CONTEXT dispatcher = dispatcher_for(place, frame, caller);
  const Interruption interruption{.place = start_, .dispatcher = &dispatcher};
  const auto disposition =
      call_handler({record_, context_, dispatcher, interruption, frame.image->driver});
  cut_frames(start_.level);
  switch (disposition) {
    case ExceptionContinueSearch:
      return false;
    case ExceptionContinueExecution:
      if ((record_.ExceptionFlags & EXCEPTION_NONCONTINUABLE) != 0)
        raise_instead(STATUS_NONCONTINUABLE_EXCEPTION);
      return true;
    default:
      raise_instead(STATUS_INVALID_DISPOSITION);
  }
}

void Search::resume() {
  DRYDOCK_EVENT("exception continued", context_.Rip, context_.Rsp, 0, 0);
  restore(context_);
}

// From here on it is this exception that looks for a handler.
void Search::raise_instead(NTSTATUS status) {
  EXCEPTION_RECORD record{};
  record.ExceptionCode = status;
  record.ExceptionFlags = EXCEPTION_NONCONTINUABLE;
  record.ExceptionRecord = &record_;
  record.ExceptionAddress = record_.ExceptionAddress;
  CONTEXT context = context_;
  dispatch(record, context, origin_);
}

// --- unwinding

class Unwinding {
 public:
  Unwinding(const DriverPlace& place, const UnwindTarget& target, const EXCEPTION_RECORD& record)
      : place_(place), target_(target), record_(record) {
    record_.ExceptionFlags |= EXCEPTION_UNWINDING;
    if (target.frame == 0) record_.ExceptionFlags |= EXCEPTION_EXIT_UNWIND;
  }

  [[noreturn]] void run();

 private:
  void leave_driver();
  void terminate(const UnwoundFrame& frame);
  [[noreturn]] void go_on_at_target();
  [[noreturn]] void leave_kernel_function(const machine::ExportRow& function);

  DriverPlace place_;
  UnwindTarget target_;
  EXCEPTION_RECORD record_;
};

void Unwinding::run() {
  for (;;) {
    cut_frames(place_.level);
    if (!in_driver(place_)) {
      leave_driver();
      continue;
    }
    const auto frame = unwind_one(place_);
    if (!frame) stop_lost(record_, "the stack or the unwind data is damaged");
    const bool at_target = frame->info.establisher_frame == target_.frame;
    if (at_target) record_.ExceptionFlags |= EXCEPTION_TARGET_UNWIND;
    if (frame->info.handles_unwind) terminate(*frame);
    if (at_target) go_on_at_target();
    record_.ExceptionFlags &= ~ULONG{EXCEPTION_COLLIDED_UNWIND};
    place_ = frame->caller;
  }
}

void Unwinding::terminate(const UnwoundFrame& frame) {
  CONTEXT context = context_of(place_.registers);
  DISPATCHER_CONTEXT dispatcher = dispatcher_for(place_, frame, context);
  dispatcher.TargetIp = target_.ip;
  const Interruption interruption{.place = place_, .dispatcher = &dispatcher, .unwinding = true};
  const auto disposition =
      call_handler({record_, context, dispatcher, interruption, frame.image->driver});
  cut_frames(place_.level);
  if (disposition != ExceptionContinueSearch)
    stop_lost(record_, "a language handler did not let the unwinding go on");
}

void Unwinding::go_on_at_target() {
  DRYDOCK_EVENT("unwound", target_.ip, target_.frame, static_cast<ULONG>(record_.ExceptionCode), 0);
  cut_frames(place_.level);
  place_.registers.rip = target_.ip;
  place_.registers.rax = target_.return_value;
  restore(context_of(place_.registers));
}

void Unwinding::leave_driver() {
  if (const Interruption* interruption = interruption_behind(place_.level)) {
    const ULONG scope = interruption->unwinding ? interruption->dispatcher->ScopeIndex : 0;
    if (interruption->unwinding) record_.ExceptionFlags |= EXCEPTION_COLLIDED_UNWIND;
    place_ = interruption->place;
    place_.scope_index = scope;
    return;
  }
  const auto caller = caller_of(place_.level);
  if (!caller) stop_lost(record_, "the frame to unwind to is not on the stack");
  leave_kernel_function(*caller->function);
}

[[noreturn]] void throw_out_of_kernel_function() {
  throw ledger::LeftByException{};
}

// Our own frames end by C++'s rules: as if the callback had thrown. The thunk catches it and
// returns to the driver's frames below with the registers that they expect.
void Unwinding::leave_kernel_function(const machine::ExportRow& function) {
  if (!function.traits.may_raise) {
    the_machine().stop(machine::Inconclusive{fmt::format(
        "an exception leaves a {} of the driver through {}!{}, which cannot be unwound",
        machine::callback_name(place_.level->callback), function.module, function.name)});
  }
  leave_for([target = target_, record = record_](CONTEXT& context) {
    unwind({.registers = registers_of(context), .level = the_machine().running().frames}, target,
           record);
  });
  CONTEXT context = context_of(place_.registers);
  context.Rsp -= 8;  // a call from where the callback would have returned to
  *reinterpret_cast<ULONG64*>(context.Rsp) = context.Rip;
  context.Rip = reinterpret_cast<ULONG64>(&throw_out_of_kernel_function);
  restore(context);
}

}  // namespace

void dispatch(EXCEPTION_RECORD& record, CONTEXT& context, Origin origin) {
  Search(record, context, origin).run();
}

void unwind(const DriverPlace& place, const UnwindTarget& target, const EXCEPTION_RECORD& record) {
  Unwinding(place, target, record).run();
}

void leave_for(std::move_only_function<void(CONTEXT& context)> then) {
  machine::Departure& departure = the_machine().running().departure;
  departure.landing = departure_landing();
  departure.then = [then = std::move(then)](void* context) mutable {
    then(*static_cast<CONTEXT*>(context));
  };
}

void raise_on_return(const EXCEPTION_RECORD& record) {
  leave_for([record](CONTEXT& context) {
    EXCEPTION_RECORD raised = record;
    raised.ExceptionAddress = reinterpret_cast<PVOID>(context.Rip);
    dispatch(raised, context, Origin::call);
  });
}

}  // namespace drydock::nt

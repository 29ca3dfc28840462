// SPDX-License-Identifier: Apache-2.0
// The language handler of C code with __try: walks a function's scope table. Source: "x64 exception
// handling", Microsoft Learn; the table's layout is in the facts.
#include <ntddk.h>

#include "nt/context.h"
#include "nt/exceptions.h"
#include "nt/exports.h"
#include "nt/handler_call.h"
#include "nt/registers.h"

namespace drydock::nt {

namespace {

struct Scope {
  DWORD begin;  // RVAs: [begin, end) is guarded
  DWORD end;
  DWORD handler;  // filter or __finally body; 1 is a filter that says EXCEPTION_EXECUTE_HANDLER
  DWORD target;   // of the __except body; 0: a __finally

  [[nodiscard]] bool contains(ULONG64 rva) const { return rva >= begin && rva < end; }
  [[nodiscard]] bool is_finally() const { return target == 0; }
};

struct ScopeTable {
  DWORD count;
  Scope scopes[1];
};

constexpr DWORD always = 1;

using Filter = LONG NTAPI(EXCEPTION_POINTERS* pointers, PVOID frame);
using Termination = VOID NTAPI(BOOLEAN abnormal, PVOID frame);

class CSpecificHandler {
 public:
  CSpecificHandler(EXCEPTION_RECORD& record, PVOID frame, CONTEXT& context,
                   DISPATCHER_CONTEXT& dispatcher)
      : record_(record),
        frame_(frame),
        context_(context),
        dispatcher_(dispatcher),
        table_(*static_cast<const ScopeTable*>(dispatcher.HandlerData)),
        pc_(dispatcher.ControlPc - dispatcher.ImageBase) {}

  EXCEPTION_DISPOSITION search();
  EXCEPTION_DISPOSITION terminate();

 private:
  LONG filter(const Scope& scope);
  [[nodiscard]] bool holds_target(const Scope& scope) const;
  template <class Function>
  [[nodiscard]] Function* function_at(DWORD rva) const {
    return reinterpret_cast<Function*>(dispatcher_.ImageBase + rva);
  }
  [[nodiscard]] HandlerBracket bracket(DWORD rva) const {
    return {dispatcher_.ImageBase + rva, the_machine().running().driver};
  }

  EXCEPTION_RECORD& record_;
  PVOID frame_;
  CONTEXT& context_;
  DISPATCHER_CONTEXT& dispatcher_;
  const ScopeTable& table_;
  ULONG64 pc_;
};

LONG CSpecificHandler::filter(const Scope& scope) {
  if (scope.handler == always) return EXCEPTION_EXECUTE_HANDLER;
  EXCEPTION_POINTERS pointers{&record_, &context_};
  const HandlerBracket call = bracket(scope.handler);
  return function_at<Filter>(scope.handler)(&pointers, frame_);
}

EXCEPTION_DISPOSITION CSpecificHandler::search() {
  for (DWORD i = dispatcher_.ScopeIndex; i < table_.count; ++i) {
    const Scope& scope = table_.scopes[i];
    if (!scope.contains(pc_) || scope.is_finally()) continue;
    const LONG answer = filter(scope);
    if (answer < 0) return ExceptionContinueExecution;
    if (answer == EXCEPTION_CONTINUE_SEARCH) continue;
    const Interruption* dispatch = interruption_behind(the_machine().running().frames->outer);
    unwind(dispatch->place,
           {.frame = reinterpret_cast<ULONG64>(frame_),
            .ip = dispatcher_.ImageBase + scope.target,
            .return_value = static_cast<ULONG>(record_.ExceptionCode)},
           record_);
  }
  return ExceptionContinueSearch;
}

// A __try whose code lies in several pieces has a row for each, alike but for the range.
bool CSpecificHandler::holds_target(const Scope& scope) const {
  const ULONG64 target = dispatcher_.TargetIp - dispatcher_.ImageBase;
  for (DWORD i = 0; i < table_.count; ++i) {
    const Scope& piece = table_.scopes[i];
    if (piece.contains(target) && piece.handler == scope.handler && piece.target == scope.target)
      return true;
  }
  return !scope.is_finally() && scope.target == target;
}

// __finally bodies from the inside out, up to the first __try that the unwinding ends in.
EXCEPTION_DISPOSITION CSpecificHandler::terminate() {
  const bool ends_here = (record_.ExceptionFlags & EXCEPTION_TARGET_UNWIND) != 0;
  for (DWORD i = dispatcher_.ScopeIndex; i < table_.count; ++i) {
    const Scope& scope = table_.scopes[i];
    if (!scope.contains(pc_)) continue;
    if (ends_here && holds_target(scope)) break;
    if (!scope.is_finally()) continue;
    dispatcher_.ScopeIndex = i + 1;  // it does not run twice when an exception leaves it
    const HandlerBracket call = bracket(scope.handler);
    function_at<Termination>(scope.handler)(TRUE, frame_);
  }
  return ExceptionContinueSearch;
}

extern const ExportRow c_specific_handler_row;

// Enters here instead of through the thunk, whose event would hold addresses of our own stack
// frames.
NTAPI EXCEPTION_DISPOSITION c_specific_handler(PEXCEPTION_RECORD record, PVOID frame,
                                               PCONTEXT context, PDISPATCHER_CONTEXT dispatcher) {
  ledger::detail::KernelCall call(c_specific_handler_row, __builtin_return_address(0),
                                  __builtin_frame_address(0));
  call.record(ledger::record(), c_specific_handler_row,
              {static_cast<ULONG>(record->ExceptionCode), record->ExceptionFlags,
               dispatcher->ControlPc, dispatcher->ScopeIndex});
  if (interruption_behind(call.fiber_.frames->outer) == nullptr) return ExceptionContinueSearch;
  CSpecificHandler handler(*record, frame, *context, *dispatcher);
  const bool unwinding =
      (record->ExceptionFlags & (EXCEPTION_UNWINDING | EXCEPTION_EXIT_UNWIND)) != 0;
  return unwinding ? handler.terminate() : handler.search();
}

const ExportRow c_specific_handler_row{"ntoskrnl.exe", "__C_specific_handler", any_irql_quiet,
                                       reinterpret_cast<void*>(&c_specific_handler),
                                       ledger::name_hash("__C_specific_handler")};

// A jump out of __try with __finally around it: `return`, `goto`, `break`.
void local_unwind(PVOID frame, PVOID target) {
  leave_for([frame, target](CONTEXT& context) {
    EXCEPTION_RECORD record{};
    record.ExceptionCode = STATUS_UNWIND;
    record.ExceptionAddress = reinterpret_cast<PVOID>(context.Rip);
    unwind({.registers = registers_of(context), .level = the_machine().running().frames},
           {.frame = reinterpret_cast<ULONG64>(frame), .ip = reinterpret_cast<ULONG64>(target)},
           record);
  });
}

}  // namespace

Exports c_specific_handler_exports() {
  static constexpr Traits leaves{.max_irql = Irql::high, .quiet = true, .may_raise = true};
  static const ExportRow* const rows[] = {
      &c_specific_handler_row,
      kernel_row<"_local_unwind", VOID(PVOID, PVOID), local_unwind, leaves>(),
  };
  return rows;
}

}  // namespace drydock::nt

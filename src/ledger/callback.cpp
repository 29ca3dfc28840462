// SPDX-License-Identifier: Apache-2.0
#include "ledger/callback.h"

#include "ledger/export.h"

namespace drydock::ledger {

using machine::Irql;
using machine::Machine;

void note_wrong_irql(const machine::ExportRow& row) {
  const Irql irql = Machine::current()->irql();
  const Irql limit = irql > row.traits.max_irql ? row.traits.max_irql : row.traits.min_irql;
  record().note(NoteKind::wrong_irql, 0, static_cast<std::uint64_t>(irql),
                static_cast<std::uint64_t>(limit), row.name);
}

namespace {

void record_crossing(Machine& machine, Record& record, EventKind kind, const CallbackInfo& info,
                     std::uint64_t target) {
  const char* name = machine::callback_name(info.kind);
  record.events().record({.time = machine.now(),
                          .kind = kind,
                          .irql = machine.irql(),
                          .cpu = static_cast<std::uint16_t>(machine.running().cpu),
                          .fiber = machine.running().id,
                          .name = name,
                          .name_hash = static_cast<std::uint64_t>(info.kind),
                          .values = {info.driver, target, info.values[0], info.values[1]}});
}

}  // namespace

DriverCall::DriverCall(const CallbackInfo& info, std::uint64_t target)
    : machine_(*Machine::current()),
      fiber_(machine_.running()),
      record_(record()),
      info_(info),
      outer_driver_(fiber_.driver),
      irql_(fiber_.irql),
      locks_(fiber_.locks.size()) {
  frame_.outer = fiber_.frames;
  frame_.kind = machine::Frame::Kind::kernel_to_driver;
  frame_.callback = info.kind;
  frame_.driver = info.driver;
  frame_.target = target;
  frame_.resource = info.entry;
  fiber_.frames = &frame_;
  fiber_.driver = info.driver;
  record_crossing(machine_, record_, EventKind::callback_enter, info_, target);
  check_registration();
}

// The filter engine's promise: nothing of a callout runs once it has been unregistered.
void DriverCall::check_registration() {
  if (info_.entry == 0) return;
  const Entry& entry = record_.ledger().entry(info_.entry);
  if (entry.kind != Kind::callout || entry.alive()) return;
  record_.note(NoteKind::callback_after_unregister, info_.entry, 0, 0,
               machine::callback_name(info_.kind));
}

DriverCall::~DriverCall() {
  check_return();
  record_crossing(machine_, record_, EventKind::callback_leave, info_, frame_.target);
  fiber_.frames = frame_.outer;
  fiber_.driver = outer_driver_;
}

// A callback must leave IRQL and locks as it found them; IRQL is put right so that the run can go
// on. A lock that is kept keeps the IRQL it raised: that is one mistake, not two.
void DriverCall::check_return() {
  if (info_.changes_locks) return;
  const char* name = machine::callback_name(info_.kind);
  const bool keeps_lock = fiber_.locks.size() > locks_;
  if (keeps_lock) [[unlikely]] {
    for (std::size_t i = locks_; i < fiber_.locks.size(); ++i) {
      record_.note(NoteKind::lock_held_at_return, fiber_.locks[i].resource, fiber_.locks[i].address,
                   0, name);
    }
  }
  if (const Irql wanted = info_.returns_at.value_or(irql_); fiber_.irql != wanted) [[unlikely]] {
    if (!keeps_lock) {
      record_.note(NoteKind::irql_changed, 0, static_cast<std::uint64_t>(wanted),
                   static_cast<std::uint64_t>(fiber_.irql), name);
    }
    machine_.set_irql(wanted);
  }
}

}  // namespace drydock::ledger

// SPDX-License-Identifier: Apache-2.0
// A run in a test: a machine, its record, and fibers that stand for driver code, without a driver.
#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <span>
#include <string_view>
#include <utility>

#include "ledger/export.h"
#include "ledger/record.h"
#include "ledger/unwinder.h"
#include "machine/machine.h"
#include "machine/shared_memory.h"

namespace drydock {

// No image, so every stack is one frame deep.
class NoUnwinder final : public ledger::Unwinder {
 public:
  bool step(Place&) const override { return false; }
};

inline constexpr machine::DriverId test_driver = 0;

struct TestRun {
  machine::RoundRobin round_robin{1};
  machine::Machine machine;
  ledger::Record record{machine};
  NoUnwinder unwinder;

  explicit TestRun(machine::MachineOptions options = {}, machine::Choices* choices = nullptr)
      : machine(machine::shared_memory(), choices != nullptr ? *choices : round_robin, options) {
    machine.install(record);
    machine.install<ledger::Unwinder>(unwinder);
  }

  machine::Fiber& as_driver(std::string name, std::move_only_function<void()> body,
                            machine::Irql irql = machine::Irql::passive) {
    machine::Fiber& fiber = machine.spawn(std::move(name), irql, std::move(body));
    fiber.driver = test_driver;
    return fiber;
  }
  // Spawns and runs until all is quiet.
  void run(std::move_only_function<void()> body) {
    as_driver("driver", std::move(body));
    machine.run();
  }

  [[nodiscard]] std::size_t alive(ledger::Kind kind) const {
    return record.ledger().count_alive(kind, test_driver);
  }
  [[nodiscard]] std::vector<ledger::Note> notes(ledger::NoteKind kind) const {
    std::vector<ledger::Note> found;
    for (const ledger::Note& note : record.notes()) {
      if (note.kind == kind) found.push_back(note);
    }
    return found;
  }
};

// The function a driver's import table would point to.
template <class Declared>
Declared* imported(std::span<const machine::ExportRow* const> rows, std::string_view name) {
  for (const machine::ExportRow* row : rows) {
    if (row->name == name) return reinterpret_cast<Declared*>(row->entry);
  }
  ADD_FAILURE() << name << " is not exported";
  return nullptr;
}

#define IMPORT(rows, name) ::drydock::imported<decltype(::name)>(rows, #name)

}  // namespace drydock

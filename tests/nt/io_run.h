// SPDX-License-Identifier: Apache-2.0
// A run with an I/O manager, and drivers that are functions of the test.
#pragma once

#include <gtest/gtest.h>
#include <ntddk.h>

#include <fmt/format.h>

#include <functional>
#include <string>
#include <vector>

#include "ledger/record.h"
#include "machine/shared_memory.h"
#include "nt/io_manager.h"
#include "nt/processes.h"
#include "nt/test_store.h"
#include "nt/threads.h"
#include "nt/waits.h"

namespace drydock::nt {

struct IoRun {
  machine::RoundRobin choices{1};
  machine::Machine machine{machine::shared_memory(), choices, {}};
  ledger::Record record{machine};
  struct Installed {
    explicit Installed(IoRun& run) { run.machine.install(run.record); }
  } installed{*this};
  Loader loader{machine, test_store(), 1};
  Objects objects{machine, test_store().exports.variables()};
  Waits waits{machine, record};
  Threads threads{machine, record};
  IoManager io{machine};
  Processes processes{machine, test_store().exports.variables()};

  IoRun() {
    machine.install(waits);
    machine.install(threads);
  }

  void on_fiber(std::move_only_function<void()> body) {
    machine.spawn("test", machine::Irql::passive, std::move(body));
    machine.run();
  }

  // "DriverEntry called, DriverEntry returned 0, ..."
  [[nodiscard]] std::string moments(machine::DriverId id = 0) const {
    std::string text;
    for (const ledger::MomentRecord& moment : record.moments()) {
      if (moment.driver != id) continue;
      if (!text.empty()) text += ", ";
      text += ledger::moment_name(moment.moment);
      if (moment.moment == ledger::Moment::driver_entry_returned ||
          moment.moment == ledger::Moment::unload_requested) {
        text += fmt::format(" {:x}", moment.a);
      }
    }
    return text;
  }
  // Kinds of the entries that a note of this kind names, in order.
  [[nodiscard]] std::vector<ledger::Kind> noted(ledger::NoteKind kind) const {
    std::vector<ledger::Kind> kinds;
    for (const ledger::Note& note : record.notes()) {
      if (note.kind == kind) kinds.push_back(record.ledger().entry(note.entry).kind);
    }
    return kinds;
  }
  // Every live entry as "kind name".
  [[nodiscard]] std::vector<std::string> alive() const {
    std::vector<std::string> found;
    for (const ledger::Entry& entry : record.ledger().entries()) {
      if (entry.alive()) found.push_back(std::string(kind_name(entry.kind)) + " " + entry.name);
    }
    return found;
  }
};

}  // namespace drydock::nt

// SPDX-License-Identifier: Apache-2.0
// What rules may look at: one driver's life within the record of a finished run. They read and
// never drive.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "ledger/record.h"
#include "machine/machine.h"
#include "verify/finding.h"
#include "wfp/engine/engine.h"

namespace drydock::verify {

// One load of one driver, from DriverEntry to the end of the run.
struct Life {
  machine::DriverId driver = machine::no_driver;
  std::string name;                // "foo.sys"
  std::uint32_t part = 0;          // which of the run's drivers
  bool framework = false;          // KMDF
  std::uint32_t load_number = 1;   // 2 for the second load of the same file...
  std::uint32_t entry_status = 0;  // NTSTATUS of DriverEntry
  bool start_fails = false;        // what the scenario says of it
  // NTSTATUS of AddDevice and of the start of its device, if it is a driver of Plug and Play.
  std::uint32_t device_status = 0;
  std::optional<std::uint32_t>
      stop_status;  // NTSTATUS of the stop request; nothing if it was not made
};

struct RunView {
  const ledger::Record& record;
  const std::optional<machine::Stop>& stop;
  const wfp::Engine* engine = nullptr;  // null in runs without a filter engine
  const std::vector<Life>& lives;
  const Life& life;

  [[nodiscard]] const ledger::Ledger& ledger() const { return record.ledger(); }
  [[nodiscard]] bool loaded() const { return static_cast<std::int32_t>(life.entry_status) >= 0; }
  [[nodiscard]] std::optional<ledger::MomentRecord> moment(ledger::Moment moment) const {
    return record.find(moment, life.driver);
  }
  // The moment at which the driver must have given everything back: its unload routine returned.
  [[nodiscard]] std::optional<ledger::EventSeq> returned() const;
  [[nodiscard]] const machine::BugCheck* bug_check() const;

  // Entries of this life and kind that were alive at a moment.
  void each_alive(ledger::Kind kind, ledger::EventSeq moment,
                  const std::function<void(ledger::EntryId, const ledger::Entry&)>& visit) const;
  // Notes of this life and kind.
  void each_note(ledger::NoteKind kind,
                 const std::function<void(const ledger::Note&)>& visit) const;
};

using Findings = std::vector<Finding>;

// A rule: its row and the question it asks.
struct Rule {
  RuleInfo info;
  void (*check)(const RunView& run, const RuleInfo& rule, Findings& findings);
};

// A work item of IoQueueWorkItem whose routine had begun by then: the I/O manager keeps the image
// until it has returned, so that one which has said "done" may still run its last instructions.
bool ends_in_safety(const ledger::Entry& work_item, ledger::EventSeq moment);

// A finding about a resource, with its acquiring stack filled in.
Finding about(const RunView& run, const RuleInfo& rule, ledger::EntryId subject, std::string what);
// A finding about something seen.
Finding about(const RunView& run, const RuleInfo& rule, const ledger::Note& note, std::string what);

}  // namespace drydock::verify

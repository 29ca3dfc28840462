// SPDX-License-Identifier: Apache-2.0
// The record of one run: events, ledger, notes and moments. Subsystems write it through here;
// verify/ reads it afterwards.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "ledger/event_stream.h"
#include "ledger/ledger.h"
#include "ledger/notes.h"
#include "machine/machine.h"

namespace drydock::ledger {

// Where a driver's code lies (or lay): enough to turn an address of this run into module and RVA.
struct ImageRange {
  machine::DriverId driver = machine::no_driver;
  std::string name;  // "foo.sys"
  std::uint64_t base = 0;
  std::uint64_t size = 0;
};

// How often things happened: the "what was exercised" table of a report.
struct Counters {
  std::map<std::string, std::uint64_t> values;
};

class Record {
 public:
  static constexpr auto slot = machine::Slot::record;

  explicit Record(machine::Machine& machine) : machine_(machine), ledger_(events_) {}

  Ledger& ledger() { return ledger_; }
  [[nodiscard]] const Ledger& ledger() const { return ledger_; }
  EventStream& events() { return events_; }
  [[nodiscard]] const EventStream& events() const { return events_; }

  // Notes carry the running fiber's stack, and its driver (or the entry's owner) unless given.
  void note(NoteKind kind, EntryId entry = 0, std::uint64_t a = 0, std::uint64_t b = 0,
            std::string name = {}, machine::DriverId driver = machine::no_driver);
  // About a fiber that is not running: its stack, and its driver unless given.
  void note_about(const machine::Fiber& fiber, NoteKind kind, EntryId entry, std::uint64_t a,
                  std::string name, std::uint64_t b = 0,
                  machine::DriverId driver = machine::no_driver);
  // About a call of the running fiber that has returned: `stack` is what Ledger::capture() gave
  // in it.
  void note_call(StackId stack, NoteKind kind, EntryId entry, std::uint64_t a, std::uint64_t b,
                 std::string name, machine::DriverId driver);
  void moment(Moment moment, machine::DriverId driver, std::uint64_t a = 0);

  [[nodiscard]] const std::vector<Note>& notes() const { return notes_; }
  [[nodiscard]] const std::vector<MomentRecord>& moments() const { return moments_; }
  // The driver's first such moment after `after`.
  [[nodiscard]] std::optional<MomentRecord> find(Moment moment, machine::DriverId driver,
                                                 EventSeq after = 0) const;

  void add_image(ImageRange image) { images_.push_back(std::move(image)); }
  [[nodiscard]] const std::vector<ImageRange>& images() const { return images_; }
  [[nodiscard]] const ImageRange* image_at(std::uint64_t address) const;

  Counters& counters() { return counters_; }
  [[nodiscard]] const Counters& counters() const { return counters_; }

 private:
  machine::Machine& machine_;
  EventStream events_;
  Ledger ledger_;
  std::vector<Note> notes_;
  std::vector<MomentRecord> moments_;
  std::vector<ImageRange> images_;
  Counters counters_;
};

inline Record& record() {
  return machine::Machine::current()->get<Record>();
}

}  // namespace drydock::ledger

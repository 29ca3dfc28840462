// SPDX-License-Identifier: Apache-2.0
#include "ledger/record.h"

#include <algorithm>
#include <array>

namespace drydock::ledger {

const char* moment_name(Moment moment) {
  static constexpr std::array names = {"DriverEntry called", "DriverEntry returned",
                                       "unload requested",   "unload called",
                                       "unload returned",    "image gone"};
  return names[static_cast<std::size_t>(moment)];
}

void Record::note(NoteKind kind, EntryId entry, std::uint64_t a, std::uint64_t b, std::string name,
                  machine::DriverId driver) {
  Note& note = notes_.emplace_back();
  note.kind = kind;
  note.seq = events_.last();
  note.entry = entry;
  note.a = a;
  note.b = b;
  note.name = std::move(name);
  if (machine_.in_fiber()) {
    note.driver = running_driver(machine_.running());
    note.fiber = machine_.running().id;
    note.stack = ledger_.capture();
  }
  if (driver != machine::no_driver) {
    note.driver = driver;
  } else if (note.driver == machine::no_driver && entry != 0) {
    note.driver = ledger_.entry(entry).owner;
  }
}

void Record::note_about(const machine::Fiber& fiber, NoteKind kind, EntryId entry, std::uint64_t a,
                        std::string name, std::uint64_t b, machine::DriverId driver) {
  Note& note = notes_.emplace_back();
  note.kind = kind;
  note.driver = driver != machine::no_driver ? driver : fiber.driver;
  note.fiber = fiber.id;
  note.seq = events_.last();
  note.entry = entry;
  note.a = a;
  note.b = b;
  note.stack = ledger_.capture(fiber);
  note.name = std::move(name);
}

void Record::note_call(StackId stack, NoteKind kind, EntryId entry, std::uint64_t a,
                       std::uint64_t b, std::string name, machine::DriverId driver) {
  note(kind, entry, a, b, std::move(name), driver);
  notes_.back().stack = stack;
}

void Record::moment(Moment moment, machine::DriverId driver, std::uint64_t a) {
  const char* name = moment_name(moment);
  const EventSeq seq = events_.record({.time = machine_.now(),
                                       .kind = EventKind::moment,
                                       .name = name,
                                       .name_hash = name_hash(name),
                                       .values = {driver, a, 0, 0}});
  moments_.push_back({moment, driver, seq, machine_.now(), a});
}

std::optional<MomentRecord> Record::find(Moment moment, machine::DriverId driver,
                                         EventSeq after) const {
  const auto found = std::ranges::find_if(moments_, [&](const MomentRecord& m) {
    return m.moment == moment && m.driver == driver && m.seq > after;
  });
  return found == moments_.end() ? std::nullopt : std::optional(*found);
}

const ImageRange* Record::image_at(std::uint64_t address) const {
  const auto found = std::ranges::find_if(
      images_, [&](const ImageRange& image) { return address - image.base < image.size; });
  return found == images_.end() ? nullptr : &*found;
}

}  // namespace drydock::ledger

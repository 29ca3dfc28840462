// SPDX-License-Identifier: Apache-2.0
// Events that drivers know by handle.
#pragma once

#include <ntddk.h>

#include <string>
#include <string_view>
#include <unordered_map>

#include "ledger/record.h"
#include "machine/machine.h"
#include "nt/objects.h"

namespace drydock::nt {

class EventHandles final : public ObjectOwner {
 public:
  EventHandles(machine::Machine& machine, ledger::Record& record, Objects& objects)
      : machine_(machine), record_(record), objects_(objects) {}

  // A name may be empty. STATUS_OBJECT_NAME_COLLISION, or STATUS_OBJECT_NAME_EXISTS with a handle
  // to the event that has the name, when `open_existing`.
  NTSTATUS create(std::u16string_view name, bool open_existing, EVENT_TYPE type, bool signalled,
                  HANDLE* handle);
  // STATUS_OBJECT_NAME_NOT_FOUND
  NTSTATUS open(std::u16string_view name, HANDLE* handle);
  // Null when the handle is no event's.
  [[nodiscard]] PKEVENT find(HANDLE handle) const;

  void unreferenced(void* object) override;

 private:
  struct Event {
    std::u16string name;  // canonical
    ledger::EntryId entry = 0;
  };

  machine::Machine& machine_;
  ledger::Record& record_;
  Objects& objects_;
  std::unordered_map<const void*, Event> events_;      // looked up, never walked
  std::unordered_map<std::u16string, PKEVENT> names_;  // looked up, never walked
};

}  // namespace drydock::nt

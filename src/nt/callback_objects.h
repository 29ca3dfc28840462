// SPDX-License-Identifier: Apache-2.0
// Callback objects (ExCreateCallback): who registered, in which order they are told, and who waits
// for a routine to return. The system's own (\Callback\PowerState...) exist and are never notified.
#pragma once

#include <ntddk.h>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "ledger/record.h"
#include "machine/machine.h"
#include "nt/objects.h"

namespace drydock::nt {

class CallbackObjects final : public ObjectOwner {
 public:
  CallbackObjects(machine::Machine& machine, ledger::Record& record, Objects& objects)
      : machine_(machine), record_(record), objects_(objects) {}

  struct Opened {
    NTSTATUS status = STATUS_SUCCESS;
    PCALLBACK_OBJECT object = nullptr;  // with a reference of the caller's
  };
  // An empty name makes an object of its own. STATUS_OBJECT_NAME_NOT_FOUND: not there, and not to
  // be made.
  Opened open(std::u16string_view name, bool create, bool several);
  // Null: no such object, or one that takes one registration only and has it.
  PVOID add(PCALLBACK_OBJECT object, PCALLBACK_FUNCTION function, PVOID context);
  // Waits while the routine runs.
  void remove(PVOID registration);
  // In the order of registration.
  void notify(PCALLBACK_OBJECT object, PVOID first, PVOID second);

  void unreferenced(void* object) override;

 private:
  struct Registration {
    PCALLBACK_FUNCTION function = nullptr;
    PVOID context = nullptr;
    PVOID handle = nullptr;  // never given back, so that a stale one is found out
    machine::DriverId driver = machine::no_driver;
    ledger::EntryId entry = 0;
    std::uint32_t running = 0;
    bool removed = false;
    std::vector<machine::Fiber*> waiters;
  };
  struct Object {
    std::u16string name;  // canonical; empty when it has none
    PCALLBACK_OBJECT address = nullptr;
    bool several = false;
    std::vector<std::unique_ptr<Registration>> registrations;
  };

  Object* find(PCALLBACK_OBJECT address);
  Object* find(std::u16string_view canonical);
  Object& make(std::u16string_view canonical, bool several);
  void make_those_of_the_system();

  machine::Machine& machine_;
  ledger::Record& record_;
  Objects& objects_;
  bool system_ones_made_ = false;
  std::vector<std::unique_ptr<Object>> callbacks_;  // in order of creation
};

}  // namespace drydock::nt

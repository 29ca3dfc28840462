// SPDX-License-Identifier: Apache-2.0
// The simulated host's processes, as far as drivers see them: ids, image names, and the routines
// that want to know when one comes or goes.
#pragma once

#include <ntddk.h>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "ledger/record.h"
#include "machine/machine.h"
#include "nt/callback_objects.h"
#include "nt/event_handles.h"
#include "nt/io_types.h"
#include "nt/module_registrar.h"
#include "nt/notifications.h"
#include "nt/objects.h"

namespace drydock::nt {

struct Process {
  ProcessId id = 0;
  ProcessId parent = 0;
  PEPROCESS object = nullptr;
  UNICODE_STRING image_path{};  // in kernel memory, "\Device\HarddiskVolume1\..."
  UNICODE_STRING command_line{};
  LONGLONG create_time = 0;  // 100 ns since 1601
  NTSTATUS exit_status = STATUS_PENDING;
};

class Processes final : public ObjectOwner {
 public:
  static constexpr auto slot = machine::Slot::processes;
  static constexpr std::size_t max_routines = 64;

  // Record and Objects must be installed. The system process exists from the start.
  Processes(machine::Machine& machine, KernelVariables& variables);

  struct Created {
    NTSTATUS status = STATUS_SUCCESS;  // a notify routine may have refused it
    ProcessId id = 0;
  };
  // On a fiber at PASSIVE_LEVEL: the drivers' routines run on it.
  Created create(std::u16string_view image_path, std::u16string_view command_line = {},
                 ProcessId parent = system_process);
  void exit(ProcessId id, NTSTATUS status = STATUS_SUCCESS);

  // From now on the fiber is a thread of this process; without, it is one of the system process.
  void attach(const machine::Fiber& fiber, ProcessId id);
  [[nodiscard]] ProcessId current() const { return process_of(machine_.running()); }
  [[nodiscard]] ProcessId process_of(const machine::Fiber& fiber) const;
  // Null when there is no such process, or it has exited.
  [[nodiscard]] const Process* find(ProcessId id) const;
  // Also one that has exited and is still referenced.
  [[nodiscard]] const Process* find(const void* object) const;

  enum class RoutineKind : std::uint8_t { plain, extended };
  // STATUS_INVALID_PARAMETER: registered already, or too many. STATUS_ACCESS_DENIED: an extended
  // routine of an image that was not linked with /INTEGRITYCHECK.
  NTSTATUS add_routine(void* routine, RoutineKind kind);
  // Waits while the routine runs. STATUS_PROCEDURE_NOT_FOUND: not registered.
  NTSTATUS remove_routine(void* routine);

  void unreferenced(void* object) override;

  // By which drivers notify each other.
  CallbackObjects& callbacks() { return callbacks_; }
  Notifications& notifications() { return notifications_; }
  EventHandles& event_handles() { return event_handles_; }
  ModuleRegistrar& registrar() { return registrar_; }

  std::uint32_t random_state = 1;  // of the kernel's rand, which all drivers share

 private:
  struct Routine {
    void* code = nullptr;
    RoutineKind kind = RoutineKind::plain;
    machine::DriverId driver = machine::no_driver;
    ledger::EntryId entry = 0;
    std::uint32_t running = 0;
    bool removed = false;
    std::vector<machine::Fiber*> waiters;
  };

  Process& add(ProcessId id, ProcessId parent, std::u16string_view image_path,
               std::u16string_view command_line);
  Routine* find_routine(void* code);
  void notify(const Process& process, PS_CREATE_NOTIFY_INFO* creation);
  void call(Routine& routine, const Process& process, PS_CREATE_NOTIFY_INFO* creation);

  machine::Machine& machine_;
  ledger::Record& record_;
  Objects& objects_;
  CallbackObjects callbacks_;
  Notifications notifications_;
  EventHandles event_handles_;
  ModuleRegistrar registrar_;
  std::vector<std::unique_ptr<Process>> processes_;  // creation order
  std::vector<std::unique_ptr<Routine>> routines_;   // registration order, removed ones included
  std::vector<ProcessId> by_fiber_;
  ProcessId next_id_ = 1000;
};

}  // namespace drydock::nt

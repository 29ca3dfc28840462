// SPDX-License-Identifier: Apache-2.0
// Drivers that watch the system: routines that are told of every loaded image, callbacks before and
// after a process or thread is opened, and callbacks for the registry. Each registration is a
// callback in the ledger until it is taken back.
#pragma once

#include <ntddk.h>
#include <wdm/security_more.h>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "ledger/record.h"
#include "machine/machine.h"
#include "nt/io_types.h"

namespace drydock::nt {

class Notifications {
 public:
  static constexpr std::size_t max_routines = 64;  // of images, and of threads

  Notifications(machine::Machine& machine, ledger::Record& record)
      : machine_(machine), record_(record) {}

  // --- images

  // STATUS_INSUFFICIENT_RESOURCES: too many.
  NTSTATUS add_image_routine(PLOAD_IMAGE_NOTIFY_ROUTINE routine);
  // Waits while the routine runs. STATUS_PROCEDURE_NOT_FOUND: not registered.
  NTSTATUS remove_image_routine(PLOAD_IMAGE_NOTIFY_ROUTINE routine);
  // On a fiber at PASSIVE_LEVEL. Process 0: a driver. What lies at `base` is not there for
  // programs.
  void image_loaded(std::u16string_view path, ProcessId process, std::uint64_t base,
                    std::uint64_t size);

  // --- threads that come and go

  enum class ThreadKind : std::uint8_t { all, of_programs };
  // STATUS_INSUFFICIENT_RESOURCES: too many.
  NTSTATUS add_thread_routine(PCREATE_THREAD_NOTIFY_ROUTINE routine, ThreadKind kind);
  // Waits while the routine runs. STATUS_PROCEDURE_NOT_FOUND: not registered.
  NTSTATUS remove_thread_routine(PCREATE_THREAD_NOTIFY_ROUTINE routine);
  // On a fiber at PASSIVE_LEVEL: the creating thread, a program's new one, or the one that ends.
  void thread_changed(ProcessId process, std::uint64_t thread, bool created);

  // --- opening processes and threads

  // STATUS_INVALID_PARAMETER, STATUS_FLT_INSTANCE_ALTITUDE_COLLISION; STATUS_ACCESS_DENIED for an
  // image that was not linked with /INTEGRITYCHECK.
  NTSTATUS add_object_callbacks(const OB_CALLBACK_REGISTRATION& given, PVOID* handle);
  // Waits while one of them runs.
  void remove_object_callbacks(PVOID handle);
  // On a fiber at PASSIVE_LEVEL: the callbacks before (highest altitude first) and after a handle
  // is made by the kernel, which they cannot prevent.
  void opening(void* object, POBJECT_TYPE type, ACCESS_MASK access);
  void opened(void* object, POBJECT_TYPE type, ACCESS_MASK access, NTSTATUS status);

  // --- the registry: no program of the simulated machine uses it, so these callbacks are never due

  NTSTATUS add_registry_callback(PEX_CALLBACK_FUNCTION function, std::u16string_view altitude,
                                 PVOID context, LARGE_INTEGER* cookie);
  // STATUS_INVALID_PARAMETER: no such registration.
  NTSTATUS remove_registry_callback(LARGE_INTEGER cookie);

 private:
  struct Registration {
    machine::DriverId driver = machine::no_driver;
    ledger::EntryId entry = 0;
    std::uint32_t running = 0;
    bool removed = false;
    std::vector<machine::Fiber*> waiters;
    std::u16string altitude;
    PVOID context = nullptr;
    // What it is: one of these.
    PLOAD_IMAGE_NOTIFY_ROUTINE image_routine = nullptr;
    PCREATE_THREAD_NOTIFY_ROUTINE thread_routine = nullptr;
    ThreadKind threads = ThreadKind::all;
    PEX_CALLBACK_FUNCTION registry_function = nullptr;
    std::vector<OB_OPERATION_REGISTRATION> operations;
  };
  using List = std::vector<std::unique_ptr<Registration>>;

  Registration& add(List& list, const void* key, const char* name);
  void remove(Registration& registration, const char* what);
  template <class Call>
  void run(Registration& registration, Call call);
  [[nodiscard]] static bool is_full(const List& list);
  [[nodiscard]] static bool taken(const List& list, std::u16string_view altitude);
  [[nodiscard]] std::vector<Registration*> by_altitude() const;

  machine::Machine& machine_;
  ledger::Record& record_;
  List images_;  // in order of registration, removed ones included
  List threads_;
  List objects_;
  List registry_;
};

}  // namespace drydock::nt

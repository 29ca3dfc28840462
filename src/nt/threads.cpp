// SPDX-License-Identifier: Apache-2.0
#include "nt/threads.h"

#include <utility>

#include "ledger/callback.h"
#include "nt/context.h"
#include "nt/locks.h"
#include "nt/processes.h"
#include "nt/waits.h"

namespace drydock::nt {

using ledger::EntryId;
using ledger::Kind;
using machine::CallbackKind;
using machine::Fiber;
using machine::Irql;

KernelThread& Threads::object_of(Fiber& fiber) {
  if (fiber.thread_object == nullptr) {
    // A guarded block that is no pool block of any driver: use after its end faults.
    auto* thread = reinterpret_cast<KernelThread*>(
        machine_.memory().pool.allocate(sizeof(KernelThread), std::byte{0}));
    service<Waits>().initialize(thread->header, DispatcherType::thread, sizeof *thread, 0);
    thread->fiber = fiber.id;
    thread->priority = default_priority;
    service<Objects>().add(thread, ObjectType::thread, *this);
    fiber.thread_object = thread;
  }
  return *static_cast<KernelThread*>(fiber.thread_object);
}

EntryId Threads::entry_of(const void* object) const {
  const bool is_thread = service<Objects>().type_of(object) == ObjectType::thread;
  return is_thread ? static_cast<const KernelThread*>(object)->entry : 0;
}

KernelThread& Threads::create(PKSTART_ROUTINE start, PVOID context) {
  const machine::DriverId driver = machine_.running().driver;
  Fiber& fiber = machine_.spawn("system thread", Irql::passive, nullptr);
  KernelThread& thread = object_of(fiber);
  thread.entry = record_.ledger().acquire(Kind::system_thread, address_of(&thread),
                                          {.a = reinterpret_cast<std::uint64_t>(start)});
  fiber.thread_resource = thread.entry;
  fiber.body = [this, &thread, driver, start, context] { run(thread, driver, start, context); };
  return thread;
}

void Threads::run(KernelThread& thread, machine::DriverId driver, PKSTART_ROUTINE start,
                  PVOID context) {
  ledger::call_driver({CallbackKind::system_thread, driver, thread.entry}, start, context);
  leave_driver(thread);
}

void Threads::terminate_running() {
  Fiber& fiber = machine_.running();
  service<Locks>().note_locks_of_ending_thread();
  // The frames stay on a stack that is about to be reused.
  fiber.frames = nullptr;
  fiber.driver = machine::no_driver;
  leave_driver(object_of(fiber));
  machine_.finish_running();
}

void Threads::leave_driver(KernelThread& thread) {
  note_change(machine_.running(), false);
  record_.ledger().release(thread.entry);
  machine_.running().locks.clear();
  service<Waits>().signal(thread.header, 1);
  service<Objects>().dereference(&thread);
}

KernelThread* Threads::find(std::uint64_t id) {
  for (const auto& fiber : machine_.fibers()) {
    if (id_of(fiber->id) == id && fiber->state != machine::FiberState::finished)
      return &object_of(*fiber);
  }
  return nullptr;
}

void Threads::note_change(const Fiber& fiber, bool created) {
  auto& processes = service<Processes>();
  processes.notifications().thread_changed(processes.process_of(fiber), id_of(fiber.id), created);
}

void Threads::unreferenced(void* object) {
  machine_.fibers()[static_cast<KernelThread*>(object)->fiber]->thread_object = nullptr;
  machine_.memory().pool.release(static_cast<std::byte*>(object));
}

CalledFrom::CalledFrom(KPROCESSOR_MODE mode)
    : before_(std::exchange(service<Threads>().current()->previous_mode, mode)) {}

CalledFrom::~CalledFrom() {
  service<Threads>().current()->previous_mode = before_;
}

}  // namespace drydock::nt

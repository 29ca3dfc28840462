// SPDX-License-Identifier: Apache-2.0
#include "nt/processes.h"

#include <algorithm>
#include <cstring>

#include "ledger/callback.h"
#include "machine/clock.h"
#include "nt/context.h"
#include "nt/io_manager.h"
#include "nt/kernel_strings.h"

namespace drydock::nt {

using ledger::Kind;

namespace {

// Where a program's own image would lie; nothing does.
constexpr std::uint64_t program_base = 0x7ff600000000;
constexpr std::uint64_t program_size = 0x100000;

// A dispatcher object; the rest is opaque to drivers.
struct KernelProcess {
  DISPATCHER_HEADER header;
  ProcessId id;
};

}  // namespace

Processes::Processes(machine::Machine& machine, KernelVariables& variables)
    : machine_(machine),
      record_(machine.get<ledger::Record>()),
      objects_(machine.get<Objects>()),
      callbacks_(machine, record_, objects_),
      notifications_(machine, record_),
      event_handles_(machine, record_, objects_),
      registrar_(machine, record_) {
  const Process& system = add(system_process, 0, u"System", {});
  variables.set("PsInitialSystemProcess", system.object);
  machine.install(*this);
}

Process& Processes::add(ProcessId id, ProcessId parent, std::u16string_view image_path,
                        std::u16string_view command_line) {
  auto& kernel = machine_.memory().kernel;
  Process& process = *processes_.emplace_back(std::make_unique<Process>());
  process.id = id;
  process.parent = parent;
  process.image_path = kernel_string(kernel, image_path);
  process.command_line = kernel_string(kernel, command_line);
  process.create_time = machine::system_time(machine_.now());
  auto* object = kernel.make<KernelProcess>();
  object->id = id;
  object->header.WaitListHead.Flink = object->header.WaitListHead.Blink =
      &object->header.WaitListHead;
  process.object = reinterpret_cast<PEPROCESS>(object);
  objects_.add(object, ObjectType::process, *this);
  return process;
}

Processes::Created Processes::create(std::u16string_view image_path,
                                     std::u16string_view command_line, ProcessId parent) {
  const ProcessId id = next_id_;
  next_id_ += 4;
  const Process& process = add(id, parent, image_path, command_line);
  auto& kernel = machine_.memory().kernel;
  auto* info = kernel.make<PS_CREATE_NOTIFY_INFO>();
  info->Size = sizeof *info;
  info->FileOpenNameAvailable = 1;
  info->ParentProcessId = reinterpret_cast<HANDLE>(std::uint64_t{parent});
  info->CreatingThreadId.UniqueProcess = info->ParentProcessId;
  info->ImageFileName = &process.image_path;
  info->CommandLine = &process.command_line;
  notify(process, info);
  const NTSTATUS status = info->CreationStatus;
  kernel.drop(info);
  if (NT_SUCCESS(status)) {
    notifications_.image_loaded(image_path, id, program_base, program_size);
    return {status, id};
  }
  exit(id, status);
  return {status, 0};
}

void Processes::exit(ProcessId id, NTSTATUS status) {
  const auto found = std::ranges::find(processes_, id, [](const auto& p) { return p->id; });
  if (found == processes_.end() || (*found)->exit_status != STATUS_PENDING) return;
  Process& process = **found;
  notify(process, nullptr);
  process.exit_status = status;
  objects_.dereference(process.object);
}

void Processes::unreferenced(void* object) {
  std::erase_if(processes_, [&](const auto& process) { return process->object == object; });
}

void Processes::attach(const machine::Fiber& fiber, ProcessId id) {
  if (by_fiber_.size() <= fiber.id) by_fiber_.resize(fiber.id + 1, system_process);
  by_fiber_[fiber.id] = id;
}

ProcessId Processes::process_of(const machine::Fiber& fiber) const {
  return fiber.id < by_fiber_.size() ? by_fiber_[fiber.id] : system_process;
}

const Process* Processes::find(ProcessId id) const {
  const auto found = std::ranges::find(processes_, id, [](const auto& p) { return p->id; });
  const bool lives = found != processes_.end() && (*found)->exit_status == STATUS_PENDING;
  return lives ? found->get() : nullptr;
}

const Process* Processes::find(const void* object) const {
  const auto found =
      std::ranges::find(processes_, object, [](const auto& p) -> const void* { return p->object; });
  return found == processes_.end() ? nullptr : found->get();
}

Processes::Routine* Processes::find_routine(void* code) {
  const auto found = std::ranges::find_if(
      routines_, [&](const auto& routine) { return routine->code == code && !routine->removed; });
  return found == routines_.end() ? nullptr : found->get();
}

NTSTATUS Processes::add_routine(void* code, RoutineKind kind) {
  const auto registered =
      std::ranges::count_if(routines_, [](const auto& routine) { return !routine->removed; });
  if (find_routine(code) != nullptr || registered >= std::ptrdiff_t{max_routines})
    return STATUS_INVALID_PARAMETER;
  const machine::DriverId driver = machine_.running().driver;
  const auto& io = machine_.get<IoManager>();
  if (kind == RoutineKind::extended && driver < io.driver_count() &&
      !io.driver(driver).integrity_checked) {
    return STATUS_ACCESS_DENIED;
  }
  auto& routine = *routines_.emplace_back(std::make_unique<Routine>());
  routine.code = code;
  routine.kind = kind;
  routine.driver = driver;
  routine.entry = record_.ledger().acquire(Kind::callback, address_of(code),
                                           {.name = "process notify routine"});
  return STATUS_SUCCESS;
}

NTSTATUS Processes::remove_routine(void* code) {
  Routine* routine = find_routine(code);
  if (routine == nullptr) return STATUS_PROCEDURE_NOT_FOUND;
  routine->removed = true;
  while (routine->running > 0) {
    routine->waiters.push_back(&machine_.running());
    machine_.block("a process notify routine to return", routine->entry);
  }
  record_.ledger().release(routine->entry);
  return STATUS_SUCCESS;
}

void Processes::notify(const Process& process, PS_CREATE_NOTIFY_INFO* creation) {
  // NOLINTNEXTLINE(modernize-loop-convert): a routine may add or remove some
  for (std::size_t i = 0; i < routines_.size(); ++i) {
    Routine& routine = *routines_[i];
    if (routine.removed) continue;
    ++routine.running;
    call(routine, process, creation);
    --routine.running;
    for (machine::Fiber* waiter : routine.waiters) machine_.make_ready(*waiter);
    routine.waiters.clear();
  }
}

void Processes::call(Routine& routine, const Process& process, PS_CREATE_NOTIFY_INFO* creation) {
  const auto id = reinterpret_cast<HANDLE>(std::uint64_t{process.id});
  const ledger::CallbackInfo info{.kind = machine::CallbackKind::process_notify,
                                  .driver = routine.driver,
                                  .entry = routine.entry,
                                  .values = {process.id, creation != nullptr}};
  if (routine.kind == RoutineKind::extended) {
    ledger::call_driver(info, reinterpret_cast<PCREATE_PROCESS_NOTIFY_ROUTINE_EX>(routine.code),
                        process.object, id, creation);
  } else {
    ledger::call_driver(info, reinterpret_cast<PCREATE_PROCESS_NOTIFY_ROUTINE>(routine.code),
                        reinterpret_cast<HANDLE>(std::uint64_t{process.parent}), id,
                        creation != nullptr ? TRUE : FALSE);
  }
}

}  // namespace drydock::nt

// SPDX-License-Identifier: Apache-2.0
// Devices on top of each other, and requests of the kernel itself to a stack of them.
#include <utility>

#include "nt/context.h"
#include "nt/io_manager.h"
#include "nt/stop.h"
#include "nt/threads.h"

namespace drydock::nt {

namespace {

constexpr std::uint32_t driver_verifier_iomanager_violation = 0xC9;

// Who waits for an IRP that it has sent down.
struct Catch {
  machine::Fiber* waiter = nullptr;
  bool caught = false;
};

}  // namespace

PDEVICE_OBJECT IoManager::top_of(PDEVICE_OBJECT device) {
  while (device->AttachedDevice != nullptr) device = device->AttachedDevice;
  return device;
}

PDEVICE_OBJECT IoManager::attach_device(PDEVICE_OBJECT source, PDEVICE_OBJECT target) {
  Device& above = existing_device(source);
  PDEVICE_OBJECT below = top_of(existing_device(target).object);
  const bool going = existing_device(below).deleted || above.below != nullptr;
  if (going) return nullptr;
  below->AttachedDevice = source;
  above.below = below;
  source->StackSize = static_cast<CCHAR>(below->StackSize + 1);
  source->AlignmentRequirement = below->AlignmentRequirement;
  source->SectorSize = below->SectorSize;
  return below;
}

void IoManager::detach_device(PDEVICE_OBJECT target) {
  Device& below = existing_device(target);
  if (PDEVICE_OBJECT above = std::exchange(target->AttachedDevice, nullptr))
    existing_device(above).below = nullptr;
  const machine::DriverId driver = below.driver;
  free_if_unused(below);
  continue_unload(driver);
}

PDEVICE_OBJECT IoManager::lower_device(const DEVICE_OBJECT* device) const {
  const Device* found = device_of(device);
  return found == nullptr ? nullptr : found->below;
}

void IoManager::check_detached(const Device& device) const {
  if (device.below == nullptr) return;
  bug_check(
      driver_verifier_iomanager_violation,
      "a device object was deleted that is still attached to the one below it: IoDetachDevice "
      "must come first",
      {0, address_of(device.object), address_of(device.below), 0}, device.entry);
}

// --- requests to a stack

RequestId IoManager::new_stack_request(PDEVICE_OBJECT in_stack, const IO_STACK_LOCATION& what) {
  Device& top = existing_device(top_of(in_stack));
  const RequestId id = take_request();
  Request& request = *requests_[id];
  request.device = &top;
  request.process = system_process;
  request.irp = make_irp(top.object->StackSize, id);
  request.entry = irps_.at(request.irp).entry;
  record_.ledger().entry(request.entry).owner = top.driver;
  record_.ledger().entry(request.entry).related = top.entry;
  request.irp->RequestorMode = KernelMode;
  request.irp->Tail.Overlay.Thread = reinterpret_cast<PETHREAD>(service<Threads>().current());
  request.irp->IoStatus.Status = STATUS_NOT_SUPPORTED;
  *IoGetNextIrpStackLocation(request.irp) = what;
  reference_device(top.object, request.entry, DeviceHold::defers_unload);
  return id;
}

Transfer IoManager::send_to_stack(PDEVICE_OBJECT in_stack, const IO_STACK_LOCATION& what) {
  const RequestId id = new_stack_request(in_stack, what);
  send(id);
  return wait(id);
}

NTSTATUS IoManager::request_power(PDEVICE_OBJECT device, const IO_STACK_LOCATION& what,
                                  PowerDone done, PIRP* irp) {
  const RequestId id = new_stack_request(device, what);
  if (irp != nullptr) *irp = requests_[id]->irp;
  machine_.spawn_helper("power request", machine::Irql::passive,
                        [this, id, done = std::move(done)]() mutable {
                          send(id);
                          done(wait(id));
                        });
  return STATUS_PENDING;
}

void IoManager::forward_and_wait(PDEVICE_OBJECT device, PIRP irp) {
  Catch waiting{&machine_.running()};
  IoCopyCurrentIrpStackLocationToNext(irp);
  IO_STACK_LOCATION& next = *IoGetNextIrpStackLocation(irp);
  next.CompletionRoutine = catch_routine_;
  next.Context = &waiting;
  next.Control = SL_INVOKE_ON_SUCCESS | SL_INVOKE_ON_ERROR | SL_INVOKE_ON_CANCEL;
  call_driver(device, irp);
  while (!waiting.caught) machine_.block("an IRP that was sent down", existing_irp(irp).entry);
}

// In place of a call to the completion routine: it is ours.
void IoManager::catch_irp(PVOID context) {
  auto& waiting = *static_cast<Catch*>(context);
  waiting.caught = true;
  machine_.make_ready(*waiting.waiter);
}

}  // namespace drydock::nt

// SPDX-License-Identifier: Apache-2.0
#include "nt/work_queue.h"

#include <algorithm>

#include "nt/context.h"
#include "nt/idle.h"
#include "nt/io_manager.h"

namespace drydock::nt {

using ledger::Kind;

namespace {

// A work item belongs to a device or, more rarely, to a driver object.
bool belongs_to_driver(const WorkCall& call) {
  return service<Objects>().type_of(call.object) == ObjectType::driver;
}

// The image stays with the driver object until the routine has returned, even when the unload
// routine has not waited for that (documentation of WORK_QUEUE_ITEM).
PVOID driver_object_of(const WorkCall& call) {
  return belongs_to_driver(call) ? call.object
                                 : static_cast<PDEVICE_OBJECT>(call.object)->DriverObject;
}

// The driver object that is held with the device; null for items of nobody.
PVOID hold(const WorkCall& call) {
  if (call.object == nullptr) return nullptr;
  PVOID driver = driver_object_of(call);
  service<Objects>().reference(driver);
  if (driver != call.object) {
    service<IoManager>().reference_device(static_cast<PDEVICE_OBJECT>(call.object), call.entry,
                                          DeviceHold::defers_unload);
  }
  return driver;
}

void let_go(const WorkCall& call) {
  if (call.object == nullptr) return;
  if (call.driver_object != call.object) {
    service<IoManager>().dereference_device(static_cast<PDEVICE_OBJECT>(call.object), call.entry,
                                            DeviceHold::defers_unload);
  }
  service<Objects>().dereference(call.driver_object);
}

}  // namespace

void WorkQueue::queue(WorkCall call) {
  call.driver = machine_.running().driver;
  call.entry = record_.ledger().acquire(
      Kind::work_item, address_of(call.item),
      {.a = address_of(call.routine),
       .related = record_.ledger().find(Kind::device, address_of(call.object))});
  call.driver_object = hold(call);
  calls_.push_back(call);
  if (!idle_.empty()) {
    machine::Fiber* worker = idle_.back();
    idle_.pop_back();
    machine_.make_ready(*worker);
  } else if (workers_ < max_workers) {
    ++workers_;
    machine_.spawn("system worker", machine::Irql::passive, [this] { work(); });
  }
}

bool WorkQueue::is_queued(PVOID item) const {
  return std::ranges::find(calls_, item, &WorkCall::item) != calls_.end();
}

void WorkQueue::work() {
  for (;;) {
    if (calls_.empty()) {
      idle_.push_back(&machine_.running());
      machine_.block(idle_system_fiber);
      continue;
    }
    const WorkCall call = calls_.front();
    calls_.pop_front();
    serve(call);
  }
}

void WorkQueue::serve(const WorkCall& call) {
  if (call.object != nullptr)
    record_.ledger().entry(call.entry).b = record_.events().last() + 1;  // safe from here on
  call.run(call);
  record_.ledger().release(call.entry);
  let_go(call);
}

}  // namespace drydock::nt

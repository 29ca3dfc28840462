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

void hold(const WorkCall& call) {
  if (call.object == nullptr) return;
  if (belongs_to_driver(call)) {
    service<Objects>().reference(call.object);
  } else {
    service<IoManager>().reference_device(static_cast<PDEVICE_OBJECT>(call.object), call.entry,
                                          DeviceHold::defers_unload);
  }
}

void let_go(const WorkCall& call) {
  if (call.object == nullptr) return;
  if (belongs_to_driver(call)) {
    service<Objects>().dereference(call.object);
  } else {
    service<IoManager>().dereference_device(static_cast<PDEVICE_OBJECT>(call.object), call.entry,
                                            DeviceHold::defers_unload);
  }
}

}  // namespace

void WorkQueue::queue(WorkCall call) {
  call.driver = machine_.running().driver;
  call.entry = record_.ledger().acquire(
      Kind::work_item, address_of(call.item),
      {.a = address_of(call.routine),
       .related = record_.ledger().find(Kind::device, address_of(call.object))});
  hold(call);
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
  call.run(call);
  record_.ledger().release(call.entry);
  let_go(call);
}

}  // namespace drydock::nt

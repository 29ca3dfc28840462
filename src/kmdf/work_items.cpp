// SPDX-License-Identifier: Apache-2.0
// WDFWORKITEM: flushed when it is deleted (lifecycle.md section 5.1b). Like the IO_WORKITEM that
// the framework makes of it, a queued one holds the device, and with it an unload.
#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "kmdf/callback_lock.h"
#include "kmdf/check.h"
#include "kmdf/device.h"
#include "kmdf/rows.h"
#include "nt/context.h"
#include "nt/io_manager.h"

namespace drydock::kmdf {

using ledger::Kind;
using machine::Irql;

namespace {

class WorkItem final : public Object {
 public:
  static constexpr ObjectType object_type = ObjectType::work_item;
  WorkItem(Client& owner, Device& of) : Object(object_type, owner), device(of) {}

  void on_dispose() override { flush(); }
  [[nodiscard]] bool disposed_at_passive() const override { return true; }

  void enqueue();
  void flush();

  Device& device;
  PFN_WDF_WORKITEM callback = nullptr;
  CallbackLock* lock = nullptr;

 private:
  void run(ledger::EntryId queued, PDEVICE_OBJECT held);

  bool queued_ = false;
  std::vector<machine::Fiber*> workers_;  // in or before the callback
  std::vector<machine::Fiber*> waiters_;
};

// Queuing it again before it runs changes nothing.
void WorkItem::enqueue() {
  if (queued_) return;
  queued_ = true;
  const ledger::EntryId queued = nt::the_ledger().acquire(
      Kind::work_item, nt::address_of(handle), {.name = "WDFWORKITEM", .related = entry});
  framework().reference(*this);
  const PDEVICE_OBJECT held = device.wdm;  // null: the device is going already
  if (held != nullptr)
    nt::service<nt::IoManager>().reference_device(held, queued, nt::DeviceHold::defers_unload);
  workers_.push_back(&nt::the_machine().spawn_helper("framework work item", Irql::passive,
                                                     [this, queued, held] { run(queued, held); }));
}

void WorkItem::run(ledger::EntryId queued, PDEVICE_OBJECT held) {
  machine::Machine& machine = nt::the_machine();
  queued_ = false;
  {
    const Serialized serialized(lock);
    framework().call(*this, callback, reinterpret_cast<WDFWORKITEM>(handle));
  }
  nt::the_ledger().release(queued);
  std::erase(workers_, &machine.running());
  for (machine::Fiber* waiter : waiters_) machine.make_ready(*waiter);
  waiters_.clear();
  framework().release(*this);
  if (held != nullptr)
    nt::service<nt::IoManager>().dereference_device(held, queued, nt::DeviceHold::defers_unload);
}

// A work item that deletes itself does not wait for itself.
void WorkItem::flush() {
  const Kept kept(*this);
  machine::Machine& machine = nt::the_machine();
  const auto others = [&] {
    return std::ranges::any_of(workers_,
                               [&](const machine::Fiber* f) { return f != &machine.running(); });
  };
  while (others()) {
    waiters_.push_back(&machine.running());
    machine.block("a framework work item", entry);
  }
}

NTSTATUS work_item_create(PWDF_DRIVER_GLOBALS globals, PWDF_WORKITEM_CONFIG config,
                          PWDF_OBJECT_ATTRIBUTES attributes, WDFWORKITEM* handle) {
  Client& client = client_of(globals);
  require(config);
  require(handle);
  if (config->Size != sizeof *config) return STATUS_INFO_LENGTH_MISMATCH;
  if (config->EvtWorkItemFunc == nullptr) return STATUS_INVALID_PARAMETER;
  NTSTATUS status = check_attributes(attributes, Parent::required);
  if (!NT_SUCCESS(status)) return status;
  Object* parent = parent_in(attributes, nullptr);
  Object* device = device_above(parent);
  if (device == nullptr) return STATUS_INVALID_DEVICE_REQUEST;
  CallbackLock* lock = nullptr;
  status = lock_for_child(parent, config->AutomaticSerialization != FALSE, true, &lock);
  if (!NT_SUCCESS(status)) return status;
  WorkItem* item = nullptr;
  status = framework().create(client, attributes, parent, &item, static_cast<Device&>(*device));
  if (!NT_SUCCESS(status)) return status;
  item->callback = config->EvtWorkItemFunc;
  item->lock = lock;
  *handle = reinterpret_cast<WDFWORKITEM>(item->handle);
  return STATUS_SUCCESS;
}

void work_item_enqueue(PWDF_DRIVER_GLOBALS, WDFWORKITEM handle) {
  object_of<WorkItem>(handle).enqueue();
}

void work_item_flush(PWDF_DRIVER_GLOBALS, WDFWORKITEM handle) {
  object_of<WorkItem>(handle).flush();
}

WDFOBJECT work_item_get_parent(PWDF_DRIVER_GLOBALS, WDFWORKITEM handle) {
  const WorkItem& item = object_of<WorkItem>(handle);
  return item.parent == nullptr ? nullptr : item.parent->handle;
}

}  // namespace

Functions work_item_functions() {
  static const std::array rows{
      DRYDOCK_WDF_ROW(WdfWorkItemCreate, PFN_WDFWORKITEMCREATE, work_item_create,
                      creates_up_to_dispatch),
      DRYDOCK_WDF_ROW(WdfWorkItemEnqueue, PFN_WDFWORKITEMENQUEUE, work_item_enqueue,
                      up_to_dispatch),
      DRYDOCK_WDF_ROW(WdfWorkItemFlush, PFN_WDFWORKITEMFLUSH, work_item_flush, passive_only),
      DRYDOCK_WDF_ROW(WdfWorkItemGetParentObject, PFN_WDFWORKITEMGETPARENTOBJECT,
                      work_item_get_parent, up_to_dispatch_quiet),
  };
  return rows;
}

}  // namespace drydock::kmdf

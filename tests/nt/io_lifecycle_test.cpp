// SPDX-License-Identifier: Apache-2.0
// Load, stop request, deferral, unload, gone (lifecycle.md sections 1, 3, 4), with a driver that is
// code of the test.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "ledger/callback.h"
#include "nt/io_run.h"

namespace drydock::nt {
namespace {

using ledger::Kind;
using ledger::NoteKind;

const std::string whole_life =
    "DriverEntry called, DriverEntry returned 0, unload requested 0, unload called, unload "
    "returned, image gone";
const std::string deferred_life =
    "DriverEntry called, DriverEntry returned 0, unload requested 103, unload called, unload "
    "returned, image gone";

UNICODE_STRING text(const char16_t* literal) {
  const auto bytes = static_cast<USHORT>(2 * std::u16string_view(literal).size());
  return {bytes, bytes, const_cast<PWSTR>(literal)};
}

// What the test's driver does, and what it saw.
struct Script {
  NTSTATUS entry_status = STATUS_SUCCESS;
  bool has_unload = true;
  bool leaks = false;
  PDEVICE_OBJECT device = nullptr;
  PIRP pended = nullptr;
  std::string trace;
};
Script* script = nullptr;

NTAPI NTSTATUS dispatch(PDEVICE_OBJECT, PIRP irp) {
  const UCHAR major = IoGetCurrentIrpStackLocation(irp)->MajorFunction;
  script->trace += fmt::format("{:x} ", major);
  if (major == IRP_MJ_DEVICE_CONTROL) {
    IoMarkIrpPending(irp);
    script->pended = irp;
    return STATUS_PENDING;
  }
  irp->IoStatus.Status = STATUS_SUCCESS;
  import <decltype(::IofCompleteRequest)>("IofCompleteRequest")(irp, 0);
  return STATUS_SUCCESS;
}

NTAPI void unload(PDRIVER_OBJECT driver) {
  script->trace += "unload ";
  if (script->leaks) return;
  UNICODE_STRING link = text(u"\\DosDevices\\Toy");
  import <decltype(::IoDeleteSymbolicLink)>("IoDeleteSymbolicLink")(&link);
  import <decltype(::IoDeleteDevice)>("IoDeleteDevice")(driver->DeviceObject);
}

NTAPI NTSTATUS driver_entry(PDRIVER_OBJECT driver, PUNICODE_STRING) {
  UNICODE_STRING name = text(u"\\Device\\Toy");
  UNICODE_STRING link = text(u"\\??\\Toy");
  const NTSTATUS status = import <decltype(::IoCreateDevice)>("IoCreateDevice")(
      driver, 32, &name, FILE_DEVICE_UNKNOWN, 0, FALSE, &script->device);
  if (!NT_SUCCESS(status)) return status;
  import <decltype(::IoCreateSymbolicLink)>("IoCreateSymbolicLink")(&link, &name);
  for (PDRIVER_DISPATCH& routine : driver->MajorFunction) routine = dispatch;
  if (script->has_unload) driver->DriverUnload = unload;
  return script->entry_status;
}

struct Lifecycle : testing::Test, IoRun {
  Script plan;
  Lifecycle() { script = &plan; }
  ~Lifecycle() override { script = nullptr; }

  void load() {
    io.load_code("toy", driver_entry);
    machine.run();
  }
  NTSTATUS stop() {
    const NTSTATUS status = io.request_unload(0);
    machine.run();
    return status;
  }
};

TEST_F(Lifecycle, a_whole_life_has_its_moments_in_order_and_leaves_nothing) {
  load();
  EXPECT_EQ(io.driver(0).state, DriverState::loaded);
  EXPECT_EQ(plan.device->Flags & DO_DEVICE_INITIALIZING, 0u);
  EXPECT_EQ(alive(),
            (std::vector<std::string>{"device object \\Device\\Toy", "symbolic link \\??\\Toy"}));
  EXPECT_EQ(stop(), STATUS_SUCCESS);
  EXPECT_EQ(io.driver(0).state, DriverState::gone);
  EXPECT_EQ(moments(), whole_life);
  EXPECT_TRUE(alive().empty());
  EXPECT_TRUE(record.notes().empty());
}

TEST_F(Lifecycle, failed_driver_entry_sends_the_image_away_without_unload) {
  plan.entry_status = STATUS_UNSUCCESSFUL;
  load();
  EXPECT_EQ(io.driver(0).state, DriverState::gone);
  EXPECT_EQ(moments(), "DriverEntry called, DriverEntry returned c0000001, image gone");
  EXPECT_EQ(plan.trace, "");
  EXPECT_EQ(alive().size(), 2u);  // what it had made is its leak
  EXPECT_EQ(io.request_unload(0), STATUS_OBJECT_NAME_NOT_FOUND);
}

TEST_F(Lifecycle, without_unload_routine_the_stop_fails_and_the_driver_stays) {
  plan.has_unload = false;
  load();
  EXPECT_EQ(stop(), STATUS_INVALID_DEVICE_REQUEST);
  EXPECT_EQ(io.driver(0).state, DriverState::loaded);
  EXPECT_EQ(moments(), "DriverEntry called, DriverEntry returned 0, unload requested c0000010");
}

TEST_F(Lifecycle, open_handle_defers_unload_until_it_is_closed_and_new_opens_are_refused) {
  load();
  HANDLE handle = nullptr;
  on_fiber([&] { handle = io.open(u"\\??\\Toy", system_process).handle; });
  ASSERT_NE(handle, nullptr);
  EXPECT_EQ(stop(), STATUS_PENDING);
  EXPECT_EQ(io.driver(0).state, DriverState::unload_pending);
  EXPECT_EQ(noted(NoteKind::unload_deferred), std::vector{Kind::file_object});
  EXPECT_EQ(record.notes()[0].driver, 0u);
  NTSTATUS second = STATUS_SUCCESS;
  on_fiber([&] { second = io.open(u"\\??\\Toy", system_process).status; });
  EXPECT_EQ(second, STATUS_DELETE_PENDING);
  EXPECT_EQ(io.request_unload(0), STATUS_DELETE_PENDING);
  on_fiber([&] { io.close(handle); });
  EXPECT_EQ(plan.trace, "0 12 2 unload ");
  EXPECT_EQ(moments(), deferred_life);
  EXPECT_TRUE(alive().empty());
}

TEST_F(Lifecycle, request_in_flight_defers_unload_and_is_named) {
  load();
  HANDLE handle = nullptr;
  Transfer result;
  on_fiber([&] {
    handle = io.open(u"\\??\\Toy", system_process).handle;
    result = io.ioctl(handle, 0x222000, {}, {});
  });
  EXPECT_EQ(stop(), STATUS_PENDING);
  EXPECT_EQ(noted(NoteKind::unload_deferred), (std::vector{Kind::file_object, Kind::irp}));
  on_fiber([&] {
    plan.pended->IoStatus = {{STATUS_CANCELLED}, 7};
    import <decltype(::IofCompleteRequest)>("IofCompleteRequest")(plan.pended, 0);
  });
  EXPECT_EQ(result.status, STATUS_CANCELLED);
  EXPECT_EQ(io.driver(0).state, DriverState::unload_pending);
  on_fiber([&] { io.close(handle); });
  EXPECT_EQ(plan.trace, "0 e 12 2 unload ");
  EXPECT_EQ(moments(), deferred_life);
}

TEST_F(Lifecycle, object_reference_defers_unload_until_it_is_dropped) {
  load();
  on_fiber([&] { import <decltype(::ObfReferenceObject)>("ObfReferenceObject")(plan.device); });
  EXPECT_EQ(stop(), STATUS_PENDING);
  EXPECT_EQ(noted(NoteKind::unload_deferred), std::vector{Kind::device});
  on_fiber([&] { import <decltype(::ObfDereferenceObject)>("ObfDereferenceObject")(plan.device); });
  EXPECT_EQ(moments(), deferred_life);
}

TEST_F(Lifecycle, work_item_reference_defers_unload_and_names_the_work_item) {
  load();
  const ledger::EntryId item = record.ledger().acquire(Kind::work_item, 1);
  io.reference_device(plan.device, item, DeviceHold::defers_unload);
  EXPECT_EQ(stop(), STATUS_PENDING);
  EXPECT_EQ(noted(NoteKind::unload_deferred), std::vector{Kind::work_item});
  io.dereference_device(plan.device, item, DeviceHold::defers_unload);
  machine.run();
  EXPECT_EQ(moments(), deferred_life);
}

TEST_F(Lifecycle, attached_device_defers_unload) {
  load();
  plan.device->AttachedDevice = plan.device;
  EXPECT_EQ(stop(), STATUS_PENDING);
  EXPECT_EQ(noted(NoteKind::unload_deferred), std::vector{Kind::device});
}

TEST_F(Lifecycle, reference_of_the_filter_engine_keeps_the_device_but_defers_nothing) {
  load();
  io.reference_device(plan.device, 0, DeviceHold::keeps_object);
  EXPECT_EQ(stop(), STATUS_SUCCESS);
  EXPECT_EQ(moments(), whole_life);
  ASSERT_NE(io.device_of(plan.device), nullptr);
  EXPECT_TRUE(io.device_of(plan.device)->deleted);
  io.dereference_device(plan.device, 0, DeviceHold::keeps_object);
  EXPECT_EQ(io.device_of(plan.device), nullptr);
  EXPECT_DEATH(plan.device->Flags = 0, "");
}

TEST_F(Lifecycle, leaked_names_collide_when_the_driver_is_loaded_again) {
  plan.leaks = true;
  load();
  stop();
  EXPECT_EQ(alive().size(), 2u);
  io.load_code("toy", driver_entry);
  machine.run();
  EXPECT_EQ(moments(1), "DriverEntry called, DriverEntry returned c0000035, image gone");
  ASSERT_EQ(record.notes().size(), 1u);
  EXPECT_EQ(record.notes()[0].kind, NoteKind::object_name_collision);
  EXPECT_EQ(record.notes()[0].name, "\\Device\\Toy");
}

TEST_F(Lifecycle, driver_can_be_loaded_again_after_a_clean_unload) {
  load();
  stop();
  io.load_code("toy", driver_entry);
  machine.run();
  EXPECT_EQ(io.driver(1).state, DriverState::loaded);
  EXPECT_TRUE(record.notes().empty());
}

TEST_F(Lifecycle, waiting_fibers_learn_of_start_and_end) {
  NTSTATUS started = STATUS_PENDING;
  bool gone = false;
  io.load_code("toy", driver_entry);
  on_fiber([&] {
    started = io.wait_started(0);
    io.request_unload(0);
    io.wait_gone(0);
    gone = true;
  });
  EXPECT_EQ(started, STATUS_SUCCESS);
  EXPECT_TRUE(gone);
}

// A system thread of the driver that is still there.
NTAPI void lingering_thread(PVOID) {
  machine::Machine::current()->block("ever");
}

TEST_F(Lifecycle, fiber_inside_the_image_at_return_of_unload_is_noted_with_its_registration) {
  load();
  const ledger::EntryId thread = record.ledger().acquire(Kind::system_thread, 1);
  on_fiber([&] {
    ledger::call_driver(
        {.kind = machine::CallbackKind::system_thread, .driver = 0, .entry = thread},
        lingering_thread, nullptr);
  });
  stop();
  ASSERT_EQ(record.notes().size(), 1u);
  const ledger::Note& note = record.notes()[0];
  EXPECT_EQ(note.kind, NoteKind::fiber_in_image);
  EXPECT_EQ(note.entry, thread);
  EXPECT_EQ(note.b, static_cast<std::uint64_t>(machine::CallbackKind::system_thread));
  EXPECT_EQ(note.driver, 0u);
}

TEST_F(Lifecycle, device_deleted_twice_is_a_bug_check) {
  load();
  on_fiber([&] {
    auto* const remove = import <decltype(::IoDeleteDevice)>("IoDeleteDevice");
    remove(plan.device);
    remove(plan.device);
  });
  ASSERT_TRUE(machine.stopped());
  const auto& check = std::get<machine::BugCheck>(*machine.stopped());
  EXPECT_EQ(check.code, 0x18u);
  EXPECT_EQ(record.ledger().entry(check.resource).kind, Kind::device);
}

}  // namespace
}  // namespace drydock::nt

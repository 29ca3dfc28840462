// SPDX-License-Identifier: Apache-2.0
// Drivers that try whole families of functions: they say which of their expectations did not hold.
#include <gtest/gtest.h>

#include <array>

#include "kmdf/drivers/kmdf_corners.h"
#include "kmdf/drivers/kmdf_deletion.h"
#include "kmdf/drivers/kmdf_sync.h"
#include "kmdf/drivers/kmdf_target.h"
#include "kmdf/run.h"
#include "nt/registry.h"

namespace drydock::kmdf {
namespace {

using Lines = std::vector<std::string>;

struct InUse : testing::Test, FrameworkRun {
  explicit InUse(machine::MachineOptions options = {}) : FrameworkRun(options) {}

  static std::string driver(const std::string& compiler, const std::string& name) {
    return DRYDOCK_BINARY_DIR "/drivers/" + compiler + "/" + name + ".sys";
  }
  // Unloads, and demands that nothing is left.
  void end(machine::DriverId id) {
    EXPECT_EQ(kernel.io.request_unload(id), STATUS_SUCCESS);
    machine.run();
    EXPECT_EQ(stop(), "");
    EXPECT_EQ(alive(), Lines{});
    EXPECT_TRUE(record.notes().empty());
  }
};

TEST_F(InUse, registry_keys_and_values_are_those_of_the_run) {
  constexpr std::u16string_view key =
      u"\\Registry\\Machine\\System\\CurrentControlSet\\Services\\kmdf_registry\\Parameters";
  constexpr std::array<const char*, 2> compilers = {"clang", "mingw"};
  for (const char* compiler : compilers) {
    auto& registry = machine.get<nt::Registry>();
    const ULONG number = 7;
    registry.set(key, u"Number", REG_DWORD, std::as_bytes(std::span(&number, 1)));
    said.clear();
    const machine::DriverId id = load(driver(compiler, "kmdf_registry"));
    EXPECT_EQ(said, Lines{"done"}) << stop();
    const nt::Registry::Value* text = registry.find(key, u"text");
    ASSERT_NE(text, nullptr);
    EXPECT_EQ(text->type, ULONG{REG_SZ});
    EXPECT_EQ(text->data.size(), 12U);
    EXPECT_EQ(registry.find(key, u"number"), nullptr);
    end(id);
  }
}

struct Corners : InUse {
  Corners() {
    id = load(driver("clang", "kmdf_corners"));
    EXPECT_EQ(said, Lines{"done"}) << stop();
    said.clear();
  }
  nt::Transfer ask(ULONG code) {
    nt::Transfer transfer;
    on_fiber([&] {
      const HANDLE handle = open();
      transfer = kernel.io.ioctl(handle, code, {}, {});
      kernel.io.close(handle);
    });
    return transfer;
  }
  HANDLE open() { return kernel.io.open(u"\\Device\\KmdfCorners", nt::system_process).handle; }

  machine::DriverId id = 0;
};

TEST_F(Corners, small_functions_answer_as_documented) {
  EXPECT_EQ(ask(CORNERS_STEPS).status, STATUS_NO_MORE_ENTRIES);
  EXPECT_EQ(said, Lines{});
  end(id);
}

TEST_F(Corners, preprocessing_callback_sees_the_irp_and_gives_it_to_the_framework) {
  on_fiber([&] {
    const HANDLE handle = open();
    std::array<std::byte, 5> data{};
    const nt::Transfer transfer = kernel.io.read(handle, data);
    EXPECT_EQ(transfer.status, STATUS_SUCCESS);
    EXPECT_EQ(transfer.information, data.size());
    kernel.io.close(handle);
  });
  EXPECT_EQ(said, Lines{"saw a read first"});
  end(id);
}

TEST_F(Corners, dispatch_callback_chooses_the_queue_and_waiting_requests_are_searched) {
  on_fiber([&] {
    const HANDLE handle = open();
    const nt::RequestId first = kernel.io.start_ioctl(handle, CORNERS_WAIT, {}, {});
    const nt::RequestId second = kernel.io.start_ioctl(handle, CORNERS_WAIT, {}, {});
    EXPECT_FALSE(kernel.io.completed(first) || kernel.io.completed(second));
    EXPECT_EQ(kernel.io.ioctl(handle, CORNERS_SEARCH, {}, {}).status, STATUS_SUCCESS);
    EXPECT_EQ(kernel.io.wait(second).status, STATUS_SUCCESS);
    EXPECT_EQ(kernel.io.wait(first).status, STATUS_SUCCESS);
    EXPECT_EQ(kernel.io.ioctl(handle, CORNERS_REFUSED, {}, {}).status, STATUS_INVALID_PARAMETER);
    kernel.io.close(handle);
  });
  EXPECT_EQ(said, Lines{});
  end(id);
}

struct Deletion : InUse {
  // On one processor: what is left to a worker does not run at once.
  Deletion() : InUse({.processors = 1}) {
    id = load(driver("clang", "kmdf_deletion"));
    EXPECT_EQ(said, Lines{"done"}) << stop();
    said.clear();
  }
  // A thread of its own, which may block.
  void ask(ULONG code) {
    machine.spawn("application", machine::Irql::passive, [this, code] {
      const HANDLE handle = kernel.io.open(u"\\Device\\KmdfDeletion", nt::system_process).handle;
      kernel.io.ioctl(handle, code, {}, {});
      kernel.io.close(handle);
    });
    machine.run();
  }

  machine::DriverId id = 0;
};

TEST_F(Deletion, of_a_queue_waits_until_the_driver_has_completed_what_it_took_from_it) {
  ask(DELETION_KEEP);
  ask(DELETION_OF_QUEUE);
  EXPECT_EQ(said, Lines{"deleting the queue"});
  ask(DELETION_COMPLETE);
  EXPECT_EQ(said, (Lines{"deleting the queue", "completing", "the queue is deleted"}));
  end(id);
}

TEST_F(Deletion, left_to_a_worker_outlives_the_tree_that_goes_first) {
  end(id);
  EXPECT_EQ(said, (Lines{"timer destroyed", "device destroyed"}));
}

TEST_F(Deletion, of_the_device_is_over_when_the_file_that_kept_it_is_refused) {
  on_fiber([&] {
    EXPECT_EQ(kernel.io.open(u"\\Device\\KmdfDeletion\\last", nt::system_process).status,
              STATUS_ACCESS_DENIED);
  });
  EXPECT_EQ(said, (Lines{"timer destroyed", "device destroyed"}));
  end(id);
}

TEST_F(Deletion, of_what_is_about_to_be_deleted_is_a_mistake) {
  ask(DELETION_TWICE);
  EXPECT_EQ(stop(), "0x10d 7");
}

TEST_F(Deletion, of_a_lock_that_a_thread_waits_for_is_a_mistake) {
  ask(DELETION_TAKE_LOCK);
  ask(DELETION_TAKE_LOCK);
  EXPECT_EQ(stop(), "");
  ask(DELETION_OF_LOCK);
  EXPECT_EQ(stop(), "0x10d 11");
}

TEST_F(Deletion, forms_that_block_are_noted_at_dispatch_level_and_the_others_are_not) {
  ask(DELETION_BLOCKS);
  EXPECT_EQ(said, Lines{});
  EXPECT_EQ(stop(), "");
  Lines noted;
  for (const ledger::Note& note : record.notes()) {
    EXPECT_EQ(note.kind, ledger::NoteKind::wrong_irql);
    noted.push_back(note.name);
  }
  EXPECT_EQ(noted,
            (Lines{"WdfWaitLockAcquire", "WdfWaitLockAcquire", "WdfTimerStop", "WdfDpcCancel"}));
}

TEST_F(Corners, driver_can_stop_the_system_through_the_framework) {
  ask(CORNERS_BUG_CHECK);
  EXPECT_EQ(stop(), "0xdead 1");
}

TEST_F(Corners, missing_function_that_cannot_return_a_status_is_bug_check_10d_16) {
  ask(CORNERS_API_MISSING);
  EXPECT_EQ(stop(), "0x10d 16");
}

struct Targets : InUse {
  Targets() {
    id = load(driver("clang", "kmdf_target"));
    EXPECT_EQ(said, Lines{"done"}) << stop();
    said.clear();
  }
  void ask(ULONG code) {
    on_fiber([&] {
      const HANDLE handle = kernel.io.open(u"\\Device\\KmdfFront", nt::system_process).handle;
      EXPECT_EQ(kernel.io.ioctl(handle, code, {}, {}).status, STATUS_SUCCESS);
      kernel.io.close(handle);
    });
  }

  machine::DriverId id = 0;
};

TEST_F(Targets, synchronous_transfers_carry_data_by_every_method_and_time_out) {
  ask(FRONT_SYNCHRONOUS);
  EXPECT_EQ(said, Lines{});
  end(id);
}

TEST_F(Targets, requests_of_the_driver_complete_through_their_routine_and_are_cancelled) {
  ask(FRONT_OWN_REQUESTS);
  EXPECT_EQ(said, Lines{});
  end(id);
}

TEST_F(Targets, stopped_target_keeps_requests_and_a_purged_one_refuses_them) {
  ask(FRONT_STATES);
  EXPECT_EQ(said, Lines{});
  end(id);
}

TEST_F(Targets, request_that_a_stopped_target_keeps_is_cancelled_without_reaching_the_device) {
  ask(FRONT_HELD);
  EXPECT_EQ(said, Lines{});
  end(id);
}

TEST_F(Targets, completion_routine_has_run_before_a_wait_for_its_request_ends) {
  ask(FRONT_WAITS);
  EXPECT_EQ(said, Lines(5, "slow"));
  end(id);
}

TEST_F(Targets, irp_of_the_driver_is_never_freed_for_a_longer_one) {
  ask(FRONT_OWN_IRP);
  EXPECT_EQ(said, Lines{});
  end(id);
}

TEST_F(Targets, received_request_comes_back_with_its_buffers_and_says_how_sending_went) {
  std::array<std::byte, 4> data{};
  on_fiber([&] {
    const HANDLE handle = kernel.io.open(u"\\Device\\KmdfRelay", nt::system_process).handle;
    EXPECT_EQ(kernel.io.ioctl(handle, RELAY, data, data).status, STATUS_SUCCESS);
    kernel.io.close(handle);
  });
  EXPECT_EQ(said, Lines{});
  end(id);
}

TEST_F(Targets, parameters_of_an_unsent_request_of_the_driver_are_not_known) {
  ask(FRONT_OWN_PARAMETERS);
  EXPECT_EQ(stop().substr(0, 23), "WdfRequestGetParameters");
}

TEST_F(Targets, text_that_no_unicode_string_can_hold_is_refused) {
  const std::vector<std::byte> value(70'000, std::byte{'x'});
  machine.get<nt::Registry>().set(
      u"\\Registry\\Machine\\System\\CurrentControlSet\\Services\\kmdf_target\\Parameters", u"Long",
      REG_SZ, value);
  ask(FRONT_LONG_TEXT);
  EXPECT_EQ(said, Lines{});
  end(id);
}

TEST_F(Targets, request_sent_while_it_is_under_way_is_bug_check_10d_6) {
  ask(FRONT_SEND_TWICE);
  EXPECT_EQ(stop(), "0x10d 6");
}

TEST_F(Targets, irp_without_room_for_another_driver_is_bug_check_10d_6) {
  ask(FRONT_NO_LOCATION);
  EXPECT_EQ(stop(), "0x10d 6");
}

// Both execution levels: the lock is a spin lock or a mutex.
struct Synchronized : testing::TestWithParam<const char*>, FrameworkRun {
  Synchronized() {
    id = load(DRYDOCK_BINARY_DIR "/drivers/clang/" + std::string(GetParam()) + ".sys");
    EXPECT_EQ(without_inside(), Lines{"done"}) << stop();
    said.clear();
  }
  [[nodiscard]] Lines without_inside() const {
    Lines lines = said;
    std::erase(lines, "inside");
    return lines;
  }
  void ask(ULONG code) {
    on_fiber([&] { ask_here(code); });
  }
  void ask_here(ULONG code) {
    const auto opened = kernel.io.open(u"\\Device\\KmdfSync", nt::system_process);
    EXPECT_EQ(kernel.io.ioctl(opened.handle, code, {}, {}).status, STATUS_SUCCESS);
    kernel.io.close(opened.handle);
  }

  machine::DriverId id = 0;
};
INSTANTIATE_TEST_SUITE_P(Levels, Synchronized, testing::Values("kmdf_sync", "kmdf_sync_passive"),
                         [](const auto& driver) { return std::string(driver.param); });

TEST_P(Synchronized, at_most_one_callback_of_the_device_runs_at_a_time) {
  for (const ULONG code : {SYNC_ENTER, SYNC_FORWARD, SYNC_DEFER, SYNC_ENTER, SYNC_BY_HAND})
    machine.spawn("application", machine::Irql::passive, [this, code] { ask_here(code); });
  machine.run();
  ask(SYNC_TIMER);
  EXPECT_EQ(without_inside(), Lines{});
  EXPECT_GE(said.size(), 6U * 3U);
  EXPECT_EQ(kernel.io.request_unload(id), STATUS_SUCCESS);
  machine.run();
  EXPECT_EQ(stop(), "");
  EXPECT_EQ(alive(), Lines{});
  EXPECT_TRUE(record.notes().empty());
}

// Nothing waits for the lock of a passive device at DISPATCH_LEVEL.
TEST_P(Synchronized, request_cancelled_at_dispatch_level_is_the_drivers_at_its_own_level) {
  nt::Transfer transfer;
  on_fiber([&] {
    const HANDLE handle = kernel.io.open(u"\\Device\\KmdfSync", nt::system_process).handle;
    const nt::RequestId request = kernel.io.start_ioctl(handle, SYNC_CANCEL, {}, {});
    machine.set_irql(machine::Irql::dispatch);
    EXPECT_TRUE(kernel.io.cancel(request));
    machine.set_irql(machine::Irql::passive);
    transfer = kernel.io.wait(request);
    kernel.io.close(handle);
  });
  EXPECT_EQ(transfer.status, STATUS_CANCELLED);
  EXPECT_EQ(without_inside(), Lines{});
  EXPECT_TRUE(record.notes().empty());
}

TEST_P(Synchronized, callback_lock_taken_twice_by_a_thread_is_bug_check_10d_2) {
  ask(SYNC_RECURSE);
  EXPECT_EQ(stop(), "0x10d 2");
}

TEST_P(Synchronized, object_without_a_callback_lock_is_bug_check_10d_11) {
  ask(SYNC_NO_LOCK);
  EXPECT_EQ(stop(), "0x10d 11");
}

TEST_P(Synchronized, callback_lock_given_up_by_another_is_bug_check_10d_11) {
  ask(SYNC_NOT_HOLDER);
  EXPECT_EQ(stop(), "0x10d 11");
}

}  // namespace
}  // namespace drydock::kmdf

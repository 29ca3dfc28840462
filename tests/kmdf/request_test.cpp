// SPDX-License-Identifier: Apache-2.0
// Files, queues, requests, and what happens when a driver misuses the framework: asked of a driver
// through its device.
#include <gtest/gtest.h>

#include <algorithm>

#include <array>
#include <bit>

#include "kmdf/drivers/kmdf_toy.h"
#include "kmdf/run.h"

namespace drydock::kmdf {
namespace {

using Lines = std::vector<std::string>;
using Bytes = std::array<std::byte, 4>;

struct Requests : testing::TestWithParam<const char*>, FrameworkRun {
  Requests() {
    id = load(DRYDOCK_BINARY_DIR "/drivers/clang/kmdf_toy_" + std::string(GetParam()) + ".sys");
    said.clear();
  }

  [[nodiscard]] HANDLE open() {
    const nt::OpenResult opened = kernel.io.open(u"\\??\\KmdfToy", nt::system_process);
    EXPECT_EQ(opened.status, STATUS_SUCCESS);
    return opened.handle;
  }
  // What the driver answers to one request; the file is opened and closed around it.
  nt::Transfer ask(ULONG code) {
    nt::Transfer transfer;
    on_fiber([&] {
      const HANDLE handle = open();
      said.clear();
      transfer = kernel.io.ioctl(handle, code, {}, {});
      asked = said;
      kernel.io.close(handle);
    });
    return transfer;
  }

  machine::DriverId id = 0;
  Lines asked;  // what the driver said while it was asked
};
INSTANTIATE_TEST_SUITE_P(Versions, Requests, testing::Values("1.9", "1.15"),
                         [](const auto& version) {
                           std::string name = version.param;
                           name[1] = '_';
                           return name;
                         });

TEST_P(Requests, closing_a_file_calls_cleanup_then_close_then_ends_its_object) {
  on_fiber([&] { kernel.io.close(open()); });
  EXPECT_EQ(said, (Lines{"file create", "evt file cleanup", "evt file close", "file cleanup",
                         "file destroy"}));
  EXPECT_EQ(stop(), "");
}

TEST_P(Requests, each_transfer_method_carries_data_both_ways) {
  const Bytes input{std::byte{1}, std::byte{2}, std::byte{3}, std::byte{4}};
  const Bytes inverted{std::byte{0xfe}, std::byte{0xfd}, std::byte{0xfc}, std::byte{0xfb}};
  on_fiber([&] {
    const HANDLE handle = open();
    for (const ULONG code : {TOY_INVERT, TOY_INVERT_DIRECT, TOY_INVERT_NEITHER}) {
      Bytes output{};
      const nt::Transfer transfer = kernel.io.ioctl(handle, code, input, output);
      EXPECT_EQ(transfer.status, STATUS_SUCCESS);
      EXPECT_EQ(transfer.information, output.size());
      EXPECT_EQ(output, inverted) << (code & 3);
    }
    kernel.io.close(handle);
  });
  EXPECT_EQ(stop(), "");
}

TEST_P(Requests, request_without_the_buffer_it_needs_fails) {
  EXPECT_EQ(ask(TOY_INVERT).status, STATUS_BUFFER_TOO_SMALL);
}

TEST_P(Requests, manual_queue_keeps_requests_until_the_driver_takes_them) {
  std::vector<ULONG_PTR> answers;
  on_fiber([&] {
    const HANDLE handle = open();
    const nt::RequestId first = kernel.io.start_ioctl(handle, TOY_WAIT, {}, {});
    const nt::RequestId second = kernel.io.start_ioctl(handle, TOY_WAIT, {}, {});
    EXPECT_FALSE(kernel.io.completed(first) || kernel.io.completed(second));
    answers.push_back(kernel.io.ioctl(handle, TOY_STATES, {}, {}).information);
    answers.push_back(kernel.io.ioctl(handle, TOY_RELEASE, {}, {}).information);
    EXPECT_EQ(kernel.io.wait(first).status, STATUS_SUCCESS);
    EXPECT_EQ(kernel.io.wait(second).status, STATUS_SUCCESS);
    answers.push_back(kernel.io.ioctl(handle, TOY_STATES, {}, {}).information);
    kernel.io.close(handle);
  });
  // Accepts and dispatches, the driver holds none; two waiting - and then nothing waits.
  EXPECT_EQ(answers, (std::vector<ULONG_PTR>{0x020b, 2, 0x000f}));
}

TEST_P(Requests, waiting_request_can_be_cancelled) {
  on_fiber([&] {
    const HANDLE handle = open();
    const nt::RequestId waiting = kernel.io.start_ioctl(handle, TOY_WAIT, {}, {});
    EXPECT_TRUE(kernel.io.cancel(waiting));
    EXPECT_EQ(kernel.io.wait(waiting).status, STATUS_CANCELLED);
    kernel.io.close(handle);
  });
  EXPECT_EQ(stop(), "");
  EXPECT_TRUE(record.notes().empty());
}

TEST_P(Requests, closing_the_handle_cancels_what_waits_for_it) {
  on_fiber([&] {
    const HANDLE handle = open();
    const nt::RequestId waiting = kernel.io.start_ioctl(handle, TOY_WAIT, {}, {});
    kernel.io.close(handle);
    EXPECT_EQ(kernel.io.wait(waiting).status, STATUS_CANCELLED);
  });
  EXPECT_EQ(kernel.io.request_unload(id), STATUS_SUCCESS);
  machine.run();
  EXPECT_EQ(alive(), Lines{});
}

TEST_P(Requests, passive_queue_is_not_served_on_a_thread_at_raised_irql) {
  EXPECT_EQ(ask(TOY_FORWARD_HIGH).status, STATUS_SUCCESS);
  std::ranges::sort(asked);  // the other thread may be the faster one
  EXPECT_EQ(asked, (Lines{"forwarded", "served at passive"}));
}

TEST_P(Requests, timer_fires_at_dispatch_level_after_its_time) {
  const machine::VirtualTime before = machine.now();
  EXPECT_EQ(ask(TOY_TIMER).status, STATUS_SUCCESS);
  EXPECT_EQ(asked, Lines{"timer at dispatch"});
  EXPECT_GE(machine.now() - before, machine::milliseconds(5));
}

TEST_P(Requests, work_item_runs_and_knows_its_parent) {
  EXPECT_EQ(ask(TOY_WORK).status, STATUS_SUCCESS);
  EXPECT_EQ(asked, Lines{"work"});
}

TEST_P(Requests, contexts_are_found_by_their_type_and_begin_zeroed) {
  EXPECT_EQ(ask(TOY_CONTEXT).information, 63u);
}

TEST_P(Requests, locks_raise_irql_and_time_out_as_documented) {
  EXPECT_EQ(ask(TOY_LOCKS).information, 15u);
  EXPECT_TRUE(record.notes().empty());
}

TEST_P(Requests, open_file_defers_the_unload_until_it_is_closed) {
  on_fiber([&] {
    const HANDLE handle = open();
    EXPECT_EQ(kernel.io.request_unload(id), STATUS_PENDING);
    said.clear();
    kernel.io.close(handle);
    kernel.io.wait_gone(id);
  });
  ASSERT_GE(said.size(), 5u);
  EXPECT_EQ(said[3], "file destroy");
  EXPECT_EQ(said[4], "unload");
  EXPECT_EQ(alive(), Lines{});
}

TEST_P(Requests, handle_of_another_type_is_bug_check_10d_5) {
  ask(TOY_WRONG_HANDLE);
  EXPECT_EQ(stop(), "0x10d 5");
}

TEST_P(Requests, null_where_an_address_is_required_is_bug_check_10d_4) {
  ask(TOY_NULL);
  EXPECT_EQ(stop(), "0x10d 4");
}

TEST_P(Requests, handle_of_a_deleted_object_is_bug_check_10d_5) {
  ask(TOY_STALE);
  EXPECT_EQ(stop(), "0x10d 5");
}

TEST_P(Requests, last_reference_of_an_object_that_was_not_deleted_is_bug_check_10d_7) {
  ask(TOY_OVERDEREFERENCE);
  EXPECT_EQ(stop(), "0x10d 7");
}

TEST_P(Requests, context_of_a_deleted_object_faults_when_touched) {
  ask(TOY_TOUCH_CONTEXT);
  ASSERT_TRUE(machine.stopped());
  const auto* check = std::get_if<machine::BugCheck>(&*machine.stopped());
  ASSERT_NE(check, nullptr) << stop();
  EXPECT_EQ(check->driver, id);
  EXPECT_NE(check->memory, 0u);
}

TEST_P(Requests, unimplemented_function_ends_the_run_inconclusive_by_name_and_index) {
  ask(TOY_UNIMPLEMENTED);
  EXPECT_EQ(
      stop(),
      "KMDF function WdfDeviceAddRemovalRelationsPhysicalDevice (index 36) is not implemented");
}

}  // namespace
}  // namespace drydock::kmdf

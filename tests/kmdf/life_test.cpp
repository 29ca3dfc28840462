// SPDX-License-Identifier: Apache-2.0
// Whole lives of framework drivers: binding in each form, order of callbacks, failed DriverEntry.
#include <gtest/gtest.h>

#include "kmdf/drivers/kmdf_toy.h"
#include "kmdf/run.h"

namespace drydock::kmdf {
namespace {

using Lines = std::vector<std::string>;

struct Form {
  const char* compiler;
  const char* version;
  ULONG minor;
};

std::string driver(const std::string& compiler, const std::string& name) {
  return DRYDOCK_BINARY_DIR "/drivers/" + compiler + "/" + name + ".sys";
}

struct EachForm : testing::TestWithParam<Form>, FrameworkRun {
  machine::DriverId load_toy() {
    return load(driver(GetParam().compiler, std::string("kmdf_toy_") + GetParam().version));
  }
};
INSTANTIATE_TEST_SUITE_P(Forms, EachForm,
                         testing::Values(Form{"clang", "1.9", 9}, Form{"clang", "1.15", 15},
                                         Form{"clang", "1.33", 33}, Form{"mingw", "1.9", 9},
                                         Form{"mingw", "1.15", 15}, Form{"mingw", "1.33", 33}),
                         [](const auto& form) {
                           return std::string(form.param.compiler) +
                                  std::to_string(form.param.minor);
                         });

TEST_P(EachForm, driver_entry_succeeds_and_the_version_is_known) {
  const machine::DriverId id = load_toy();
  EXPECT_EQ(kernel.io.driver(id).entry_status, STATUS_SUCCESS) << stop();
  EXPECT_EQ(said, Lines{"second driver refused"});
  ASSERT_TRUE(framework.bound_version(id));
  EXPECT_EQ(framework.bound_version(id)->Minor, GetParam().minor);
  EXPECT_FALSE(framework.bound_version(id + 1));
}

TEST_P(EachForm, unload_calls_the_driver_first_and_then_deletes_the_tree_from_its_leaves) {
  const machine::DriverId id = load_toy();
  said.clear();
  EXPECT_EQ(kernel.io.request_unload(id), STATUS_SUCCESS);
  machine.run();
  EXPECT_EQ(said,
            (Lines{"unload", "timer cleanup", "default queue cleanup", "manual queue cleanup",
                   "device cleanup", "driver cleanup", "timer destroy", "default queue destroy",
                   "manual queue destroy", "device destroy", "driver destroy"}));
  EXPECT_EQ(stop(), "");
  EXPECT_EQ(kernel.io.driver(id).state, nt::DriverState::gone);
  EXPECT_EQ(alive(), Lines{});
  EXPECT_TRUE(record.notes().empty());
}

TEST_P(EachForm, second_life_is_like_the_first) {
  for (int life = 0; life < 2; ++life) {
    const machine::DriverId id = load_toy();
    EXPECT_EQ(kernel.io.driver(id).entry_status, STATUS_SUCCESS);
    EXPECT_EQ(kernel.io.request_unload(id), STATUS_SUCCESS);
    machine.run();
  }
  EXPECT_EQ(stop(), "");
  EXPECT_EQ(alive(), Lines{});
}

struct Life : testing::Test, FrameworkRun {};

TEST_F(Life, failed_driver_entry_takes_all_objects_back_without_calling_unload) {
  const machine::DriverId id = load(driver("clang", "kmdf_fails"));
  EXPECT_EQ(kernel.io.driver(id).entry_status, STATUS_DEVICE_CONFIGURATION_ERROR);
  EXPECT_EQ(said, (Lines{"driver cleanup", "driver destroy"}));
  EXPECT_EQ(alive(), Lines{});
  EXPECT_EQ(stop(), "");
}

TEST_F(Life, non_pnp_driver_without_unload_callback_cannot_be_stopped) {
  const machine::DriverId id = load(driver("clang", "kmdf_stuck"));
  EXPECT_EQ(kernel.io.driver(id).entry_status, STATUS_SUCCESS);
  EXPECT_EQ(kernel.io.request_unload(id), STATUS_INVALID_DEVICE_REQUEST);
}

// IoQueueWorkItem, which the framework uses, refers to the device until the routine has returned.
TEST_F(Life, work_item_that_is_queued_or_runs_keeps_the_unload_waiting) {
  const machine::DriverId id = load(driver("clang", "kmdf_toy_1.9"));
  NTSTATUS answer = STATUS_UNSUCCESSFUL;
  on_fiber([&] {
    const auto opened = kernel.io.open(u"\\??\\KmdfToy", nt::system_process);
    kernel.io.ioctl(opened.handle, TOY_LEAVE_WORK, {}, {});
    kernel.io.close(opened.handle);
    said.clear();
    answer = kernel.io.request_unload(id);
  });
  EXPECT_EQ(answer, STATUS_PENDING);
  ASSERT_GE(said.size(), 2U);
  EXPECT_EQ((Lines{said[0], said[1]}), (Lines{"work", "unload"}));
  EXPECT_EQ(kernel.io.driver(id).state, nt::DriverState::gone);
  EXPECT_EQ(alive(), Lines{});
  EXPECT_EQ(stop(), "");
}

TEST_F(Life, equal_lives_have_equal_traces) {
  std::uint64_t hashes[2];
  for (std::uint64_t& hash : hashes) {
    FrameworkRun run;
    const machine::DriverId id = run.load(driver("clang", "kmdf_toy_1.15"));
    run.kernel.io.request_unload(id);
    run.machine.run();
    hash = run.record.events().hash();
  }
  EXPECT_EQ(hashes[0], hashes[1]);
}

}  // namespace
}  // namespace drydock::kmdf

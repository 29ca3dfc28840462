// SPDX-License-Identifier: Apache-2.0
// Applications: handles, requests that wait and that are cancelled, memory.
#include <gtest/gtest.h>

#include <functional>
#include <utility>

#include "lib/lib_drivers.h"

namespace drydock::testing {
namespace {

using namespace std::chrono_literals;

struct LibraryApplication : ::testing::Test {
  Machine machine;
  Driver driver = machine.load(built("nt_toy"));
  Process application = machine.process(R"(\Device\HarddiskVolume1\Tools\toy.exe)");
};

TEST_F(LibraryApplication, requests_are_answered_whatever_their_transfer_method) {
  Handle handle = application.open(toy);
  ASSERT_TRUE(handle) << handle.status();
  EXPECT_EQ(handle.ioctl(toy_invert, bytes({0x00, 0x01, 0xff}), 3).bytes,
            bytes({0xff, 0xfe, 0x00}));
  EXPECT_EQ(handle.ioctl(toy_invert_in_place, bytes({0x00, 0x01, 0xff}), 3).bytes,
            bytes({0xff, 0xfe, 0x00}));
  const Answer answer = handle.ioctl(toy_invert, bytes_of(std::uint32_t{0x00ff00ff}), 4);
  EXPECT_EQ(answer.as<std::uint32_t>(), 0xff00ff00U);
  EXPECT_THROW((void)answer.as<std::uint64_t>(), Error);
  EXPECT_EQ(handle.ioctl(0x222000).status, Status{0xC0000010});  // STATUS_INVALID_DEVICE_REQUEST
  EXPECT_EQ(handle.close(), status_success);
  EXPECT_EQ(driver.unload(), status_success);
  EXPECT_TRUE(machine.verdict().clean()) << machine.verdict();
}

TEST_F(LibraryApplication, request_that_pends_can_be_cancelled) {
  Handle handle = application.open(toy);
  Request request = handle.ioctl_async(toy_wait);
  EXPECT_FALSE(request.completed());
  EXPECT_FALSE(request.wait_for(10s));
  EXPECT_EQ(handle.ioctl(toy_invert, bytes({1}), 1).bytes, bytes({0xfe}));
  EXPECT_TRUE(request.cancel());
  EXPECT_EQ(request.wait().status, status_cancelled);
  EXPECT_FALSE(request.cancel());
}

TEST_F(LibraryApplication, call_that_waits_for_a_request_without_end_is_an_error) {
  Handle handle = application.open(toy);
  try {
    handle.ioctl(toy_wait);
    ADD_FAILURE() << "it has come back";
  } catch (const Error& error) {
    EXPECT_STREQ(
        error.what(),
        R"(\\.\Toy: ioctl 0x00222014: the driver has not completed it after 60 s of virtual time)");
  }
}

TEST_F(LibraryApplication, handle_left_open_defers_the_unload_until_its_process_ends) {
  Handle handle = application.open(toy);
  EXPECT_EQ(driver.request_unload(), status_pending);
  EXPECT_FALSE(driver.wait_gone(10s));
  EXPECT_EQ(rules_of(machine.findings()), Rules{"UNLOAD-06"});
  EXPECT_TRUE(application.end());
  EXPECT_TRUE(driver.wait_gone(1s));
  EXPECT_EQ(machine.verdict().findings.at(0).severity, Severity::warning);
}

TEST_F(LibraryApplication, process_that_is_killed_takes_its_requests_along) {
  Handle handle = application.open(toy);
  Request request = handle.ioctl_async(toy_wait);
  EXPECT_TRUE(application.end());
  EXPECT_EQ(request.wait().status, status_cancelled);
  EXPECT_THROW(handle.ioctl(toy_invert), Error);
  EXPECT_EQ(driver.unload(), status_success);
}

TEST_F(LibraryApplication, memory_of_a_process_is_seen_by_requests) {
  Handle handle = application.open(toy);
  const Memory memory = application.allocate(8);
  EXPECT_NE(memory.address(), 0U);
  EXPECT_EQ(memory.read(), Bytes(8));
  memory.write(2, bytes({1, 2, 3}));
  EXPECT_EQ(memory.read(1, 4), bytes({0, 1, 2, 3}));
  EXPECT_EQ(handle.ioctl(toy_invert_in_place, bytes({0, 1, 2, 3, 4, 5, 6, 7}), memory).information,
            8U);
  EXPECT_EQ(memory.read(0, 3), bytes({0xff, 0xfe, 0xfd}));
  EXPECT_THROW(memory.write(7, bytes({1, 2})), Error);
  EXPECT_THROW((void)memory.read(9, 1), Error);
}

TEST_F(LibraryApplication, device_that_is_not_there_is_a_status_and_no_handle) {
  Handle handle = application.open(R"(\\.\Nobody)");
  EXPECT_FALSE(handle);
  EXPECT_EQ(handle.status(), Status{0xC0000034});  // STATUS_OBJECT_NAME_NOT_FOUND
  EXPECT_THROW(handle.ioctl(toy_invert), Error);
  Handle closed = application.open(toy);
  closed.close();
  EXPECT_THROW(closed.close(), Error);
  EXPECT_THROW(Handle{}.close(), Error);
}

std::string error_of(const std::function<void()>& call) {
  try {
    call();
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

TEST_F(LibraryApplication, wrong_use_is_told_in_one_line) {
  const std::string nothing = "this object was made by default or moved from: it names nothing";
  EXPECT_EQ(error_of([] { Process{}.end(); }), nothing);
  EXPECT_EQ(error_of([] { Request{}.wait(); }), nothing);
  Process moved = std::move(application);
  EXPECT_EQ(error_of([&] { application.open(toy); }), nothing);  // NOLINT(bugprone-use-after-move)
  EXPECT_EQ(error_of([&] { (void)moved.allocate(std::size_t{1} << 50); }),
            "1125899906842624 bytes are more than a process can have; at most 16777216");
  EXPECT_EQ(error_of([&] { machine.process(R"(\toy.exe)", "S-1-x"); }),
            "'S-1-x' is no SID, as S-1-5-18");
  EXPECT_TRUE(moved.end());
  const std::string ended = R"(\Device\HarddiskVolume1\Tools\toy.exe: the process has ended)";
  EXPECT_EQ(error_of([&] { moved.open(toy); }), ended);
  EXPECT_EQ(error_of([&] { moved.tcp(); }), ended);
  EXPECT_EQ(error_of([&] { moved.end(); }), ended);
}

TEST_F(LibraryApplication, unload_that_was_asked_for_before_is_waited_for) {
  Handle handle = application.open(toy);
  EXPECT_EQ(driver.request_unload(), status_pending);
  EXPECT_EQ(driver.request_unload(), Status{0xC0000056});  // STATUS_DELETE_PENDING
  EXPECT_EQ(driver.unload(), status_pending);
  EXPECT_EQ(handle.close(), status_success);
  EXPECT_TRUE(driver.wait_gone(1s));
}

TEST_F(LibraryApplication, waiting_for_ever_ends_after_a_century) {
  Handle handle = application.open(toy);
  Request request = handle.ioctl_async(toy_wait);
  EXPECT_FALSE(request.wait_for(Duration::max()));
  EXPECT_GE(machine.trace().now, std::chrono::years(99));
}

TEST_F(LibraryApplication, several_processes_have_handles_of_their_own) {
  Process other = machine.process();
  Handle one = application.open(toy);
  Handle two = other.open(toy);
  EXPECT_EQ(machine.ledger("file object").size(), 2U);
  EXPECT_TRUE(application.end());
  EXPECT_EQ(two.ioctl(toy_invert, bytes({0}), 1).bytes, bytes({0xff}));
  EXPECT_EQ(driver.request_unload(), status_pending);
  EXPECT_EQ(two.close(), status_success);
  EXPECT_TRUE(driver.wait_gone(1s));
}

}  // namespace
}  // namespace drydock::testing

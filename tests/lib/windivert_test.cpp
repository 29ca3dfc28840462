// SPDX-License-Identifier: Apache-2.0
// A shipped driver under remote control: what its own library says to it, said by a test.
#include <gtest/gtest.h>

#include "lib/lib_drivers.h"

namespace drydock::testing {
namespace {

using namespace std::chrono_literals;

// What windivert.h and windivert_device.h of version 2.2 define.
constexpr std::uint32_t initialize = 0x12e486, start_up = 0x12e489, receive = 0x12648e,
                        send = 0x12e491;
constexpr std::uint64_t library_magic = 0x4c4c447669645724, driver_magic = 0x5359537669645723;
struct Version {
  std::uint64_t magic = library_magic;
  std::uint32_t major = 2, minor = 2, bits = 64;
  std::uint32_t reserved[11] = {};
};
struct Layer {
  std::uint32_t layer = 0, priority = 30000;
  std::uint64_t flags = 0;
};
struct Message {
  std::uint64_t first = 0, second = 0;
};
struct Filter {
  std::uint32_t field = 0, next = 0, argument[4] = {};
};
constexpr Filter everything{.field = 0x7ffe0000, .next = 0x7fff};

struct LibraryWinDivert : ::testing::Test {
  // A handle to all packets of the network layer.
  Handle open_network() {
    Handle handle = application.open(R"(\\.\WinDivert)");
    EXPECT_TRUE(handle) << handle.status();
    const Answer version = handle.ioctl(initialize, bytes_of(Layer{}), bytes_of(Version{}));
    EXPECT_TRUE(version.success()) << version.status;
    EXPECT_EQ(object_of<Version>(version.output).magic, driver_magic);
    EXPECT_TRUE(
        handle.ioctl(start_up, bytes_of(Message{.first = 0xf0}), bytes_of(everything)).success());
    return handle;
  }

  Machine machine;
  Driver driver = machine.load(windivert);
  Process application = machine.process(R"(\Device\HarddiskVolume1\Tools\divert.exe)");
  Memory address = application.allocate(80);
  Memory packet = application.allocate(65575);
};

TEST_F(LibraryWinDivert, takes_packets_and_gives_back_those_that_the_test_sends) {
  Handle handle = open_network();
  Traffic traffic = machine.play_standard_traffic();
  std::uint64_t received = 0;
  std::uint64_t sent = 0;
  for (;;) {
    Request request = handle.ioctl_async(receive, bytes_of(Message{address.address(), 0}), packet);
    auto answer = request.wait_for(30s);
    while (!answer && !traffic.over()) answer = request.wait_for(30s);
    if (!answer) break;
    ASSERT_TRUE(answer->success()) << answer->status;
    if (++received % 2 == 0) continue;
    ++sent;
    EXPECT_TRUE(handle
                    .ioctl_async(send, bytes_of(Message{address.address(), 80}), packet,
                                 answer->information)
                    .wait()
                    .success());
  }
  EXPECT_GT(received, 300U);
  std::uint64_t injected = 0;
  std::uint64_t absorbed = 0;
  for (const auto& [verdict, count] : traffic.verdicts()) {
    if (verdict.starts_with("inject")) injected += count;
    if (verdict.starts_with("absorb")) absorbed += count;
  }
  EXPECT_EQ(injected, sent);
  EXPECT_EQ(absorbed, received);
  EXPECT_TRUE(application.end());
  EXPECT_EQ(driver.unload(), status_success);
  const Verdict verdict = machine.verdict();
  EXPECT_TRUE(verdict.clean()) << verdict;
}

TEST_F(LibraryWinDivert, unload_waits_for_an_open_handle_with_a_read_under_way) {
  Handle handle = open_network();
  Request request = handle.ioctl_async(receive, bytes_of(Message{address.address(), 0}), packet);
  EXPECT_EQ(driver.request_unload(), status_pending);
  EXPECT_FALSE(driver.wait_gone(60s));
  EXPECT_EQ(handle.close(), status_success);
  EXPECT_FALSE(request.wait().success());
  EXPECT_TRUE(driver.wait_gone(10s));
  const Verdict verdict = machine.verdict();
  EXPECT_EQ(verdict.outcome, Outcome::clean) << verdict;  // a warning is no error
  EXPECT_EQ(rules_of(verdict.findings), Rules{"UNLOAD-06"}) << verdict;
}

}  // namespace
}  // namespace drydock::testing

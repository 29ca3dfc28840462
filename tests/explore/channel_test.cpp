// SPDX-License-Identifier: Apache-2.0
// Messages between a supervisor and the process of a driver, which may send anything.
#include "explore/channel.h"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <csignal>
#include <cstring>
#include <thread>

namespace drydock::explore {
namespace {

struct Channel : testing::Test {
  Descriptor ours, theirs;

  void SetUp() override {
    int ends[2] = {-1, -1};
    ASSERT_EQ(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), 0);
    ours = Descriptor(ends[0]);
    theirs = Descriptor(ends[1]);
  }
  // What is made of bytes that the other side sends as one message.
  std::string answer_to(const std::vector<std::uint8_t>& bytes) {
    std::thread sender([&] {
      const auto size = static_cast<std::uint32_t>(bytes.size());
      std::vector<std::uint8_t> all(sizeof(size));
      std::memcpy(all.data(), &size, sizeof(size));
      all.insert(all.end(), bytes.begin(), bytes.end());
      for (std::size_t sent = 0; sent < all.size();) {
        const ssize_t some = write(theirs.get(), all.data() + sent, all.size() - sent);
        if (some <= 0) return;
        sent += static_cast<std::size_t>(some);
      }
    });
    const auto message = receive_message(ours.get());
    sender.join();
    return message ? message->dump() : message.error().message;
  }
};

TEST_F(Channel, a_message_comes_out_as_it_went_in) {
  const nlohmann::json message = {{"list", {1, 2, {{"deep", nullptr}}}}, {"text", "x"}};
  ASSERT_TRUE(send_message(ours.get(), message));
  const auto got = receive_message(theirs.get());
  ASSERT_TRUE(got);
  EXPECT_EQ(*got, message);
}

TEST_F(Channel, what_is_nested_too_deeply_or_lies_about_its_length_is_damaged) {
  const std::string damaged = "the message is damaged";
  EXPECT_EQ(answer_to(std::vector<std::uint8_t>(2'000'000, 0x81)), damaged);  // arrays of one
  EXPECT_EQ(answer_to({0x9b, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff}), damaged);
  EXPECT_EQ(answer_to({0x9f, 0x01, 0xff}), "[1]");  // an array without a length
  EXPECT_EQ(answer_to({0x01, 0x02}), damaged);      // more than one message
  EXPECT_EQ(answer_to({0x61}), damaged);
}

TEST_F(Channel, the_rest_of_a_message_is_not_waited_for_for_ever) {
  const timeval soon{.tv_sec = 0, .tv_usec = 10'000};
  limit_waiting(ours.get());
  setsockopt(ours.get(), SOL_SOCKET, SO_RCVTIMEO, &soon, sizeof(soon));
  ASSERT_EQ(write(theirs.get(), "\x05", 1), 1);
  EXPECT_EQ(receive_message(ours.get()).error().message,
            "cannot receive: Resource temporarily unavailable");
}

TEST_F(Channel, signals_do_not_cut_waiting_short) {
  const auto old = std::signal(SIGALRM, [](int) {});
  const itimerval often{.it_interval = {0, 1000}, .it_value = {0, 1000}};
  setitimer(ITIMER_REAL, &often, nullptr);
  const auto began = std::chrono::steady_clock::now();
  EXPECT_FALSE(wait_readable(ours.get(), std::chrono::milliseconds(50)));
  EXPECT_GE(std::chrono::steady_clock::now() - began, std::chrono::milliseconds(50));
  const itimerval never{};
  setitimer(ITIMER_REAL, &never, nullptr);
  (void)std::signal(SIGALRM, old);
}

}  // namespace
}  // namespace drydock::explore

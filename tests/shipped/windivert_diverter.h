// SPDX-License-Identifier: Apache-2.0
// An application that takes packets out of a capture, and gives them back as they were, changed or
// not at all.
#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <utility>
#include <vector>

#include "net/packet.h"
#include "shipped/windivert_client.h"

namespace drydock::windivert {

using Bytes = std::vector<std::uint8_t>;

// What the application does with the n-th packet it gets.
enum class Deed { unchanged, changed, kept };
using Deeds = Deed (*)(std::size_t number);

inline void change_payload(Bytes& packet) {
  if (net::parse_packet(packet).value().payload_offset() < packet.size()) packet.back() ^= 0x5a;
}

// Diverts until the process is ended.
class Diverter {
 public:
  Diverter(std::vector<Test> filter, Deeds deeds) : filter_(std::move(filter)), deeds_(deeds) {}

  void operator()(scenario::Application& application) {
    Handle handle(application);
    ASSERT_EQ(handle.opened(), STATUS_SUCCESS);
    ASSERT_EQ(handle.initialize_layer(Layer::network, 0), STATUS_SUCCESS);
    ASSERT_EQ(handle.start(filter_, filter_flag::packets), STATUS_SUCCESS);
    application.ready();
    while (!application.ending()) pass_one(handle);
  }

  std::vector<Bytes> got;

 private:
  void pass_one(Handle& handle) {
    auto [status, address, packet] = handle.receive_one();
    if (status == STATUS_CANCELLED) return;  // the process ends
    ASSERT_EQ(status, STATUS_SUCCESS);
    EXPECT_EQ(address.event, Event::packet);
    got.push_back(packet);
    const Deed what = deeds_(got.size() - 1);
    if (what == Deed::kept) return;
    if (what == Deed::changed) {
      change_payload(packet);
      address.renew_checksums();
    }
    const auto sent = handle.send_one(packet, address);
    EXPECT_EQ(sent.status, STATUS_SUCCESS);
    EXPECT_EQ(sent.information, packet.size());
  }

  std::vector<Test> filter_;
  Deeds deeds_;
};

}  // namespace drydock::windivert

// SPDX-License-Identifier: Apache-2.0
// An IP packet as a line of text, its checksums checked.
#pragma once

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "net/packet.h"

namespace drydock::net::testing {

// "192.0.2.10:49152 > 192.0.2.20:80 SA 100:0 [text]": flags, sequence and acknowledgement number of
// TCP.
inline std::string packet_line(std::span<const std::uint8_t> packet) {
  const auto header = parse_packet(packet);
  if (!header) return "no packet";
  EXPECT_TRUE(ip_checksum_is_right(packet, *header));
  EXPECT_TRUE(transport_checksum_is_right(packet, *header));
  std::string line = fmt::format("{}:{} > {}:{}", header->source.text(), header->source_port,
                                 header->destination.text(), header->destination_port);
  if (header->protocol == Protocol::tcp) {
    line += ' ';
    for (const auto& [bit, letter] :
         {std::pair{tcp::syn, 'S'}, {tcp::fin, 'F'}, {tcp::rst, 'R'}, {tcp::ack, 'A'}})
      if ((header->tcp_flags & bit) != 0) line += letter;
    line += fmt::format(" {}:{}", header->tcp_sequence, header->tcp_acknowledgement);
  }
  const auto payload = packet.subspan(header->payload_offset(), header->payload_size());
  return fmt::format("{} [{}]", line, std::string(payload.begin(), payload.end()));
}

inline std::vector<std::string> packet_lines(
    const std::vector<std::vector<std::uint8_t>>& packets) {
  std::vector<std::string> lines;
  lines.reserve(packets.size());
  for (const auto& packet : packets) lines.push_back(packet_line(packet));
  return lines;
}

}  // namespace drydock::net::testing

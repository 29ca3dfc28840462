// SPDX-License-Identifier: Apache-2.0
// The packets of a pcapng file that drydock wrote, each with its comment.
#pragma once

#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <vector>

namespace drydock::testing {

struct WrittenPacket {
  std::vector<std::uint8_t> frame;
  std::string comment;
};

inline std::vector<WrittenPacket> written_packets(std::span<const std::uint8_t> file) {
  constexpr std::uint32_t enhanced_packet = 6;
  constexpr std::size_t before_frame = 28, after_frame = 4;
  const auto word = [&](std::size_t at) {
    std::uint32_t value = 0;
    std::memcpy(&value, &file[at], sizeof value);
    return value;
  };
  std::vector<WrittenPacket> packets;
  for (std::size_t at = 0; at < file.size(); at += word(at + 4)) {
    if (word(at) != enhanced_packet) continue;
    const std::size_t size = word(at + 20);
    const auto frame = file.subspan(at + before_frame, size);
    WrittenPacket& packet = packets.emplace_back();
    packet.frame.assign(frame.begin(), frame.end());
    const std::size_t option = at + before_frame + (size + 3) / 4 * 4;
    if (option + after_frame >= at + word(at + 4)) continue;
    const auto text = file.subspan(option + 4, word(option) >> 16);
    packet.comment.assign(text.begin(), text.end());
  }
  return packets;
}

}  // namespace drydock::testing

// SPDX-License-Identifier: Apache-2.0
// Captures as somebody else reads them: what tshark has to say about one.
#pragma once

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <string>

namespace drydock::testing {

inline std::string output_of(const std::string& command) {
  std::string text;
  FILE* pipe = popen(command.c_str(), "r");
  EXPECT_NE(pipe, nullptr);
  char buffer[4096];
  while (const std::size_t size = std::fread(buffer, 1, sizeof buffer, pipe))
    text.append(buffer, size);
  EXPECT_EQ(pclose(pipe), 0) << command;
  return text;
}

// Of those packets about which there is something to say.
inline constexpr const char* complaints =
    "_ws.malformed || tcp.analysis.lost_segment || tcp.analysis.ack_lost_segment || "
    "tcp.analysis.out_of_order || tcp.analysis.retransmission || "
    "ip.checksum.status == Bad || tcp.checksum.status == Bad || udp.checksum.status == Bad || "
    "icmp.checksum.status == Bad || icmpv6.checksum.status == Bad";

// The packets of `file` that match `filter`, a line each.
inline std::string packets_like(const std::string& file, const std::string& filter) {
  return output_of(
      fmt::format("tshark -r {} -o ip.check_checksum:TRUE -o tcp.check_checksum:TRUE "
                  "-o udp.check_checksum:TRUE -Y '{}' 2>/dev/null",
                  file, filter));
}

inline std::ptrdiff_t count_like(const std::string& file, const std::string& filter) {
  const std::string text = packets_like(file, filter);
  return std::ranges::count(text, '\n');
}

}  // namespace drydock::testing

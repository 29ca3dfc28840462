// SPDX-License-Identifier: Apache-2.0
#include "net/stream.h"

#include <gtest/gtest.h>

#include "net/build_packet.h"

namespace drydock::net {
namespace {

using namespace testing;

Segment segment(std::uint32_t sequence, std::string_view text, bool fin = false) {
  return {sequence, view_of(text_bytes(text)), 0, text.size(), fin};
}

// "position:text", with the missed bytes in front and FIN as "fin".
std::string shown(const std::vector<StreamPiece>& pieces) {
  std::string text;
  for (const StreamPiece& piece : pieces) {
    if (!text.empty()) text += " ";
    if (piece.missed != 0) text += "(" + std::to_string(piece.missed) + ")";
    text += std::to_string(piece.position) + ":";
    const auto bytes = piece.packet.bytes().subspan(piece.offset, piece.size);
    text += piece.fin ? "fin" : std::string(bytes.begin(), bytes.end());
  }
  return text;
}

class Stream : public ::testing::Test {
 protected:
  static constexpr std::uint32_t first = 0xfffffffe;  // wraps inside every test
  Stream() { stream.start(first); }
  std::string add(std::uint32_t position, std::string_view text, bool fin = false) {
    return shown(stream.add(segment(first + position, text, fin)));
  }
  StreamReassembly stream;
};

TEST_F(Stream, in_order_data_pass_through_and_repeats_are_dropped) {
  EXPECT_EQ(add(0, "abc"), "0:abc");
  EXPECT_EQ(add(0, "abc"), "");
  EXPECT_EQ(add(3, "def"), "3:def");
  EXPECT_EQ(add(1, "bcde"), "");
}

TEST_F(Stream, an_overlapping_retransmission_gives_only_its_new_tail) {
  EXPECT_EQ(add(0, "abc"), "0:abc");
  EXPECT_EQ(add(1, "bcdef"), "3:def");
}

TEST_F(Stream, reordered_data_and_fin_wait_for_the_hole_to_fill) {
  EXPECT_EQ(add(6, "gh", true), "");
  EXPECT_EQ(add(3, "def"), "");
  EXPECT_FALSE(stream.finished());
  EXPECT_EQ(add(0, "abc"), "0:abc 3:def 6:gh 8:fin");
  EXPECT_TRUE(stream.finished());
  EXPECT_EQ(add(8, "more"), "");
}

TEST_F(Stream, acknowledged_bytes_that_were_never_recorded_are_counted_as_missed) {
  EXPECT_EQ(add(4, "efg"), "");
  EXPECT_EQ(shown(stream.acknowledge(first + 7)), "(4)4:efg");
  EXPECT_EQ(shown(stream.acknowledge(first + 9)), "");
  EXPECT_EQ(add(9, "x"), "(2)9:x");
}

TEST_F(Stream, fin_counts_as_acknowledged_only_when_its_own_number_is) {
  EXPECT_EQ(add(0, "a", true), "0:a 1:fin");
  stream.acknowledge(first + 1);
  EXPECT_FALSE(stream.fin_acknowledged());
  stream.acknowledge(first + 2);
  EXPECT_TRUE(stream.fin_acknowledged());
}

TEST_F(Stream, keep_alives_and_data_far_outside_any_window_are_ignored) {
  EXPECT_EQ(add(0, "abc"), "0:abc");
  EXPECT_EQ(add(2, "c"), "");
  EXPECT_EQ(add(0x7fffffff, "far"), "");
  EXPECT_EQ(add(3, "d"), "3:d");
}

}  // namespace
}  // namespace drydock::net

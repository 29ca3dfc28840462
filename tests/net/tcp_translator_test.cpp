// SPDX-License-Identifier: Apache-2.0
// A live connection whose streams are edited: what each end sees of the other's numbers.
#include "net/tcp_translator.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "net/build_packet.h"

namespace drydock::net {
namespace {

using namespace testing;

constexpr auto out = Direction::outbound;
constexpr auto in = Direction::inbound;

// Sequence and acknowledgement numbers relative to the first byte of each side, flags, payload.
std::string describe(const RewrittenPacket& made) {
  const auto header = parse_packet(made.packet);
  if (!header) return "no packet";
  EXPECT_TRUE(transport_checksum_is_right(made.packet, *header));
  EXPECT_TRUE(ip_checksum_is_right(made.packet, *header));
  const bool sends = made.direction == out;
  const auto payload = std::span(made.packet).subspan(header->payload_offset());
  std::string flags;
  for (const auto& [bit, letter] : {std::pair{tcp::syn, 'S'}, {tcp::fin, 'F'}, {tcp::rst, 'R'}})
    if ((header->tcp_flags & bit) != 0) flags += letter;
  return fmt::format("{} {}:{} {}[{}]", sends ? "out" : "in",
                     static_cast<std::int32_t>(header->tcp_sequence - (sends ? 101 : 501)),
                     static_cast<std::int32_t>(header->tcp_acknowledgement - (sends ? 501 : 101)),
                     flags, std::string(payload.begin(), payload.end()));
}

std::vector<std::string> describe(const std::vector<RewrittenPacket>& packets) {
  std::vector<std::string> lines;
  for (const RewrittenPacket& packet : packets) lines.push_back(describe(packet));
  return lines;
}

struct TcpTranslatorTest : ::testing::Test {
  using Lines = std::vector<std::string>;
  TcpTranslator translator;
  bool edited = false;
  Place host = at("192.0.2.10", 49152), web = at("192.0.2.20", 80);

  // Positions count from the first byte of each side.
  [[nodiscard]] Bytes packet(Direction direction, std::int32_t position, std::int32_t acknowledged,
                             std::string_view text, std::uint8_t flags = tcp::ack) const {
    const bool sends = direction == out;
    return tcp_packet(sends ? host : web, sends ? web : host, flags,
                      static_cast<std::uint32_t>(position + (sends ? 101 : 501)),
                      static_cast<std::uint32_t>(acknowledged + (sends ? 501 : 101)), text);
  }
  void connect() {
    translator.pass(packet(out, -1, -501, "", tcp::syn), out);
    translator.pass(packet(in, -1, 0, "", tcp::syn | tcp::ack), in);
    translator.pass(packet(out, 0, 0, ""), out);
  }
  Lines translate(Direction direction, const Bytes& packet, std::string_view emitted) {
    const Bytes bytes = text_bytes(emitted);
    std::vector<Emitted> all;
    if (!bytes.empty()) all.push_back({direction, bytes, false});
    const Bytes heard = edited ? translator.in_terms_of_senders(packet, direction) : packet;
    edited = true;
    return describe(translator.translate(heard, direction, all));
  }
};

TEST_F(TcpTranslatorTest, each_end_goes_on_speaking_of_its_own_bytes) {
  connect();
  EXPECT_EQ(translate(out, packet(out, 0, 0, "a foo"), "a barbar"), Lines{"out 0:0 [a barbar]"});
  // The web server acknowledges the eight bytes that it got: five for the program.
  EXPECT_EQ(translate(in, packet(in, 0, 8, "ok"), "ok"), Lines{"in 0:5 [ok]"});
  EXPECT_EQ(translate(out, packet(out, 5, 2, ""), ""), Lines{"out 8:2 []"});
  EXPECT_EQ(translate(out, packet(out, 5, 2, "!"), "!"), Lines{"out 8:2 [!]"});
  EXPECT_EQ(translate(in, packet(in, 2, 9, ""), ""), Lines{"in 2:6 []"});
}

TEST_F(TcpTranslatorTest, what_stays_behind_is_acknowledged_to_its_sender) {
  connect();
  EXPECT_EQ(translate(out, packet(out, 0, 0, "fo"), ""), Lines{"in 0:2 []"});
  EXPECT_EQ(translate(out, packet(out, 2, 0, "o!"), "barbar!"), Lines{"out 0:0 [barbar!]"});
  EXPECT_EQ(translate(in, packet(in, 0, 7, ""), ""), Lines{"in 0:4 []"});
}

TEST_F(TcpTranslatorTest, what_stays_behind_is_acknowledged_also_beside_what_leaves_the_other_way) {
  connect();
  const Bytes late = text_bytes("late");
  const std::vector<Emitted> other_way = {{in, late, false}};
  EXPECT_EQ(describe(translator.translate(packet(out, 0, 0, "fo"), out, other_way)),
            (Lines{"in 0:0 [late]", "in 4:2 []"}));
}

TEST_F(TcpTranslatorTest, what_was_not_acknowledged_is_sent_again_as_it_was_edited) {
  connect();
  translate(out, packet(out, 0, 0, "foo"), "barbar");
  translate(out, packet(out, 3, 0, "."), ".");
  EXPECT_EQ(translate(out, packet(out, 0, 0, "foo"), ""), Lines{"out 0:0 [barbar.]"});
  translate(in, packet(in, 0, 6, ""), "");
  EXPECT_EQ(translate(out, packet(out, 3, 0, "."), ""), Lines{"out 6:0 [.]"});
}

TEST_F(TcpTranslatorTest, what_went_before_the_first_edit_is_sent_again_as_it_came) {
  connect();
  translator.pass(packet(out, 0, 0, "one"), out);
  translate(out, packet(out, 3, 0, "foo"), "barbar");
  EXPECT_EQ(translate(out, packet(out, 0, 0, "one"), ""), Lines{"out 0:0 [one]"});
  EXPECT_EQ(translate(in, packet(in, 0, 3, ""), ""), Lines{"in 0:3 []"});
  EXPECT_EQ(translate(in, packet(in, 0, 9, ""), ""), Lines{"in 0:6 []"});
}

TEST_F(TcpTranslatorTest, ends_come_behind_what_was_edited) {
  connect();
  translate(out, packet(out, 0, 0, "foo"), "barbar");
  const std::vector<Emitted> end = {{out, {}, true}};
  EXPECT_EQ(describe(translator.translate(packet(out, 3, 0, "", tcp::fin | tcp::ack), out, end)),
            Lines{"out 6:0 F[]"});
  EXPECT_EQ(translate(in, packet(in, 0, 7, ""), ""), Lines{"in 0:4 []"});
}

TEST_F(TcpTranslatorTest, a_reset_comes_where_the_other_end_expects_it) {
  connect();
  translate(out, packet(out, 0, 0, "foo"), "barbar");
  EXPECT_EQ(translate(out, packet(out, 3, 0, "", tcp::rst), ""), Lines{"out 6:-501 R[]"});
}

TEST_F(TcpTranslatorTest, numbers_wrap) {
  const auto raw = [&](std::uint8_t flags, std::uint32_t sequence, std::string_view text) {
    return tcp_packet(host, web, flags, sequence, 501, text);
  };
  translator.pass(raw(tcp::syn, 0xfffffffd, ""), out);
  translator.pass(tcp_packet(web, host, tcp::syn | tcp::ack, 500, 0xfffffffe), in);
  const Bytes edited = text_bytes("barbar");
  const std::vector<Emitted> emitted = {{out, edited, false}};
  const auto made = translator.translate(raw(tcp::ack, 0xfffffffe, "foo"), out, emitted);
  ASSERT_EQ(made.size(), 1U);
  EXPECT_EQ(parse_packet(made[0].packet)->tcp_sequence, 0xfffffffeU);
  const auto heard = translator.in_terms_of_senders(tcp_packet(web, host, tcp::ack, 501, 4), in);
  const auto answer = translator.translate(heard, in, {});
  ASSERT_EQ(answer.size(), 1U);
  EXPECT_EQ(parse_packet(answer[0].packet)->tcp_acknowledgement, 1U);
}

}  // namespace
}  // namespace drydock::net

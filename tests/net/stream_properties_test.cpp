// SPDX-License-Identifier: Apache-2.0
// However TCP cut, ordered and repeated a stream, its callouts see and edit the same bytes.
#include <gtest/gtest.h>

#include <random>

#include "net/stream_layer_run.h"

namespace drydock::net {
namespace {

// Replaces every "foo" by "barbar" in its classifyFn: what comes before one is let through, the
// word itself is blocked and its replacement injected.
void edit(StreamLayerTest& test, const Sight& sight) {
  const std::string text = sight.text();
  if (text.empty()) return;
  const bool last = (sight.out.flags & FWPS_CLASSIFY_OUT_FLAG_NO_MORE_DATA) != 0;
  const std::size_t place = text.find("foo");
  if (place == 0) {
    const UINT32 flag = sight.sends() ? FWPS_STREAM_FLAG_SEND : FWPS_STREAM_FLAG_RECEIVE;
    EXPECT_EQ(test.inject(flag, "barbar"), STATUS_SUCCESS);
    return take_part(sight, 3, true);
  }
  if (place != std::string::npos) return take_part(sight, place);
  const std::size_t tail = text.ends_with("fo") ? 2 : text.ends_with("f") ? 1 : 0;
  if (tail == 0 || last) return;
  tail == text.size() ? want(sight, 1) : take_part(sight, text.size() - tail);
}

std::string edited(std::string text) {
  for (std::size_t place = 0; (place = text.find("foo", place)) != std::string::npos; place += 6) {
    text.replace(place, 3, "barbar");
  }
  return text;
}

TEST_F(StreamLayerTest, an_edit_inline_comes_out_in_its_place) {
  watch();
  judge = [&](const Sight& sight) { edit(*this, sight); };
  play(Connection().send("a foo, a f").send("oo").receive("of").receive("oo fo").fins().steps);
  EXPECT_EQ(peer.sent, "a barbar, a barbar|");
  EXPECT_EQ(peer.received, "obarbar fo|");
  EXPECT_EQ(statuses, (std::vector<NTSTATUS>(3, STATUS_SUCCESS)));
  EXPECT_EQ(misuses(), std::vector<StreamMisuse>{});
  EXPECT_EQ(run.side.flows().count_alive(), 0U);
}

// A stream cut into segments anyhow, reordered within a window, with overlapping repeats and
// duplicates.
std::vector<Step> mangled(const std::string& text, std::mt19937& random) {
  const auto below = [&](std::size_t end) { return random() % end; };
  Connection talk;
  const Place host = talk.host, web = talk.web;
  std::vector<Bytes> packets;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t size = std::min(text.size() - at, 1 + below(12));
    const auto add = [&](std::size_t from, std::size_t length) {
      packets.push_back(tcp_packet(web, host, tcp::ack, static_cast<std::uint32_t>(501 + from), 101,
                                   text.substr(from, length)));
    };
    add(at, size);
    if (below(4) == 0) add(at - std::min(at, below(9)), 1 + below(20));
    at += size;
  }
  for (std::size_t i = packets.size(); i-- > 0;) {  // some come twice, at once or later
    if (below(5) != 0) continue;
    const std::size_t later = i + below(std::min<std::size_t>(8, packets.size() - i + 1));
    packets.insert(packets.begin() + static_cast<std::ptrdiff_t>(later), Bytes(packets[i]));
  }
  for (std::size_t i = 0; i + 1 < packets.size(); ++i) {
    if (below(3) == 0)
      std::swap(packets[i],
                packets[i + 1 + below(std::min<std::size_t>(6, packets.size() - i - 1))]);
  }
  for (Bytes& packet : packets) talk.feed(std::move(packet));
  talk.received += static_cast<std::uint32_t>(text.size());
  return talk.receive("", tcp::fin | tcp::ack).send("", tcp::fin | tcp::ack).receive("").steps;
}

std::string some_text(std::mt19937& random) {
  std::string text;
  for (std::size_t size = random() % 400; text.size() < size;) text += "foxbar"[random() % 6];
  return text;
}

TEST(StreamProperties, any_segmentation_order_and_repetition_gives_the_same_stream_bytes) {
  for (unsigned seed = 1; seed <= 200; ++seed) {
    std::mt19937 random(seed);
    const std::string text = some_text(random);
    PathRun run;
    Peer peer;
    std::string shown;
    run.script.classify = [&](const Sight& sight) {
      if (!sight.sends()) shown += sight.is_fin() ? "|" : sight.text();
    };
    run.run([&] { run.watch(LayerId::stream_v4); });
    run.play(mangled(text, random), &peer);
    ASSERT_EQ(shown, text + "|") << "seed " << seed;
    ASSERT_EQ(peer.received, text + "|") << "seed " << seed;
  }
}

TEST(StreamProperties, an_inline_edit_of_any_segmentation_gives_exactly_the_edited_stream) {
  for (unsigned seed = 1; seed <= 200; ++seed) {
    std::mt19937 random(seed);
    const std::string text = some_text(random);
    struct Editing : StreamLayerTest {
      void TestBody() override {}
    } test;
    test.watch();
    test.judge = [&](const Sight& sight) { edit(test, sight); };
    test.play(mangled(text, random));
    ASSERT_EQ(test.peer.received, edited(text) + "|") << "seed " << seed;
    ASSERT_EQ(test.run.side.flows().count_alive(), 0U) << "seed " << seed;
  }
}

}  // namespace
}  // namespace drydock::net

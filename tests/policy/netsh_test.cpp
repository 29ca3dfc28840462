// SPDX-License-Identifier: Apache-2.0
// The files in data/ are ours, in the shape of public files that netsh wrote.
#include <gtest/gtest.h>

#include <fstream>
#include <random>
#include <sstream>

#include "policy/json_policy.h"
#include "policy/netsh.h"
#include "policy/text.h"

namespace drydock::policy {
namespace {

std::string data(const std::string& name) {
  std::ifstream file(DRYDOCK_SOURCE_DIR "/tests/policy/data/" + name);
  std::stringstream content;
  content << file.rdbuf();
  return content.str();
}

std::string with(std::string text, const std::string& what, const std::string& instead) {
  const auto at = text.find(what);
  EXPECT_NE(at, std::string::npos) << what;
  return at == std::string::npos ? text : text.replace(at, what.size(), instead);
}

// What an engine holds after it took the file.
std::string taken(const std::string& xml) {
  const auto read = read_netsh(xml, "state.xml");
  if (!read) return read.error().message;
  wfp::Engine engine;
  if (const auto applied = apply(read->policy, engine); !applied) return applied.error().message;
  return write_json(engine.export_objects(wfp::Lifetime::until_stop));
}

std::string refusal(const std::string& xml) {
  const auto read = read_netsh(xml, "state.xml");
  return read ? "" : read.error().message;
}

TEST(PolicyNetsh, a_whole_state_becomes_objects_with_windows_numbers_and_weights) {
  EXPECT_EQ(taken(data("state.xml")), data("state_exported.json"));
}

TEST(PolicyNetsh, utf16_and_byte_order_marks_make_no_difference) {
  const std::string xml = data("state.xml");
  const std::u16string units = *to_utf16(xml);
  std::string little = "\xff\xfe";
  std::string big = "\xfe\xff";
  for (const char16_t unit : units) {
    little += {static_cast<char>(unit & 0xff), static_cast<char>(unit >> 8)};
    big += {static_cast<char>(unit >> 8), static_cast<char>(unit & 0xff)};
  }
  for (const std::string& text : {"\xef\xbb\xbf" + xml, little, big})
    EXPECT_EQ(taken(text), data("state_exported.json"));
  EXPECT_EQ(refusal(little + "x"), "state.xml:1: half a UTF-16 character at the end");
}

TEST(PolicyNetsh, show_filters_lists_filters_alone_and_what_they_name_is_added) {
  const auto read = read_netsh(data("filters.xml"), "filters.xml");
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(read->notes, (std::vector<std::string>{
                             "1 provider is named but not in the file: added",
                             "1 sublayer is named but not in the file: added, with weight 0",
                             "1 callout is named but not in the file: added, without functions"}));
  wfp::Engine engine;
  const auto applied = apply(read->policy, engine);
  ASSERT_TRUE(applied) << applied.error().message;
  EXPECT_TRUE(engine.store().filter(wfp::FilterId{67559}));
  EXPECT_EQ(engine.store().filter(wfp::FilterId{67560})->weight, 68719476736U);
}

TEST(PolicyNetsh, what_is_not_known_refuses_the_whole_file_and_names_its_line) {
  const std::string xml = data("filters.xml");
  const struct {
    const char* what;
    const char* instead;
    const char* message;
  } cases[] = {
      {"FWPM_LAYER_ALE_AUTH_CONNECT_V4", "FWPM_LAYER_ALE_AUTH_CONNECT_V9",
       "state.xml:43: unknown layer 'FWPM_LAYER_ALE_AUTH_CONNECT_V9'"},
      {"FWPM_CONDITION_IP_REMOTE_PORT", "FWPM_CONDITION_IP_REMOTE_MOOD",
       "state.xml:50: FWPM_LAYER_ALE_AUTH_CONNECT_V4 has no field 'FWPM_CONDITION_IP_REMOTE_MOOD'"},
      {"FWP_MATCH_EQUAL", "FWP_MATCH_SIMILAR",
       "state.xml:51: unknown match type 'FWP_MATCH_SIMILAR'"},
      {"FWP_UINT16</type>", "FWP_BITMAP_ARRAY64_TYPE</type>",
       "state.xml:52: unknown type of value 'FWP_BITMAP_ARRAY64_TYPE'"},
      {"<uint16>25<", "<uint16>65536<", "state.xml:54: '65536' is not a number that fits"},
      {"<uint16>25</uint16>", "", "state.xml:52: a value without <uint16>"},
      {"FWP_ACTION_BLOCK", "FWP_ACTION_REJECT", "state.xml:59: unknown action 'FWP_ACTION_REJECT'"},
      {"FWPM_FILTER_FLAG_PERSISTENT", "FWPM_FILTER_FLAG_SHINY",
       "state.xml:11: unknown flag 'FWPM_FILTER_FLAG_SHINY'"},
      {"<reserved/>", "<mood>good</mood>", "state.xml:27: unknown element <mood> in a filter"},
      {"{bbbb0000-0000-4000-8000-000000000012}", "{bbbb}",
       "state.xml:16: '{bbbb}' is neither a GUID nor a known name"},
      {"</wfpdiag>", "", "state.xml:71: not XML: Start-end tags mismatch"},
      {"wfpdiag>", "wfpdrag>", "state.xml:71: not XML: Start-end tags mismatch"},
  };
  for (const auto& [what, instead, message] : cases)
    EXPECT_EQ(refusal(with(xml, what, instead)), message) << instead;
  EXPECT_EQ(refusal(""), "state.xml:1: not XML: No document element found");
  EXPECT_EQ(refusal("<html/>"),
            "state.xml:1: neither <wfpstate> nor <wfpdiag>: not what netsh wfp show state or show "
            "filters writes");
}

TEST(PolicyNetsh, skip_unknown_leaves_out_what_is_not_known_and_lists_it) {
  const auto read = read_netsh(
      with(data("filters.xml"), "FWPM_LAYER_ALE_AUTH_CONNECT_V4", "FWPM_LAYER_NEW"), "f.xml", true);
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(read->skipped, (std::vector<std::string>{
                               "f.xml:43: 'port 25' is left out: unknown layer 'FWPM_LAYER_NEW'"}));
  EXPECT_EQ(read->policy.objects.filters.size(), 1U);
}

TEST(PolicyNetsh, damaged_files_end_as_a_policy_or_as_one_line) {
  std::mt19937_64 random(2);
  const std::string whole = data("state.xml");
  for (int round = 0; round < 4000; ++round) {
    std::string text = whole;
    for (std::size_t i = 0; i <= random() % 4; ++i)
      text[random() % text.size()] =
          static_cast<char>("<>/&;{}\"=0-9aF \n\xff\xc3!?["[random() % 22]);
    if (random() % 10 == 0) text.resize(random() % text.size());
    const auto read = read_netsh(text, "x", random() % 2 == 0);
    if (read) {
      wfp::Engine engine;
      (void)apply(read->policy, engine);
    } else {
      EXPECT_TRUE(read.error().message.starts_with("x:")) << read.error().message;
      EXPECT_EQ(read.error().message.find('\n'), std::string::npos) << read.error().message;
    }
  }
}

}  // namespace
}  // namespace drydock::policy

// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "policy/json_policy.h"
#include "policy/policy.h"
#include "random_policy.h"

namespace drydock::policy {
namespace {

constexpr const char* office = R"({
 "kind": "drydock policy",
 "schema": 1,
 "providers": [
  {"key": "11111111-0000-0000-0000-000000000001", "name": "Office"}
 ],
 "sublayers": [
  {"key": "22222222-0000-0000-0000-000000000002", "name": "Office rules", "weight": 4000}
 ],
 "filters": [
  {
   "name": "no mail from the web server",
   "provider": "11111111-0000-0000-0000-000000000001",
   "layer": "ALE_AUTH_CONNECT_V4",
   "sublayer": "22222222-0000-0000-0000-000000000002",
   "weight": {"range": 9},
   "conditions": [
    {"field": "IP_REMOTE_ADDRESS", "value": "10.0.0.0/8"},
    {"field": "IP_REMOTE_PORT", "match": "RANGE", "value": {"low": 25, "high": 26}},
    {"field": "IP_PROTOCOL", "value": "TCP"},
    {"field": "FLAGS", "match": "FLAGS_NONE_SET", "value": ["IS_LOOPBACK"]},
    {"field": "ALE_APP_ID", "value": "\\device\\harddiskvolume1\\web\\server.exe"}
   ],
   "action": "BLOCK"
  }
 ]
}
)";

std::string exported(const wfp::Engine& engine) {
  return write_json(engine.export_objects(wfp::Lifetime::until_stop));
}

// What reading and applying `text` comes to: "" when all went well.
std::string refusal(const std::string& text) {
  const auto policy = read_json(text, "office.json");
  if (!policy) return policy.error().message;
  wfp::Engine engine;
  const std::string before = exported(engine);
  const auto applied = apply(*policy, engine);
  if (applied) return "";
  EXPECT_EQ(exported(engine), before) << "half applied";
  return applied.error().message;
}

std::string with(std::string text, const std::string& what, const std::string& instead) {
  const auto at = text.find(what);
  EXPECT_NE(at, std::string::npos) << what;
  return at == std::string::npos ? text : text.replace(at, what.size(), instead);
}

TEST(PolicyJson, a_hand_written_policy_becomes_the_filters_it_says) {
  const auto policy = read_json(office, "office.json");
  ASSERT_TRUE(policy) << policy.error().message;
  wfp::Engine engine;
  ASSERT_TRUE(apply(*policy, engine)) << apply(*policy, engine).error().message;
  const auto& filters = engine.store().all<wfp::Filter>();
  ASSERT_EQ(filters.size(), 1U);
  const wfp::FilterSpec& spec = (*filters.begin()).second.object->spec;
  EXPECT_EQ(spec.layer, wfp::find_layer(wfp::LayerId::ale_auth_connect_v4)->key);
  EXPECT_EQ(spec.weight, wfp::Value::number(wfp::DataType::uint8, 9));
  ASSERT_EQ(spec.conditions.size(), 5U);
  EXPECT_EQ(spec.conditions[0].value, wfp::Value::v4_mask(0x0a000000, 0xff000000));
  EXPECT_EQ(spec.conditions[1].value,
            wfp::Value::range(wfp::Value::number(wfp::DataType::uint16, 25),
                              wfp::Value::number(wfp::DataType::uint16, 26)));
  EXPECT_EQ(spec.conditions[2].value, wfp::Value::number(wfp::DataType::uint8, 6));
  EXPECT_EQ(spec.conditions[3].value, wfp::Value::number(wfp::DataType::uint32, 1));
  EXPECT_EQ(spec.conditions[4].value.bytes.size(),
            2 * sizeof("\\device\\harddiskvolume1\\web\\server.exe"));
}

TEST(PolicyJson, what_is_exported_reads_like_what_was_written) {
  wfp::Engine engine;
  ASSERT_TRUE(apply(*read_json(with(office, "{\"range\": 9}", "4000"), "office.json"), engine));
  std::ifstream file(DRYDOCK_SOURCE_DIR "/tests/policy/data/office_exported.json");
  std::stringstream expected;
  expected << file.rdbuf();
  EXPECT_EQ(exported(engine), expected.str());
}

TEST(PolicyJson, a_broken_policy_is_refused_with_line_and_reason_and_leaves_nothing_behind) {
  const struct {
    const char* what;
    const char* instead;
    const char* message;
  } cases[] = {
      {"\"schema\": 1,", "\"schema\": 1",
       "office.json:4: not JSON: syntax error while parsing object - unexpected string literal; "
       "expected '}'"},
      {"\"schema\": 1", "\"schema\": 2",
       "office.json:3: this drydock reads policies of schema 1 only"},
      {"drydock policy", "drydock replay", "office.json:2: 'kind' must be \"drydock policy\""},
      {"\"weight\": 4000", "\"weight\": 70000",
       "office.json:8: 'weight' of a sublayer must be a number from 0 to 65535"},
      {"\"weight\": 4000", "\"weigth\": 4000",
       "office.json:8: unknown member 'weigth' in a sublayer; known are key, name, description, "
       "flags, provider, weight, provider_data, security"},
      {"ALE_AUTH_CONNECT_V4", "ALE_AUTH_CONNECT_V5",
       "office.json:14: 'ALE_AUTH_CONNECT_V5' is no filtering layer"},
      {"\"IP_REMOTE_PORT\"", "\"IP_REMOTE_PROT\"",
       "office.json:19: FWPM_LAYER_ALE_AUTH_CONNECT_V4 has no field 'IP_REMOTE_PROT'"},
      {"10.0.0.0/8", "10.0.0.0/33",
       "office.json:18: FWPM_CONDITION_IP_REMOTE_ADDRESS takes an IPv4 address, or one with "
       "/prefix "
       "or /mask"},
      {"\"high\": 26", "\"high\": 66000",
       "office.json:19: FWPM_CONDITION_IP_REMOTE_PORT takes a number from 0 to 65535"},
      {"\"high\": 26", "\"high\": 24",
       "office.json:11: filter 'no mail from the web server': STATUS_FWP_INVALID_RANGE: the "
       "range's "
       "low end is above its high end"},
      {"\"match\": \"RANGE\"", "\"match\": \"BETWEEN\"", "office.json:19: no match type 'BETWEEN'"},
      {"\"match\": \"RANGE\", ", "",
       "office.json:11: filter 'no mail from the web server': STATUS_FWP_MATCH_TYPE_MISMATCH: the "
       "match type does not go with the value"},
      {"\"sublayer\": \"2222", "\"sublayer\": \"3333",
       "office.json:11: filter 'no mail from the web server': STATUS_FWP_SUBLAYER_NOT_FOUND: the "
       "sublayer it names is not there"},
      {"IS_LOOPBACK", "IS_LOOPY", "office.json:21: no flag 'IS_LOOPY'"},
      {"\"BLOCK\"", "\"DROP\"",
       "office.json:24: 'DROP' is no action of filters; those are BLOCK, PERMIT, "
       "CALLOUT_TERMINATING, CALLOUT_INSPECTION, CALLOUT_UNKNOWN"},
      {"\"BLOCK\"", "\"CALLOUT_UNKNOWN\"",
       "office.json:24: the action CALLOUT_UNKNOWN needs a 'callout'"},
      {"{\"range\": 9}", "{\"range\": 16}",
       "office.json:16: 'range' of 'weight' must be a number from 0 to 15"},
      {"\"name\": \"Office\"", "\"title\": \"Office\"", "office.json:5: a provider needs 'name'"},
      {"\"name\": \"Office\"", "\"name\": \"Office\", \"name\": \"Other\"",
       "office.json:5: member 'name' is there twice"},
      {"11111111-0000", "1111-0000",
       "office.json:5: '1111-0000-0000-0000-000000000001' is neither a GUID nor a known name"},
  };
  for (const auto& [what, instead, message] : cases)
    EXPECT_EQ(refusal(with(office, what, instead)), message) << instead;
  EXPECT_EQ(refusal(""),
            "office.json:1: not JSON: syntax error while parsing value - unexpected end of input; "
            "expected '[', '{', or a literal");
  EXPECT_EQ(refusal("[]"), "office.json:1: a policy must be an object");
  EXPECT_EQ(refusal(office), "");
}

TEST(PolicyJson, lines_are_right_wherever_a_value_ends) {
  EXPECT_EQ(refusal("{\"kind\": \"drydock policy\", \"schema\": 1,\n\"sublayers\": [{\"name\": "
                    "\"a\", \"weight\": 70000\n}]}"),
            "office.json:2: 'weight' of a sublayer must be a number from 0 to 65535");
  EXPECT_EQ(refusal("{\"kind\": \"drydock policy\", \"schema\": "
                    "1,\n\n\"sublayers\":\n[\n{\n\"weight\"\n:\n1}]}"),
            "office.json:5: a sublayer needs 'name'");
  EXPECT_EQ(refusal("{\"kind\": \"drydock policy\",\n\"schema\":\n2}"),
            "office.json:3: this drydock reads policies of schema 1 only");
}

TEST(PolicyJson, nesting_without_end_is_refused) {
  EXPECT_EQ(refusal(std::string(100000, '[')), "office.json:1: nested too deep to be a policy");
}

TEST(PolicyJson, export_of_import_is_the_same_bytes_for_random_stores) {
  for (std::uint64_t seed = 1; seed <= 400; ++seed) {
    const auto objects = test::RandomPolicy(seed).objects();
    wfp::Engine first;
    const auto imported = first.import_objects(objects);
    ASSERT_TRUE(imported) << "seed " << seed << ": kind " << static_cast<int>(imported.error().kind)
                          << " " << imported.error().index << " " << name(imported.error().status);
    const std::string written = exported(first);
    const auto read = read_json(written, "x");
    ASSERT_TRUE(read) << "seed " << seed << ": " << read.error().message << "\n" << written;
    EXPECT_EQ(write_json(read->objects), written) << "seed " << seed;
    wfp::Engine second;
    const auto applied = apply(*read, second);
    ASSERT_TRUE(applied) << "seed " << seed << ": " << applied.error().message;
    EXPECT_EQ(exported(second), written) << "seed " << seed;
  }
}

TEST(PolicyJson, damaged_files_end_as_a_policy_or_as_one_line) {
  std::mt19937_64 random(1);
  wfp::Engine engine;
  ASSERT_TRUE(engine.import_objects(test::RandomPolicy(5).objects()));
  const std::string whole = exported(engine);
  for (int round = 0; round < 5000; ++round) {
    std::string text = whole;
    for (std::size_t i = 0; i <= random() % 4; ++i)
      text[random() % text.size()] = static_cast<char>("{}[]\",:0-9aFe\\ \n\xff"[random() % 18]);
    if (random() % 10 == 0) text.resize(random() % text.size());
    const auto policy = read_json(text, "x");
    if (policy) {
      wfp::Engine victim;
      (void)apply(*policy, victim);
    } else {
      EXPECT_TRUE(policy.error().message.starts_with("x:")) << policy.error().message;
      EXPECT_EQ(policy.error().message.find('\n'), std::string::npos) << policy.error().message;
    }
  }
}

}  // namespace
}  // namespace drydock::policy

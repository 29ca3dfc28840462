// SPDX-License-Identifier: Apache-2.0
#include "policy/explain/explain.h"

#include <gtest/gtest.h>

#include "policy/explain/connection.h"
#include "policy/explain/report.h"
#include "policy/file.h"
#include "policy/names.h"
#include "policy/random_policy.h"

namespace drydock::policy {
namespace {

using wfp::LayerId;

std::vector<net::Step> steps(const std::string& connection) {
  const auto parsed = parse_connection(connection);
  EXPECT_TRUE(parsed) << parsed.error().message;
  return parsed ? steps_of(*parsed) : std::vector<net::Step>{};
}

std::string layers_met(const std::string& connection) {
  std::string names;
  for (const net::Step& step : steps(connection)) {
    names += std::string(to_string(step.kind)) +
             (step.direction == net::Direction::outbound ? "> " : "< ");
  }
  return names;
}

// The text about the filters in `rules` at ALE_AUTH_CONNECT_V4.
std::string explained(const std::string& rules, const std::string& connection, bool verbose = false,
                      const Assumptions& assumptions = {}) {
  const std::string json = R"({"kind": "drydock policy", "schema": 1,
    "sublayers": [{"key": "22222222-0000-0000-0000-000000000001", "name": "first", "weight": 60000},
                  {"key": "22222222-0000-0000-0000-000000000002", "name": "second", "weight": 50000}],
    "callouts": [{"key": "33333333-0000-0000-0000-000000000001", "name": "c", "layer": "ALE_AUTH_CONNECT_V4"},
                 {"key": "33333333-0000-0000-0000-000000000002", "name": "d", "layer": "ALE_AUTH_CONNECT_V4",
                  "flags": ["REGISTERED"]}],
    "filters": [)" + rules +
                           "]}";
  const auto file = read_policy(std::as_bytes(std::span(json)), "rules");
  EXPECT_TRUE(file) << file.error().message;
  wfp::Engine engine;
  if (!file || !apply(file->policy, engine)) return "";
  Explanation explanation{.subject = "it", .layers = {}};
  for (const net::Step& step : steps(connection)) {
    if (step.kind == net::StepKind::ale_auth_connect)
      explanation.layers.push_back(explain(engine, step, assumptions));
  }
  return explanation_text(explanation, verbose);
}

std::string rule(const std::string& name, int sublayer, int weight, const std::string& rest) {
  return R"({"layer": "ALE_AUTH_CONNECT_V4", "name": ")" + name +
         R"(", "sublayer": "22222222-0000-0000-0000-00000000000)" + std::to_string(sublayer) +
         R"(", "weight": )" + std::to_string(weight) + ", " + rest + "}";
}

constexpr const char* web = "tcp out 10.0.0.1:1234 -> 1.2.3.4:443";

TEST(Explain, a_connection_meets_the_layers_of_a_windows_host_in_their_order) {
  EXPECT_EQ(layers_met(web),
            "ale_bind_redirect> ale_resource_assignment> ale_connect_redirect> ale_auth_connect> "
            "outbound_transport> outbound_ippacket> inbound_ippacket< inbound_transport< "
            "ale_flow_established< stream> stream< ale_endpoint_closure> ale_resource_release> ");
  EXPECT_EQ(layers_met("udp in 1.2.3.4:5 -> 10.0.0.1:53"),
            "ale_bind_redirect> ale_resource_assignment> inbound_ippacket< inbound_transport< "
            "ale_auth_recv_accept< ale_flow_established< datagram_data< datagram_data> "
            "outbound_transport> outbound_ippacket> ale_endpoint_closure> ale_resource_release> ");
  EXPECT_EQ(steps("tcp in [2001:db8::2]:5 -> [2001:db8::1]:80").front().version,
            net::IpVersion::v6);
  EXPECT_FALSE(layers_met("icmp out 10.0.0.1 -> 10.0.0.2").empty());
  EXPECT_FALSE(layers_met("icmp in 2001:db8::2 -> 2001:db8::1").empty());
}

TEST(Explain, a_connection_that_is_none_is_refused_with_what_would_be_right) {
  for (const char* text :
       {"", "tcp", "sctp out 1.1.1.1:1 -> 2.2.2.2:2", "tcp up 1.1.1.1:1 -> 2.2.2.2:2",
        "tcp out 1.1.1.1 -> 2.2.2.2:2", "tcp out 1.1.1.1:x -> 2.2.2.2:2",
        "tcp out 1.1.1.1:1 2.2.2.2:2", "tcp out 1.1.1.1:1 -> 2.2.2.2:65536",
        "tcp out 1.1.1.1:1 -> [::1]:2", "tcp out 1.1.1.1:1 -> 2.2.2.2:2 now",
        "tcp out 1.1.1.1:1 -> 2.2.2.2:2 app=", "tcp out 1.1.1.1:1 -> 2.2.2.2:2 user=me",
        "tcp out 1.1.1.1:1 -> 2.2.2.2:2 user="}) {
    EXPECT_FALSE(parse_connection(text)) << text;
  }
}

TEST(Explain, the_first_filter_that_matches_decides_its_sublayer) {
  EXPECT_EQ(explained(rule("all", 1, 1, R"("action": "PERMIT")") + "," +
                          rule("web", 1, 2, R"("action": "BLOCK",
                            "conditions": [{"field": "IP_REMOTE_PORT", "value": 443}])") +
                          "," + rule("mail", 1, 3, R"("action": "PERMIT",
                            "conditions": [{"field": "IP_REMOTE_PORT", "value": 25}])"),
                      web, true),
            "it: blocked at FWPM_LAYER_ALE_AUTH_CONNECT_V4: BLOCK by #65537 'web'\n"
            "\n"
            "FWPM_LAYER_ALE_AUTH_CONNECT_V4 (out): BLOCK by #65537 'web'\n"
            "  sublayer first (weight 60000): the layer blocks\n"
            "    #65538 'mail': needs IP_REMOTE_PORT that is 25, but it is 443\n"
            "    #65537 'web': blocks, hard\n"
            "    #65536 'all': its sublayer had decided\n"
            "The following layers are not met:\n");
}

TEST(Explain, a_hard_permit_protects_from_a_block_but_not_from_a_veto) {
  const std::string permit =
      rule("allow", 1, 1, R"("action": "PERMIT", "flags": ["CLEAR_ACTION_RIGHT"])") + ",";
  EXPECT_EQ(explained(permit + rule("no", 2, 1, R"("action": "BLOCK")"), web),
            "it: permitted at every layer\n"
            "\n"
            "FWPM_LAYER_ALE_AUTH_CONNECT_V4 (out): PERMIT by #65536 'allow'\n"
            "  sublayer first (weight 60000): the layer permits, and only a veto can change that\n"
            "    #65536 'allow': permits, hard\n"
            "  sublayer second (weight 50000): would block, but the hard permit before it took the "
            "right to decide away\n"
            "    #65537 'no': blocks, hard\n");
  const Assumptions blocks{
      .callouts = {{*parse_guid("33333333-0000-0000-0000-000000000001"), AssumedAnswer::block}},
      .fields = {}};
  EXPECT_EQ(explained(permit + rule("driver", 2, 1, R"("action": "CALLOUT_UNKNOWN",
                  "callout": "33333333-0000-0000-0000-000000000001")"),
                      web, false, blocks),
            "it: blocked at FWPM_LAYER_ALE_AUTH_CONNECT_V4: BLOCK by #65537 'driver'\n"
            "\n"
            "FWPM_LAYER_ALE_AUTH_CONNECT_V4 (out): BLOCK by #65537 'driver'\n"
            "  sublayer first (weight 60000): the layer permits, and only a veto can change that\n"
            "    #65536 'allow': permits, hard\n"
            "  sublayer second (weight 50000): blocks by veto, against the hard permit before it\n"
            "    #65537 'driver': blocks, hard: so its callout was taken to answer\n");
}

TEST(Explain, a_callout_without_functions_blocks_or_permits_as_its_flag_says) {
  const std::string callout =
      R"("action": "CALLOUT_TERMINATING", "callout": "33333333-0000-0000-0000-000000000001")";
  EXPECT_EQ(explained(rule("driver", 1, 1, callout), web),
            "it: blocked at FWPM_LAYER_ALE_AUTH_CONNECT_V4: BLOCK by #65536 'driver'\n"
            "\n"
            "FWPM_LAYER_ALE_AUTH_CONNECT_V4 (out): BLOCK by #65536 'driver'\n"
            "  sublayer first (weight 60000): the layer blocks\n"
            "    #65536 'driver': blocks: no functions are registered for its callout\n");
  EXPECT_EQ(
      explained(rule("driver", 1, 1, callout + R"(, "flags": ["PERMIT_IF_CALLOUT_UNREGISTERED"])"),
                web),
      "it: permitted at every layer\n"
      "\n"
      "FWPM_LAYER_ALE_AUTH_CONNECT_V4 (out): PERMIT by #65536 'driver'\n"
      "  sublayer first (weight 60000): the layer permits, unless a later sublayer blocks\n"
      "    #65536 'driver': permits: no functions are registered for its callout, and its "
      "flag PERMIT_IF_CALLOUT_UNREGISTERED says so\n");
}

TEST(Explain, what_nobody_knows_is_said_and_never_counted_as_known) {
  EXPECT_EQ(
      explained(rule("driver", 1, 2, R"("action": "CALLOUT_UNKNOWN",
                  "callout": "33333333-0000-0000-0000-000000000002")") +
                    "," + rule("admins", 1, 1, R"x("action": "BLOCK",
                      "conditions": [{"field": "ALE_USER_ID", "value": "O:LSD:(A;;CC;;;BA)"}])x"),
                web, true),
      "it: permitted at every layer; rests on what is not known here\n"
      "\n"
      "FWPM_LAYER_ALE_AUTH_CONNECT_V4 (out): PERMIT (no filter decided)\n"
      "  sublayer first (weight 60000): does not decide\n"
      "    #65536 'driver': goes on, taken that its callout does: nobody knows here\n"
      "    #65537 'admins': needs ALE_USER_ID that is O:LSD:(A;;CC;;;BA), but nothing is known of "
      "it\n"
      "  not known: callout 33333333-0000-0000-0000-000000000002 (filter 'driver') may decide; it "
      "was taken to go on\n"
      "  not known: 1 filter was taken not to match: nobody said what is in ALE_USER_ID\n");
}

TEST(Explain, an_application_and_a_field_can_be_given) {
  const std::string rules = rule("profile", 1, 2, R"("action": "BLOCK", "conditions": [
      {"field": "CURRENT_PROFILE_ID", "value": 2},
      {"field": "ALE_APP_ID", "value": "\\device\\harddiskvolume1\\a b.exe"}])");
  const std::string connection = std::string(web) + R"( app=\Device\HarddiskVolume1\A b.exe)";
  const wfp::Layer& layer = *wfp::find_layer(LayerId::ale_auth_connect_v4);
  const Guid profile = parse_field(layer, "CURRENT_PROFILE_ID")->condition->key;
  const auto outcome = [&](std::uint32_t number) {
    const Assumptions given{
        .callouts = {}, .fields = {{profile, wfp::Value::number(wfp::DataType::uint32, number)}}};
    const auto text = explained(rules, connection, false, given);
    return text.substr(0, text.find('\n'));
  };
  EXPECT_EQ(outcome(2), "it: blocked at FWPM_LAYER_ALE_AUTH_CONNECT_V4: BLOCK by #65536 'profile'");
  EXPECT_EQ(outcome(1), "it: permitted at every layer");
}

TEST(Explain, a_user_can_be_given_and_security_descriptors_are_held_against_it) {
  const std::string rules = rule("services", 1, 2, R"x("action": "PERMIT", "conditions": [
      {"field": "ALE_USER_ID", "value": "O:LSD:(A;;CC;;;LS)"}])x") +
                            "," + rule("system", 1, 1, R"x("action": "BLOCK", "conditions": [
      {"field": "ALE_USER_ID", "value": "O:LSD:(A;;CC;;;SY)"},
      {"field": "ALE_APP_ID", "value": "\\device\\a b.exe"}])x");
  EXPECT_EQ(explained(rules, std::string(web) + R"( user=S-1-5-18 app=\device\A b.exe)", true),
            "it: blocked at FWPM_LAYER_ALE_AUTH_CONNECT_V4: BLOCK by #65537 'system'\n"
            "\n"
            "FWPM_LAYER_ALE_AUTH_CONNECT_V4 (out): BLOCK by #65537 'system'\n"
            "  sublayer first (weight 60000): the layer blocks\n"
            "    #65536 'services': needs ALE_USER_ID that is O:LSD:(A;;CC;;;LS), but it is "
            "S-1-5-18\n"
            "    #65537 'system': blocks, hard\n"
            "The following layers are not met:\n");
  const auto text = explained(rules, std::string(web) + " user=S-1-5-18", false);
  EXPECT_EQ(text.substr(0, text.find('\n')),
            "it: permitted at every layer; rests on what is not known here");
}

// The reasons are worked out beside the engine; they must come to the engine's decision.
TEST(Explain, the_story_ends_as_the_engine_decided_on_random_stores) {
  const char* connections[] = {web, "udp in 1.2.3.4:5 -> 10.0.0.1:53",
                               "tcp in [2001:db8::2]:5 -> [2001:db8::1]:80",
                               "icmp out 10.0.0.1 -> 10.0.0.2"};
  constexpr AssumedAnswer answers[] = {AssumedAnswer::missing, AssumedAnswer::go_on,
                                       AssumedAnswer::permit,  AssumedAnswer::permit_hard,
                                       AssumedAnswer::block,   AssumedAnswer::block_soft};
  std::size_t decided = 0;
  for (std::uint64_t seed = 1; seed <= 3000; ++seed) {
    auto objects = test::RandomPolicy(seed).objects();
    wfp::Engine engine;
    ASSERT_TRUE(engine.import_objects(objects));
    Assumptions assumptions;
    for (std::size_t i = 0; i < objects.callouts.size(); ++i)
      assumptions.callouts[objects.callouts[i].spec.key] = answers[(seed + i) % std::size(answers)];
    for (const net::Step& step : steps(connections[seed % std::size(connections)])) {
      const auto layer = explain(engine, step, assumptions);
      bool blocked = false;
      bool permitted = false;
      for (const auto& sublayer : layer.sublayers) {
        blocked |=
            sublayer.effect == "the layer blocks" || sublayer.effect.starts_with("blocks by");
        permitted |= sublayer.effect.starts_with("the layer permits");
      }
      EXPECT_EQ(blocked, layer.decision.action == wfp::Action::block) << "seed " << seed;
      EXPECT_EQ(blocked || permitted, layer.decider != nullptr) << "seed " << seed;
      decided += layer.decider != nullptr ? 1 : 0;
    }
  }
  EXPECT_GT(decided, 400U);
}

}  // namespace
}  // namespace drydock::policy

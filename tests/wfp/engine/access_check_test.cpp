// SPDX-License-Identifier: Apache-2.0
// Conditions on users: descriptors, tokens, and filters that ask for both.
#include "wfp/engine/access_check.h"

#include <gtest/gtest.h>

#include "security.h"
#include "world.h"

namespace drydock::wfp::test {
namespace {

constexpr std::uint32_t match = 1;
constexpr std::uint8_t allow = 0;
constexpr std::uint8_t deny = 1;

TEST(SecurityDescriptor, what_is_put_together_comes_apart_again) {
  const SecurityParts parts{
      .owner = alice, .group = {}, .dacl = acl({{allow, match, bob}}), .sacl = SecurityBytes{}};
  EXPECT_EQ(parse_security(compose_security(parts)), parts);
  EXPECT_EQ(parse_security(compose_security(default_security())), default_security());
  EXPECT_EQ(parse_security(compose_security({})), SecurityParts{});
}

TEST(SecurityDescriptor, no_cut_and_no_changed_byte_is_read_beyond_its_end) {
  const SecurityBytes whole = descriptor({{allow, match, alice}, {deny, match, bob}});
  for (std::size_t size = 0; size < whole.size(); ++size) {
    // On the heap and exactly as long: a sanitizer sees any read beyond.
    const SecurityBytes cut(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size));
    EXPECT_FALSE(parse_security(cut)) << size;
  }
  const TestToken token({bob});
  for (std::size_t i = 0; i < whole.size(); ++i) {
    SecurityBytes changed = whole;
    changed[i] ^= 0xff;
    (void)may_match(changed, token.token());
  }
}

TEST(AccessCheck, the_first_entry_that_speaks_of_a_sid_of_the_token_decides) {
  const TestToken token({alice, administrators, everybody});
  const auto passes = [&](std::initializer_list<Ace> entries) {
    return may_match(descriptor(entries), token.token());
  };
  EXPECT_EQ(passes({{allow, match, alice}}), true);
  EXPECT_EQ(passes({{allow, match, everybody}}), true);
  EXPECT_EQ(passes({{allow, match, bob}}), false);
  EXPECT_EQ(passes({}), false);
  EXPECT_EQ(passes({{deny, match, alice}, {allow, match, everybody}}), false);
  EXPECT_EQ(passes({{allow, match, everybody}, {deny, match, alice}}), true);
  EXPECT_EQ(passes({{deny, 2, alice}, {allow, match, alice}}), true) << "another right";
  EXPECT_EQ(passes({{allow, 0x10000000, alice}}), true) << "GENERIC_ALL";
  EXPECT_EQ(passes({{.type = allow, .mask = match, .sid = alice, .flags = 8}}), false)
      << "for children only";
}

TEST(AccessCheck, no_list_lets_everybody_in) {
  const TestToken token({alice});
  EXPECT_EQ(may_match(compose_security({}), token.token()), true);
  EXPECT_EQ(may_match(compose_security({.dacl = SecurityBytes{}}), token.token()), true);
}

TEST(AccessCheck, disabled_and_deny_only_groups_count_for_what_they_are) {
  TestToken token({alice, administrators});
  const auto passes = [&](std::uint8_t type) {
    return may_match(descriptor({{type, match, administrators}, {allow, match, alice}}),
                     token.token());
  };
  token.set_attributes(1, 0);
  EXPECT_EQ(passes(deny), true) << "a disabled group is not denied";
  token.set_attributes(1, 0x10);
  EXPECT_EQ(passes(deny), false);
  EXPECT_EQ(may_match(descriptor({{allow, match, administrators}}), token.token()), false)
      << "nor does it grant";
}

TEST(AccessCheck, a_restricted_token_must_pass_twice) {
  const TestToken token({alice, everybody}, {bob});
  EXPECT_EQ(may_match(descriptor({{allow, match, alice}}), token.token()), false);
  EXPECT_EQ(may_match(descriptor({{allow, match, alice}, {allow, match, bob}}), token.token()),
            true);
}

TEST(AccessCheck, an_entry_that_needs_more_than_sids_is_not_guessed_at) {
  const TestToken token({alice});
  constexpr std::uint8_t conditional = 9;  // ACCESS_ALLOWED_CALLBACK_ACE_TYPE
  EXPECT_EQ(may_match(descriptor({{conditional, match, alice}}), token.token()), std::nullopt);
  EXPECT_EQ(
      may_match(descriptor({{allow, match, alice}, {conditional, match, bob}}), token.token()),
      true)
      << "decided before it";
  EXPECT_EQ(may_match(SecurityBytes{1, 2, 3}, token.token()), std::nullopt);
}

TEST(AccessCheck, tokens_are_read_from_each_type_of_value) {
  const TestToken token({alice, everybody});
  SidAndAttributes room{};
  EXPECT_EQ(token_of(token.access_information(), room)->sids.size(), 2U);
  EXPECT_EQ(token_of(token.information(), room)->sids.size(), 2U);
  ValueView one;
  one.type = DataType::sid;
  one.bytes = alice.data();
  EXPECT_EQ(may_match(descriptor({{allow, match, alice}}), *token_of(one, room)), true);
  EXPECT_FALSE(token_of(ValueView::of(std::uint32_t{1}), room));
  const BlobView small{3, alice.data()};
  ValueView cut = token.access_information();
  cut.blob = &small;
  EXPECT_FALSE(token_of(cut, room));
}

TEST(AccessCheck, a_filter_on_a_user_decides_by_the_token_that_the_packet_shows) {
  constexpr LayerId layer = LayerId::ale_auth_connect_v4;
  const auto index =
      *field_index(*find_layer(layer), field_key(layer, "FWPM_CONDITION_ALE_USER_ID"));
  Engine engine;
  FilterSpec spec = filter_spec(Action::block);
  spec.conditions = {{.field = field_key(layer, "FWPM_CONDITION_ALE_USER_ID"),
                      .value = {.type = DataType::security_descriptor,
                                .bytes = descriptor({{allow, match, alice}})}}};
  must(engine.add_filter(engine.open_session({}), spec));
  std::vector<ValueView> values(find_layer(layer)->fields.size());
  ScriptedInvoker invoker;
  const auto decide = [&](const TestToken& token) {
    values[index] = token.access_information();
    return engine.classify(layer, values, invoker);
  };
  EXPECT_EQ(decide(TestToken({alice, everybody})).action, Action::block);
  EXPECT_EQ(decide(TestToken({bob, everybody})), Decision{});
  values[index] = {};
  EXPECT_EQ(engine.classify(layer, values, invoker), Decision{}) << "nobody is not alice";
}

}  // namespace
}  // namespace drydock::wfp::test

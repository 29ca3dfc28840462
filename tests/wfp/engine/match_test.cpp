// SPDX-License-Identifier: Apache-2.0
// Conditions: which a field accepts, and which values they match.
#include "wfp/engine/match.h"

#include <gtest/gtest.h>

#include <limits>

#include "security.h"
#include "wfp/engine/filter_checks.h"
#include "world.h"

namespace drydock::wfp::test {
namespace {

using enum FwpStatus;
using M = MatchType;
using T = DataType;

constexpr Condition any_condition{"FWPM_CONDITION_TEST", {}};

Field field_of(T type, FieldKind kind = FieldKind::raw) {
  return {&any_condition, type, kind};
}

FwpStatus check(T type, M match, Value value, FieldKind kind = FieldKind::raw) {
  return check_condition(field_of(type, kind), {.field = {}, .match = match, .value = value});
}

bool holds(T type, M match, Value value, const ValueView& input, const Variants& variants = {},
           FieldKind kind = FieldKind::raw) {
  const FilterCondition condition{.field = {}, .match = match, .value = std::move(value)};
  EXPECT_EQ(check_condition(field_of(type, kind), condition), success);
  ConditionPool pool;
  const auto compiled = compile_condition(0, field_of(type, kind), condition, variants, pool);
  ScriptedInvoker invoker;
  return matches(compiled, pool, input, invoker) == Match::yes;
}

Value u16(std::uint64_t number) {
  return Value::number(T::uint16, number);
}
ValueView in16(int number) {
  return ValueView::of(static_cast<std::uint16_t>(number));
}

ValueView text(const char16_t* string) {
  ValueView view;
  view.type = T::unicode_string;
  view.string = string;
  return view;
}

TEST(ConditionCheck, a_value_of_another_type_than_the_field_is_refused) {
  EXPECT_EQ(check(T::uint16, M::equal, Value::number(T::uint32, 1)), type_mismatch);
  EXPECT_EQ(check(T::uint32, M::equal, Value::v4_mask(1, 0xffffffff)), type_mismatch);
  EXPECT_EQ(check(T::uint32, M::equal, Value::v4_mask(1, 0xffffffff), FieldKind::address), success);
  EXPECT_EQ(check(T::byte_array16, M::equal, Value::v6_mask({}, 1), FieldKind::address), success);
  EXPECT_EQ(check(T::byte_array16, M::equal, Value::v4_mask(1, 0xffffffff), FieldKind::address),
            type_mismatch);
  EXPECT_EQ(check(T::uint16, M::range, Value::range(u16(1), Value::number(T::uint32, 2))),
            type_mismatch);
  EXPECT_EQ(check(T::token_access_information, M::equal, Value::blob({})), type_mismatch);
  EXPECT_EQ(check(T::uint16, M::equal, Value{}), success);
}

TEST(ConditionCheck, an_operator_that_the_type_lacks_is_refused) {
  EXPECT_EQ(check(T::uint16, M::range, u16(1)), match_type_mismatch);
  EXPECT_EQ(check(T::uint16, M::equal, Value::range(u16(1), u16(2))), match_type_mismatch);
  EXPECT_EQ(check(T::int16, M::flags_all_set, Value::number(T::int16, 1)), match_type_mismatch);
  EXPECT_EQ(check(T::uint32, M::greater, Value::v4_mask(1, 0xffffffff), FieldKind::address),
            match_type_mismatch);
  EXPECT_EQ(check(T::uint16, M::prefix, u16(1)), match_type_mismatch);
  EXPECT_EQ(
      check(T::byte_blob, M::equal_case_insensitive, Value::blob(std::vector<std::uint8_t>{1})),
      match_type_mismatch);
  EXPECT_EQ(check(T::uint16, static_cast<M>(13), u16(1)), invalid_enumerator);
}

TEST(ConditionCheck, impossible_contents_are_refused) {
  EXPECT_EQ(check(T::uint16, M::range, Value::range(u16(2), u16(1))), invalid_range);
  EXPECT_EQ(check(T::int16, M::range,
                  Value::range(Value::number(T::int16, ~0ULL), Value::number(T::int16, 1))),
            success);
  EXPECT_EQ(check(T::byte_array16, M::equal, Value::v6_mask({}, 129), FieldKind::address),
            out_of_bounds);
  EXPECT_EQ(check(T::byte_blob, M::equal, Value::blob({})), zero_length_array);
  EXPECT_EQ(check(T::byte_array16, M::equal, Value{.type = T::byte_array16}), null_pointer);
}

TEST(ConditionMatch, numbers_compare_as_their_operator_says) {
  struct Row {
    M match;
    std::vector<int> accepted;  // of 4, 5, 6
  };
  for (const Row& row :
       {Row{M::equal, {5}}, Row{M::not_equal, {4, 6}}, Row{M::greater, {6}}, Row{M::less, {4}},
        Row{M::greater_or_equal, {5, 6}}, Row{M::less_or_equal, {4, 5}}}) {
    std::vector<int> accepted;
    for (const int number : {4, 5, 6}) {
      if (holds(T::uint16, row.match, u16(5), in16(number))) accepted.push_back(number);
    }
    EXPECT_EQ(accepted, row.accepted) << static_cast<int>(row.match);
  }
}

TEST(ConditionMatch, nothing_is_beyond_the_ends_of_a_type) {
  const std::uint64_t most = ~0ULL;
  EXPECT_FALSE(holds(T::uint64, M::greater, Value::number(T::uint64, most), ValueView::of(&most)));
  EXPECT_FALSE(
      holds(T::uint8, M::less, Value::number(T::uint8, 0), ValueView::of(std::uint8_t{0})));
}

TEST(ConditionMatch, signed_numbers_keep_their_order) {
  ValueView minus_two;
  minus_two.type = T::int32;
  minus_two.int32 = -2;
  const auto number = [](std::int64_t value) {
    return Value::number(T::int32, static_cast<std::uint64_t>(value));
  };
  EXPECT_TRUE(holds(T::int32, M::less, number(1), minus_two));
  EXPECT_TRUE(holds(T::int32, M::range, Value::range(number(-3), number(0)), minus_two));
  EXPECT_FALSE(holds(T::int32, M::greater, number(-2), minus_two));
}

TEST(ConditionMatch, only_the_bytes_of_the_type_count) {
  ValueView view = in16(5);
  view.raw |= 0xabcd0000;
  EXPECT_TRUE(holds(T::uint16, M::equal, u16(5), view));
}

TEST(ConditionMatch, flags_are_all_any_or_none_set) {
  EXPECT_TRUE(holds(T::uint16, M::flags_all_set, u16(6), in16(7)));
  EXPECT_FALSE(holds(T::uint16, M::flags_all_set, u16(6), in16(5)));
  EXPECT_TRUE(holds(T::uint16, M::flags_any_set, u16(6), in16(4)));
  EXPECT_FALSE(holds(T::uint16, M::flags_any_set, u16(6), in16(1)));
  EXPECT_TRUE(holds(T::uint16, M::flags_none_set, u16(6), in16(1)));
  EXPECT_FALSE(holds(T::uint16, M::flags_none_set, u16(6), in16(2)));
}

TEST(ConditionMatch, a_v4_network_holds_its_addresses) {
  const Value network = Value::v4_mask(0x0a010203, 0xffff0000);
  const auto in = [&](M match, std::uint32_t address) {
    return holds(T::uint32, match, network, ValueView::of(address), {}, FieldKind::address);
  };
  EXPECT_TRUE(in(M::equal, 0x0a01ffff));
  EXPECT_FALSE(in(M::equal, 0x0a02ffff));
  EXPECT_TRUE(in(M::not_equal, 0x0a02ffff));
}

TEST(ConditionMatch, a_v6_network_holds_its_addresses_to_the_bit) {
  const std::array<std::uint8_t, 16> address{0x20, 0x01, 0x0d, 0xb8, 0xff};
  const auto in = [&](int prefix_length, std::array<std::uint8_t, 16> value) {
    return holds(T::byte_array16, M::equal,
                 Value::v6_mask(address, static_cast<std::uint8_t>(prefix_length)),
                 ValueView::of_array16(value.data()), {}, FieldKind::address);
  };
  EXPECT_TRUE(in(32, {0x20, 0x01, 0x0d, 0xb8}));
  EXPECT_TRUE(in(33, {0x20, 0x01, 0x0d, 0xb8, 0x80}));
  EXPECT_FALSE(in(33, {0x20, 0x01, 0x0d, 0xb8, 0x7f}));
  EXPECT_TRUE(in(0, {}));
  EXPECT_FALSE(in(128, {0x20, 0x01, 0x0d, 0xb8}));
  EXPECT_TRUE(in(128, address));
}

TEST(ConditionMatch, sixteen_bytes_compare_in_network_order) {
  const std::array<std::uint8_t, 16> low{1, 0}, middle{1, 5}, high{2, 0};
  EXPECT_TRUE(holds(T::byte_array16, M::range,
                    Value::range(Value::array16(low), Value::array16(high)),
                    ValueView::of_array16(middle.data())));
  EXPECT_TRUE(holds(T::byte_array16, M::greater, Value::array16(middle),
                    ValueView::of_array16(high.data())));
}

TEST(ConditionMatch, blobs_compare_byte_by_byte_and_by_true_prefix) {
  const std::vector<std::uint8_t> bytes{1, 2, 3};
  const BlobView blob{3, bytes.data()};
  const auto in = [&](M match, std::vector<std::uint8_t> value) {
    return holds(T::byte_blob, match, Value::blob(value), ValueView::of_blob(&blob));
  };
  EXPECT_TRUE(in(M::equal, {1, 2, 3}));
  EXPECT_FALSE(in(M::equal, {1, 2}));
  EXPECT_TRUE(in(M::greater, {1, 2}));
  EXPECT_TRUE(in(M::less_or_equal, {1, 2, 3}));
  EXPECT_FALSE(in(M::less, {1, 2, 3}));
  EXPECT_TRUE(in(M::prefix, {1, 2}));
  EXPECT_FALSE(in(M::prefix, {2, 3}));
  EXPECT_TRUE(in(M::not_prefix, {2, 3}));
}

TEST(ConditionMatch, strings_ignore_case_on_request_and_end_in_whole_labels) {
  const auto in = [](M match, std::u16string_view value, const char16_t* input,
                     const Variants& variants = {}) {
    return holds(T::unicode_string, match, Value::string(value), text(input), variants);
  };
  EXPECT_FALSE(in(M::equal, u"Host", u"host"));
  EXPECT_TRUE(in(M::equal_case_insensitive, u"Host", u"hOST"));
  EXPECT_TRUE(in(M::prefix, u"example.com", u"www.Example.com"));
  EXPECT_TRUE(in(M::prefix, u"example.com", u"example.com"));
  EXPECT_FALSE(in(M::prefix, u"example.com", u"badexample.com"));
  EXPECT_TRUE(in(M::not_prefix, u"example.com", u"badexample.com"));
  EXPECT_TRUE(in(M::prefix, u"www", u"www.example.com", {.string_prefix_is_suffix = false}));
}

TEST(ConditionMatch, an_empty_value_matches_empty_and_is_unequal_to_all_else) {
  const ValueView nothing{};
  EXPECT_TRUE(holds(T::uint16, M::equal, {}, nothing));
  EXPECT_FALSE(holds(T::uint16, M::equal, {}, in16(0)));
  EXPECT_FALSE(holds(T::uint16, M::not_equal, {}, nothing));
  EXPECT_TRUE(holds(T::uint16, M::not_equal, {}, in16(0)));
  EXPECT_FALSE(holds(T::uint16, M::equal, u16(0), nothing));
  EXPECT_FALSE(holds(T::uint16, M::flags_none_set, u16(1), nothing));
  EXPECT_TRUE(holds(T::uint16, M::not_equal, u16(0), nothing));
  EXPECT_FALSE(
      holds(T::uint16, M::not_equal, u16(0), nothing, {.empty_satisfies_not_equal = false}));
}

TEST(ConditionMatch, a_value_of_an_unexpected_type_matches_nothing) {
  EXPECT_FALSE(holds(T::uint16, M::equal, u16(5), ValueView::of(std::uint32_t{5})));
  EXPECT_FALSE(holds(T::uint16, M::not_equal, u16(5), ValueView::of(std::uint32_t{6})));
}

TEST(ConditionMatch, a_copied_value_equals_what_was_viewed) {
  const std::uint64_t number = 0x1122334455667788;
  EXPECT_EQ(Value::copy_of(ValueView::of(&number)), Value::number(T::uint64, number));
  const std::vector<std::uint8_t> sid_bytes{1, 2, 0, 0, 0, 0, 0, 5, 1, 0, 0, 0, 2, 0, 0, 0};
  ValueView sid;
  sid.type = T::sid;
  sid.bytes = sid_bytes.data();
  EXPECT_EQ(Value::copy_of(sid), (Value{.type = T::sid, .bytes = sid_bytes}));
  const RangeView bounds{in16(1), in16(2)};
  ValueView range;
  range.type = T::range;
  range.range = &bounds;
  EXPECT_EQ(Value::copy_of(range), Value::range(u16(1), u16(2)));
  EXPECT_EQ(Value::copy_of(text(u"ab")), Value::string(u"ab"));
}

TEST(ConditionMatch, a_token_that_nobody_can_judge_makes_the_decision_inconclusive) {
  constexpr LayerId layer = LayerId::ale_auth_connect_v4;
  Engine engine;
  const SessionId session = engine.open_session({});
  FilterSpec spec = filter_spec(Action::block);
  spec.conditions = {{.field = field_key(layer, "FWPM_CONDITION_ALE_USER_ID"),
                      .value = {.type = T::security_descriptor, .bytes = marked_descriptor(3)}}};
  const FilterId id = *engine.add_filter(session, spec);
  const std::vector<std::uint8_t> token_bytes{9};
  const BlobView blob{1, token_bytes.data()};
  std::vector<ValueView> values(2);
  values[1].type = T::token_access_information;
  values[1].blob = &blob;

  ScriptedInvoker unknown;
  EXPECT_EQ(engine.classify(layer, values, unknown), (Decision{.inconclusive = true}));
  struct Judge : ScriptedInvoker {
    std::optional<bool> token_passes(std::span<const std::uint8_t> descriptor,
                                     const ValueView&) override {
      return mark_of(descriptor) == 3;
    }
  } judge;
  EXPECT_EQ(engine.classify(layer, values, judge),
            (Decision{.action = Action::block, .filter = id, .hard = true}));
}

}  // namespace
}  // namespace drydock::wfp::test

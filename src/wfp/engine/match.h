// SPDX-License-Identifier: Apache-2.0
// One condition in the form that classification evaluates: every operator on numbers and addresses
// becomes "in a range" or "equal under a mask", possibly negated; byte strings keep their operator.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "wfp/engine/classify.h"
#include "wfp/engine/layers.h"
#include "wfp/engine/objects.h"
#include "wfp/engine/variants.h"

namespace drydock::wfp {

struct CompiledCondition {
  // The first two stand for every operator on unsigned numbers, under a mask and with wrap-around:
  // (number & mask) - low <= span. The others have a low and a high bound, or one operand in low.
  enum class Test : std::uint8_t {
    number,          // 8, 16 or 32 bits, in the value itself
    pointed_number,  // 64 bits behind a pointer
    signed_range,    // the same, numbers biased to order as unsigned
    wide_range,      // low and high index ConditionPool::wide, network-order bytes as one number
    wide_prefix,     // the first `mask` bits are those of low and high, halves of a number
    bytes_range,     // low and high index ConditionPool::bytes or are `unbounded`
    string_equal_ignoring_case,
    bytes_prefix,
    string_suffix,
    token,     // low indexes a security descriptor
    is_empty,  // the value is not EMPTY, so: no, unless negated
  };
  std::uint16_t field = 0;
  Test test = Test::is_empty;
  bool negated : 1 = false;
  bool empty_matches : 1 = false;  // result for a value that is EMPTY at run time
  bool strict : 1 = false;         // bytes_range: bounds excluded
  bool last_of_group : 1 = true;
  DataType type = DataType::empty;  // of the value it can judge
  std::uint64_t mask = 0;
  std::uint64_t low = 0;
  std::uint64_t high_or_span = 0;
};
static_assert(sizeof(CompiledCondition) == 32);

// Turns the order of signed numbers into that of unsigned ones.
inline constexpr std::uint64_t signed_bias = std::uint64_t{1} << 63;

__extension__ using Wide = unsigned __int128;

inline constexpr std::uint64_t unbounded = ~std::uint64_t{0};

// What conditions refer to by index.
struct ConditionPool {
  std::vector<Wide> wide;
  std::vector<std::vector<std::uint8_t>> bytes;
};

// `condition` must have passed check_condition() for `field`.
CompiledCondition compile_condition(std::uint16_t field_position, const Field& field,
                                    const FilterCondition& condition, const Variants& variants,
                                    ConditionPool& pool);

// One answer of a test: `unknown` when a token could not be judged.
enum class Match : std::uint8_t { no, yes, unknown };

[[nodiscard]] constexpr Match as_match(bool yes) {
  return yes ? Match::yes : Match::no;
}

// Every test but those on numbers; `value` has the condition's type.
Match matches_other(const CompiledCondition& condition, const ConditionPool& pool,
                    const ValueView& value, CalloutInvoker& invoker);

// A value of neither the expected type nor EMPTY matches nothing.
inline Match matches(const CompiledCondition& condition, const ConditionPool& pool,
                     const ValueView& value, CalloutInvoker& invoker) {
  using Test = CompiledCondition::Test;
  if (value.type != condition.type) [[unlikely]] {
    return as_match(value.type == DataType::empty && condition.empty_matches);
  }
  if (condition.test > Test::pointed_number) return matches_other(condition, pool, value, invoker);
  const std::uint64_t number = condition.test == Test::number ? value.raw : *value.uint64;
  const bool yes = (number & condition.mask) - condition.low <= condition.high_or_span;
  return as_match(yes != condition.negated);
}

}  // namespace drydock::wfp

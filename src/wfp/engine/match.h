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
  enum class Test : std::uint8_t {
    number_range,  // low <= value <= high, signed values biased to order as unsigned
    number_mask,   // (value & low) == high
    wide_range,    // as above; low and high index ConditionPool::wide, network-order bytes as one
                   // number
    wide_mask,
    bytes_range,  // as above, low and high index ConditionPool::bytes or are `unbounded`
    string_equal_ignoring_case,
    bytes_prefix,
    string_suffix,
    token,     // low indexes a security descriptor
    is_empty,  // the value is not EMPTY, so: no, unless negated
  };
  std::uint16_t field = 0;
  Test test = Test::is_empty;
  bool negated = false;
  bool empty_matches = false;  // result for a value that is EMPTY at run time
  bool strict = false;         // bytes_range: bounds excluded
  bool last_of_group = true;
  DataType type = DataType::empty;  // of the value it can judge
  std::uint64_t low = 0;
  std::uint64_t high = 0;
};

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
  if (value.type == DataType::empty) return as_match(condition.empty_matches);
  if (condition.test > CompiledCondition::Test::number_mask) {
    return matches_other(condition, pool, value, invoker);
  }
  if (value.type != condition.type) return Match::no;
  std::uint64_t number = integer_bits(value);
  if (is_signed_integer(value.type)) number ^= signed_bias;
  const bool yes = condition.test == CompiledCondition::Test::number_range
                       ? number >= condition.low && number <= condition.high
                       : (number & condition.low) == condition.high;
  return as_match(yes != condition.negated);
}

}  // namespace drydock::wfp

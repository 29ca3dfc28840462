// SPDX-License-Identifier: Apache-2.0
#include "wfp/engine/match.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <limits>
#include <string_view>

namespace drydock::wfp {
namespace {

using Test = CompiledCondition::Test;
using Bytes = std::span<const std::uint8_t>;

constexpr std::uint64_t most = std::numeric_limits<std::uint64_t>::max();

Wide wide_of(Bytes network_order) {
  if (network_order.size() == 16) {
    std::uint64_t halves[2];
    std::memcpy(halves, network_order.data(), sizeof halves);
    return Wide{std::byteswap(halves[0])} << 64 | std::byteswap(halves[1]);
  }
  Wide number = 0;
  for (const std::uint8_t byte : network_order) number = number << 8 | byte;
  return number;
}

Wide wide_mask(unsigned prefix_length) {
  return prefix_length == 0 ? 0 : ~Wide{0} << (128 - prefix_length);
}

std::u16string_view text_of(Bytes bytes) {
  return {reinterpret_cast<const char16_t*>(bytes.data()), bytes.size() / 2};
}

char16_t folded(char16_t unit) {
  return unit >= u'A' && unit <= u'Z' ? static_cast<char16_t>(unit + 32) : unit;
}

bool equal_ignoring_case(std::u16string_view a, std::u16string_view b) {
  return std::ranges::equal(a, b, {}, folded, folded);
}

// E-12: "example.com" is the end of "www.Example.com" but not of "badexample.com".
bool ends_with_labels(std::u16string_view name, std::u16string_view suffix) {
  if (name.size() < suffix.size()) return false;
  const std::size_t rest = name.size() - suffix.size();
  if (!equal_ignoring_case(name.substr(rest), suffix)) return false;
  return rest == 0 || suffix.empty() || suffix.front() == u'.' || name[rest - 1] == u'.';
}

int compare(DataType type, Bytes a, Bytes b) {
  if (type == DataType::unicode_string) return text_of(a).compare(text_of(b));
  const auto order = std::lexicographical_compare_three_way(a.begin(), a.end(), b.begin(), b.end());
  return order < 0 ? -1 : order > 0 ? 1 : 0;
}

bool in_bytes_range(const CompiledCondition& condition, const ConditionPool& pool, Bytes value) {
  const int margin = condition.strict ? 1 : 0;
  if (condition.low != unbounded &&
      compare(condition.type, value, pool.bytes[condition.low]) < margin) {
    return false;
  }
  return condition.high_or_span == unbounded ||
         compare(condition.type, value, pool.bytes[condition.high_or_span]) <= -margin;
}

std::uint64_t keep(ConditionPool& pool, Wide number) {
  pool.wide.push_back(number);
  return pool.wide.size() - 1;
}

std::uint64_t keep(ConditionPool& pool, Bytes bytes) {
  pool.bytes.emplace_back(bytes.begin(), bytes.end());
  return pool.bytes.size() - 1;
}

std::uint64_t width_mask(DataType type) {
  switch (type) {
    case DataType::uint8:
      return 0xff;
    case DataType::uint16:
      return 0xffff;
    case DataType::uint32:
      return 0xffffffff;
    default:
      return most;
  }
}

// (number & mask) == wanted.
void compile_mask(CompiledCondition& out, std::uint64_t mask, std::uint64_t wanted) {
  out.mask = mask;
  out.low = wanted;
  out.high_or_span = 0;
}

// low <= number <= high.
void compile_interval(CompiledCondition& out, std::uint64_t low, std::uint64_t high) {
  out.mask = width_mask(out.type);
  out.low = low;
  out.high_or_span = high - low;
}

void compile_never(CompiledCondition& out) {
  compile_mask(out, 0, 1);
}

void compile_number(CompiledCondition& out, MatchType match, const Value& value) {
  const std::uint64_t bias = is_signed_integer(out.type) ? signed_bias : 0;
  const bool pointed = out.type == DataType::uint64;
  out.test = bias ? Test::signed_range : pointed ? Test::pointed_number : Test::number;
  const std::uint64_t number = value.bits ^ bias;
  switch (match) {
    case MatchType::greater:
      return number == most ? compile_never(out) : compile_interval(out, number + 1, most);
    case MatchType::less:
      return number == 0 ? compile_never(out) : compile_interval(out, 0, number - 1);
    case MatchType::greater_or_equal:
      return compile_interval(out, number, most);
    case MatchType::less_or_equal:
      return compile_interval(out, 0, number);
    case MatchType::range:
      return compile_interval(out, value.bounds[0].bits ^ bias, value.bounds[1].bits ^ bias);
    case MatchType::flags_all_set:
      return compile_mask(out, number, number);
    case MatchType::flags_any_set:
      out.negated = true;
      return compile_mask(out, number, 0);
    case MatchType::flags_none_set:
      return compile_mask(out, number, 0);
    default:
      return compile_interval(out, number, number);
  }
}

struct WideBounds {
  Wide low;
  Wide high;
};

WideBounds wide_bounds(MatchType match, Wide number) {
  const Wide top = ~Wide{0};
  switch (match) {
    case MatchType::greater:
      return number == top ? WideBounds{1, 0} : WideBounds{number + 1, top};
    case MatchType::less:
      return number == 0 ? WideBounds{1, 0} : WideBounds{0, number - 1};
    case MatchType::greater_or_equal:
      return {number, top};
    case MatchType::less_or_equal:
      return {0, number};
    default:
      return {number, number};
  }
}

void compile_wide(CompiledCondition& out, MatchType match, const Value& value,
                  ConditionPool& pool) {
  const bool whole = match == MatchType::equal || match == MatchType::not_equal;
  if (value.type == DataType::v6_addr_mask || whole) {
    out.test = Test::wide_prefix;
    out.mask = value.type == DataType::v6_addr_mask ? value.bits : 128;
    const Wide number = wide_of(value.bytes) & wide_mask(static_cast<unsigned>(out.mask));
    out.low = static_cast<std::uint64_t>(number >> 64);
    out.high_or_span = static_cast<std::uint64_t>(number);
    return;
  }
  out.test = Test::wide_range;
  const WideBounds bounds = match == MatchType::range ? WideBounds{wide_of(value.bounds[0].bytes),
                                                                   wide_of(value.bounds[1].bytes)}
                                                      : wide_bounds(match, wide_of(value.bytes));
  out.low = keep(pool, bounds.low);
  out.high_or_span = keep(pool, bounds.high);
}

void compile_bytes_bounds(CompiledCondition& out, MatchType match, const Value& value,
                          ConditionPool& pool) {
  out.test = Test::bytes_range;
  out.strict = match == MatchType::greater || match == MatchType::less;
  const bool range = match == MatchType::range;
  const bool above = match == MatchType::greater || match == MatchType::greater_or_equal;
  const bool below = match == MatchType::less || match == MatchType::less_or_equal;
  out.low = below ? unbounded : keep(pool, Bytes(range ? value.bounds[0].bytes : value.bytes));
  out.high_or_span =
      above ? unbounded : keep(pool, Bytes(range ? value.bounds[1].bytes : value.bytes));
}

void compile_bytes(CompiledCondition& out, MatchType match, const Value& value,
                   const Variants& variants, ConditionPool& pool) {
  const bool text = out.type == DataType::unicode_string;
  switch (match) {
    case MatchType::equal_case_insensitive:
      out.test = Test::string_equal_ignoring_case;
      out.low = keep(pool, Bytes(value.bytes));
      return;
    case MatchType::prefix:
    case MatchType::not_prefix:
      out.test =
          text && variants.string_prefix_is_suffix ? Test::string_suffix : Test::bytes_prefix;
      out.low = keep(pool, Bytes(value.bytes));
      return;
    default:
      compile_bytes_bounds(out, match, value, pool);
  }
}

void compile_v4_mask(CompiledCondition& out, std::uint64_t bits) {
  const std::uint64_t mask = bits >> 32;
  out.test = Test::number;
  compile_mask(out, mask, bits & mask);
}

}  // namespace

CompiledCondition compile_condition(std::uint16_t field_position, const Field& field,
                                    const FilterCondition& condition, const Variants& variants,
                                    ConditionPool& pool) {
  const Value& value = condition.value;
  CompiledCondition out{.field = field_position, .type = field.type};
  if (value.type == DataType::empty) {
    out.test = Test::is_empty;
    out.empty_matches = condition.match == MatchType::equal;
  } else if (value.type == DataType::security_descriptor) {
    out.test = Test::token;
    out.low = keep(pool, Bytes(value.bytes));
  } else if (value.type == DataType::v4_addr_mask) {
    compile_v4_mask(out, value.bits);
  } else if (is_integer(field.type)) {
    compile_number(out, condition.match, value);
  } else if (field.type == DataType::byte_array16 || field.type == DataType::byte_array6) {
    compile_wide(out, condition.match, value, pool);
  } else {
    compile_bytes(out, condition.match, value, variants, pool);
  }
  if (condition.match == MatchType::not_equal) {
    out.negated = true;
    if (value.type != DataType::empty) out.empty_matches = variants.empty_satisfies_not_equal;
  }
  if (condition.match == MatchType::not_prefix) out.negated = true;
  return out;
}

Match matches_other(const CompiledCondition& condition, const ConditionPool& pool,
                    const ValueView& value, CalloutInvoker& invoker) {
  if (condition.test == Test::is_empty) return as_match(condition.negated);
  const Bytes bytes = bytes_of(value);
  bool yes = false;
  switch (condition.test) {
    case Test::signed_range: {
      const std::uint64_t number = integer_bits(value) ^ signed_bias;
      yes = (number & condition.mask) - condition.low <= condition.high_or_span;
      break;
    }
    case Test::wide_range: {
      const Wide number = wide_of(bytes);
      yes = number >= pool.wide[condition.low] && number <= pool.wide[condition.high_or_span];
      break;
    }
    case Test::wide_prefix:
      yes = (wide_of(bytes) & wide_mask(static_cast<unsigned>(condition.mask))) ==
            (Wide{condition.low} << 64 | condition.high_or_span);
      break;
    case Test::bytes_range:
      yes = in_bytes_range(condition, pool, bytes);
      break;
    case Test::string_equal_ignoring_case:
      yes = equal_ignoring_case(text_of(bytes), text_of(pool.bytes[condition.low]));
      break;
    case Test::bytes_prefix: {
      const Bytes prefix = pool.bytes[condition.low];
      yes = bytes.size() >= prefix.size() && std::ranges::equal(bytes.first(prefix.size()), prefix);
      break;
    }
    case Test::string_suffix:
      yes = ends_with_labels(text_of(bytes), text_of(pool.bytes[condition.low]));
      break;
    case Test::token: {
      const auto passes = invoker.token_passes(pool.bytes[condition.low], value);
      return passes ? as_match(*passes) : Match::unknown;
    }
    default:
      break;
  }
  return as_match(yes != condition.negated);
}

}  // namespace drydock::wfp

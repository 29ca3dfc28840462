// SPDX-License-Identifier: Apache-2.0
#include "wfp/engine/overlap.h"

#include <algorithm>
#include <bit>
#include <optional>
#include <vector>

namespace drydock::wfp {
namespace {

__extension__ using Number = unsigned __int128;
constexpr Number sign_bit = Number{1} << 63;

struct Interval {
  Number low;
  Number high;  // included
};

// What the conditions on one field let in.
struct FieldSet {
  std::vector<const FilterCondition*> conditions;
  std::vector<Interval> intervals;  // sorted, apart from each other
  bool known = true;                // else the intervals mean nothing
};

Number top_of(DataType type) {
  switch (type) {
    case DataType::uint8:
      return 0xff;
    case DataType::uint16:
      return 0xffff;
    case DataType::uint32:
      return 0xffffffff;
    case DataType::byte_array6:
      return (Number{1} << 48) - 1;
    case DataType::byte_array16:
      return ~Number{0};
    default:
      return ~std::uint64_t{0};
  }
}

std::optional<Number> number_of(const Value& value) {
  if (is_signed_integer(value.type)) return value.bits ^ sign_bit;
  if (is_integer(value.type)) return value.bits;
  if (value.type != DataType::byte_array16 && value.type != DataType::byte_array6)
    return std::nullopt;
  Number number = 0;
  for (const std::uint8_t byte : value.bytes) number = number << 8 | byte;
  return number;
}

std::vector<Interval> outside_of(Interval interval, Number top) {
  std::vector<Interval> outside;
  if (interval.low > 0) outside.push_back({0, interval.low - 1});
  if (interval.high < top) outside.push_back({interval.high + 1, top});
  return outside;
}

std::optional<Interval> masked(const Value& value, Number top) {
  if (value.type == DataType::v6_addr_mask) {
    const Number open = value.bits == 0 ? ~Number{0} : ~(~Number{0} << (128 - value.bits));
    Number address = 0;
    for (const std::uint8_t byte : value.bytes) address = address << 8 | byte;
    return Interval{address & ~open, address | open};
  }
  const auto mask = static_cast<std::uint32_t>(value.bits >> 32);
  const bool contiguous = std::popcount(mask) + std::countr_zero(mask) == 32 || mask == 0;
  if (!contiguous) return std::nullopt;
  const std::uint64_t network = value.bits & mask;
  return Interval{network, network | (~mask & top)};
}

std::optional<Interval> interval_of(const FilterCondition& condition, Number top) {
  const Value& value = condition.value;
  if (value.type == DataType::v4_addr_mask || value.type == DataType::v6_addr_mask)
    return masked(value, top);
  if (value.type == DataType::range) {
    const auto low = number_of(value.bounds[0]);
    const auto high = number_of(value.bounds[1]);
    return low && high ? std::optional(Interval{*low, *high}) : std::nullopt;
  }
  const auto number = number_of(value);
  if (!number) return std::nullopt;
  return Interval{*number, *number};
}

// Nothing: this condition is no set of numbers.
std::optional<std::vector<Interval>> intervals_of(const Field& field,
                                                  const FilterCondition& condition) {
  using Intervals = std::vector<Interval>;
  const Number top = top_of(field.type);
  const auto interval = interval_of(condition, top);
  if (!interval) return std::nullopt;
  switch (condition.match) {
    case MatchType::equal:
    case MatchType::range:
      return Intervals{*interval};
    case MatchType::not_equal:
      return outside_of(*interval, top);
    case MatchType::greater:
      return interval->high == top ? Intervals{} : Intervals{{interval->high + 1, top}};
    case MatchType::greater_or_equal:
      return Intervals{{interval->low, top}};
    case MatchType::less:
      return interval->low == 0 ? Intervals{} : Intervals{{0, interval->low - 1}};
    case MatchType::less_or_equal:
      return Intervals{{0, interval->high}};
    default:
      return std::nullopt;
  }
}

void merge(std::vector<Interval>& intervals) {
  std::ranges::sort(intervals, {}, &Interval::low);
  std::vector<Interval> merged;
  for (const Interval& next : intervals) {
    const bool joins =
        !merged.empty() && (next.low <= merged.back().high || next.low - 1 == merged.back().high);
    if (joins) {
      merged.back().high = std::max(merged.back().high, next.high);
    } else {
      merged.push_back(next);
    }
  }
  intervals = std::move(merged);
}

FieldSet set_of(const Field& field, Conditions conditions) {
  FieldSet set;
  for (const FilterCondition& condition : conditions) {
    if (condition.field != field.condition->key) continue;
    set.conditions.push_back(&condition);
    const auto intervals = intervals_of(field, condition);
    set.known &= intervals.has_value();
    if (intervals) set.intervals.insert(set.intervals.end(), intervals->begin(), intervals->end());
  }
  merge(set.intervals);
  return set;
}

bool same(const FilterCondition& a, const FilterCondition& b) {
  return a.match == b.match && a.value == b.value;
}

// Two demands for one value each, and not for the same.
bool exclude_each_other(const FilterCondition& a, const FilterCondition& b) {
  return a.match == MatchType::equal && b.match == MatchType::equal &&
         a.value.type == b.value.type && a.value.type != DataType::security_descriptor &&
         a.value != b.value;
}

bool set_contains(const FieldSet& outer, const FieldSet& inner) {
  if (!outer.known || !inner.known) {
    return std::ranges::all_of(inner.conditions, [&](const FilterCondition* one) {
      return std::ranges::any_of(outer.conditions,
                                 [&](const FilterCondition* other) { return same(*one, *other); });
    });
  }
  return std::ranges::all_of(inner.intervals, [&](const Interval& one) {
    return std::ranges::any_of(outer.intervals, [&](const Interval& other) {
      return other.low <= one.low && one.high <= other.high;
    });
  });
}

bool sets_overlap(const FieldSet& first, const FieldSet& second) {
  if (!first.known || !second.known) {
    return std::ranges::any_of(first.conditions, [&](const FilterCondition* one) {
      return std::ranges::any_of(second.conditions, [&](const FilterCondition* other) {
        return !exclude_each_other(*one, *other);
      });
    });
  }
  return std::ranges::any_of(first.intervals, [&](const Interval& one) {
    return std::ranges::any_of(second.intervals, [&](const Interval& other) {
      return one.low <= other.high && other.low <= one.high;
    });
  });
}

}  // namespace

bool contains(const Layer& layer, Conditions outer, Conditions inner) {
  return std::ranges::all_of(layer.fields, [&](const Field& field) {
    const FieldSet demanded = set_of(field, outer);
    if (demanded.conditions.empty()) return true;
    const FieldSet offered = set_of(field, inner);
    return !offered.conditions.empty() && set_contains(demanded, offered);
  });
}

bool overlap(const Layer& layer, Conditions first, Conditions second) {
  return std::ranges::all_of(layer.fields, [&](const Field& field) {
    const FieldSet one = set_of(field, first);
    const FieldSet other = set_of(field, second);
    return one.conditions.empty() || other.conditions.empty() || sets_overlap(one, other);
  });
}

}  // namespace drydock::wfp

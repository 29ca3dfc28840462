// SPDX-License-Identifier: Apache-2.0
#include "wfp/engine/index/lanes.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "wfp/engine/match.h"

namespace drydock::wfp::index {
namespace {

unsigned bits_of(DataType type) {
  switch (type) {
    case DataType::byte_blob:
    case DataType::sid:
    case DataType::unicode_string:
      return 32;  // their hash
    case DataType::byte_array6:
      return 0;  // no lanes
    default:
      return width_in_bits(type);
  }
}

unsigned lanes_of(DataType type) {
  return (bits_of(type) + 15) / 16;
}

bool is_hashed(DataType type) {
  return type == DataType::byte_blob || type == DataType::sid || type == DataType::unicode_string;
}

Wide top_of(unsigned bits) {
  return bits == 128 ? ~Wide{0} : (Wide{1} << bits) - 1;
}

// What one condition accepts among known values of its field.
struct Accepted {
  enum class Kind : std::uint8_t {
    interval,
    never,
    unclear,  // anything, perhaps EMPTY too
  };
  Kind kind = Kind::unclear;
  Wide low = 0;
  Wide high = 0;
  bool exact = true;
};

constexpr Accepted never{.kind = Accepted::Kind::never};
constexpr Accepted unclear{};

Accepted interval(Wide low, Wide high, bool exact = true) {
  return {.kind = Accepted::Kind::interval, .low = low, .high = high, .exact = exact};
}

Accepted under_mask(Wide address, Wide mask, unsigned bits) {
  const Wide free = top_of(bits) & ~mask;
  const bool is_prefix = (free & (free + 1)) == 0;
  return interval(address & mask, (address & mask) | free, is_prefix);
}

std::optional<Wide> number_of(const Value& value, DataType type) {
  const unsigned bits = bits_of(type);
  if (value.type != type) return std::nullopt;
  if (type == DataType::byte_array16) {
    if (value.bytes.size() != 16) return std::nullopt;
    Wide number = 0;
    for (const std::uint8_t byte : value.bytes) number = number << 8 | byte;
    return number;
  }
  if (is_signed_integer(type)) {
    return (Wide{value.bits} ^ Wide{1} << (bits - 1)) & top_of(bits);
  }
  if (Wide{value.bits} > top_of(bits)) return std::nullopt;
  return value.bits;
}

Accepted by_order(MatchType match, Wide number, Wide top) {
  switch (match) {
    case MatchType::equal:
      return interval(number, number);
    case MatchType::greater:
      return number == top ? never : interval(number + 1, top);
    case MatchType::less:
      return number == 0 ? never : interval(0, number - 1);
    case MatchType::greater_or_equal:
      return interval(number, top);
    case MatchType::less_or_equal:
      return interval(0, number);
    case MatchType::flags_all_set:
      return interval(number, top, number == 0);
    case MatchType::flags_none_set:
      return interval(0, top & ~number, number == 0);
    case MatchType::flags_any_set:
      return number == 0 ? never : interval(number & -number, top, false);
    default:
      return unclear;
  }
}

Accepted accepted_by(const FilterCondition& condition, DataType type) {
  const Value& value = condition.value;
  if (is_hashed(type)) {
    if (condition.match != MatchType::equal || value.type != type) return unclear;
    const Wide hash = hash_of(value.bytes);
    return interval(hash, hash, false);
  }
  const unsigned bits = bits_of(type);
  if (value.type == DataType::v4_addr_mask || value.type == DataType::v6_addr_mask) {
    if (condition.match != MatchType::equal) return unclear;
    if (value.type == DataType::v4_addr_mask) {
      return under_mask(value.bits & 0xffffffff, value.bits >> 32, bits);
    }
    if (value.bits > 128 || value.bytes.size() != 16) return unclear;
    Value address = value;
    address.type = type;
    const Wide mask = value.bits == 0 ? 0 : ~Wide{0} << (128 - value.bits);
    return under_mask(*number_of(address, type), mask, bits);
  }
  if (value.type == DataType::range) {
    if (condition.match != MatchType::range || value.bounds.size() != 2) return unclear;
    const auto low = number_of(value.bounds[0], type);
    const auto high = number_of(value.bounds[1], type);
    if (!low || !high) return unclear;
    return *low > *high ? never : interval(*low, *high);
  }
  const auto number = number_of(value, type);
  return number ? by_order(condition.match, *number, top_of(bits)) : unclear;
}

// What the conditions on one field accept together: one of several intervals.
struct Group {
  bool restricts = false;
  bool exact = true;
  std::vector<Accepted> choices = {};
};

Group group_of(const Filter& filter, const Field& field, bool not_equal_stands_alone) {
  Group group;
  bool anything = false;
  bool any = false;
  for (const FilterCondition& condition : filter.spec.conditions) {
    if (condition.field != field.condition->key) continue;
    const Accepted accepted = accepted_by(condition, field.type);
    if (accepted.kind == Accepted::Kind::unclear || !accepted.exact) group.exact = false;
    // A further restriction, which the filter's own conditions check.
    if (not_equal_stands_alone && condition.match == MatchType::not_equal) continue;
    any = true;
    if (accepted.kind == Accepted::Kind::unclear) anything = true;
    if (accepted.kind == Accepted::Kind::interval) group.choices.push_back(accepted);
  }
  group.restricts = any && !anything;
  return group;
}

Accepted hull_of(std::span<const Accepted> choices) {
  Accepted hull = choices.front();
  for (const Accepted& choice : choices) {
    hull.low = std::min(hull.low, choice.low);
    hull.high = std::max(hull.high, choice.high);
  }
  return hull;
}

// The smallest interval around one that is a prefix: all numbers that begin alike.
Interval prefix_around(const Interval& interval) {
  const auto free = static_cast<std::uint16_t>(
      (1U << std::bit_width(static_cast<unsigned>(interval.low ^ interval.high))) - 1);
  return {static_cast<std::uint16_t>(interval.low & ~free),
          static_cast<std::uint16_t>(interval.high | free)};
}

// Writes an interval of a number as one interval in each of its lanes. False: they accept more,
// because only some intervals are products of such intervals.
bool put_interval(Box& box, unsigned lane, DataType type, const Accepted& accepted) {
  const unsigned count = lanes_of(type);
  for (unsigned i = 0; i < count; ++i) {
    const unsigned below = 16 * (count - 1 - i);
    const Interval interval{static_cast<std::uint16_t>(accepted.low >> below),
                            static_cast<std::uint16_t>(accepted.high >> below)};
    Interval& own = box[lane + lane_in_field(count, i)];
    // Blocks compare addresses as prefixes.
    own = type == DataType::byte_array16 ? prefix_around(interval) : interval;
    if (interval.low == interval.high) continue;
    const Wide rest = top_of(below);
    return own == interval && (accepted.low & rest) == 0 && (accepted.high & rest) == rest;
  }
  return true;
}

}  // namespace

std::uint32_t hash_of(std::span<const std::uint8_t> bytes) {
  std::uint64_t hash = 0xcbf29ce484222325;
  for (const std::uint8_t byte : bytes) hash = (hash ^ byte) * 0x100000001b3;
  return static_cast<std::uint32_t>(hash ^ hash >> 32);
}

// As read(), with values missing at the end.
void LaneLayout::read_short(std::span<const ValueView> values, Key& key) const {
  key.words = signs_;
  const Step* step = steps_.data();
  for (unsigned i = 0; i < words_; ++i) {
    for (; step != steps_.data() + ends_[i]; ++step) {
      if (step->field >= values.size()) continue;
      key.words[i] ^= number_in(values[step->field], step->bytes) << step->shift;
    }
  }
  for (const Laid& laid : others_) {
    if (laid.field >= values.size() || values[laid.field].type != laid.type ||
        values[laid.field].raw == 0) {
      continue;
    }
    read_other(laid, values[laid.field], key);
  }
  key.known = false;
}

void LaneLayout::read_others(std::span<const ValueView> values, Key& key) const {
  for (const Laid& laid : std::span(others_).subspan(addresses_)) {
    const ValueView& value = values[laid.field];
    if (value.type == laid.type && value.raw != 0) [[likely]] {
      read_other(laid, value, key);
    } else {
      key.known = false;
    }
  }
}

void LaneLayout::read_other(const Laid& laid, const ValueView& value, Key& key) {
  std::uint64_t& word = key.words[laid.lane / 4];
  if (laid.type == DataType::byte_array16) {
    word = lanes_of_bytes(value.bytes);
    key.words[laid.lane / 4 + 1] = lanes_of_bytes(value.bytes + 8);
  } else if (laid.type == DataType::uint64) {
    word = integer_bits(value);
  } else if (laid.type == DataType::int64) {
    word = integer_bits(value) ^ std::uint64_t{1} << 63;
  } else {
    word |= std::uint64_t{hash_of(bytes_of(value))} << laid.lane % 4 * 16;
  }
}

LaneLayout::LaneLayout(const Layer& layer, const Variants& variants)
    : layer_(&layer),
      not_equal_stands_alone_(variants.not_equal_in_group ==
                              Variants::NotEqualInGroup::and_with_others) {
  for (std::size_t field = 0; field < layer.fields.size(); ++field) {
    if (lanes_of(layer.fields[field].type) == 0) continue;
    counted_.push_back({.field = static_cast<std::uint16_t>(field), .filters = 0});
  }
}

void LaneLayout::count(const Filter& filter) {
  ++filters_;
  for (Counted& entry : counted_) {
    const Group group = group_of(filter, layer_->fields[entry.field], not_equal_stands_alone_);
    if (group.restricts) ++entry.filters;
  }
}

void LaneLayout::choose() {
  std::erase_if(counted_, [](const Counted& entry) { return entry.filters == 0; });
  std::ranges::sort(counted_, {},
                    [](const Counted& entry) { return std::pair(~entry.filters, entry.field); });
  const auto is_address = [&](const Counted& entry) {
    return layer_->fields[entry.field].type == DataType::byte_array16;
  };
  if (std::ranges::any_of(counted_, is_address)) format_ = Format::wide;
  std::vector<std::uint16_t> chosen;
  unsigned addresses = 0;
  unsigned used = 0;
  for (const Counted& entry : counted_) {
    const unsigned wanted = lanes_of(layer_->fields[entry.field].type);
    if (is_address(entry)) {
      if (++addresses <= wide_lanes / wanted) chosen.push_back(entry.field);
      continue;
    }
    if (used + wanted > (format_ == Format::wide ? narrow_lanes : long_lanes)) continue;
    // Longer candidates cost every classification: the field must be worth it.
    if (used + wanted > short_lanes && entry.filters * 16 < filters_) continue;
    chosen.push_back(entry.field);
    used += wanted;
  }
  if (format_ == Format::pairs && used > short_lanes) format_ = Format::long_;
  place(std::move(chosen));
  plan();
}

void LaneLayout::place(std::vector<std::uint16_t> fields) {
  const auto count = [&](std::uint16_t field) { return lanes_of(layer_->fields[field].type); };
  std::ranges::sort(fields, {},
                    [&](std::uint16_t field) { return std::pair(~count(field), field); });
  unsigned lane = 0;
  for (const std::uint16_t field : fields) {
    const DataType type = layer_->fields[field].type;
    if (format_ == Format::wide && type != DataType::byte_array16) {
      lane = std::max(lane, wide_lanes);
    }
    laid_.push_back({.field = field,
                     .lane = static_cast<std::uint8_t>(lane),
                     .count = static_cast<std::uint8_t>(count(field)),
                     .type = type});
    lane += count(field);
  }
  lanes_ = format_ == Format::wide ? std::max(lane, wide_lanes) : lane;
}

void LaneLayout::plan() {
  for (const Laid& laid : laid_) {
    fewest_values_ = std::max<std::size_t>(fewest_values_, laid.field + 1U);
    if (laid.count > 2 || is_hashed(laid.type)) {
      others_.push_back(laid);
      continue;
    }
    const unsigned bits = bits_of(laid.type);
    steps_.push_back({.type = laid.type,
                      .field = laid.field,
                      .shift = static_cast<std::uint8_t>(laid.lane % 4 * 16),
                      .bytes = static_cast<std::uint8_t>(bits / 8)});
    ++ends_[laid.lane / 4];
    if (is_signed_integer(laid.type)) {
      signs_[laid.lane / 4] |= std::uint64_t{1} << (laid.lane % 4 * 16 + bits - 1);
    }
  }
  for (std::size_t i = 1; i < ends_.size(); ++i) ends_[i] += ends_[i - 1];
  addresses_ =
      static_cast<std::size_t>(std::ranges::count(others_, DataType::byte_array16, &Laid::type));
  words_ = format_ == Format::pairs ? 2 : format_ == Format::long_ ? 4 : most_lanes / 4;
}

Boxes LaneLayout::boxes_of(const Filter& filter) const {
  Boxes result{.boxes = {Box{}}};
  std::size_t tested = 0;  // conditions on fields that have lanes
  for (const Laid& laid : laid_) {
    const Field& field = layer_->fields[laid.field];
    tested += static_cast<std::size_t>(
        std::ranges::count(filter.spec.conditions, field.condition->key, &FilterCondition::field));
    Group group = group_of(filter, field, not_equal_stands_alone_);
    if (!group.exact) result.exact = false;
    if (!group.restricts) continue;
    if (group.choices.empty()) return {};
    if (result.boxes.size() * group.choices.size() > most_boxes) {
      group.choices = {hull_of(group.choices)};
      result.exact = false;
    }
    std::vector<Box> product;
    for (const Box& box : result.boxes) {
      for (const Accepted& choice : group.choices) {
        product.push_back(box);
        if (!put_interval(product.back(), laid.lane, laid.type, choice)) {
          result.exact = false;
        }
      }
    }
    result.boxes = std::move(product);
  }
  if (tested != filter.spec.conditions.size()) result.exact = false;
  return result;
}

}  // namespace drydock::wfp::index

// SPDX-License-Identifier: Apache-2.0
#include "wfp/engine/weight.h"

#include <algorithm>
#include <array>
#include <bit>

namespace drydock::wfp {
namespace {

constexpr std::uint64_t top = (std::uint64_t{1} << 60) - 1;
constexpr std::uint64_t full_precision = 128;

// Who or where outranks how, how outranks circumstances.
std::uint64_t importance(const Field& field) {
  const std::uint64_t unit = std::uint64_t{1} << 44;
  if (field.kind == FieldKind::address) return 8 * unit;
  switch (field.type) {
    case DataType::byte_blob:
    case DataType::sid:
    case DataType::token_information:
    case DataType::token_access_information:
      return 6 * unit;
    case DataType::uint16:
      return 4 * unit;
    case DataType::uint8:
      return 2 * unit;
    default:
      return unit;
  }
}

// Bits of the field that a range leaves open, counted from its size.
unsigned open_bits(const Value& range) {
  if (range.bounds[0].bytes.empty()) {
    return static_cast<unsigned>(std::bit_width(range.bounds[1].bits - range.bounds[0].bits));
  }
  const auto& low = range.bounds[0].bytes;
  const auto& high = range.bounds[1].bytes;
  const auto apart = std::ranges::mismatch(low, high).in1 - low.begin();
  return 8 * static_cast<unsigned>(low.size() - apart);
}

std::uint64_t share(unsigned fixed_bits, unsigned width) {
  return full_precision * std::min(fixed_bits, width) / width;
}

// Exact, then masks by prefix length and ranges by size, then flags, then exclusions.
std::uint64_t precision(const Field& field, const FilterCondition& condition) {
  constexpr unsigned of_the_others = 64;  // blobs, texts and what else has no width
  const unsigned fixed = width_in_bits(field.type);
  const unsigned width = fixed != 0 ? fixed : of_the_others;
  if (condition.match == MatchType::not_equal || condition.match == MatchType::not_prefix) return 1;
  switch (condition.value.type) {
    case DataType::v4_addr_mask:
      return std::max<std::uint64_t>(1, share(std::popcount(condition.value.bits >> 32), width));
    case DataType::v6_addr_mask:
      return std::max<std::uint64_t>(1, share(static_cast<unsigned>(condition.value.bits), width));
    case DataType::range:
      return std::max<std::uint64_t>(
          2, share(width - std::min(width, open_bits(condition.value)), width));
    default:
      break;
  }
  if (condition.match == MatchType::equal || condition.match == MatchType::equal_case_insensitive) {
    return full_precision;
  }
  return 8;
}

}  // namespace

std::uint64_t automatic_weight(const Layer& layer, std::span<const FilterCondition> conditions,
                               Variants::AutoWeight rule) {
  std::array<std::uint64_t, 64> best{};
  for (const FilterCondition& condition : conditions) {
    const auto index = field_index(layer, condition.field);
    if (!index) continue;
    const Field& field = layer.fields[*index];
    if (rule == Variants::AutoWeight::restricted_fields) {
      best[*index] = 1;
      continue;
    }
    best[*index] = std::max(best[*index], importance(field) * precision(field, condition));
  }
  std::uint64_t sum = 0;
  for (const std::uint64_t part : best) sum = std::min(top, sum + part);
  return sum;
}

std::uint64_t effective_weight(const Value& requested, const Layer& layer,
                               std::span<const FilterCondition> conditions,
                               Variants::AutoWeight rule) {
  if (requested.type == DataType::uint64) return requested.bits;
  const std::uint64_t computed = automatic_weight(layer, conditions, rule);
  return requested.type == DataType::uint8 ? requested.bits << 60 | computed : computed;
}

}  // namespace drydock::wfp

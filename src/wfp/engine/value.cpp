// SPDX-License-Identifier: Apache-2.0
#include "wfp/engine/value.h"

#include <string>
#include <utility>

namespace drydock::wfp {
namespace {

// Revision, count of sub-authorities, six bytes of authority, then four bytes each.
std::size_t sid_size(const std::uint8_t* sid) {
  return 8 + 4 * std::size_t{sid[1]};
}

std::span<const std::uint8_t> blob_bytes(const BlobView* blob) {
  if (!blob || !blob->data) return {};
  return {blob->data, blob->size};
}

std::span<const std::uint8_t> string_bytes(const char16_t* text) {
  const auto* bytes = reinterpret_cast<const std::uint8_t*>(text);
  return {bytes, 2 * std::char_traits<char16_t>::length(text)};
}

Value copy_of_range(const RangeView* range) {
  if (!range) return Value{.type = DataType::range};
  return Value::range(Value::copy_of(range->low), Value::copy_of(range->high));
}

Value copy_of_v6_mask(const V6AddressMask* mask) {
  return mask ? Value::v6_mask(mask->address, mask->prefix_length) : Value::v6_mask({}, 0);
}

Value copy_of_v4_mask(const V4AddressMask* mask) {
  return mask ? Value::v4_mask(mask->address, mask->mask) : Value::v4_mask(0, 0);
}

}  // namespace

std::span<const std::uint8_t> bytes_of(const ValueView& value) {
  if (value.raw == 0) return {};
  switch (value.type) {
    case DataType::byte_array16:
      return {value.bytes, 16};
    case DataType::byte_array6:
      return {value.bytes, 6};
    case DataType::sid:
      return {value.bytes, sid_size(value.bytes)};
    case DataType::byte_blob:
    case DataType::security_descriptor:
    case DataType::token_access_information:
      return blob_bytes(value.blob);
    case DataType::unicode_string:
      return string_bytes(value.string);
    default:
      return {};
  }
}

Value Value::copy_of(const ValueView& view) {
  switch (view.type) {
    case DataType::v4_addr_mask:
      return copy_of_v4_mask(view.v4_addr_mask);
    case DataType::v6_addr_mask:
      return copy_of_v6_mask(view.v6_addr_mask);
    case DataType::range:
      return copy_of_range(view.range);
    default:
      break;
  }
  Value value{.type = view.type, .bits = integer_bits(view)};
  const auto bytes = bytes_of(view);
  value.bytes.assign(bytes.begin(), bytes.end());
  return value;
}

Value Value::number(DataType type, std::uint64_t value) {
  return {.type = type, .bits = value};
}

Value Value::array16(const std::array<std::uint8_t, 16>& bytes) {
  return {.type = DataType::byte_array16, .bytes = {bytes.begin(), bytes.end()}};
}

Value Value::blob(std::span<const std::uint8_t> bytes) {
  return {.type = DataType::byte_blob, .bytes = {bytes.begin(), bytes.end()}};
}

Value Value::string(std::u16string_view text) {
  const auto* first = reinterpret_cast<const std::uint8_t*>(text.data());
  return {.type = DataType::unicode_string, .bytes = {first, first + 2 * text.size()}};
}

Value Value::v4_mask(std::uint32_t address, std::uint32_t mask) {
  return {.type = DataType::v4_addr_mask, .bits = std::uint64_t{mask} << 32 | address};
}

Value Value::v6_mask(const std::array<std::uint8_t, 16>& address, std::uint8_t prefix_length) {
  return {.type = DataType::v6_addr_mask,
          .bits = prefix_length,
          .bytes = {address.begin(), address.end()}};
}

Value Value::range(Value low, Value high) {
  Value value{.type = DataType::range};
  value.bounds.push_back(std::move(low));
  value.bounds.push_back(std::move(high));
  return value;
}

}  // namespace drydock::wfp

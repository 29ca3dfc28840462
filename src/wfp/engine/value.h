// SPDX-License-Identifier: Apache-2.0
// The values that filters are made of and that packets are matched with. ValueView borrows, in the
// very layout that drivers use, so classify input needs no conversion; Value owns, for what a
// filter stores.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>
#include <vector>

namespace drydock::wfp {

// FWP_DATA_TYPE.
enum class DataType : std::uint32_t {
  empty = 0,
  uint8 = 1,
  uint16 = 2,
  uint32 = 3,
  uint64 = 4,
  int8 = 5,
  int16 = 6,
  int32 = 7,
  int64 = 8,
  float32 = 9,
  double64 = 10,
  byte_array16 = 11,
  byte_blob = 12,
  sid = 13,
  security_descriptor = 14,
  token_information = 15,
  token_access_information = 16,
  unicode_string = 17,
  byte_array6 = 18,
  v4_addr_mask = 256,
  v6_addr_mask = 257,
  range = 258,
};

// FWP_MATCH_TYPE.
enum class MatchType : std::uint32_t {
  equal = 0,
  greater = 1,
  less = 2,
  greater_or_equal = 3,
  less_or_equal = 4,
  range = 5,
  flags_all_set = 6,
  flags_any_set = 7,
  flags_none_set = 8,
  equal_case_insensitive = 9,
  not_equal = 10,
  prefix = 11,
  not_prefix = 12,
};

// Same 16 bytes as FWP_BYTE_BLOB.
struct BlobView {
  std::uint32_t size;
  const std::uint8_t* data;
};
static_assert(sizeof(BlobView) == 16);

// Same 8 bytes as FWP_V4_ADDR_AND_MASK; both in host order.
struct V4AddressMask {
  std::uint32_t address;
  std::uint32_t mask;
};

// Same 17 bytes as FWP_V6_ADDR_AND_MASK; network order.
struct V6AddressMask {
  std::array<std::uint8_t, 16> address;
  std::uint8_t prefix_length;
};
static_assert(sizeof(V6AddressMask) == 17);

struct RangeView;

// Same 16 bytes as FWP_VALUE0, FWP_CONDITION_VALUE0 and FWPS_INCOMING_VALUE0: an array of any of
// these may be read as an array of ValueView. Points to memory of somebody else; valid as long as
// that is. Which member counts follows from `type`.
struct ValueView {
  DataType type = DataType::empty;
  union {
    std::uint8_t uint8;
    std::uint16_t uint16;
    std::uint32_t uint32;
    const std::uint64_t* uint64;
    std::int8_t int8;
    std::int16_t int16;
    std::int32_t int32;
    const std::int64_t* int64;
    float float32;
    const double* double64;
    const std::uint8_t* bytes;          // byte_array16, byte_array6, sid
    const BlobView* blob;               // byte_blob, security_descriptor, token_access_information
    const char16_t* string;             // unicode_string, ends with a zero
    const void* token_information;      // opaque here
    const V4AddressMask* v4_addr_mask;  // conditions only, as the next two
    const V6AddressMask* v6_addr_mask;
    const RangeView* range;
    std::uint64_t raw = 0;
  };

  static ValueView of(std::uint8_t value);
  static ValueView of(std::uint16_t value);
  static ValueView of(std::uint32_t value);
  static ValueView of(const std::uint64_t* value);
  static ValueView of_array16(const std::uint8_t* bytes);
  static ValueView of_blob(const BlobView* blob);
};
static_assert(sizeof(ValueView) == 16 && offsetof(ValueView, raw) == 8);

// Same 32 bytes as FWP_RANGE0.
struct RangeView {
  ValueView low;
  ValueView high;
};

[[nodiscard]] constexpr bool is_unsigned_integer(DataType type) {
  return type >= DataType::uint8 && type <= DataType::uint64;
}
[[nodiscard]] constexpr bool is_signed_integer(DataType type) {
  return type >= DataType::int8 && type <= DataType::int64;
}
// Of numbers and arrays; 0 for what has no width of its own.
[[nodiscard]] constexpr unsigned width_in_bits(DataType type) {
  switch (type) {
    case DataType::uint8:
    case DataType::int8:
      return 8;
    case DataType::uint16:
    case DataType::int16:
      return 16;
    case DataType::uint32:
    case DataType::int32:
      return 32;
    case DataType::uint64:
    case DataType::int64:
      return 64;
    case DataType::byte_array6:
      return 48;
    case DataType::byte_array16:
      return 128;
    default:
      return 0;
  }
}
[[nodiscard]] constexpr bool is_integer(DataType type) {
  return is_unsigned_integer(type) || is_signed_integer(type);
}

// Integers of every type as 64 bits: unsigned as they are, signed sign-extended. Zero for other
// types and null pointers.
[[nodiscard]] inline std::uint64_t integer_bits(const ValueView& value) {
  const auto extended = [](std::int64_t number) { return static_cast<std::uint64_t>(number); };
  switch (value.type) {
    case DataType::uint8:
      return value.uint8;
    case DataType::uint16:
      return value.uint16;
    case DataType::uint32:
      return value.uint32;
    case DataType::int8:
      return extended(value.int8);
    case DataType::int16:
      return extended(value.int16);
    case DataType::int32:
      return extended(value.int32);
    case DataType::uint64:
    case DataType::int64: {
      std::uint64_t number = 0;
      if (value.uint64) std::memcpy(&number, value.uint64, sizeof number);
      return number;
    }
    default:
      return 0;
  }
}

// The bytes behind a value that is not a number: arrays, blobs, SIDs (their full length), strings
// without their terminator. Empty for other types and null pointers.
[[nodiscard]] std::span<const std::uint8_t> bytes_of(const ValueView& value);

// An owned value. Numbers and V4 masks live in `bits` (mask in the upper half), V6 masks in `bytes`
// and `bits` (prefix length), ranges in `bounds` (low, high), all else in `bytes`.
struct Value {
  DataType type = DataType::empty;
  std::uint64_t bits = 0;
  std::vector<std::uint8_t> bytes = {};
  std::vector<Value> bounds = {};

  friend bool operator==(const Value&, const Value&) = default;

  // Deep copy. A null pointer where the type needs one gives an empty byte string or number zero.
  static Value copy_of(const ValueView& view);

  static Value number(DataType type, std::uint64_t value);
  static Value array16(const std::array<std::uint8_t, 16>& bytes);
  static Value blob(std::span<const std::uint8_t> bytes);
  static Value string(std::u16string_view text);
  static Value v4_mask(std::uint32_t address, std::uint32_t mask);
  static Value v6_mask(const std::array<std::uint8_t, 16>& address, std::uint8_t prefix_length);
  static Value range(Value low, Value high);
};

inline ValueView ValueView::of(std::uint8_t value) {
  ValueView view;
  view.type = DataType::uint8;
  view.uint8 = value;
  return view;
}

inline ValueView ValueView::of(std::uint16_t value) {
  ValueView view;
  view.type = DataType::uint16;
  view.uint16 = value;
  return view;
}

inline ValueView ValueView::of(std::uint32_t value) {
  ValueView view;
  view.type = DataType::uint32;
  view.uint32 = value;
  return view;
}

inline ValueView ValueView::of(const std::uint64_t* value) {
  ValueView view;
  view.type = DataType::uint64;
  view.uint64 = value;
  return view;
}

inline ValueView ValueView::of_array16(const std::uint8_t* bytes) {
  ValueView view;
  view.type = DataType::byte_array16;
  view.bytes = bytes;
  return view;
}

inline ValueView ValueView::of_blob(const BlobView* blob) {
  ValueView view;
  view.type = DataType::byte_blob;
  view.blob = blob;
  return view;
}

}  // namespace drydock::wfp

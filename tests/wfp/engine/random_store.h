// SPDX-License-Identifier: Apache-2.0
// Random layers, filters of all types and operators, and values that meet them.
#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "security.h"
#include "world.h"

namespace drydock::wfp::test {

class Dice {
 public:
  explicit Dice(std::uint64_t seed) : engine_(seed) {}
  std::uint64_t below(std::uint64_t limit) { return engine_() % limit; }
  bool one_in(std::uint64_t chances) { return below(chances) == 0; }
  template <class T>
  const T& pick(const std::vector<T>& choices) {
    return choices[below(choices.size())];
  }

 private:
  std::mt19937_64 engine_;
};

inline bool is_token(DataType type) {
  return type == DataType::token_information || type == DataType::token_access_information;
}

// Values come from a small pool, so that conditions and packets meet.
inline Value random_number(Dice& dice, DataType type) {
  const std::uint64_t high = dice.one_in(3) ? 0x0a000000 : 0;
  const std::uint64_t number = dice.one_in(20) ? dice.below(UINT64_MAX) : high + dice.below(6);
  return Value::number(type, type == DataType::uint8    ? number & 0xff
                             : type == DataType::uint16 ? number & 0xffff
                             : type == DataType::uint32 ? number & 0xffffffff
                                                        : number);
}

inline Value random_text(Dice& dice) {
  static const std::vector<char16_t> letters{u'a', u'A', u'.', u'b', u'\u00e9'};
  std::u16string text;
  for (std::uint64_t n = 1 + dice.below(4); n > 0; --n) text += dice.pick(letters);
  return Value::string(text);
}

inline Value random_single(Dice& dice, DataType type) {
  if (is_integer(type)) return random_number(dice, type);
  if (type == DataType::unicode_string) return random_text(dice);
  std::vector<std::uint8_t> bytes(1 + dice.below(3));
  if (type == DataType::byte_array16) bytes.assign(16, 0);
  if (type == DataType::byte_array6) bytes.assign(6, 0);
  if (type == DataType::sid) bytes.assign(12, 0);
  for (std::size_t i = 0; i < std::min<std::size_t>(bytes.size(), 3); ++i) {
    bytes[i] = static_cast<std::uint8_t>(dice.below(3) << (bytes.size() == 16 ? 6 : 0));
  }
  bytes.back() = static_cast<std::uint8_t>(dice.below(3));
  if (type == DataType::sid) bytes[1] = 1;  // sub-authorities
  return {.type = type, .bytes = bytes};
}

inline Value random_condition_value(Dice& dice, const Field& field) {
  if (dice.one_in(12)) return {};
  if (is_token(field.type)) {
    return {.type = DataType::security_descriptor,
            .bytes = marked_descriptor(static_cast<std::uint8_t>(dice.below(4)))};
  }
  if (field.kind == FieldKind::address && dice.one_in(2)) {
    const Value base = random_single(dice, field.type);
    if (field.type == DataType::uint32) {
      const auto prefix = static_cast<int>(dice.below(33));
      const auto mask = prefix == 0 ? 0U : ~0U << (32 - prefix);
      const auto odd = dice.one_in(8) ? static_cast<std::uint32_t>(dice.below(UINT32_MAX)) : mask;
      return Value::v4_mask(static_cast<std::uint32_t>(base.bits), odd);
    }
    if (field.type == DataType::byte_array16) {
      std::array<std::uint8_t, 16> bytes{};
      std::copy(base.bytes.begin(), base.bytes.end(), bytes.begin());
      return Value::v6_mask(bytes, static_cast<std::uint8_t>(dice.below(130)));
    }
  }
  if (dice.one_in(5)) {
    return Value::range(random_single(dice, field.type), random_single(dice, field.type));
  }
  return random_single(dice, field.type);
}

inline bool is_usable(const Field& field) {
  switch (field.type) {
    case DataType::float32:
    case DataType::double64:
    case DataType::empty:
    case DataType::security_descriptor:
      return false;
    default:
      return true;
  }
}

// A legal condition on one of the given fields.
inline FilterCondition random_condition(Dice& dice, const Layer& layer,
                                        const std::vector<std::size_t>& fields) {
  while (true) {
    const Field& field = layer.fields[dice.pick(fields)];
    FilterCondition condition{.field = field.condition->key,
                              .match = static_cast<MatchType>(dice.below(13)),
                              .value = random_condition_value(dice, field)};
    if (dice.one_in(2)) condition.match = MatchType::equal;
    if (check_condition(field, condition) == FwpStatus::success) return condition;
  }
}

// Any that has usable fields.
inline const Layer& random_layer(Dice& dice) {
  while (true) {
    const Layer& layer = layers()[dice.below(layers().size())];
    if (std::ranges::any_of(layer.fields, is_usable)) return layer;
  }
}

// Some usable fields of a layer: few, so that filters have them in common.
inline std::vector<std::size_t> random_fields(Dice& dice, const Layer& layer) {
  std::vector<std::size_t> usable;
  for (std::size_t i = 0; i < layer.fields.size(); ++i) {
    if (is_usable(layer.fields[i])) usable.push_back(i);
  }
  std::vector<std::size_t> fields;
  const std::uint64_t count = 1 + dice.below(8);
  for (std::uint64_t n = 0; n < count; ++n) fields.push_back(dice.pick(usable));
  return fields;
}

// A packet's values, owned and as the engine wants them.
struct Packet {
  Packet(Dice& dice, const Layer& layer, const std::vector<std::size_t>& fields)
      : values(layer.fields.size()), texts(values.size()), blobs(values.size()) {
    for (const std::size_t field : fields) {
      const DataType type = layer.fields[field].type;
      if (!dice.one_in(12)) values[field] = random_single(dice, type);
      if (is_token(type) && values[field].type != DataType::empty) {
        values[field].bytes.resize(1);
      }
    }
    // A value of another type than the field's meets no condition on it.
    const std::size_t odd = dice.pick(fields);
    if (dice.one_in(20) && layer.fields[odd].type != DataType::uint32) {
      values[odd] = Value::number(DataType::uint32, 1);
    }
    for (std::size_t i = 0; i < values.size(); ++i) views.push_back(view_of(i));
  }

  ValueView view_of(std::size_t i) {
    const Value& value = values[i];
    ValueView view;
    view.type = value.type;
    view.raw = 0xcccccccccccccccc;  // what is beside a small number does not count
    blobs[i] = {static_cast<std::uint32_t>(value.bytes.size()), value.bytes.data()};
    switch (value.type) {
      case DataType::uint8:
        view.uint8 = static_cast<std::uint8_t>(value.bits);
        break;
      case DataType::uint16:
        view.uint16 = static_cast<std::uint16_t>(value.bits);
        break;
      case DataType::uint32:
        view.uint32 = static_cast<std::uint32_t>(value.bits);
        break;
      case DataType::uint64:
        view.uint64 = &value.bits;
        break;
      case DataType::byte_array16:
      case DataType::byte_array6:
      case DataType::sid:
      case DataType::token_information:
        view.bytes = value.bytes.data();
        break;
      case DataType::unicode_string:
        for (std::size_t n = 0; n + 1 < value.bytes.size(); n += 2) {
          texts[i] += static_cast<char16_t>(value.bytes[n] | value.bytes[n + 1] << 8);
        }
        view.string = texts[i].c_str();
        break;
      default:
        view.blob = &blobs[i];
    }
    return view;
  }

  std::vector<Value> values;
  std::vector<std::u16string> texts;
  std::vector<BlobView> blobs;
  std::vector<ValueView> views;
};

inline Variants random_variants(Dice& dice) {
  Variants variants;
  if (dice.one_in(4)) variants.ties = Variants::Ties::descending;
  if (dice.one_in(4)) {
    variants.not_equal_in_group = Variants::NotEqualInGroup::and_with_others;
  }
  variants.stop_after_hard_block = dice.one_in(4);
  variants.callout_hard_permit_counts = !dice.one_in(4);
  variants.empty_satisfies_not_equal = !dice.one_in(4);
  variants.missing_callout_blocks_hard = dice.one_in(4);
  variants.string_prefix_is_suffix = !dice.one_in(4);
  return variants;
}

}  // namespace drydock::wfp::test

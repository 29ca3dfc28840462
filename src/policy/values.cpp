// SPDX-License-Identifier: Apache-2.0
#include "policy/values.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <bit>

#include "policy/names.h"
#include "policy/sddl.h"
#include "policy/text.h"

namespace drydock::policy {
namespace {

using nlohmann::ordered_json;
using wfp::DataType;
using wfp::Field;
using wfp::FieldKind;
using wfp::Value;

struct NamedProtocol {
  std::string_view name;
  std::uint64_t number;
};
constexpr NamedProtocol protocols[] = {
    {"ICMP", 1}, {"IGMP", 2}, {"TCP", 6}, {"UDP", 17}, {"ICMPV6", 58}};

bool is_protocol(const Field& field) {
  return field.condition->name == "FWPM_CONDITION_IP_PROTOCOL" && field.type == DataType::uint8;
}

bool is_flags(const Field& field) {
  return field.condition->name == "FWPM_CONDITION_FLAGS" && field.type == DataType::uint32;
}

bool is_address(const Field& field, DataType type) {
  return field.kind == FieldKind::address && field.type == type;
}

std::uint64_t largest(DataType type) {
  switch (type) {
    case DataType::uint8:
      return UINT8_MAX;
    case DataType::uint16:
      return UINT16_MAX;
    case DataType::uint32:
      return UINT32_MAX;
    default:
      return UINT64_MAX;
  }
}

// --- to text ---

std::string mask_text(std::uint32_t mask) {
  const int ones = std::countl_one(mask);
  const bool prefix = std::popcount(mask) == ones;
  return prefix ? std::to_string(ones) : v4_text(mask);
}

// Printable and ending in its only zero.
std::optional<std::string> blob_text(ByteView bytes) {
  auto text = utf16_of(bytes);
  if (!text || text->empty() || text->back() != 0) return std::nullopt;
  text->pop_back();
  if (std::ranges::any_of(*text, [](char16_t c) { return c < 0x20 || c == 0x7f; }))
    return std::nullopt;
  return to_utf8(*text);
}

std::optional<std::string> number_text(const Field& field, const Value& value) {
  if (is_address(field, DataType::uint32) && value.type == DataType::uint32)
    return v4_text(static_cast<std::uint32_t>(value.bits));
  const auto* protocol = std::ranges::find(protocols, value.bits, &NamedProtocol::number);
  if (is_protocol(field) && protocol != std::end(protocols)) return std::string(protocol->name);
  return std::nullopt;
}

// The text that parse_value() turns into this value; nothing when there is none or, for numbers,
// when plain digits say it best.
std::optional<std::string> plain_text(const Field& field, const Value& value) {
  switch (value.type) {
    case DataType::byte_array16:
      if (!is_address(field, DataType::byte_array16) || value.bytes.size() != 16)
        return std::nullopt;
      return v6_text(value.bytes);
    case DataType::byte_array6:
      if (value.bytes.size() != 6) return std::nullopt;
      return mac_text(value.bytes);
    case DataType::byte_blob:
      return field.type == DataType::byte_blob ? blob_text(value.bytes) : std::nullopt;
    case DataType::sid:
      return field.type == DataType::sid ? sid_text(value.bytes) : std::nullopt;
    case DataType::security_descriptor:
      return sddl_text(value.bytes);
    case DataType::v4_addr_mask:
      return fmt::format("{}/{}", v4_text(static_cast<std::uint32_t>(value.bits)),
                         mask_text(static_cast<std::uint32_t>(value.bits >> 32)));
    case DataType::v6_addr_mask:
      if (value.bytes.size() != 16) return std::nullopt;
      return fmt::format("{}/{}", v6_text(value.bytes), value.bits);
    default:
      return value.type == field.type ? number_text(field, value) : std::nullopt;
  }
}

bool has_plain_number(const Field& field, const Value& value) {
  return value.type == field.type && wfp::is_unsigned_integer(value.type);
}

std::vector<std::string> known_flags(const Field& field, const Value& value) {
  if (!is_flags(field) || value.type != DataType::uint32 || value.bits == 0) return {};
  auto names = flag_texts(condition_flags, static_cast<std::uint32_t>(value.bits));
  return names.back().starts_with("0x") ? std::vector<std::string>{} : names;
}

// --- from text ---

std::string expected_of(const Field& field) {
  if (is_protocol(field)) return "a number from 0 to 255, or TCP, UDP, ICMP, ICMPV6, IGMP";
  if (is_flags(field)) return "a number, or a list such as [\"IS_LOOPBACK\"]";
  if (is_address(field, DataType::uint32)) return "an IPv4 address, or one with /prefix or /mask";
  if (is_address(field, DataType::byte_array16)) return "an IPv6 address, or one with /prefix";
  switch (field.type) {
    case DataType::byte_array6:
      return "an Ethernet address such as 00:11:22:33:44:55";
    case DataType::byte_blob:
      return "a text, or bytes as {\"hex\": \"...\"}";
    case DataType::sid:
      return "a SID such as S-1-5-18, or a security descriptor (SDDL)";
    case DataType::byte_array16:
      return "16 bytes as {\"hex\": \"...\"}";
    case DataType::token_information:
    case DataType::token_access_information:
      return "a security descriptor (SDDL)";
    default:
      return fmt::format("a number from 0 to {}", largest(field.type));
  }
}

std::unexpected<Error> not_for(const Field& field) {
  return failure(fmt::format("{} takes {}", field.condition->name, expected_of(field)));
}

Result<Value> number_for(const Field& field, std::uint64_t number) {
  if (!wfp::is_unsigned_integer(field.type) || number > largest(field.type)) return not_for(field);
  return Value::number(field.type, number);
}

Result<Value> parse_v4_value(const Field& field, std::string_view text) {
  const std::size_t slash = text.find('/');
  const auto address = parse_v4(text.substr(0, slash));
  if (!address) {
    const auto number = parse_number(text);
    return number ? number_for(field, *number) : not_for(field);
  }
  if (slash == std::string_view::npos) return Value::number(DataType::uint32, *address);
  const auto tail = text.substr(slash + 1);
  if (const auto mask = parse_v4(tail)) return Value::v4_mask(*address, *mask);
  const auto prefix = parse_number(tail);
  if (!prefix || *prefix > 32) return not_for(field);
  const std::uint64_t ones = *prefix == 0 ? 0 : UINT64_MAX << (32 - *prefix);
  return Value::v4_mask(*address, static_cast<std::uint32_t>(ones));
}

Result<Value> parse_v6_value(const Field& field, std::string_view text) {
  const std::size_t slash = text.find('/');
  const auto address = parse_v6(text.substr(0, slash));
  if (!address) return not_for(field);
  if (slash == std::string_view::npos) return Value::array16(*address);
  const auto prefix = parse_number(text.substr(slash + 1));
  if (!prefix || *prefix > 128) return not_for(field);
  return Value::v6_mask(*address, static_cast<std::uint8_t>(*prefix));
}

Result<Value> parse_identity(const Field& field, std::string_view text) {
  if (text.starts_with("S-1-")) {
    auto sid = parse_sid(text);
    if (!sid || field.type != DataType::sid) return not_for(field);
    return Value{.type = DataType::sid, .bytes = std::move(*sid)};
  }
  auto descriptor = parse_sddl(text);
  if (!descriptor)
    return failure(fmt::format("{}: {}", field.condition->name, descriptor.error().message));
  return Value{.type = DataType::security_descriptor, .bytes = std::move(*descriptor)};
}

Result<Value> parse_blob(const Field& field, std::string_view text) {
  auto units = to_utf16(text);
  if (!units || units->empty()) return not_for(field);
  units->push_back(0);
  return Value{.type = DataType::byte_blob, .bytes = bytes_of(*units)};
}

Result<Value> parse_integer(const Field& field, std::string_view text) {
  for (const NamedProtocol& protocol : protocols) {
    if (is_protocol(field) && protocol.name == text)
      return Value::number(field.type, protocol.number);
  }
  if (const auto flag = is_flags(field) ? parse_flag(condition_flags, text) : std::nullopt)
    return Value::number(field.type, *flag);
  const auto number = parse_number(text);
  return number ? number_for(field, *number) : not_for(field);
}

// --- JSON ---

const JsonValue* member(const JsonMembers& members, std::string_view name) {
  const auto found =
      std::ranges::find_if(members, [&](const auto& entry) { return entry.first == name; });
  return found == members.end() ? nullptr : &found->second;
}

Result<Value> range_from_json(const Field& field, const JsonMembers& members) {
  const JsonValue* low = member(members, "low");
  const JsonValue* high = member(members, "high");
  if (low == nullptr || high == nullptr || members.size() != 2)
    return failure("a range is written {\"low\": ..., \"high\": ...}");
  auto low_value = value_from_json(field, *low);
  if (!low_value) return low_value;
  auto high_value = value_from_json(field, *high);
  if (!high_value) return high_value;
  if (!low_value->bounds.empty() || !high_value->bounds.empty())
    return failure("a range of ranges");
  return Value::range(std::move(*low_value), std::move(*high_value));
}

// {"type": ..., "hex" or "number": ...}; without a type it is the field's.
Result<Value> raw_from_json(const Field& field, const JsonMembers& members) {
  Value value{.type = field.type};
  for (const auto& [name, content] : members) {
    const auto* text = content.as<std::string>();
    const auto* number = content.as<std::uint64_t>();
    if (name == "type" && text != nullptr) {
      const auto type = parse_type(*text);
      if (!type || *type == DataType::range) return failure(fmt::format("no type '{}'", *text));
      value.type = *type;
    } else if (name == "hex" && text != nullptr) {
      auto bytes = parse_hex(*text);
      if (!bytes)
        return failure(fmt::format("'{}' is not an even number of hexadecimal digits", *text));
      value.bytes = std::move(*bytes);
    } else if (name == "number" && number != nullptr) {
      value.bits = *number;
    } else {
      return failure(fmt::format("'{}' does not belong in a value", name));
    }
  }
  return value;
}

Result<Value> flags_from_json(const Field& field, const std::vector<JsonValue>& list) {
  if (!is_flags(field)) return not_for(field);
  std::uint32_t flags = 0;
  for (const JsonValue& element : list) {
    const auto* text = element.as<std::string>();
    const auto flag = text == nullptr ? std::nullopt : parse_flag(condition_flags, *text);
    if (!flag) return failure(fmt::format("no flag '{}'", text == nullptr ? "" : *text));
    flags |= *flag;
  }
  return Value::number(DataType::uint32, flags);
}

ordered_json raw_to_json(const Field& field, const Value& value) {
  ordered_json json = ordered_json::object();
  if (value.type != field.type) json["type"] = type_text(value.type);
  if (value.bytes.empty() && value.bits != 0) {
    json["number"] = value.bits;
  } else {
    json["hex"] = hex_text(value.bytes);
  }
  return json;
}

}  // namespace

std::string value_text(const Field& field, const Value& value) {
  if (value.type == DataType::empty) return "nothing";
  if (value.type == DataType::range && value.bounds.size() == 2)
    return value_text(field, value.bounds[0]) + "-" + value_text(field, value.bounds[1]);
  if (const auto flags = known_flags(field, value); !flags.empty())
    return fmt::format("{}", fmt::join(flags, "+"));
  if (auto text = plain_text(field, value)) return *text;
  if (wfp::is_integer(value.type)) return std::to_string(value.bits);
  return "0x" + hex_text(value.bytes);
}

Result<Value> parse_value(const Field& field, std::string_view text) {
  if (is_address(field, DataType::uint32)) return parse_v4_value(field, text);
  if (is_address(field, DataType::byte_array16)) return parse_v6_value(field, text);
  switch (field.type) {
    case DataType::byte_array6: {
      auto address = parse_mac(text);
      if (!address) return not_for(field);
      return Value{.type = DataType::byte_array6, .bytes = std::move(*address)};
    }
    case DataType::byte_blob:
      return parse_blob(field, text);
    case DataType::sid:
    case DataType::token_information:
    case DataType::token_access_information:
      return parse_identity(field, text);
    default:
      return parse_integer(field, text);
  }
}

ordered_json value_to_json(const Field& field, const Value& value) {
  if (value.type == DataType::empty) return nullptr;
  if (value.type == DataType::range && value.bounds.size() == 2) {
    return {{"low", value_to_json(field, value.bounds[0])},
            {"high", value_to_json(field, value.bounds[1])}};
  }
  if (auto flags = known_flags(field, value); !flags.empty()) return flags;
  if (auto text = plain_text(field, value)) return *text;
  if (has_plain_number(field, value)) return value.bits;
  return raw_to_json(field, value);
}

Result<Value> value_from_json(const Field& field, const JsonValue& json) {
  if (json.as<std::nullptr_t>() != nullptr) return Value{};
  if (const auto* number = json.as<std::uint64_t>()) return number_for(field, *number);
  if (const auto* text = json.as<std::string>()) return parse_value(field, *text);
  if (const auto* list = json.as<std::vector<JsonValue>>()) return flags_from_json(field, *list);
  if (const auto* members = json.as<JsonMembers>()) {
    const bool range = member(*members, "low") != nullptr || member(*members, "high") != nullptr;
    return range ? range_from_json(field, *members) : raw_from_json(field, *members);
  }
  return not_for(field);
}

}  // namespace drydock::policy

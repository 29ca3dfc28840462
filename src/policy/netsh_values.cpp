// SPDX-License-Identifier: Apache-2.0
#include "policy/netsh_values.h"

#include <fmt/format.h>

#include "policy/names.h"
#include "policy/sddl.h"
#include "policy/text.h"

namespace drydock::policy {
namespace {

using wfp::DataType;
using wfp::Value;

// The element that holds a value of this type, by netsh's name for it.
pugi::xml_node content_of(const XmlFile& file, pugi::xml_node value, const char* element) {
  const auto content = value.child(element);
  if (!content) throw file.wrong(value, fmt::format("a value without <{}>", element));
  return content;
}

std::string_view text_of(pugi::xml_node node) {
  return node.text().get();
}

WrongXml no_form(const XmlFile& file, pugi::xml_node node, const char* expected) {
  return file.wrong(node, fmt::format("'{}' is not {}", text_of(node), expected));
}

Value number(const XmlFile& file, pugi::xml_node value, const char* element, DataType type,
             std::uint64_t most) {
  const auto content = content_of(file, value, element);
  if (type == DataType::uint32) {
    if (const auto address = parse_v4(text_of(content))) return Value::number(type, *address);
    if (const auto flag = parse_flag(condition_flags, text_of(content)))
      return Value::number(type, *flag);
  }
  return Value::number(type, netsh_number(file, content, most));
}

Value array16(const XmlFile& file, pugi::xml_node value) {
  const auto content = content_of(file, value, "byteArray16");
  if (const auto address = parse_v6(text_of(content))) return Value::array16(*address);
  auto bytes = parse_hex(text_of(content));
  if (!bytes || bytes->size() != 16) throw no_form(file, content, "16 bytes");
  return {.type = DataType::byte_array16, .bytes = std::move(*bytes)};
}

Value array6(const XmlFile& file, pugi::xml_node value) {
  const auto content = content_of(file, value, "byteArray6");
  auto bytes = parse_mac(text_of(content));
  if (!bytes) bytes = parse_hex(text_of(content));
  if (!bytes || bytes->size() != 6) throw no_form(file, content, "an Ethernet address");
  return {.type = DataType::byte_array6, .bytes = std::move(*bytes)};
}

Value sid(const XmlFile& file, pugi::xml_node value) {
  const auto content = content_of(file, value, "sid");
  auto bytes = parse_sid(text_of(content));
  if (!bytes) throw no_form(file, content, "a SID");
  return {.type = DataType::sid, .bytes = std::move(*bytes)};
}

Value descriptor(const XmlFile& file, pugi::xml_node value) {
  const auto content = content_of(file, value, "sd");
  auto bytes = parse_sddl(text_of(content));
  if (!bytes) throw file.wrong(content, bytes.error().message);
  return {.type = DataType::security_descriptor, .bytes = std::move(*bytes)};
}

Value string(const XmlFile& file, pugi::xml_node value) {
  const auto content = content_of(file, value, "unicodeString");
  const auto text = to_utf16(text_of(content));
  if (!text) throw no_form(file, content, "UTF-8");
  return Value::string(*text);
}

Value v4_mask(const XmlFile& file, pugi::xml_node value) {
  const auto content = content_of(file, value, "v4AddrMask");
  const auto address = parse_v4(text_of(content.child("addr")));
  const auto mask = parse_v4(text_of(content.child("mask")));
  if (!address || !mask) throw file.wrong(content, "no IPv4 address with mask");
  return Value::v4_mask(*address, *mask);
}

Value v6_mask(const XmlFile& file, pugi::xml_node value) {
  const auto content = content_of(file, value, "v6AddrMask");
  const auto address = parse_v6(text_of(content.child("addr")));
  const auto prefix = parse_number(text_of(content.child("prefixLength")));
  if (!address || !prefix || *prefix > 128)
    throw file.wrong(content, "no IPv6 address with prefix length");
  return Value::v6_mask(*address, static_cast<std::uint8_t>(*prefix));
}

DataType type_of(const XmlFile& file, pugi::xml_node value) {
  const auto name = text_of(value.child("type"));
  const auto type = parse_type(name);
  if (!type) throw file.wrong(value, fmt::format("unknown type of value '{}'", name));
  return *type;
}

Value range(const XmlFile& file, pugi::xml_node value) {
  const auto content = content_of(file, value, "rangeValue");
  const auto low = content_of(file, content, "valueLow");
  const auto high = content_of(file, content, "valueHigh");
  if (type_of(file, low) == DataType::range || type_of(file, high) == DataType::range)
    throw file.wrong(content, "a range of ranges");
  return Value::range(netsh_value(file, low), netsh_value(file, high));
}

}  // namespace

std::uint64_t netsh_number(const XmlFile& file, pugi::xml_node node, std::uint64_t most) {
  const auto number = parse_number(text_of(node));
  if (!number || *number > most) throw no_form(file, node, "a number that fits");
  return *number;
}

std::vector<std::uint8_t> netsh_blob(const XmlFile& file, pugi::xml_node node) {
  const auto data = node.child("data");
  auto bytes = parse_hex(text_of(data));
  if (!bytes) throw no_form(file, data, "an even number of hexadecimal digits");
  return std::move(*bytes);
}

Value netsh_value(const XmlFile& file, pugi::xml_node node) {
  switch (const DataType type = type_of(file, node)) {
    case DataType::empty:
      return {};
    case DataType::uint8:
      return number(file, node, "uint8", type, UINT8_MAX);
    case DataType::uint16:
      return number(file, node, "uint16", type, UINT16_MAX);
    case DataType::uint32:
      return number(file, node, "uint32", type, UINT32_MAX);
    case DataType::uint64:
      return number(file, node, "uint64", type, UINT64_MAX);
    case DataType::byte_array16:
      return array16(file, node);
    case DataType::byte_array6:
      return array6(file, node);
    case DataType::byte_blob:
      return {.type = type, .bytes = netsh_blob(file, content_of(file, node, "byteBlob"))};
    case DataType::sid:
      return sid(file, node);
    case DataType::security_descriptor:
      return descriptor(file, node);
    case DataType::unicode_string:
      return string(file, node);
    case DataType::v4_addr_mask:
      return v4_mask(file, node);
    case DataType::v6_addr_mask:
      return v6_mask(file, node);
    case DataType::range:
      return range(file, node);
    default:
      throw file.wrong(node, fmt::format("values of type {} cannot be read", type_text(type)));
  }
}

}  // namespace drydock::policy

// SPDX-License-Identifier: Apache-2.0
#include "policy/xml.h"

#include <fmt/format.h>

#include <algorithm>

#include "policy/text.h"

namespace drydock::policy {
namespace {

std::string from_utf16(std::string_view bytes, bool big_endian) {
  if (bytes.size() % 2 != 0) throw WrongXml(1, "half a UTF-16 character at the end");
  std::u16string units(bytes.size() / 2, 0);
  for (std::size_t i = 0; i < units.size(); ++i) {
    const auto first = static_cast<unsigned char>(bytes[2 * i]);
    const auto second = static_cast<unsigned char>(bytes[2 * i + 1]);
    units[i] = static_cast<char16_t>(big_endian ? first << 8 | second : second << 8 | first);
  }
  auto text = to_utf8(units);
  if (!text) throw WrongXml(1, "not UTF-16 throughout");
  return std::move(*text);
}

std::string as_utf8(std::string_view bytes) {
  if (bytes.starts_with("\xff\xfe")) return from_utf16(bytes.substr(2), false);
  if (bytes.starts_with("\xfe\xff")) return from_utf16(bytes.substr(2), true);
  if (bytes.starts_with("\xef\xbb\xbf")) bytes.remove_prefix(3);
  return std::string(bytes);
}

}  // namespace

XmlFile::XmlFile(std::string_view bytes) {
  const std::string text = as_utf8(bytes);
  line_starts_.push_back(0);
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\n') line_starts_.push_back(i + 1);
  }
  const auto parsed =
      document_.load_buffer(text.data(), text.size(), pugi::parse_default, pugi::encoding_utf8);
  if (!parsed) {
    throw WrongXml(line_at(static_cast<std::size_t>(parsed.offset)),
                   fmt::format("not XML: {}", parsed.description()));
  }
}

std::uint32_t XmlFile::line_at(std::size_t offset) const {
  const auto after = std::ranges::upper_bound(line_starts_, offset);
  return static_cast<std::uint32_t>(after - line_starts_.begin());
}

std::uint32_t XmlFile::line_of(pugi::xml_node node) const {
  return line_at(static_cast<std::size_t>(std::max<std::ptrdiff_t>(node.offset_debug(), 0)));
}

}  // namespace drydock::policy

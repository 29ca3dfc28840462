// SPDX-License-Identifier: Apache-2.0
#include "policy/text.h"

#include <arpa/inet.h>
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstring>

namespace drydock::policy {
namespace {

constexpr char32_t replacement = 0xfffd;
constexpr char32_t nothing_read = 0xffffffff;

void append_utf8(std::string& out, char32_t c) {
  if (c < 0x80) {
    out += static_cast<char>(c);
    return;
  }
  const int more = c < 0x800 ? 1 : c < 0x10000 ? 2 : 3;
  const char32_t lead = more == 1 ? 0xc0 : more == 2 ? 0xe0 : 0xf0;
  out += static_cast<char>(lead | c >> (6 * more));
  for (int i = more - 1; i >= 0; --i) out += static_cast<char>(0x80 | (c >> (6 * i) & 0x3f));
}

// The character at `at`, which moves behind it; nothing_read for half a pair.
char32_t next_of(std::u16string_view text, std::size_t& at) {
  const char16_t unit = text[at++];
  if (unit < 0xd800 || unit > 0xdfff) return unit;
  const bool low_follows = at < text.size() && text[at] >= 0xdc00 && text[at] <= 0xdfff;
  if (unit > 0xdbff || !low_follows) return nothing_read;
  return 0x10000 + (char32_t{unit} - 0xd800) * 0x400 + (char32_t{text[at++]} - 0xdc00);
}

struct LeadByte {
  int more;
  char32_t bits;
  char32_t least;  // smaller characters must not be written this long
};

std::optional<LeadByte> lead_of(unsigned char byte) {
  if (byte < 0x80) return LeadByte{0, byte, 0};
  if ((byte & 0xe0) == 0xc0) return LeadByte{1, byte & 0x1fU, 0x80};
  if ((byte & 0xf0) == 0xe0) return LeadByte{2, byte & 0x0fU, 0x800};
  if ((byte & 0xf8) == 0xf0) return LeadByte{3, byte & 0x07U, 0x10000};
  return std::nullopt;
}

char32_t next_of(std::string_view text, std::size_t& at) {
  const auto lead = lead_of(static_cast<unsigned char>(text[at++]));
  if (!lead || at + static_cast<std::size_t>(lead->more) > text.size()) return nothing_read;
  char32_t c = lead->bits;
  for (int i = 0; i < lead->more; ++i) {
    const auto byte = static_cast<unsigned char>(text[at++]);
    if ((byte & 0xc0) != 0x80) return nothing_read;
    c = c << 6 | (byte & 0x3fU);
  }
  const bool surrogate = c >= 0xd800 && c <= 0xdfff;
  return c < lead->least || c > 0x10ffff || surrogate ? nothing_read : c;
}

template <class T>
bool read_whole(std::string_view text, T& value, int base) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, base);
  return error == std::errc{} && end == text.data() + text.size() && !text.empty();
}

}  // namespace

std::optional<std::string> to_utf8(std::u16string_view text) {
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    const char32_t c = next_of(text, at);
    if (c == nothing_read) return std::nullopt;
    append_utf8(out, c);
  }
  return out;
}

std::string shown(std::u16string_view text) {
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    const char32_t c = next_of(text, at);
    const bool control = c < 0x20 || (c >= 0x7f && c < 0xa0);
    append_utf8(out, c == nothing_read ? replacement : control ? U' ' : c);
  }
  return out;
}

std::string one_line(std::string message) {
  constexpr std::size_t longest = 500;
  std::ranges::replace_if(message, [](unsigned char c) { return c < 0x20 || c == 0x7f; }, ' ');
  if (message.size() <= longest) return message;
  message.resize(longest);
  while ((static_cast<unsigned char>(message.back()) & 0xc0) == 0x80) message.pop_back();
  message.back() = ' ';  // perhaps the first byte of a character cut in half
  return message + "...";
}

std::optional<std::u16string> to_utf16(std::string_view text) {
  std::u16string out;
  for (std::size_t at = 0; at < text.size();) {
    const char32_t c = next_of(text, at);
    if (c == nothing_read) return std::nullopt;
    if (c < 0x10000) {
      out += static_cast<char16_t>(c);
    } else {
      out += static_cast<char16_t>(0xd800 + (c - 0x10000) / 0x400);
      out += static_cast<char16_t>(0xdc00 + (c - 0x10000) % 0x400);
    }
  }
  return out;
}

std::optional<std::u16string> utf16_of(ByteView bytes) {
  if (bytes.size() % 2 != 0) return std::nullopt;
  std::u16string text;
  for (std::size_t i = 0; i < bytes.size(); i += 2)
    text += static_cast<char16_t>(bytes[i] | bytes[i + 1] << 8);
  return text;
}

Bytes bytes_of(std::u16string_view text) {
  Bytes bytes;
  for (const char16_t unit : text) {
    bytes.push_back(static_cast<std::uint8_t>(unit & 0xff));
    bytes.push_back(static_cast<std::uint8_t>(unit >> 8));
  }
  return bytes;
}

std::string hex_text(ByteView bytes) {
  std::string text;
  for (const std::uint8_t byte : bytes) fmt::format_to(std::back_inserter(text), "{:02x}", byte);
  return text;
}

std::optional<Bytes> parse_hex(std::string_view text) {
  if (text.size() % 2 != 0) return std::nullopt;
  Bytes bytes(text.size() / 2);
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    if (!read_whole(text.substr(2 * i, 2), bytes[i], 16)) return std::nullopt;
  }
  return bytes;
}

std::optional<std::uint64_t> parse_number(std::string_view text) {
  const bool hexadecimal = text.starts_with("0x");
  std::uint64_t number = 0;
  if (!read_whole(hexadecimal ? text.substr(2) : text, number, hexadecimal ? 16 : 10))
    return std::nullopt;
  return number;
}

std::string v4_text(std::uint32_t host_order) {
  return fmt::format("{}.{}.{}.{}", host_order >> 24, host_order >> 16 & 0xff,
                     host_order >> 8 & 0xff, host_order & 0xff);
}

std::optional<std::uint32_t> parse_v4(std::string_view text) {
  in_addr address{};
  if (inet_pton(AF_INET, std::string(text).c_str(), &address) != 1) return std::nullopt;
  return ntohl(address.s_addr);
}

std::string v6_text(ByteView network_order) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  std::array<std::uint8_t, 16> address{};
  std::ranges::copy(network_order.first(std::min<std::size_t>(network_order.size(), 16)),
                    address.begin());
  inet_ntop(AF_INET6, address.data(), text.data(), text.size());
  return text.data();
}

std::optional<std::array<std::uint8_t, 16>> parse_v6(std::string_view text) {
  std::array<std::uint8_t, 16> address{};
  if (inet_pton(AF_INET6, std::string(text).c_str(), address.data()) != 1) return std::nullopt;
  return address;
}

std::string mac_text(ByteView address) {
  std::string text;
  for (const std::uint8_t byte : address)
    fmt::format_to(std::back_inserter(text), "{}{:02x}", text.empty() ? "" : ":", byte);
  return text;
}

std::optional<Bytes> parse_mac(std::string_view text) {
  if (text.size() != 17) return std::nullopt;
  Bytes address(6);
  for (std::size_t i = 0; i < 6; ++i) {
    const bool separated = i == 0 || text[3 * i - 1] == ':' || text[3 * i - 1] == '-';
    if (!separated || !read_whole(text.substr(3 * i, 2), address[i], 16)) return std::nullopt;
  }
  return address;
}

// Revision, count of sub-authorities, six bytes of authority (big-endian), then four bytes each
// (little-endian).
std::optional<std::string> sid_text(ByteView sid) {
  if (sid.size() < 8 || sid[0] != 1 || sid[1] > 15 || sid.size() != 8 + 4 * std::size_t{sid[1]})
    return std::nullopt;
  std::uint64_t authority = 0;
  for (std::size_t i = 2; i < 8; ++i) authority = authority << 8 | sid[i];
  std::string text = fmt::format("S-1-{}", authority);
  for (std::size_t i = 8; i < sid.size(); i += 4) {
    std::uint32_t part = 0;
    std::memcpy(&part, &sid[i], sizeof part);
    fmt::format_to(std::back_inserter(text), "-{}", part);
  }
  return text;
}

std::optional<Bytes> parse_sid(std::string_view text) {
  if (!text.starts_with("S-1-")) return std::nullopt;
  std::vector<std::uint64_t> parts;
  for (std::size_t at = 4; at <= text.size();) {
    const std::size_t end = std::min(text.find('-', at), text.size());
    std::uint64_t part = 0;
    if (!read_whole(text.substr(at, end - at), part, 10)) return std::nullopt;
    parts.push_back(part);
    at = end + 1;
  }
  if (parts.size() > 16 || parts[0] >= std::uint64_t{1} << 48) return std::nullopt;
  Bytes sid{1, static_cast<std::uint8_t>(parts.size() - 1)};
  for (int shift = 40; shift >= 0; shift -= 8)
    sid.push_back(static_cast<std::uint8_t>(parts[0] >> shift));
  for (std::size_t i = 1; i < parts.size(); ++i) {
    if (parts[i] > UINT32_MAX) return std::nullopt;
    for (int shift = 0; shift < 32; shift += 8)
      sid.push_back(static_cast<std::uint8_t>(parts[i] >> shift));
  }
  return sid;
}

}  // namespace drydock::policy

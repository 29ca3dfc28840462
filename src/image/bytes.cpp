// SPDX-License-Identifier: Apache-2.0
#include "image/bytes.h"

namespace drydock::image {
namespace {

bool is_high_surrogate(std::uint32_t unit) {
  return (unit & 0xfc00) == 0xd800;
}
bool is_low_surrogate(std::uint32_t unit) {
  return (unit & 0xfc00) == 0xdc00;
}

bool is_printable(std::uint32_t code) {
  const bool control = code < 0x20 || (code >= 0x7f && code < 0xa0);
  const bool steers_direction =
      (code >= 0x202a && code <= 0x202e) || (code >= 0x2066 && code <= 0x2069);
  return !control && !steers_direction && (code & 0xfffff800) != 0xd800 && code <= 0x10ffff;
}

// The length that a UTF-8 lead byte announces and the smallest code of that length; 0: not a lead
// byte.
struct Lead {
  std::size_t length;
  std::uint32_t bits;
  std::uint32_t smallest;
};

Lead lead_of(std::uint32_t byte) {
  if (byte < 0x80) return {1, byte, 0};
  if ((byte & 0xe0) == 0xc0) return {2, byte & 0x1f, 0x80};
  if ((byte & 0xf0) == 0xe0) return {3, byte & 0x0f, 0x800};
  if ((byte & 0xf8) == 0xf0) return {4, byte & 0x07, 0x10000};
  return {0, 0, 0};
}

}  // namespace

std::optional<std::string> read_text(Bytes bytes, std::uint64_t offset, std::size_t limit) {
  std::string text;
  for (const std::byte byte : slice(bytes, offset, limit)) {
    const auto character = std::to_integer<unsigned char>(byte);
    if (character == 0) return text;
    if (character < 0x20 || character > 0x7e) return std::nullopt;
    text.push_back(static_cast<char>(character));
  }
  return std::nullopt;
}

void append_character(std::string& text, std::uint32_t code) {
  if (!is_printable(code)) code = '?';
  const auto push = [&](std::uint32_t byte) { text.push_back(static_cast<char>(byte)); };
  if (code < 0x80) {
    push(code);
  } else if (code < 0x800) {
    push(0xc0 | (code >> 6));
    push(0x80 | (code & 0x3f));
  } else if (code < 0x10000) {
    push(0xe0 | (code >> 12));
    push(0x80 | ((code >> 6) & 0x3f));
    push(0x80 | (code & 0x3f));
  } else {
    push(0xf0 | (code >> 18));
    push(0x80 | ((code >> 12) & 0x3f));
    push(0x80 | ((code >> 6) & 0x3f));
    push(0x80 | (code & 0x3f));
  }
}

std::string read_utf16(Bytes bytes, std::uint64_t offset, std::size_t limit) {
  std::string text;
  for (std::size_t i = 0; i < limit; ++i) {
    std::uint32_t unit = read_or<std::uint16_t>(bytes, offset + 2 * i, 0);
    if (unit == 0) break;
    const std::uint32_t next = read_or<std::uint16_t>(bytes, offset + 2 * i + 2, 0);
    if (is_high_surrogate(unit) && is_low_surrogate(next)) {
      unit = 0x10000 + ((unit - 0xd800) << 10) + (next - 0xdc00);
      ++i;
    }
    append_character(text, unit);
  }
  return text;
}

std::string read_utf8(Bytes bytes) {
  std::string text;
  for (std::size_t at = 0; at < bytes.size();) {
    const Lead lead = lead_of(std::to_integer<std::uint32_t>(bytes[at]));
    bool good = lead.length != 0 && contains(bytes, at, lead.length);
    std::uint32_t code = lead.bits;
    for (std::size_t i = 1; good && i < lead.length; ++i) {
      const auto byte = std::to_integer<std::uint32_t>(bytes[at + i]);
      good = (byte & 0xc0) == 0x80;
      code = code << 6 | (byte & 0x3f);
    }
    good = good && code >= lead.smallest;
    append_character(text, good ? code : '?');
    at += good ? lead.length : 1;
  }
  return text;
}

}  // namespace drydock::image

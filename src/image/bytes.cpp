// SPDX-License-Identifier: Apache-2.0
#include "image/bytes.h"

namespace drydock::image {
namespace {

void append_utf8(std::string& text, std::uint32_t code) {
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

bool is_high_surrogate(std::uint32_t unit) {
  return (unit & 0xfc00) == 0xd800;
}
bool is_low_surrogate(std::uint32_t unit) {
  return (unit & 0xfc00) == 0xdc00;
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

std::string read_utf16(Bytes bytes, std::uint64_t offset, std::size_t limit) {
  std::string text;
  for (std::size_t i = 0; i < limit; ++i) {
    std::uint32_t unit = read_or<std::uint16_t>(bytes, offset + 2 * i, 0);
    if (unit == 0) break;
    const std::uint32_t next = read_or<std::uint16_t>(bytes, offset + 2 * i + 2, 0);
    if (is_high_surrogate(unit) && is_low_surrogate(next)) {
      unit = 0x10000 + ((unit - 0xd800) << 10) + (next - 0xdc00);
      ++i;
    } else if (is_high_surrogate(unit) || is_low_surrogate(unit) || unit < 0x20) {
      unit = '?';
    }
    append_utf8(text, unit);
  }
  return text;
}

}  // namespace drydock::image

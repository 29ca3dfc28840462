// SPDX-License-Identifier: Apache-2.0
#include "scenario/byte_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstring>
#include <optional>

namespace drydock::scenario {
namespace {

using Bytes = std::vector<std::byte>;

void put_number(Bytes& bytes, std::uint64_t value, std::size_t width) {
  for (std::size_t i = 0; i < width; ++i) bytes.push_back(static_cast<std::byte>(value >> (8 * i)));
}

std::optional<std::uint64_t> number(std::string_view text) {
  const bool hexadecimal = text.starts_with("0x");
  if (hexadecimal) text.remove_prefix(2);
  std::uint64_t value = 0;
  const auto [end, error] =
      std::from_chars(text.data(), text.data() + text.size(), value, hexadecimal ? 16 : 10);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

// "u32:7": which width, and the number.
Result<Bytes> read_number(std::string_view token) {
  struct Width {
    std::string_view prefix;
    std::size_t bytes;
  };
  static constexpr Width widths[] = {{"u8:", 1}, {"u16:", 2}, {"u32:", 4}, {"u64:", 8}};
  const auto* const width = std::ranges::find_if(
      widths, [&](const Width& candidate) { return token.starts_with(candidate.prefix); });
  if (width == std::end(widths)) return failure(fmt::format("'{}' is no number of bytes", token));
  const auto value = number(token.substr(width->prefix.size()));
  const bool fits = value && (width->bytes == 8 || *value >> (8 * width->bytes) == 0);
  if (!fits) return failure(fmt::format("'{}' does not fit into {} bytes", token, width->bytes));
  Bytes bytes;
  put_number(bytes, *value, width->bytes);
  return bytes;
}

Result<Bytes> read_hexadecimal(std::string_view token) {
  Bytes bytes;
  for (std::size_t i = 0; i + 1 < token.size(); i += 2) {
    unsigned value = 0;
    const char* const end = token.data() + i + 2;
    if (std::from_chars(token.data() + i, end, value, 16).ptr != end) break;
    bytes.push_back(static_cast<std::byte>(value));
  }
  if (2 * bytes.size() != token.size())
    return failure(fmt::format("'{}' are no hexadecimal digits in pairs", token));
  return bytes;
}

// The token from its opening quote to the closing one; `wide` doubles each character.
Result<Bytes> read_quoted(std::string_view token, bool wide) {
  Bytes bytes;
  for (const char c : token.substr(1, token.size() - 2))
    put_number(bytes, static_cast<unsigned char>(c), wide ? 2 : 1);
  return bytes;
}

// What the text begins with, up to a blank or to the closing quote; npos: a quote is missing.
std::size_t token_length(std::string_view text) {
  const std::size_t quote = text.starts_with("L\"") ? 1 : 0;
  if (text.substr(quote).starts_with('"')) {
    const std::size_t end = text.find('"', quote + 1);
    return end == std::string_view::npos ? end : end + 1;
  }
  return std::min(text.find_first_of(" \t\r\n"), text.size());
}

Result<Bytes> read_token(std::string_view token) {
  if (token.starts_with('"')) return read_quoted(token, false);
  if (token.starts_with("L\"")) return read_quoted(token.substr(1), true);
  if (token.starts_with('u')) return read_number(token);
  return read_hexadecimal(token);
}

}  // namespace

Result<ByteText> ByteText::parse(std::string_view text) {
  ByteText result;
  for (;;) {
    text.remove_prefix(std::min(text.find_first_not_of(" \t\r\n"), text.size()));
    if (text.empty()) return result;
    const std::size_t length = token_length(text);
    if (length == std::string_view::npos) return failure("a closing \" is missing");
    const std::string_view token = text.substr(0, length);
    text.remove_prefix(length);
    if (token.size() > 2 && token.starts_with('<') && token.ends_with('>')) {
      result.pieces_.emplace_back(Address{std::string(token.substr(1, token.size() - 2))});
      continue;
    }
    auto bytes = read_token(token);
    if (!bytes) return std::unexpected(bytes.error());
    result.pieces_.emplace_back(std::move(*bytes));
  }
}

std::size_t ByteText::size() const {
  std::size_t size = 0;
  for (const auto& piece : pieces_) {
    const auto* literal = std::get_if<Literal>(&piece);
    size += literal != nullptr ? literal->size() : sizeof(std::uint64_t);
  }
  return size;
}

std::vector<std::string> ByteText::names() const {
  std::vector<std::string> names;
  for (const auto& piece : pieces_) {
    if (const auto* address = std::get_if<Address>(&piece)) names.push_back(address->name);
  }
  return names;
}

std::vector<std::byte> ByteText::bytes(
    const std::function<std::uint64_t(const std::string&)>& address_of) const {
  Bytes bytes;
  for (const auto& piece : pieces_) {
    if (const auto* address = std::get_if<Address>(&piece)) {
      put_number(bytes, address_of(address->name), sizeof(std::uint64_t));
    } else {
      const auto& literal = std::get<Literal>(piece);
      bytes.insert(bytes.end(), literal.begin(), literal.end());
    }
  }
  return bytes;
}

}  // namespace drydock::scenario

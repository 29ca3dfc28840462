// SPDX-License-Identifier: Apache-2.0
#include "base/guid.h"

#include <fmt/format.h>

#include <charconv>
#include <cstring>

namespace drydock {

std::string to_string(const Guid& guid) {
  const auto& tail = guid.data4;
  return fmt::format("{:08x}-{:04x}-{:04x}-{:02x}{:02x}-{:02x}{:02x}{:02x}{:02x}{:02x}{:02x}",
                     guid.data1, guid.data2, guid.data3, tail[0], tail[1], tail[2], tail[3],
                     tail[4], tail[5], tail[6], tail[7]);
}

namespace {

template <class T>
bool read_hex(std::string_view text, T& value) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, 16);
  return error == std::errc{} && end == text.data() + text.size();
}

bool has_registry_form(std::string_view text) {
  return text.size() == 36 && text[8] == '-' && text[13] == '-' && text[18] == '-' &&
         text[23] == '-';
}

}  // namespace

std::optional<Guid> parse_guid(std::string_view text) {
  if (text.size() == 38 && text.front() == '{' && text.back() == '}') text = text.substr(1, 36);
  if (!has_registry_form(text)) return std::nullopt;
  Guid guid;
  bool good = read_hex(text.substr(0, 8), guid.data1) && read_hex(text.substr(9, 4), guid.data2) &&
              read_hex(text.substr(14, 4), guid.data3);
  const std::string tail = std::string(text.substr(19, 4)) + std::string(text.substr(24, 12));
  for (std::size_t i = 0; i < guid.data4.size(); ++i) {
    good = good && read_hex(std::string_view(tail).substr(2 * i, 2), guid.data4[i]);
  }
  return good ? std::optional(guid) : std::nullopt;
}

}  // namespace drydock

std::size_t std::hash<drydock::Guid>::operator()(const drydock::Guid& guid) const noexcept {
  std::uint64_t halves[2];
  std::memcpy(halves, &guid, sizeof halves);
  return (halves[0] ^ (halves[1] * 0x9e3779b97f4a7c15ULL)) * 0xff51afd7ed558ccdULL;
}

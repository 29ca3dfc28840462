// SPDX-License-Identifier: Apache-2.0
// GUIDs as plain values with the Windows layout, so that keys of the filter engine can be compared,
// hashed and printed.
#pragma once

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace drydock {

// Same 16 bytes as the Windows GUID structure.
struct Guid {
  std::uint32_t data1 = 0;
  std::uint16_t data2 = 0;
  std::uint16_t data3 = 0;
  std::array<std::uint8_t, 8> data4{};

  friend auto operator<=>(const Guid&, const Guid&) = default;
  [[nodiscard]] bool is_zero() const { return *this == Guid{}; }
};
static_assert(sizeof(Guid) == 16);

// Registry form without braces, lower case: c86fd1bf-21cd-497e-a0bb-17425c885c58.
std::string to_string(const Guid& guid);

// Accepts the registry form with or without braces, any case.
std::optional<Guid> parse_guid(std::string_view text);

}  // namespace drydock

template <>
struct std::hash<drydock::Guid> {
  std::size_t operator()(const drydock::Guid& guid) const noexcept;
};

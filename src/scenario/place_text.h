// SPDX-License-Identifier: Apache-2.0
// Addresses in a scenario file: "192.0.2.10", "192.0.2.10:80", "[2001:db8::10]:80".
#pragma once

#include <charconv>
#include <optional>
#include <string>
#include <string_view>

#include "net/socket_place.h"
#include "scenario/toml_section.h"

namespace drydock::scenario {

inline std::optional<net::SocketPlace> parse_place(std::string_view text) {
  const auto colon = text.rfind(':');
  if (colon == std::string_view::npos) return std::nullopt;
  std::string_view address = text.substr(0, colon);
  const std::string_view digits = text.substr(colon + 1);
  const bool bracketed = address.starts_with('[') && address.ends_with(']');
  if (bracketed) address = address.substr(1, address.size() - 2);
  const auto parsed = net::IpAddress::parse(std::string(address));
  if (!parsed || bracketed != (parsed->version == net::IpVersion::v6)) return std::nullopt;
  net::SocketPlace place{*parsed, 0};
  const auto [end, error] =
      std::from_chars(digits.data(), digits.data() + digits.size(), place.port);
  if (error != std::errc{} || end != digits.data() + digits.size()) return std::nullopt;
  return place;
}

// The value has to be there.
inline net::SocketPlace read_place(Section& section, const char* key) {
  const auto text = *section.value<std::string>(key, "an address and a port");
  const auto place = parse_place(text);
  if (place) return *place;
  throw section.wrong(fmt::format("'{}' must be an address and a port, as 192.0.2.20:80 or "
                                  "[2001:db8::20]:80",
                                  key),
                      *section.find(key));
}

inline std::optional<net::IpAddress> read_address(Section& section, const char* key) {
  const auto text = section.value<std::string>(key, "an address");
  if (!text) return std::nullopt;
  const auto address = net::IpAddress::parse(*text);
  if (!address)
    throw section.wrong(fmt::format("'{}' must be an address", key), *section.find(key));
  return *address;
}

}  // namespace drydock::scenario

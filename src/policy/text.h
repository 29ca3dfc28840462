// SPDX-License-Identifier: Apache-2.0
// Bytes and numbers of a policy as people write them: UTF-8, hexadecimal, addresses, SIDs. Each
// pair turns one into the other exactly, or says that it cannot.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace drydock::policy {

using Bytes = std::vector<std::uint8_t>;
using ByteView = std::span<const std::uint8_t>;

// Nothing for text that is not well formed (a lone surrogate, a byte that is not UTF-8).
std::optional<std::string> to_utf8(std::u16string_view text);
std::optional<std::u16string> to_utf16(std::string_view text);
// For people: what is not well formed becomes U+FFFD.
std::string shown(std::u16string_view text);
// A message that quotes a file, made fit for a terminal: one line, no control characters, not
// endless.
std::string one_line(std::string message);

// Little-endian UTF-16, as Windows keeps it in blobs. Nothing for an odd number of bytes.
std::optional<std::u16string> utf16_of(ByteView bytes);
Bytes bytes_of(std::u16string_view text);

std::string hex_text(ByteView bytes);
std::optional<Bytes> parse_hex(std::string_view text);

// Decimal, or hexadecimal after 0x.
std::optional<std::uint64_t> parse_number(std::string_view text);

std::string v4_text(std::uint32_t host_order);
std::optional<std::uint32_t> parse_v4(std::string_view text);
std::string v6_text(ByteView network_order);  // 16 bytes
std::optional<std::array<std::uint8_t, 16>> parse_v6(std::string_view text);
std::string mac_text(ByteView address);  // 6 bytes: "00:11:22:33:44:55"
std::optional<Bytes> parse_mac(std::string_view text);

// "S-1-5-18". Nothing for bytes that are not exactly one SID of revision 1.
std::optional<std::string> sid_text(ByteView sid);
std::optional<Bytes> parse_sid(std::string_view text);

}  // namespace drydock::policy

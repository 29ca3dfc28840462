// SPDX-License-Identifier: Apache-2.0
// IP addresses as text, in the forms of RFC 4291 section 2.2.
#include <ip2string.h>
#include <ntddk.h>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <span>
#include <string>

#include "nt/exports.h"

namespace drydock::nt {

namespace {

using Words = std::array<unsigned, 8>;

std::string v4_text(std::span<const UCHAR, 4> bytes) {
  return fmt::format("{}.{}.{}.{}", bytes[0], bytes[1], bytes[2], bytes[3]);
}

// IPv4-mapped, IPv4-compatible and ISATAP addresses end like an IPv4 address.
bool ends_as_v4(const Words& words) {
  const bool five_zeros =
      std::all_of(words.begin(), words.begin() + 5, [](unsigned w) { return w == 0; });
  if (five_zeros && words[5] == 0xffff) return true;
  if (five_zeros && words[5] == 0) return words[6] != 0;
  return (words[4] == 0 || words[4] == 0x0200) && words[5] == 0x5efe;
}

struct Run {
  std::size_t begin = 0;
  std::size_t length = 0;
};

// The first longest run of zeros, of two words or more.
Run longest_zeros(std::span<const unsigned> words) {
  Run best;
  for (std::size_t begin = 0; begin < words.size(); ++begin) {
    std::size_t end = begin;
    while (end < words.size() && words[end] == 0) ++end;
    if (end - begin > best.length) best = {begin, end - begin};
  }
  return best.length > 1 ? best : Run{};
}

std::string v6_text(std::span<const UCHAR, 16> bytes) {
  Words words{};
  for (std::size_t i = 0; i < words.size(); ++i) words[i] = bytes[2 * i] << 8 | bytes[2 * i + 1];
  const bool dotted = ends_as_v4(words);
  const std::span<const unsigned> shown(words.data(), dotted ? 6 : 8);
  const Run zeros = longest_zeros(shown);
  std::string text;
  for (std::size_t i = 0; i < shown.size(); ++i) {
    if (zeros.length != 0 && i == zeros.begin) {
      text += "::";
      i += zeros.length - 1;
      continue;
    }
    if (!text.empty() && text.back() != ':') text += ':';
    text += fmt::format("{:x}", shown[i]);
  }
  if (!dotted) return text;
  if (text.back() != ':') text += ':';
  return text + v4_text(bytes.last<4>());
}

// The address of the terminating NUL.
template <class Char>
Char* put(const std::string& text, Char* out) {
  out = std::ranges::copy(text, out).out;
  *out = 0;
  return out;
}

std::span<const UCHAR, 4> bytes_of(const WDK_IN_ADDR* address) {
  return std::span<const UCHAR, 4>(reinterpret_cast<const UCHAR*>(address), 4);
}
std::span<const UCHAR, 16> bytes_of(const WDK_IN6_ADDR* address) {
  return std::span<const UCHAR, 16>(reinterpret_cast<const UCHAR*>(address), 16);
}

PSTR v4_to_text(const WDK_IN_ADDR* address, PSTR out) {
  return put(v4_text(bytes_of(address)), out);
}
PWSTR v4_to_wide(const WDK_IN_ADDR* address, PWSTR out) {
  return put(v4_text(bytes_of(address)), out);
}
PSTR v6_to_text(const WDK_IN6_ADDR* address, PSTR out) {
  return put(v6_text(bytes_of(address)), out);
}
PWSTR v6_to_wide(const WDK_IN6_ADDR* address, PWSTR out) {
  return put(v6_text(bytes_of(address)), out);
}

}  // namespace

Exports ip_string_exports() {
  static const ExportRow* const rows[] = {
      kernel_row<"RtlIpv4AddressToStringA", decltype(::RtlIpv4AddressToStringA), v4_to_text,
                 passive_quiet>(),
      kernel_row<"RtlIpv4AddressToStringW", decltype(::RtlIpv4AddressToStringW), v4_to_wide,
                 passive_quiet>(),
      kernel_row<"RtlIpv6AddressToStringA", decltype(::RtlIpv6AddressToStringA), v6_to_text,
                 passive_quiet>(),
      kernel_row<"RtlIpv6AddressToStringW", decltype(::RtlIpv6AddressToStringW), v6_to_wide,
                 passive_quiet>(),
  };
  return rows;
}

}  // namespace drydock::nt

// SPDX-License-Identifier: Apache-2.0
// Upper and lower case of single UTF-16 code units, without any locale: Latin, Greek and Cyrillic,
// which is what names of devices, keys and files are made of in tests.
#pragma once

namespace drydock::nt {

constexpr char16_t upcase(char16_t c) {
  const auto in = [c](char16_t first, char16_t last) { return c >= first && c <= last; };
  if (in(u'a', u'z') || (in(0xE0, 0xFE) && c != 0xF7) || in(0x3B1, 0x3C9) || in(0x430, 0x44F)) {
    return c == 0x3C2 ? c : static_cast<char16_t>(c - 0x20);  // final sigma stays
  }
  if (in(0x450, 0x45F)) return static_cast<char16_t>(c - 0x50);
  if (c == 0xFF) return 0x178;
  // Pairs of neighbours: even capitals in the first ranges, odd ones in the second.
  const bool odd_is_small = in(0x100, 0x137) || in(0x14A, 0x177) || in(0x460, 0x481);
  const bool even_is_small = in(0x139, 0x148) || in(0x179, 0x17E);
  if (odd_is_small && c % 2 == 1 && c != 0x131) return static_cast<char16_t>(c - 1);
  if (even_is_small && c % 2 == 0) return static_cast<char16_t>(c - 1);
  return c;
}

constexpr char16_t downcase(char16_t c) {
  const auto in = [c](char16_t first, char16_t last) { return c >= first && c <= last; };
  if (in(u'A', u'Z') || (in(0xC0, 0xDE) && c != 0xD7) || (in(0x391, 0x3A9) && c != 0x3A2) ||
      in(0x410, 0x42F)) {
    return static_cast<char16_t>(c + 0x20);
  }
  if (in(0x400, 0x40F)) return static_cast<char16_t>(c + 0x50);
  if (c == 0x178) return 0xFF;
  const bool even_is_capital = in(0x100, 0x137) || in(0x14A, 0x177) || in(0x460, 0x481);
  const bool odd_is_capital = in(0x139, 0x148) || in(0x179, 0x17E);
  if (even_is_capital && c % 2 == 0 && c != 0x130) return static_cast<char16_t>(c + 1);
  if (odd_is_capital && c % 2 == 1) return static_cast<char16_t>(c + 1);
  return c;
}

}  // namespace drydock::nt

// SPDX-License-Identifier: Apache-2.0
#include "report/page.h"

#include <algorithm>
#include <array>

namespace drydock::report {
namespace {

constexpr std::size_t label_width = 10;

constexpr std::array<std::string_view, 6> escape_codes = {"",           "\x1b[1m",    "\x1b[1;32m",
                                                          "\x1b[1;31m", "\x1b[1;33m", "\x1b[2m"};

}  // namespace

std::string printable(std::string_view text) {
  std::string result(text);
  std::ranges::replace_if(result, [](unsigned char c) { return c < 0x20 || c == 0x7f; }, '?');
  return result;
}

std::string plural(std::uint64_t count, std::string_view noun) {
  return fmt::format("{} {}{}", count, noun, count == 1 ? "" : "s");
}

std::string Page::styled(Style style, std::string_view text) const {
  if (!color_ || style == Style::plain) return std::string(text);
  return fmt::format("{}{}\x1b[0m", escape_codes[static_cast<std::size_t>(style)], text);
}

void Page::field(std::string_view label, std::string_view value) {
  if (value.empty()) return;
  wrap(printable(value), fmt::format("  {:<{}}", label, label_width), 2 + label_width);
}

void Page::prose(std::string_view text, std::size_t indent) {
  wrap(printable(text), std::string(indent, ' '), indent);
}

void Page::wrap(std::string_view text, std::string first, std::size_t indent) {
  std::string current = std::move(first);
  bool fresh = true;  // no word on this line yet
  while (!text.empty()) {
    const auto word = text.substr(0, text.find(' '));
    text.remove_prefix(std::min(text.size(), word.size() + 1));
    if (!fresh && current.size() + 1 + word.size() > width_) {
      line("{}", current);
      current.assign(indent, ' ');
      fresh = true;
    }
    if (!fresh) current += ' ';
    current += word;
    fresh = false;
  }
  line("{}", current);
}

void Page::words(std::span<const std::string> words, std::size_t indent) {
  std::string current(indent, ' ');
  for (const std::string& word : words) {
    const bool fresh = current.size() == indent;
    if (!fresh && current.size() + 2 + word.size() > width_) {
      line("{}", current);
      current.assign(indent, ' ');
    } else if (!fresh) {
      current += "  ";
    }
    current += printable(word);
  }
  if (current.size() > indent) line("{}", current);
}

}  // namespace drydock::report

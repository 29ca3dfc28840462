// SPDX-License-Identifier: Apache-2.0
// Text for a terminal: lines, labelled fields, wrapped prose, words side by side, and colour where
// it is wanted.
#pragma once

#include <fmt/format.h>

#include <cstdint>
#include <iterator>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace drydock::report {

enum class Style : std::uint8_t { plain, bold, good, bad, unsure, faint };

// Control characters replaced, so that a name from a hostile file cannot steer the terminal.
std::string printable(std::string_view text);

// "1 driver", "2 drivers".
std::string plural(std::uint64_t count, std::string_view noun);

class Page {
 public:
  explicit Page(bool color = false, std::size_t width = 100) : color_(color), width_(width) {}

  template <class... Args>
  void line(fmt::format_string<Args...> text, Args&&... args) {
    fmt::format_to(std::back_inserter(text_), text, std::forward<Args>(args)...);
    text_.push_back('\n');
  }
  // The text in the escape codes of its style, or as it is.
  [[nodiscard]] std::string styled(Style style, std::string_view text) const;

  // "  label      value", the value wrapped under itself; nothing when there is no value.
  void field(std::string_view label, std::string_view value);
  // Prose, wrapped, every line indented.
  void prose(std::string_view text, std::size_t indent);
  // Words side by side, two spaces between them, broken before the page's width.
  void words(std::span<const std::string> words, std::size_t indent);

  [[nodiscard]] std::string take() { return std::move(text_); }

 private:
  void wrap(std::string_view text, std::string first, std::size_t indent);

  std::string text_;
  bool color_;
  std::size_t width_;
};

}  // namespace drydock::report

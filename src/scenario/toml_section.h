// SPDX-License-Identifier: Apache-2.0
// One table of a scenario file while it is read: hands out its values, then refuses what nobody
// asked for.
#pragma once

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <toml++/toml.h>
#include <algorithm>
#include <cstdint>
#include <exception>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace drydock::scenario {

// Does not leave the reader: parse_scenario turns it into an Error.
class Wrong : public std::exception {
 public:
  Wrong(const toml::source_region& where, std::string what)
      : Wrong(where.begin.line, std::move(what)) {}
  Wrong(std::uint32_t line, std::string what) : line_(line), what_(std::move(what)) {}

  [[nodiscard]] const char* what() const noexcept override { return what_.c_str(); }
  [[nodiscard]] std::uint32_t line() const { return line_; }

 private:
  std::uint32_t line_;
  std::string what_;
};

class Section {
 public:
  Section(const toml::node& node, std::string name) : name_(std::move(name)) {
    table_ = node.as_table();
    if (table_ == nullptr) throw Wrong(node.source(), fmt::format("{} must be a table", name_));
  }

  [[nodiscard]] const toml::node* find(std::string_view key) {
    if (std::ranges::find(known_, key) == known_.end()) known_.emplace_back(key);
    return table_->get(key);
  }
  template <class T>
  std::optional<T> value(std::string_view key, std::string_view expected) {
    const toml::node* node = find(key);
    if (node == nullptr) return std::nullopt;
    const auto value = node->value_exact<T>();
    if (!value) throw wrong_type(*node, key, expected);
    return value;
  }
  std::optional<std::int64_t> number(std::string_view key, std::int64_t least, std::int64_t most) {
    const auto expected = most == INT64_MAX ? fmt::format("a number from {}", least)
                                            : fmt::format("a number from {} to {}", least, most);
    const auto found = value<std::int64_t>(key, expected);
    if (found && (*found < least || *found > most))
      throw wrong_type(*table_->get(key), key, expected);
    return found;
  }
  std::vector<std::string> texts(std::string_view key) {
    const toml::node* node = find(key);
    if (node == nullptr) return {};
    const auto* list = node->as_array();
    if (list == nullptr) throw wrong_type(*node, key, "a list of texts");
    std::vector<std::string> texts;
    for (const toml::node& element : *list) {
      const auto text = element.value_exact<std::string>();
      if (!text) throw wrong_type(element, key, "a list of texts");
      texts.push_back(*text);
    }
    return texts;
  }
  [[nodiscard]] bool has(std::string_view key) const { return table_->get(key) != nullptr; }
  // "[[traffic]] is nonsense", at the section's line.
  [[nodiscard]] Wrong wrong(std::string_view what) const {
    return {table_->source(), fmt::format("{} {}", name_, what)};
  }
  // The same about one of its values.
  [[nodiscard]] Wrong wrong(std::string_view what, const toml::node& value) const {
    return {value.source(), fmt::format("{} in {}", what, name_)};
  }
  [[nodiscard]] Wrong missing(std::string_view key) const {
    return {table_->source(), fmt::format("{} needs '{}'", name_, key)};
  }
  void refuse_others() const {
    for (const auto& [key, node] : *table_) {
      if (std::ranges::find(known_, key.str()) != known_.end()) continue;
      throw Wrong(key.source(), fmt::format("unknown key '{}' in {}; known are {}", key.str(),
                                            name_, fmt::join(known_, ", ")));
    }
  }

 private:
  [[nodiscard]] Wrong wrong_type(const toml::node& node, std::string_view key,
                                 std::string_view expected) const {
    return {node.source(), fmt::format("'{}' in {} must be {}", key, name_, expected)};
  }

  const toml::table* table_ = nullptr;
  std::string name_;
  std::vector<std::string> known_;
};

}  // namespace drydock::scenario

// SPDX-License-Identifier: Apache-2.0
#include "policy/json_tree.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <memory>
#include <nlohmann/json.hpp>

#include "policy/text.h"

namespace drydock::policy {
namespace {

constexpr std::size_t deepest = 32;  // no policy nests deeper; the tree is taken down recursively

// Hands the text to the parser character by character and remembers how far it got.
class CountingIterator {
 public:
  using iterator_category = std::input_iterator_tag;
  using value_type = char;
  using difference_type = std::ptrdiff_t;
  using pointer = const char*;
  using reference = char;

  CountingIterator(const char* at, const char** reached) : at_(at), reached_(reached) {}

  char operator*() const { return *at_; }
  CountingIterator& operator++() {
    ++at_;
    if (reached_ != nullptr) *reached_ = at_;
    return *this;
  }
  CountingIterator operator++(int) {
    const CountingIterator before = *this;
    ++*this;
    return before;
  }
  friend bool operator==(const CountingIterator& a, const CountingIterator& b) {
    return a.at_ == b.at_;
  }

 private:
  const char* at_;
  const char** reached_;
};

// Line numbers of positions that only move forward.
class Lines {
 public:
  explicit Lines(const char* begin) : counted_(begin) {}
  std::uint32_t of(const char* position) {
    if (position > counted_) {
      line_ += static_cast<std::uint32_t>(std::count(counted_, position, '\n'));
      counted_ = position;
    }
    return line_;
  }

 private:
  const char* counted_;
  std::uint32_t line_ = 1;
};

class Builder {
 public:
  using number_integer_t = nlohmann::json::number_integer_t;
  using number_unsigned_t = nlohmann::json::number_unsigned_t;
  using number_float_t = nlohmann::json::number_float_t;
  using string_t = std::string;
  using binary_t = nlohmann::json::binary_t;

  explicit Builder(std::string_view text)
      : text_(text), reached_(std::to_address(text.begin())), lines_(reached_) {}

  [[nodiscard]] CountingIterator begin() { return {reached_, &reached_}; }
  [[nodiscard]] CountingIterator end() { return {std::to_address(text_.end()), nullptr}; }

  bool null() { return put(nullptr, reached_); }
  bool boolean(bool value) { return put(value, reached_); }
  // The parser has looked at the character behind a number.
  bool number_integer(number_integer_t value) { return put(std::int64_t{value}, reached_ - 1); }
  bool number_unsigned(number_unsigned_t value) { return put(std::uint64_t{value}, reached_ - 1); }
  bool number_float(number_float_t value, const string_t&) { return put(value, reached_ - 1); }
  bool string(string_t& value) { return put(std::move(value), reached_); }
  bool binary(binary_t&) { return false; }

  bool start_object(std::size_t) { return open(JsonMembers{}); }
  bool start_array(std::size_t) { return open(std::vector<JsonValue>{}); }
  bool end_object() { return close(); }
  bool end_array() { return close(); }

  bool key(string_t& name) {
    auto& members = std::get<JsonMembers>(open_.back().content);
    const bool twice = std::ranges::any_of(members, [&](const auto& m) { return m.first == name; });
    if (twice) return wrong(fmt::format("member '{}' is there twice", name));
    members.emplace_back(std::move(name), JsonValue{});
    return true;
  }

  bool parse_error(std::size_t, const std::string&, const nlohmann::detail::exception& error) {
    const std::string_view what = error.what();  // "[json...] parse error at line 1, column 2: ..."
    const std::size_t reason = what.find(": ");
    return wrong(fmt::format("not JSON: {}", what.substr(reason + 2)));
  }

  Result<JsonValue> result(bool parsed, const std::string& name) {
    if (!parsed) return failure(one_line(fmt::format("{}:{}: {}", name, error_line_, error_)));
    return std::move(root_);
  }

 private:
  bool wrong(std::string what) {
    error_ = std::move(what);
    error_line_ = lines_.of(reached_);
    return false;
  }

  template <class T>
  bool put(T content, const char* end) {
    place({std::move(content), lines_.of(end)});
    return true;
  }

  template <class T>
  bool open(T content) {
    if (open_.size() >= deepest) return wrong("nested too deep to be a policy");
    open_.push_back({std::move(content), lines_.of(reached_)});
    return true;
  }

  bool close() {
    JsonValue done = std::move(open_.back());
    open_.pop_back();
    place(std::move(done));
    return true;
  }

  void place(JsonValue value) {
    if (open_.empty()) {
      root_ = std::move(value);
    } else if (auto* list = std::get_if<std::vector<JsonValue>>(&open_.back().content)) {
      list->push_back(std::move(value));
    } else {
      std::get<JsonMembers>(open_.back().content).back().second = std::move(value);
    }
  }

  std::string_view text_;
  const char* reached_;
  Lines lines_;
  std::vector<JsonValue> open_;
  JsonValue root_;
  std::string error_ = "not JSON";
  std::uint32_t error_line_ = 1;
};

}  // namespace

Result<JsonValue> parse_json(std::string_view text, const std::string& name) {
  Builder builder(text);
  const bool parsed = nlohmann::json::sax_parse(builder.begin(), builder.end(), &builder);
  return builder.result(parsed, name);
}

}  // namespace drydock::policy

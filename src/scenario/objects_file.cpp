// SPDX-License-Identifier: Apache-2.0
#include "scenario/objects_file.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "scenario/toml_section.h"

namespace drydock::scenario {
namespace {

class JsonText {
 public:
  explicit JsonText(const std::string& list) {
    text_ = R"({"kind": "drydock policy", "schema": 1, ")" + list + "\": [";
  }

  void put(const toml::node& node) {
    reach(node.source().begin.line);
    if (const auto* table = node.as_table()) return put_members(*table);
    if (const auto* list = node.as_array()) return put_elements(*list);
    if (const auto* text = node.as_string()) return put_text(text->get());
    if (const auto* number = node.as_integer()) {
      text_ += std::to_string(number->get());
    } else if (const auto* truth = node.as_boolean()) {
      text_ += truth->get() ? "true" : "false";
    } else {
      throw Wrong(node.source(), "a value of an object is a text, a number, a list or a table");
    }
  }

  [[nodiscard]] std::string take() { return std::move(text_) + "]}"; }

 private:
  // Blank lines, until the next value stands where it does in the scenario.
  void reach(std::uint32_t line) {
    if (line <= line_) return;
    text_.append(line - line_, '\n');
    line_ = line;
  }
  void put_text(const std::string& text) { text_ += nlohmann::json(text).dump(); }
  void put_elements(const toml::array& list) {
    text_ += '[';
    for (std::size_t i = 0; i < list.size(); ++i) {
      if (i != 0) text_ += ", ";
      put(*list.get(i));
    }
    text_ += ']';
  }
  // In the order of the file.
  void put_members(const toml::table& table) {
    std::vector<std::pair<const toml::key*, const toml::node*>> members;
    for (const auto& [key, node] : table) members.emplace_back(&key, &node);
    std::ranges::sort(members, {}, [](const auto& member) {
      const auto& begin = member.first->source().begin;
      return std::pair(begin.line, begin.column);
    });
    text_ += '{';
    for (std::size_t i = 0; i < members.size(); ++i) {
      if (i != 0) text_ += ", ";
      put_text(std::string(members[i].first->str()));
      text_ += ": ";
      put(*members[i].second);
    }
    text_ += '}';
  }

  std::string text_;
  std::uint32_t line_ = 1;
};

void add_objects(const toml::table& root, const std::string& kind,
                 std::vector<std::string>& objects) {
  const toml::node* node = root.get(kind);
  if (node == nullptr) return;
  const auto* list = node->as_array();
  if (list == nullptr)
    throw Wrong(node->source(), fmt::format("[[{}]] must be written with two brackets", kind));
  for (const toml::node& object : *list) {
    JsonText text(kind + "s");
    text.put(object);
    objects.push_back(text.take());
  }
}

}  // namespace

std::vector<std::string> read_objects(const toml::table& root) {
  std::vector<std::string> objects;
  for (const char* kind : {"sublayer", "callout", "filter"}) add_objects(root, kind, objects);
  return objects;
}

}  // namespace drydock::scenario

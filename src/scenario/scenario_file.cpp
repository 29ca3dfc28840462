// SPDX-License-Identifier: Apache-2.0
#include "scenario/scenario_file.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <toml++/toml.h>
#include <algorithm>
#include <exception>

#include "scenario/variants.h"

namespace drydock::scenario {
namespace {

constexpr std::int64_t most_processors = 64;
constexpr std::int64_t most_reboots = 100;

// Does not leave this file: parse_scenario turns it into an Error.
class Wrong : public std::exception {
 public:
  Wrong(toml::source_region where, std::string what)
      : line_(where.begin.line), what_(std::move(what)) {}

  [[nodiscard]] const char* what() const noexcept override { return what_.c_str(); }
  [[nodiscard]] std::uint32_t line() const { return line_; }

 private:
  std::uint32_t line_;
  std::string what_;
};

// One table of the file: hands out its values, then refuses what nobody asked for.
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

void read_driver(const toml::node& node, ScenarioFile& scenario) {
  Section section(node, "[driver]");
  scenario.service = section.value<std::string>("service", "a text");
  if (const auto start = section.value<std::string>("start", "\"boot\" or \"demand\"")) {
    if (*start != "boot" && *start != "demand")
      throw Wrong(section.find("start")->source(),
                  "'start' in [driver] must be \"boot\" or \"demand\"");
    scenario.boot_start = *start == "boot";
  }
  section.refuse_others();
}

void read_machine(const toml::node& node, ScenarioFile& scenario) {
  Section section(node, "[machine]");
  if (const auto count = section.number("processors", 1, most_processors))
    scenario.processors = static_cast<std::uint32_t>(*count);
  if (const auto seed = section.number("seed", 0, INT64_MAX))
    scenario.seed = static_cast<std::uint64_t>(*seed);
  scenario.variants = section.texts("variants");
  if (const auto chosen = options_with(scenario.variants); !chosen)
    throw Wrong(section.find("variants")->source(), chosen.error().message);
  if (const auto count = section.number("reboots", 0, most_reboots))
    scenario.reboots = static_cast<std::uint32_t>(*count);
  section.refuse_others();
}

void read_traffic(const toml::node& node, ScenarioFile& scenario) {
  const auto* list = node.as_array();
  if (list == nullptr) throw Wrong(node.source(), "[[traffic]] must be written with two brackets");
  for (const toml::node& element : *list) {
    Section section(element, "[[traffic]]");
    const auto capture = section.value<std::string>("capture", "a text");
    auto local = section.texts("local");
    section.refuse_others();
    if (!capture) throw section.missing("capture");
    scenario.traffic.push_back({*capture, std::move(local)});
  }
}

void read_policy(const toml::node& node, ScenarioFile& scenario) {
  Section section(node, "[policy]");
  scenario.policies = section.texts("files");
  scenario.skip_unknown_policy = section.value<bool>("skip_unknown", "true or false");
  section.refuse_others();
}

void read_store(const toml::node& node, ScenarioFile& scenario) {
  Section section(node, "[store]");
  scenario.store = section.value<std::string>("path", "a text");
  section.refuse_others();
  if (!scenario.store) throw section.missing("path");
}

void read_unload(const toml::node& node, ScenarioFile& scenario) {
  Section section(node, "[unload]");
  scenario.restart = section.value<bool>("restart", "true or false");
  section.refuse_others();
}

void read_expect(const toml::node& node, ScenarioFile& scenario) {
  Section section(node, "[expect]");
  scenario.start_fails = section.value<bool>("start_fails", "true or false");
  section.refuse_others();
}

ScenarioFile read(const toml::table& root) {
  struct Reader {
    const char* key;
    void (*read)(const toml::node&, ScenarioFile&);
  };
  static constexpr Reader readers[] = {{"driver", read_driver},   {"machine", read_machine},
                                       {"policy", read_policy},   {"store", read_store},
                                       {"traffic", read_traffic}, {"unload", read_unload},
                                       {"expect", read_expect}};
  ScenarioFile scenario;
  Section whole(root, "the scenario");
  for (const Reader& reader : readers) {
    if (const toml::node* node = whole.find(reader.key)) reader.read(*node, scenario);
  }
  whole.refuse_others();
  return scenario;
}

}  // namespace

Result<ScenarioFile> parse_scenario(std::string_view text, const std::string& name) {
  try {
    return read(toml::parse(text));
  } catch (const toml::parse_error& error) {
    return failure(fmt::format("{}:{}: {}", name, error.source().begin.line, error.description()));
  } catch (const Wrong& wrong) {
    return failure(fmt::format("{}:{}: {}", name, wrong.line(), wrong.what()));
  }
}

}  // namespace drydock::scenario

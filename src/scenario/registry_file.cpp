// SPDX-License-Identifier: Apache-2.0
#include "scenario/registry_file.h"

#include <ntddk.h>

#include <span>

#include "policy/text.h"
#include "scenario/byte_text.h"
#include "scenario/toml_section.h"

namespace drydock::scenario {
namespace {

constexpr std::u16string_view services =
    u"\\Registry\\Machine\\System\\CurrentControlSet\\Services\\";

std::u16string wide(std::string_view text, const toml::source_region& where) {
  auto units = policy::to_utf16(text);
  if (!units) throw Wrong(where, fmt::format("'{}' in [registry] is no valid UTF-8", text));
  return std::move(*units);
}

template <class T>
void append(std::vector<std::byte>& data, std::span<const T> values) {
  const auto bytes = std::as_bytes(values);
  data.insert(data.end(), bytes.begin(), bytes.end());
}

// With its zero.
void append_text(std::vector<std::byte>& data, const std::u16string& text) {
  append(data, std::span(text.c_str(), text.size() + 1));
}

// A key whose name begins with a backslash is absolute.
std::u16string path_below(const std::u16string& key, const std::u16string& name) {
  if (key.empty() || name.starts_with(u'\\')) return name;
  std::u16string path = key;
  path += u'\\';
  path += name;
  return path;
}

class Reader {
 public:
  Reader(const std::string& driver, std::vector<RegistryText>& values)
      : driver_(driver), values_(values) {}

  void read_key(const toml::table& table, const std::u16string& key) {
    for (const auto& [name, node] : table) {
      const auto text = wide(name.str(), name.source());
      const auto* below = node.as_table();
      if (below != nullptr && !below->is_inline()) {
        read_key(*below, path_below(key, text));
        continue;
      }
      RegistryText value{.driver = driver_, .key = key, .name = text, .type = 0, .data = {}};
      read_value(node, value);
      values_.push_back(std::move(value));
    }
  }

 private:
  static void read_value(const toml::node& node, RegistryText& value) {
    if (const auto* number = node.as_integer()) return read_dword(number->get(), node, value);
    if (const auto* text = node.as_string()) {
      value.type = REG_SZ;
      return append_text(value.data, wide(text->get(), node.source()));
    }
    if (const auto* list = node.as_array()) return read_texts(*list, value);
    if (node.is_table()) return read_typed(node, value);
    throw wrong(node);
  }

  static void read_dword(std::int64_t number, const toml::node& node, RegistryText& value) {
    if (number < 0 || number > UINT32_MAX) throw wrong(node);
    value.type = REG_DWORD;
    const auto word = static_cast<std::uint32_t>(number);
    append(value.data, std::span(&word, 1));
  }

  static void read_texts(const toml::array& list, RegistryText& value) {
    value.type = REG_MULTI_SZ;
    for (const toml::node& element : list) {
      const auto* text = element.as_string();
      if (text == nullptr || text->get().empty()) throw wrong(element);
      append_text(value.data, wide(text->get(), element.source()));
    }
    append_text(value.data, u"");
  }

  static void read_typed(const toml::node& node, RegistryText& value) {
    Section section(node, "a value of [registry]");
    if (const auto number = section.number("qword", 0, INT64_MAX)) {
      value.type = REG_QWORD;
      append(value.data, std::span(&*number, 1));
    } else if (const auto text = section.value<std::string>("expand", "a text")) {
      value.type = REG_EXPAND_SZ;
      append_text(value.data, wide(*text, node.source()));
    } else if (const auto bytes = section.value<std::string>("binary", "a text of bytes")) {
      value.type = REG_BINARY;
      value.data = plain_bytes(*bytes, node);
    } else {
      throw wrong(node);
    }
    section.refuse_others();
  }

  static std::vector<std::byte> plain_bytes(const std::string& text, const toml::node& node) {
    const auto parsed = ByteText::parse(text);
    if (!parsed) throw Wrong(node.source(), parsed.error().message);
    if (!parsed->names().empty())
      throw Wrong(node.source(), "a value of [registry] has no memory of a process in it");
    return parsed->bytes([](const std::string&) { return std::uint64_t{0}; });
  }

  static Wrong wrong(const toml::node& node) {
    return {node.source(),
            "a value of [registry] is a number up to 4294967295, a text, a list of texts that are "
            "not empty, { qword = NUMBER }, { expand = TEXT } or { binary = BYTES }"};
  }

  const std::string& driver_;
  std::vector<RegistryText>& values_;
};

}  // namespace

void read_registry(const toml::node& node, const std::string& driver,
                   std::vector<RegistryText>& values) {
  const auto* table = node.as_table();
  if (table == nullptr) throw Wrong(node.source(), "[registry] must be a table");
  Reader(driver, values).read_key(*table, u"");
}

std::u16string key_path(const RegistryText& value, std::string_view service) {
  if (value.key.starts_with(u'\\')) return value.key;
  std::u16string path(services);
  path.append(service.begin(), service.end());
  return value.key.empty() ? path : path_below(path, value.key);
}

}  // namespace drydock::scenario

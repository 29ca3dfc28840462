// SPDX-License-Identifier: Apache-2.0
// JSON read into a tree that knows on which line each value stands: what is wrong with a value is
// often found long after it was read.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "base/error.h"

namespace drydock::policy {

struct JsonValue;
using JsonMembers = std::vector<std::pair<std::string, JsonValue>>;  // in the file's order

struct JsonValue {
  std::variant<std::nullptr_t, bool, std::uint64_t, std::int64_t, double, std::string,
               std::vector<JsonValue>, JsonMembers>
      content = nullptr;
  std::uint32_t line = 0;  // where it ends or, of a list or an object, begins

  template <class T>
  [[nodiscard]] const T* as() const {
    return std::get_if<T>(&content);
  }
};

// Strict: no comments, no member twice, nothing behind the end. `name` begins every error:
// "name:line: what is wrong".
Result<JsonValue> parse_json(std::string_view text, const std::string& name);

}  // namespace drydock::policy

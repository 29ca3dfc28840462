// SPDX-License-Identifier: Apache-2.0
// Registry values as a scenario file gives them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace drydock::scenario {

struct RegistryText {
  std::string driver;  // of several: below whose service key; empty: the first one's
  std::u16string key;  // below the service's key, may be empty; with '\\' first, an absolute path
  std::u16string name;
  std::uint32_t type = 0;  // REG_...
  std::vector<std::byte> data;
};

// The path of the value's key in a machine whose driver has that service.
std::u16string key_path(const RegistryText& value, std::string_view service);

}  // namespace drydock::scenario

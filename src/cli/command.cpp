// SPDX-License-Identifier: Apache-2.0
#include "cli/command.h"

#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <string_view>

namespace drydock::cli {

bool use_color(const Options& options) {
  if (options.color != Color::automatic) return options.color == Color::always;
  const char* no_color = std::getenv("NO_COLOR");
  if (no_color != nullptr && !std::string_view(no_color).empty()) return false;
  return isatty(STDOUT_FILENO) == 1;
}

int refuse(const std::string& message) {
  fmt::print(stderr, "drydock: {}\n", message);
  return exit_usage;
}

}  // namespace drydock::cli

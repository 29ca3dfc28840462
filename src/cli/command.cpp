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

std::string quoted(const std::string& text) {
  constexpr std::string_view plain =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./:=@,+%";
  if (!text.empty() && text.find_first_not_of(plain) == std::string::npos) return text;
  std::string result = "'";
  for (const char c : text) result += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return result + "'";
}

}  // namespace drydock::cli

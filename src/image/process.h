// SPDX-License-Identifier: Apache-2.0
// Running a helper program without a shell: text in, text out, and an end to waiting.
#pragma once

#include <chrono>
#include <span>
#include <string>
#include <string_view>

#include "base/error.h"

namespace drydock::image {

// Runs `arguments` (the program, looked up in PATH, comes first) with `input` on standard input and
// returns its standard output; standard error is dropped. Errors: cannot be started, exit status
// other than 0, not done within `patience` (it is then killed).
Result<std::string> run_program(std::span<const std::string> arguments, std::string_view input,
                                std::chrono::milliseconds patience);

}  // namespace drydock::image

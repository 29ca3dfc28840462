// SPDX-License-Identifier: Apache-2.0
// How many functions the framework has, and what they are called.
#pragma once

#include <cstddef>

namespace drydock::kmdf {

inline constexpr std::size_t function_count = 458;  // KMDF 1.33

// index < function_count.
const char* function_name(std::size_t index);

}  // namespace drydock::kmdf

// SPDX-License-Identifier: Apache-2.0
// SHA-256 (FIPS 180-4): how a replay file knows the driver and the captures it was made with. Here
// so that no cryptographic library is needed for so little.
#pragma once

#include <cstddef>
#include <span>
#include <string>

namespace drydock {

// 64 lower-case hexadecimal digits.
std::string sha256(std::span<const std::byte> bytes);

}  // namespace drydock

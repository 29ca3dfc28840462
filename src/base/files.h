// SPDX-License-Identifier: Apache-2.0
// Reading and writing whole files named by a user, with errors a user understands.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace drydock {

// The bytes of a regular file. Errors: it does not exist, is a folder or device, is larger than
// `limit` bytes, or cannot be read.
Result<std::vector<std::byte>> read_file(const std::filesystem::path& path,
                                         std::size_t limit = std::size_t{1} << 30);

// Writes under another name beside `path` and renames: there is a whole file or none. Errors: it
// cannot be written there.
Result<void> write_file(const std::filesystem::path& path, std::string_view content);

// Whether write_file could, with the same error; leaves nothing behind.
Result<void> check_writable(const std::filesystem::path& path);

}  // namespace drydock

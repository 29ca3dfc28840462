// SPDX-License-Identifier: Apache-2.0
#include "base/files.h"

#include <unistd.h>

#include <cerrno>
#include <fstream>
#include <system_error>

// Not by fmt: libdrydock is made of this file too and needs no library.
namespace drydock {

Result<std::vector<std::byte>> read_file(const std::filesystem::path& path, std::size_t limit) {
  namespace fs = std::filesystem;
  std::error_code error;
  const auto status = fs::status(path, error);
  if (status.type() == fs::file_type::none) return failure(path.string() + ": " + error.message());
  if (!fs::exists(status)) return failure(path.string() + ": no such file");
  if (!fs::is_regular_file(status)) return failure(path.string() + ": not a regular file");
  const auto size = fs::file_size(path, error);
  if (error) return failure(path.string() + ": " + error.message());
  if (size > limit)
    return failure(path.string() + ": " + std::to_string(size) + " bytes, more than the " +
                   std::to_string(limit) + " that can be right");

  std::ifstream file(path, std::ios::binary);
  if (!file) return failure(path.string() + ": " + std::generic_category().message(errno));
  std::vector<std::byte> bytes(size);
  file.read(reinterpret_cast<char*>(bytes.data()), static_cast<std::streamsize>(size));
  if (static_cast<std::size_t>(file.gcount()) != size)
    return failure(path.string() + ": cannot be read to its end");
  return bytes;
}

namespace {

std::string temporary_beside(const std::filesystem::path& path) {
  return path.string() + "." + std::to_string(getpid()) + ".tmp";
}

std::unexpected<Error> cannot_be_written(const std::filesystem::path& path, int reason) {
  return failure(path.string() + ": cannot be written: " + std::generic_category().message(reason));
}

}  // namespace

Result<void> check_writable(const std::filesystem::path& path) {
  std::error_code ignored;
  if (std::filesystem::is_directory(path, ignored)) return cannot_be_written(path, EISDIR);
  const auto temporary = temporary_beside(path);
  const bool opened = std::ofstream(temporary, std::ios::binary | std::ios::trunc).is_open();
  const int reason = errno;
  std::filesystem::remove(temporary, ignored);
  if (!opened) return cannot_be_written(path, reason);
  return {};
}

Result<void> write_file(const std::filesystem::path& path, std::string_view content) {
  const auto temporary = temporary_beside(path);
  std::ofstream file(temporary, std::ios::binary | std::ios::trunc);
  file.write(content.data(), static_cast<std::streamsize>(content.size()));
  file.close();
  std::error_code error;
  if (file) std::filesystem::rename(temporary, path, error);
  if (file && !error) return {};
  const int reason = error ? error.value() : errno;
  std::filesystem::remove(temporary, error);
  return cannot_be_written(path, reason);
}

}  // namespace drydock

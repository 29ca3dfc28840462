// SPDX-License-Identifier: Apache-2.0
#include "base/files.h"

#include <gtest/gtest.h>

#include <fstream>
#include <string>

namespace drydock {
namespace {

std::string written(const std::string& name, const std::string& text) {
  const std::string path = testing::TempDir() + "drydock_files_test_" + name;
  std::ofstream(path, std::ios::binary) << text;
  return path;
}

TEST(ReadFile, gives_every_byte_of_a_file) {
  const std::vector<std::byte> expected{std::byte{'a'}, std::byte{0}, std::byte{0xff}};
  EXPECT_EQ(read_file(written("whole", std::string("a\0\xff", 3))).value(), expected);
  EXPECT_EQ(read_file(written("empty", "")).value(), std::vector<std::byte>{});
}

TEST(ReadFile, errors_name_the_file_and_the_reason) {
  EXPECT_EQ(read_file("/no/such.sys").error().message, "/no/such.sys: no such file");
  EXPECT_EQ(read_file("/proc").error().message, "/proc: not a regular file");
  EXPECT_EQ(read_file("/dev/null").error().message, "/dev/null: not a regular file");
  const auto big = written("big", "12345");
  EXPECT_EQ(read_file(big, 4).error().message,
            big + ": 5 bytes, more than the 4 that can be right");
}

}  // namespace
}  // namespace drydock

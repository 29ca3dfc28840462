// SPDX-License-Identifier: Apache-2.0
// Drivers that attack the process they run in: the tool reports and lives on.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <fstream>
#include <initializer_list>
#include <span>
#include <string>

#include "cli/program.h"
#include "image/pe.h"

namespace drydock::cli {
namespace {

using testing::drydock;
using testing::read_all;

// A real driver whose entry point is overwritten with `code`.
std::string driver_that(const std::string& name, std::initializer_list<unsigned char> code) {
  auto bytes = read_all(DRYDOCK_BINARY_DIR "/drivers/clang/bug_pool_01.sys");
  const auto file = image::parse(std::as_bytes(std::span(bytes)), "wild.sys");
  EXPECT_TRUE(file) << file.error().message;
  const auto* section = file->section_at(file->entry);
  std::ranges::copy(code, bytes.begin() + section->raw_offset + (file->entry - section->rva));
  const auto path = ::testing::TempDir() + "drydock_" + name + ".sys";
  std::ofstream(path, std::ios::binary) << bytes;
  return path;
}

// `line` is the second one of the verdict.
void expect_inconclusive(const std::string& path, const std::string& line) {
  const auto outcome = drydock("verify -q " + path);
  EXPECT_EQ(outcome.exit_code, 3) << outcome.out;
  EXPECT_EQ(outcome.err, "");
  EXPECT_EQ(outcome.out.find("INCONCLUSIVE  drydock_"), 0U) << outcome.out;
  EXPECT_NE(outcome.out.find("\n  " + line), std::string::npos) << outcome.out;
  std::remove(path.c_str());
}

TEST(WildDriver, one_that_opens_a_socket_is_stopped) {
  // mov edi, 2; mov esi, 1; xor edx, edx; mov eax, 41 (socket); syscall; ret
  expect_inconclusive(
      driver_that("socket", {0xbf, 2,    0,    0,  0, 0xbe, 1, 0,    0,    0,
                             0x31, 0xd2, 0xb8, 41, 0, 0,    0, 0x0f, 0x05, 0xc3}),
      "The process that ran the driver made a system call that drivers must not make (SIGSYS).");
}

TEST(WildDriver, one_that_ends_the_process_is_noticed) {
  // xor edi, edi; mov eax, 231 (exit_group); syscall
  expect_inconclusive(driver_that("exit", {0x31, 0xff, 0xb8, 231, 0, 0, 0, 0x0f, 0x05}),
                      "The process that ran the driver ended with code 0 and no report.");
}

TEST(WildDriver, one_that_kills_its_supervisor_cannot) {
  // mov eax, 110 (getppid); syscall
  expect_inconclusive(
      driver_that("parent", {0xb8, 110, 0, 0, 0, 0x0f, 0x05}),
      "The process that ran the driver made a system call that drivers must not make (SIGSYS).");
}

TEST(WildDriver, files_cannot_be_opened) {
  // lea rdi, [rip+path]; xor esi, esi; xor edx, edx; mov eax, 2 (open); syscall;
  // mov ecx, 0xC0000001; cmp eax, -13 (EACCES); jne +2; xor ecx, ecx; mov eax, ecx; ret; path
  const auto path =
      driver_that("open", {0x48, 0x8d, 0x3d, 0x1e, 0,    0,    0,    0x31, 0xf6, 0x31, 0xd2, 0xb8,
                           2,    0,    0,    0,    0x0f, 0x05, 0xb9, 1,    0,    0,    0xc0, 0x83,
                           0xf8, 0xf3, 0x75, 2,    0x31, 0xc9, 0x89, 0xc8, 0xc3, 0xcc, 0xcc, 0xcc,
                           0xcc, '/',  'd',  'e',  'v',  '/',  'n',  'u',  'l',  'l',  0});
  const auto outcome = drydock("verify -q " + path);
  EXPECT_EQ(outcome.out.find("DriverEntry returned"), std::string::npos) << outcome.out;
  EXPECT_EQ(outcome.exit_code, 1) << outcome.out;  // it loaded, and has no unload routine
  EXPECT_NE(outcome.out.find("UNLOAD-02"), std::string::npos) << outcome.out;
  std::remove(path.c_str());
}

TEST(WildDriver, one_that_never_returns_is_a_report) {
  expect_inconclusive(driver_that("loop", {0xeb, 0xfe}),
                      "driver code ran for seconds of processor time without a kernel call");
}

TEST(WildDriver, explore_goes_on_after_losing_workers_and_says_so) {
  const auto path = driver_that("exit_explored", {0x31, 0xff, 0xb8, 231, 0, 0, 0, 0x0f, 0x05});
  const auto outcome = drydock("explore -q --runs 3 " + path);
  EXPECT_EQ(outcome.exit_code, 3) << outcome.out;
  EXPECT_NE(outcome.out.find("No finding in 3 schedules (0 distinct) from seed 1"),
            std::string::npos)
      << outcome.out;
  EXPECT_NE(outcome.out.find("3 schedules ended because the driver's process was lost; in the "
                             "first one it ended with code 0 and\n  no report."),
            std::string::npos)
      << outcome.out;
  std::remove(path.c_str());
}

}  // namespace
}  // namespace drydock::cli

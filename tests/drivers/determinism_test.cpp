// SPDX-License-Identifier: Apache-2.0
// Same inputs, same trace: every driver built here runs twice in this process and once in a second
// one, whose addresses differ.
#include <fcntl.h>
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <map>

#include "bug_drivers.h"
#include "verified_driver.h"

namespace drydock {
namespace {

constexpr const char* hash_file_variable = "DRYDOCK_TEST_HASH_FILE";

using Hashes = std::map<std::string, std::uint64_t>;  // "clang/bug_flow_01"

std::vector<std::string> driver_names() {
  std::vector<std::string> names = {"bug_b01", "fixed_b01", "reference_wdm", "reference_kmdf",
                                    "reference_kmdf19"};
  for (const BugDriver& bug : bug_drivers()) {
    names.push_back(std::string("bug_") + bug.name);
    names.push_back(std::string("fixed_") + bug.name);
  }
  return names;
}

Hashes run_all() {
  Hashes hashes;
  for (const char* compiler : compilers) {
    for (const std::string& name : driver_names())
      hashes[fmt::format("{}/{}", compiler, name)] = run_driver({name, compiler}).trace_hash;
  }
  return hashes;
}

Hashes read_hashes(const std::string& path) {
  Hashes hashes;
  std::ifstream file(path);
  std::string name;
  std::uint64_t hash = 0;
  while (file >> name >> hash) hashes[name] = hash;
  return hashes;
}

// This program once more, for the one test that writes the file.
int run_second_process(const std::string& path) {
  const pid_t child = fork();
  if (child == 0) {
    setenv(hash_file_variable, path.c_str(), 1);
    execl("/proc/self/exe", "second process", "--gtest_filter=Determinism.hashes_for_another_*",
          static_cast<char*>(nullptr));
    _exit(127);
  }
  int status = 0;
  waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

TEST(Determinism, hashes_for_another_process_are_written) {
  const char* path = std::getenv(hash_file_variable);
  if (path == nullptr) GTEST_SKIP() << "only the second process does this";
  std::ofstream file(path);
  for (const auto& [name, hash] : run_all()) file << name << ' ' << hash << '\n';
  EXPECT_TRUE(file.good());
}

TEST(Determinism, every_driver_has_one_trace_in_one_process_and_in_two) {
  const std::string path = fmt::format("{}/hashes.{}", testing::TempDir(), getpid());
  ASSERT_EQ(run_second_process(path), 0);
  const Hashes first = run_all();
  EXPECT_EQ(run_all(), first);
  EXPECT_EQ(read_hashes(path), first);
  unlink(path.c_str());
}

}  // namespace
}  // namespace drydock

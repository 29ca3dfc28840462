// SPDX-License-Identifier: Apache-2.0
// Same inputs, same trace: every driver built here runs twice in this process and once in a second
// one, whose addresses differ; one of them runs a thousand times.
#include <fcntl.h>
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <map>
#include <optional>

#include "bug_drivers.h"
#include "explore/random.h"
#include "verified_driver.h"

namespace drydock {
namespace {

constexpr const char* hash_file_variable = "DRYDOCK_TEST_HASH_FILE";

using Hashes = std::map<std::string, std::uint64_t>;  // "clang/bug_flow_01"

std::vector<std::string> driver_names() {
  std::vector<std::string> names = {"bug_b01",         "fixed_b01",     "bug_signal",
                                    "fixed_signal",    "reference_wdm", "reference_kmdf",
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

bool write_hashes(const char* path, const Hashes& hashes) {
  std::ofstream file(path);
  for (const auto& [name, hash] : hashes) file << name << ' ' << hash << '\n';
  return file.good();
}

// This program once more, for one test that then writes the file.
int run_in_new_process(const char* filter, const std::string& path) {
  const pid_t child = fork();
  if (child == 0) {
    setenv(hash_file_variable, path.c_str(), 1);
    execl("/proc/self/exe", "new process", filter, static_cast<char*>(nullptr));
    _exit(127);
  }
  int status = 0;
  waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

std::string hash_file() {
  return fmt::format("{}/hashes.{}", testing::TempDir(), getpid());
}

TEST(Determinism, every_driver_has_one_trace_in_one_process_and_in_two) {
  if (const char* path = std::getenv(hash_file_variable); path != nullptr) {
    ASSERT_TRUE(write_hashes(path, run_all()));
    return;
  }
  const std::string path = hash_file();
  ASSERT_EQ(run_in_new_process("--gtest_filter=Determinism.every_driver_*", path), 0);
  const Hashes first = run_all();
  EXPECT_EQ(run_all(), first);
  EXPECT_EQ(read_hashes(path), first);
  unlink(path.c_str());
}

// A hundred runs under one seeded schedule; 0 when they differ.
std::uint64_t hash_of_a_hundred_runs() {
  std::optional<std::uint64_t> first;
  for (int i = 0; i < 100; ++i) {
    explore::Random choices(2026);
    const auto hash = run_driver({"reference_wdm", "clang"}, choices).trace_hash;
    if (hash != first.value_or(hash)) return 0;
    first = hash;
  }
  return *first;
}

TEST(LongDeterminism, a_thousand_runs_of_one_seed_have_one_trace_in_ten_processes) {
  if (const char* path = std::getenv(hash_file_variable); path != nullptr) {
    ASSERT_TRUE(write_hashes(path, {{"seeded", hash_of_a_hundred_runs()}}));
    return;
  }
  const Hashes first = {{"seeded", hash_of_a_hundred_runs()}};
  ASSERT_NE(first.at("seeded"), 0U);
  const std::string path = hash_file();
  for (int process = 1; process < 10; ++process) {
    ASSERT_EQ(run_in_new_process("--gtest_filter=LongDeterminism.*", path), 0);
    EXPECT_EQ(read_hashes(path), first) << process;
  }
  unlink(path.c_str());
}

}  // namespace
}  // namespace drydock

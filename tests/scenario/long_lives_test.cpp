// SPDX-License-Identifier: Apache-2.0
// Many lives in one process: none leaves anything behind. DRYDOCK_LIVES says how many.
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>

#include "base/files.h"
#include "run_env.h"
#include "scenario/run.h"

namespace drydock::scenario {
namespace {

constexpr std::size_t warm_up = 2'000;
constexpr std::size_t largest_growth = std::size_t{1} << 20;  // of resident memory, in bytes

std::size_t lives_wanted() {
  const char* text = std::getenv("DRYDOCK_LIVES");
  return text == nullptr ? 20'000 : std::strtoull(text, nullptr, 10);
}

std::size_t resident_bytes() {
  std::ifstream statm("/proc/self/statm");
  std::size_t all_pages = 0;
  std::size_t resident_pages = 0;
  statm >> all_pages >> resident_pages;
  return resident_pages * static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
}

// Linux allows a process some 65,000 of them.
std::size_t mappings() {
  std::ifstream maps("/proc/self/maps");
  std::size_t count = 0;
  for (std::string line; std::getline(maps, line);) ++count;
  return count;
}

class Lives : public testing::TestWithParam<const char*> {};

TEST_P(Lives, leave_the_process_as_large_as_it_was_and_are_all_equal) {
  const std::string name = GetParam();
  Plan plan;
  plan.driver.path = DRYDOCK_BINARY_DIR "/drivers/clang/" + name;
  plan.driver.name = name;
  plan.driver.service = name.substr(0, name.find('.'));
  plan.driver.content = read_file(plan.driver.path).value();
  plan.unload.restart = false;
  std::uint64_t trace = 0;
  std::size_t resident = 0;
  std::size_t mapped = 0;
  for (std::size_t i = 0; i < warm_up + lives_wanted(); ++i) {
    machine::RoundRobin choices;
    const auto result = run(test_environment(), plan, choices);
    ASSERT_TRUE(result) << result.error().message;
    ASSERT_EQ(result->outcome, verify::Outcome::clean) << i;
    if (i == 0) trace = result->trace_hash;
    ASSERT_EQ(result->trace_hash, trace) << i;
    if (i + 1 == warm_up) {
      resident = resident_bytes();
      mapped = mappings();
    }
  }
  const std::size_t after = resident_bytes();
  EXPECT_LE(after, resident + largest_growth);
  EXPECT_EQ(mappings(), mapped);
  RecordProperty("resident_bytes_after_warm_up", std::to_string(resident));
  RecordProperty("resident_bytes_at_the_end", std::to_string(after));
}
INSTANTIATE_TEST_SUITE_P(Long, Lives,
                         testing::Values("trivial_wdm.sys", "reference_wdm.sys",
                                         "reference_kmdf.sys"),
                         [](const auto& driver) {
                           const std::string name = driver.param;
                           return name.substr(0, name.find('.'));
                         });

}  // namespace
}  // namespace drydock::scenario

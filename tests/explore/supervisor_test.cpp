// SPDX-License-Identifier: Apache-2.0
// What the supervisor makes of workers that do not report. The workers are shell scripts.
#include "explore/supervisor.h"

#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <string>

namespace drydock::explore {
namespace {

namespace fs = std::filesystem;

struct Supervisor : testing::Test {
  void TearDown() override { fs::remove(path); }

  [[nodiscard]] WorkerEnd end_of(const std::string& script, int limit_ms = 60'000) const {
    std::ofstream(path) << "#!/bin/sh\n" << script << "\n";
    fs::permissions(path, fs::perms::owner_all);
    Watch watch;
    watch.program = path;
    watch.run_limit = std::chrono::milliseconds(limit_ms);
    return supervise({}, watch);
  }
  [[nodiscard]] std::string how(const WorkerEnd& end) const {
    const auto* died = std::get_if<Died>(&end);
    return died == nullptr ? "it lives" : died->how;
  }

  const std::string path = testing::TempDir() + "drydock_worker_" +
                           testing::UnitTest::GetInstance()->current_test_info()->name();
};

TEST_F(Supervisor, tells_how_a_worker_died) {
  EXPECT_EQ(how(end_of("kill -SEGV $$")), "was killed by SIGSEGV");
  EXPECT_EQ(how(end_of("kill -SYS $$")), "made a system call that drivers must not make (SIGSYS)");
  EXPECT_EQ(how(end_of("exit 3")), "ended with code 3 and no report");
  EXPECT_EQ(how(end_of("printf 'junk' >&3")), "ended with code 0 and no report");
}

TEST_F(Supervisor, does_not_trust_what_a_worker_sends) {
  EXPECT_EQ(how(end_of("printf '\\001\\000\\000\\000\\140' >&3; exec sleep 100")),
            "sent a damaged report");
  EXPECT_EQ(how(end_of("printf '\\100\\000\\000\\000\\140' >&3; exec sleep 100")),
            "reported nothing that can be read");
  EXPECT_EQ(how(end_of("printf '\\377\\377\\377\\377' >&3; exec sleep 100")),
            "reported nothing that can be read");
}

TEST_F(Supervisor, ends_a_worker_that_hangs) {
  const auto start = std::chrono::steady_clock::now();
  const auto end = end_of("exec sleep 100", 300);
  ASSERT_TRUE(std::holds_alternative<Died>(end));
  EXPECT_TRUE(std::get<Died>(end).hung);
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(20));
}

TEST_F(Supervisor, says_so_when_there_is_no_program_to_start) {
  Watch watch;
  watch.program = "/no/such/program";
  EXPECT_EQ(how(supervise({}, watch)), "ended with code 127 and no report");
}

TEST_F(Supervisor, leaves_workers_an_empty_environment_and_two_open_descriptors) {
  const auto seen = testing::TempDir() + "drydock_worker_sees";
  (void)end_of("{ env | grep -v -e ^PWD -e ^SHLVL -e ^_ -e ^OLDPWD; ls /proc/self/fd; } >" + seen);
  std::ifstream file(seen);
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  fs::remove(seen);
  // 0-2 are standard, 3 and 4 ours; 5 is the folder that ls reads, 10 may be the shell's script.
  EXPECT_TRUE(text == "0\n1\n2\n3\n4\n5\n" || text == "0\n1\n10\n2\n3\n4\n5\n") << text;
}

}  // namespace
}  // namespace drydock::explore

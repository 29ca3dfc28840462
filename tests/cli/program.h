// SPDX-License-Identifier: Apache-2.0
// Runs the drydock program as a shell would and collects what it said.
#pragma once

#include <sys/wait.h>

#include <algorithm>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <string>

#include "gtest/gtest.h"

namespace drydock::cli::testing {

struct Outcome {
  int exit_code = -1;  // -1: killed by a signal
  std::string out;
  std::string err;
};

inline std::string read_all(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

// `arguments` as one would type them after the program's name.
inline Outcome drydock(const std::string& arguments) {
  const auto* test = ::testing::UnitTest::GetInstance()->current_test_info();
  std::string name = std::string(test->test_suite_name()) + "_" + test->name();
  std::ranges::replace(name, '/', '_');  // of parameterized tests
  const std::string scratch = ::testing::TempDir() + "drydock_" + name;
  const std::string command =
      DRYDOCK_BINARY_DIR "/drydock " + arguments + " >" + scratch + ".out 2>" + scratch + ".err";
  const int status =
      std::system(command.c_str());  // NOLINT(bugprone-command-processor): quoting is the test's
  Outcome outcome{WIFEXITED(status) ? WEXITSTATUS(status) : -1, read_all(scratch + ".out"),
                  read_all(scratch + ".err")};
  std::remove((scratch + ".out").c_str());
  std::remove((scratch + ".err").c_str());
  return outcome;
}

}  // namespace drydock::cli::testing

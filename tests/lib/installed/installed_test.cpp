// SPDX-License-Identifier: Apache-2.0
// What `cmake --install` leaves is enough for somebody else's project: the one of docs/library.md,
// built with the other compiler.
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

namespace drydock {
namespace {

namespace fs = std::filesystem;

std::string content_of(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

// The page's first block of that language.
std::string example(const std::string& language) {
  const auto page = content_of(DRYDOCK_SOURCE_DIR "/docs/library.md");
  const auto begin = page.find("```" + language + "\n") + language.size() + 4;
  return page.substr(begin, page.find("```", begin) - begin);
}

struct InstalledLibrary : testing::Test {
  void SetUp() override {
    fs::remove_all(folder);
    fs::create_directories(project);
  }
  void TearDown() override { fs::remove_all(folder); }

  void run(const std::string& command) const {
    const auto log = folder / "log";
    const int status = std::system((command + " >" + log.string() + " 2>&1").c_str());  // NOLINT
    ASSERT_EQ(status, 0) << command << "\n" << content_of(log);
  }

  // Tests may run side by side.
  const fs::path folder =
      fs::path(testing::TempDir()) / fmt::format("drydock_installed_{}", getpid());
  const fs::path prefix = folder / "prefix", moved = folder / "moved", project = folder / "project";
};

TEST_F(InstalledLibrary, builds_and_runs_the_example_of_its_page_from_wherever_it_lies) {
  run("cmake --install " DRYDOCK_BINARY_DIR " --prefix " + prefix.string());
  fs::rename(prefix, moved);
  std::ofstream(project / "firewall_test.cpp") << example("cpp");
  std::ofstream(project / "CMakeLists.txt") << example("cmake");
  fs::copy(DRYDOCK_BINARY_DIR "/drivers/clang/reference_wdm.sys", project);
  const auto build = (project / "build").string();
  run("cmake -G Ninja -S " + project.string() + " -B " + build +
      " -DCMAKE_PREFIX_PATH=" + moved.string() +
      " -DCMAKE_CXX_COMPILER=g++ -DCMAKE_CXX_FLAGS='-std=c++20 -Wall -Wextra -Werror'");
  run("cmake --build " + build);
  run(build + "/firewall_test");
}

TEST_F(InstalledLibrary, needs_none_of_our_headers) {
  run("cmake --install " DRYDOCK_BINARY_DIR " --prefix " + prefix.string());
  std::vector<std::string> headers;
  for (const auto& entry : fs::recursive_directory_iterator(prefix / "include"))
    if (entry.is_regular_file()) headers.push_back(entry.path().lexically_relative(prefix));
  EXPECT_EQ(headers, std::vector<std::string>{"include/drydock/drydock.h"});
  EXPECT_EQ(content_of(prefix / headers.at(0)).find("#include \""), std::string::npos);
}

}  // namespace
}  // namespace drydock

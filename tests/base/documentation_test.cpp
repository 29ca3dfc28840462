// SPDX-License-Identifier: Apache-2.0
// Keeps the pages' links alive.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <regex>
#include <string>
#include <vector>

namespace drydock {
namespace {

namespace fs = std::filesystem;

const fs::path root = DRYDOCK_SOURCE_DIR;

std::vector<fs::path> pages() {
  std::vector<fs::path> found{root / "README.md"};
  for (const auto& entry : fs::directory_iterator(root / "docs")) {
    if (entry.path().extension() == ".md") found.push_back(entry.path());
  }
  return found;
}

std::string text_of(const fs::path& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

// Targets of [text](target) that name a file, without their #fragment.
std::vector<std::string> local_links(const std::string& text) {
  static const std::regex link(R"(\]\(([^)#:\s]+)(#[^)\s]*)?\))");
  std::vector<std::string> targets;
  for (std::sregex_iterator match(text.begin(), text.end(), link), end; match != end; ++match) {
    targets.push_back((*match)[1]);
  }
  return targets;
}

TEST(Documentation, every_link_between_pages_leads_to_a_file) {
  std::size_t links = 0;
  for (const auto& page : pages()) {
    for (const auto& target : local_links(text_of(page))) {
      ++links;
      EXPECT_TRUE(fs::exists(page.parent_path() / target)) << page.filename() << ": " << target;
    }
  }
  EXPECT_GT(links, 0U);
}

}  // namespace
}  // namespace drydock

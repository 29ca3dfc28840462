// SPDX-License-Identifier: Apache-2.0
// Holds the sources to the table of floors in docs/architecture.md: the page is the rule, this test
// only reads it.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <optional>
#include <regex>
#include <set>
#include <string>
#include <vector>

namespace drydock {
namespace {

namespace fs = std::filesystem;

const fs::path source_dir = DRYDOCK_SOURCE_DIR;

struct Floor {
  int height = 0;
  std::string knows;  // the last column; names the neighbours on the same floor that may be used
};
using Floors = std::map<std::string, Floor>;  // by first folder under src/

// Rows read: | 5 | `net/` | what lives there | wfp |
Floors parse_floors(std::istream& page) {
  static const std::regex row(R"(\| (\d+) \| `(\w+)/` \|.*\| ([^|]*) \|)");
  Floors floors;
  for (std::string line; std::getline(page, line);) {
    if (std::smatch match; std::regex_match(line, match, row)) {
      floors[match[2]] = {std::stoi(match[1]), match[3]};
    }
  }
  return floors;
}

bool names_word(const std::string& text, const std::string& word) {
  return std::regex_search(text, std::regex("\\b" + word + "\\b"));
}

// Why `from` (a folder below src/, such as "wfp/engine") may not include `to`; nothing when it may.
std::optional<std::string> objection(const Floors& floors, const std::string& from,
                                     const std::string& to) {
  const auto top = [](const std::string& path) { return path.substr(0, path.find('/')); };
  if (top(from) == top(to) && !from.starts_with("wfp/engine")) return std::nullopt;
  if (from.starts_with("wfp/engine")) {
    if (to.starts_with("wfp/engine") || top(to) == "base") return std::nullopt;
    return "wfp/engine is pure and uses base alone";
  }
  const auto user = floors.find(top(from));
  const auto used = floors.find(top(to));
  if (user == floors.end()) return top(from) + " has no row in docs/architecture.md";
  if (used == floors.end()) return top(to) + " has no row in docs/architecture.md";
  if (used->second.height < user->second.height) return std::nullopt;
  if (used->second.height > user->second.height) return top(to) + " is on a higher floor";
  // base is the ground that every other folder of the first floor stands on.
  if (top(to) == "base" || names_word(user->second.knows, top(to))) return std::nullopt;
  return top(to) + " is on the same floor and not among what it knows";
}

bool is_source(const fs::path& path) {
  static const std::set<std::string> extensions{".h", ".cpp", ".c", ".S"};
  return extensions.contains(path.extension().string());
}

std::vector<fs::path> sources_below(const fs::path& folder) {
  std::vector<fs::path> files;
  if (!fs::exists(folder)) return files;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    if (entry.is_regular_file() && is_source(entry.path())) files.push_back(entry.path());
  }
  return files;
}

std::vector<std::string> lines_of(const fs::path& path) {
  std::ifstream file(path);
  std::vector<std::string> lines;
  for (std::string line; std::getline(file, line);) lines.push_back(line);
  return lines;
}

std::string below_root(const fs::path& path) {
  return path.lexically_relative(source_dir).string();
}

Floors the_floors() {
  std::ifstream page(source_dir / "docs/architecture.md");
  return parse_floors(page);
}

TEST(Architecture, the_map_names_every_folder_of_the_sources) {
  std::set<std::string> mapped;
  for (const auto& [folder, floor] : the_floors()) mapped.insert(folder);
  std::set<std::string> present;
  for (const auto& entry : fs::directory_iterator(source_dir / "src")) {
    if (entry.is_directory()) present.insert(entry.path().filename().string());
  }
  EXPECT_EQ(mapped, present);
}

TEST(Architecture, the_rule_refuses_higher_floors_and_strangers_on_the_same_floor) {
  const Floors floors = the_floors();
  const auto allowed = [&](const char* from, const char* to) {
    return !objection(floors, from, to);
  };
  EXPECT_TRUE(allowed("cli", "base"));
  EXPECT_TRUE(allowed("ledger", "machine"));
  EXPECT_TRUE(allowed("ndis", "nt"));
  EXPECT_TRUE(allowed("image", "base"));
  EXPECT_TRUE(allowed("wfp/kernel", "wfp/engine"));
  EXPECT_FALSE(allowed("machine", "ledger"));
  EXPECT_FALSE(allowed("nt", "ndis"));
  EXPECT_FALSE(allowed("nt", "verify"));
  EXPECT_FALSE(allowed("verify", "net"));
  EXPECT_FALSE(allowed("net", "verify"));
  EXPECT_FALSE(allowed("base", "image"));
  EXPECT_FALSE(allowed("wfp/engine", "nt"));
  EXPECT_FALSE(allowed("wfp/engine", "wfp/kernel"));
  EXPECT_FALSE(allowed("attic", "base"));
}

TEST(Architecture, a_folder_includes_only_what_the_map_allows) {
  static const std::regex include(R"re(\s*#\s*include\s+"([^"]+)/[^"/]+".*)re");
  const Floors floors = the_floors();
  const auto files = sources_below(source_dir / "src");
  EXPECT_FALSE(files.empty());
  for (const auto& path : files) {
    const auto from = path.parent_path().lexically_relative(source_dir / "src").string();
    for (const auto& line : lines_of(path)) {
      std::smatch match;
      if (!std::regex_match(line, match, include)) continue;
      const auto problem = objection(floors, from, match[1]);
      EXPECT_FALSE(problem) << below_root(path) << ": " << line << ": " << *problem;
    }
  }
}

// Files that may be longer than 600 lines, each with the reason.
const std::map<std::string, std::string> long_files{
    {"wdk/include/fwps/layers.h", "one table: the fields of every layer, in Windows' order"},
};

const std::vector<std::string> code_folders{"src",   "wdk",   "kit", "drivers",
                                            "tests", "bench", "fuzz"};

std::vector<fs::path> all_sources() {
  std::vector<fs::path> files;
  for (const auto& folder : code_folders) {
    const auto more = sources_below(source_dir / folder);
    files.insert(files.end(), more.begin(), more.end());
  }
  return files;
}

// A .cpp beside its own header leaves the explaining to the header, and a test is explained by its
// names.
bool explains_elsewhere(const fs::path& path) {
  return below_root(path).starts_with("tests/") ||
         (path.extension() == ".cpp" && fs::exists(fs::path(path).replace_extension(".h")));
}

TEST(HouseStyle, every_file_opens_with_its_licence_and_says_why_it_exists) {
  static const std::regex licence(R"((//|#) SPDX-License-Identifier: Apache-2\.0)");
  static const std::regex explanation(R"((//|#) \S.{5,})");
  for (const auto& path : all_sources()) {
    const auto lines = lines_of(path);
    const bool licensed = !lines.empty() && std::regex_match(lines[0], licence);
    EXPECT_TRUE(licensed) << below_root(path) << ":1: not the SPDX line";
    if (explains_elsewhere(path)) continue;
    const bool explained = lines.size() > 1 && std::regex_match(lines[1], explanation);
    EXPECT_TRUE(explained) << below_root(path)
                           << ":2: no comment that says what lives here and why";
  }
}

TEST(HouseStyle, every_exception_to_the_length_limit_is_still_needed) {
  for (const auto& [path, reason] : long_files) {
    EXPECT_GT(lines_of(source_dir / path).size(), 600U) << path;
    EXPECT_FALSE(reason.empty()) << path;
  }
}

TEST(HouseStyle, no_file_is_longer_than_600_lines_without_a_reason) {
  for (const auto& path : all_sources()) {
    const auto length = lines_of(path).size();
    EXPECT_TRUE(length <= 600 || long_files.contains(below_root(path)))
        << below_root(path) << ": " << length << " lines";
  }
}

}  // namespace
}  // namespace drydock

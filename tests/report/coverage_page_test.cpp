// SPDX-License-Identifier: Apache-2.0
#include "report/coverage_page.h"

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "scenario/environment.h"

namespace drydock::report {
namespace {

std::string page() {
  return coverage_page(scenario::export_tables());
}

TEST(CoveragePage, docs_page_is_what_the_export_tables_say) {
  std::ifstream file(DRYDOCK_SOURCE_DIR "/docs/coverage.md");
  std::stringstream committed;
  committed << file.rdbuf();
  EXPECT_TRUE(committed.str() == page()) << "run: drydock inspect --coverage > docs/coverage.md";
}

TEST(CoveragePage, tells_implemented_refused_and_missing_functions_apart) {
  const std::string text = page();
  EXPECT_TRUE(text.contains("| FwpmFilterEnum0 | implemented |\n"));
  EXPECT_TRUE(text.contains("| IPsecGetStatistics0 | refused |\n"));
  EXPECT_TRUE(text.contains("| FwpiFlowAssociateContextFast | trap |\n"));
  EXPECT_TRUE(text.contains("| WdfDriverCreate | implemented |\n"));
  EXPECT_TRUE(text.contains("| NtBuildNumber | implemented |\n")) << "a variable";
  EXPECT_FALSE(text.contains("routine |"));
}

}  // namespace
}  // namespace drydock::report

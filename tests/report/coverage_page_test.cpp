// SPDX-License-Identifier: Apache-2.0
#include "report/coverage_page.h"

#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <sstream>
#include <string>

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

const char* irql_text(machine::Irql irql) {
  switch (irql) {
    case machine::Irql::passive:
      return "PASSIVE";
    case machine::Irql::apc:
      return "APC";
    case machine::Irql::dispatch:
      return "DISPATCH";
    case machine::Irql::high:
      return "any";
  }
  return "?";
}

// "PASSIVE to DISPATCH", by function: what the documentation pages say of the least strict form.
std::map<std::string, std::string> documented_irqls() {
  std::map<std::string, std::string> irqls;
  std::ifstream file(DRYDOCK_SOURCE_DIR "/tests/report/irql.tsv");
  std::string name, lowest, highest;
  while (file >> name >> lowest >> highest) irqls[name] = lowest + " to " + highest;
  return irqls;
}

TEST(ExportTables, let_each_function_be_called_at_the_irqls_that_its_page_says) {
  const std::map<std::string, std::string> documented = documented_irqls();
  ASSERT_GT(documented.size(), 1000u);
  std::size_t compared = 0;
  for (const nt::ExportTable& table : scenario::export_tables()) {
    for (const machine::ExportRow* row : table) {
      const auto page = documented.find(row->name);
      const bool is_trap = row->name_hash == 0;
      // These answer every caller above PASSIVE_LEVEL that it is not supported.
      const bool refuses = std::string_view(row->name).starts_with("FwpsCalloutUnregisterBy");
      if (page == documented.end() || is_trap || refuses) continue;
      ++compared;
      EXPECT_EQ(
          std::string(irql_text(row->traits.min_irql)) + " to " + irql_text(row->traits.max_irql),
          page->second)
          << row->name;
    }
  }
  EXPECT_GT(compared, 800u);
}

}  // namespace
}  // namespace drydock::report

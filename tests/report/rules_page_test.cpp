// SPDX-License-Identifier: Apache-2.0
#include "report/rules_page.h"

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

namespace drydock::report {
namespace {

TEST(RulesPage, docs_page_is_what_the_rules_say) {
  std::ifstream file(DRYDOCK_SOURCE_DIR "/docs/rules.md");
  std::stringstream page;
  page << file.rdbuf();
  EXPECT_EQ(page.str(), rules_page()) << "run: drydock rules --markdown > docs/rules.md";
}

}  // namespace
}  // namespace drydock::report

// SPDX-License-Identifier: Apache-2.0
#include "scenario/variants.h"

#include <gtest/gtest.h>

#include <fstream>
#include <set>
#include <sstream>

namespace drydock::scenario {
namespace {

std::string name_of(const Variant& variant) {
  return std::string(variant.choice) + ":" + std::string(variant.name);
}

TEST(Variants, each_has_a_name_of_its_own_and_changes_something) {
  std::set<std::string> names;
  for (const Variant& variant : variants()) {
    EXPECT_TRUE(names.insert(name_of(variant)).second) << name_of(variant);
    const auto chosen = options_with(std::vector{name_of(variant)});
    ASSERT_TRUE(chosen) << chosen.error().message;
    EXPECT_FALSE(*chosen == wfp::KernelOptions{}) << name_of(variant);
  }
  EXPECT_TRUE(*options_with({}) == wfp::KernelOptions{});
}

TEST(Variants, several_may_be_chosen_together) {
  const auto chosen = options_with(std::vector<std::string>{"E-5:reversed", "X-9:does-not-wait"});
  ASSERT_TRUE(chosen);
  EXPECT_EQ(chosen->engine.ties, wfp::Variants::Ties::descending);
  EXPECT_FALSE(chosen->lifecycle.bfe_unsubscribe_waits);
}

TEST(Variants, an_unknown_name_is_refused_with_those_that_exist) {
  const auto chosen = options_with(std::vector<std::string>{"E-5:sideways"});
  ASSERT_FALSE(chosen);
  EXPECT_TRUE(chosen.error().message.starts_with("'E-5:sideways' is no variant; known are E-1:"))
      << chosen.error().message;
}

TEST(Variants, all_of_them_are_in_the_documentation) {
  std::ifstream file(DRYDOCK_SOURCE_DIR "/docs/scenario.md");
  std::stringstream page;
  page << file.rdbuf();
  for (const Variant& variant : variants())
    EXPECT_TRUE(page.str().contains("| `" + name_of(variant) + "` |")) << name_of(variant);
}

}  // namespace
}  // namespace drydock::scenario

// SPDX-License-Identifier: Apache-2.0
// The table of functions: drivers call by index, so every function must stand at its own.
#include <gtest/gtest.h>

#include <string_view>

#include "kmdf/exports.h"
#include "kmdf/rows.h"

namespace drydock::kmdf {
namespace {

TEST(Functions, table_is_that_of_the_headers) {
  EXPECT_EQ(function_count, std::size_t{WdfFunctionTableNumEntries});
  EXPECT_STREQ(function_name(WdfDriverCreateTableIndex), "WdfDriverCreate");
  EXPECT_STREQ(function_name(WdfDeviceSetDeviceInterfaceStateExTableIndex),
               "WdfDeviceSetDeviceInterfaceStateEx");
}

TEST(Functions, every_function_implemented_or_not_stands_at_its_own_index) {
  const Exports rows = function_exports();
  ASSERT_EQ(rows.size(), row_count);
  for (std::size_t i = 0; i < function_count; ++i) {
    EXPECT_STREQ(rows[i]->name, function_name(i));
    EXPECT_EQ(std::string_view(rows[i]->module), function_module);
    EXPECT_NE(rows[i]->entry, nullptr);
  }
}

}  // namespace
}  // namespace drydock::kmdf

// SPDX-License-Identifier: Apache-2.0
// Drivers that try whole families of functions: they say which of their expectations did not hold.
#include <gtest/gtest.h>

#include <array>

#include "kmdf/run.h"
#include "nt/registry.h"

namespace drydock::kmdf {
namespace {

using Lines = std::vector<std::string>;

struct InUse : testing::Test, FrameworkRun {
  static std::string driver(const std::string& compiler, const std::string& name) {
    return DRYDOCK_BINARY_DIR "/drivers/" + compiler + "/" + name + ".sys";
  }
  // Unloads, and demands that nothing is left.
  void end(machine::DriverId id) {
    EXPECT_EQ(kernel.io.request_unload(id), STATUS_SUCCESS);
    machine.run();
    EXPECT_EQ(stop(), "");
    EXPECT_EQ(alive(), Lines{});
    EXPECT_TRUE(record.notes().empty());
  }
};

TEST_F(InUse, registry_keys_and_values_are_those_of_the_run) {
  constexpr std::u16string_view key =
      u"\\Registry\\Machine\\System\\CurrentControlSet\\Services\\kmdf_registry\\Parameters";
  constexpr std::array<const char*, 2> compilers = {"clang", "mingw"};
  for (const char* compiler : compilers) {
    auto& registry = machine.get<nt::Registry>();
    const ULONG number = 7;
    registry.set(key, u"Number", REG_DWORD, std::as_bytes(std::span(&number, 1)));
    said.clear();
    const machine::DriverId id = load(driver(compiler, "kmdf_registry"));
    EXPECT_EQ(said, Lines{"done"}) << stop();
    const nt::Registry::Value* text = registry.find(key, u"text");
    ASSERT_NE(text, nullptr);
    EXPECT_EQ(text->type, ULONG{REG_SZ});
    EXPECT_EQ(text->data.size(), 12U);
    EXPECT_EQ(registry.find(key, u"number"), nullptr);
    end(id);
  }
}

}  // namespace
}  // namespace drydock::kmdf

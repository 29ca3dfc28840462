// SPDX-License-Identifier: Apache-2.0
// What the driver kit gives a driver beside the kernel's own functions.
#include <gtest/gtest.h>

#include <cstring>
#include <string>

#include "base/files.h"
#include "nt/kernel_run.h"

namespace drydock::nt {
namespace {

using Lines = std::vector<std::string>;

struct Kit : testing::TestWithParam<const char*>, KernelRun {
  Lines said;

  Kit() {
    record.events().send_all_to([this](const ledger::Event& event) {
      if (std::strcmp(event.name, "DbgPrint") == 0)
        said.emplace_back(reinterpret_cast<const char*>(event.values[0]));
    });
  }
  NTSTATUS status_of(const std::string& name) {
    const auto content =
        read_file(std::string(DRYDOCK_BINARY_DIR) + "/drivers/" + GetParam() + "/" + name + ".sys");
    EXPECT_TRUE(content);
    const auto id = kernel.io.load(**test_store().cache.open(*content, name + ".sys"), name);
    EXPECT_TRUE(id) << (id ? "" : id.error().message);
    machine.run();
    return kernel.io.driver(*id).entry_status;
  }
};
INSTANTIATE_TEST_SUITE_P(Compilers, Kit, testing::Values("clang", "mingw"),
                         [](const auto& info) { return std::string(info.param); });

TEST_P(Kit, reads_numbers_of_any_length_and_base) {
  EXPECT_EQ(status_of("kit_numbers"), STATUS_CANCELLED);
  EXPECT_EQ(said, Lines{"done"});
}

TEST_P(Kit, has_one_new_under_both_names) {
  EXPECT_EQ(status_of("kit_headers"), STATUS_CANCELLED);
}

}  // namespace
}  // namespace drydock::nt

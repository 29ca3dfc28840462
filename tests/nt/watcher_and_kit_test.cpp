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

// Not of the kit, but of the same kind: a driver that says which of its expectations failed.
TEST_P(Kit, driver_that_watches_the_system_is_told_of_images_and_opened_processes) {
  EXPECT_EQ(status_of("watcher"), STATUS_SUCCESS);
  EXPECT_EQ(said, (Lines{"high before", "low before", "low after", "high after", "done"}));
  said.clear();
  machine.spawn("test", machine::Irql::passive, [this] {
    const auto created = kernel.processes.create(u"\\Device\\HarddiskVolume1\\a.exe");
    kernel.processes.exit(created.id);
  });
  machine.run();
  status_of("kit_headers");
  EXPECT_EQ(said, (Lines{"program loaded", "driver loaded"}));
  EXPECT_EQ(kernel.io.request_unload(0), STATUS_SUCCESS);
  machine.run();
  for (const ledger::Entry& entry : record.ledger().entries()) EXPECT_FALSE(entry.alive());
  EXPECT_TRUE(record.notes().empty());
}

TEST_P(Kit, network_modules_find_each_other_and_part_when_one_leaves) {
  EXPECT_EQ(status_of("nmr_pair"), STATUS_SUCCESS);
  EXPECT_EQ(said, (Lines{"nobody there", "attached"}));
  said.clear();
  EXPECT_EQ(kernel.io.request_unload(0), STATUS_SUCCESS);
  machine.run();
  EXPECT_EQ(said,
            (Lines{"client detaches", "provider detaches", "client cleanup", "provider cleanup"}));
  EXPECT_EQ(kernel.io.driver(0).state, DriverState::gone);
  for (const ledger::Entry& entry : record.ledger().entries()) EXPECT_FALSE(entry.alive());
}

TEST_P(Kit, network_modules_that_leave_together_are_both_gone_when_one_is) {
  EXPECT_EQ(status_of("nmr_pair_together"), STATUS_SUCCESS);
  said.clear();
  EXPECT_EQ(kernel.io.request_unload(0), STATUS_SUCCESS);
  machine.run();
  EXPECT_EQ(said, (Lines{"client detaches", "provider detaches", "client cleanup",
                         "provider cleanup", "provider is gone"}));
  for (const ledger::Entry& entry : record.ledger().entries()) EXPECT_FALSE(entry.alive());
}

TEST_P(Kit, network_module_that_stays_registered_stays_in_the_ledger) {
  EXPECT_EQ(status_of("nmr_pair_left"), STATUS_SUCCESS);
  EXPECT_EQ(kernel.io.request_unload(0), STATUS_SUCCESS);
  machine.run();
  Lines left;
  for (const ledger::Entry& entry : record.ledger().entries()) {
    if (entry.alive()) left.push_back(entry.name);
  }
  EXPECT_EQ(left, Lines{"NMR provider registration"});
}

TEST_P(Kit, registration_that_a_driver_forgets_stays_in_the_ledger) {
  EXPECT_EQ(status_of("watcher_left"), STATUS_SUCCESS);
  EXPECT_EQ(kernel.io.request_unload(0), STATUS_SUCCESS);
  machine.run();
  Lines left;
  for (const ledger::Entry& entry : record.ledger().entries()) {
    if (entry.alive()) left.push_back(entry.name);
  }
  EXPECT_EQ(left, (Lines{"object callback registration", "object callback registration",
                         "registry callback", "image notify routine"}));
}

}  // namespace
}  // namespace drydock::nt

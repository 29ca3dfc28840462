// SPDX-License-Identifier: Apache-2.0
// A driver with AddDevice and no framework: what the PnP manager asks of it, and what it costs to
// forget a step of the removal.
#include <gtest/gtest.h>

#include <array>
#include <bit>
#include <cstring>
#include <string>

#include "base/files.h"
#include "nt/drivers/wdm_pnp.h"
#include "nt/kernel_run.h"

namespace drydock::nt {
namespace {

using Lines = std::vector<std::string>;

constexpr Guid interface_class = std::bit_cast<Guid>(GUID WDM_PNP_INTERFACE);

struct PnpDriver : testing::TestWithParam<const char*>, KernelRun {
  Lines said;

  PnpDriver() {
    record.events().send_all_to([this](const ledger::Event& event) {
      if (std::strcmp(event.name, "DbgPrint") == 0)
        said.emplace_back(reinterpret_cast<const char*>(event.values[0]));
    });
  }
  machine::DriverId load(const std::string& name) {
    const auto content =
        read_file(std::string(DRYDOCK_BINARY_DIR) + "/drivers/" + GetParam() + "/" + name + ".sys");
    EXPECT_TRUE(content);
    const auto id = kernel.io.load(**test_store().cache.open(*content, name + ".sys"), name);
    EXPECT_TRUE(id) << (id ? "" : id.error().message);
    machine.run();
    return *id;
  }
  void on_fiber(std::move_only_function<void()> body) {
    machine.spawn("test", machine::Irql::passive, std::move(body));
    machine.run();
  }
  [[nodiscard]] Lines alive() const {
    Lines found;
    for (const ledger::Entry& entry : record.ledger().entries()) {
      if (entry.alive()) found.push_back(std::string(kind_name(entry.kind)) + " " + entry.name);
    }
    return found;
  }
};
INSTANTIATE_TEST_SUITE_P(Compilers, PnpDriver, testing::Values("clang", "mingw"),
                         [](const auto& info) { return std::string(info.param); });

TEST_P(PnpDriver, starts_its_device_and_loses_it_before_its_unload) {
  const machine::DriverId id = load("wdm_pnp");
  EXPECT_EQ(said,
            (Lines{"added", "start", "query capabilities", "query state", "another request"}));
  EXPECT_EQ(kernel.io.driver(id).device_status, STATUS_SUCCESS);
  said.clear();
  EXPECT_EQ(kernel.io.request_unload(id), STATUS_SUCCESS);
  machine.run();
  EXPECT_EQ(said, (Lines{"query remove", "remove", "unload"}));
  EXPECT_EQ(kernel.io.driver(id).state, DriverState::gone);
  EXPECT_EQ(alive(), Lines{});
  EXPECT_TRUE(record.notes().empty());
}

TEST_P(PnpDriver, takes_requests_through_the_interface_of_its_device) {
  load("wdm_pnp");
  const auto links = kernel.io.pnp().interfaces(interface_class, nullptr);
  ASSERT_EQ(links.size(), 1U);
  EXPECT_EQ(printable(links[0]), "\\??\\ROOT#WDM_PNP#0000#{7c1d4b90-2f35-4f0e-8a6d-93be0f2c5e17}");
  std::array<std::byte, 4> output{};
  on_fiber([&] {
    const OpenResult opened = kernel.io.open(links[0], system_process);
    EXPECT_EQ(opened.status, STATUS_SUCCESS);
    EXPECT_EQ(kernel.io.ioctl(opened.handle, WDM_PNP_COUNT, {}, output).status, STATUS_SUCCESS);
    kernel.io.close(opened.handle);
  });
  EXPECT_EQ(std::bit_cast<ULONG>(output), 1U);
}

TEST_P(PnpDriver, disables_its_interface_itself_when_its_device_is_pulled_out) {
  const machine::DriverId id = load("wdm_pnp");
  said.clear();
  on_fiber([&] {
    kernel.io.pnp().unplug(kernel.io.driver(id));
    EXPECT_EQ(kernel.io.pnp().rebalance(kernel.io.driver(id)), STATUS_NO_SUCH_DEVICE);
  });
  EXPECT_EQ(kernel.io.pnp().interfaces(interface_class, nullptr).size(), 0U);
  EXPECT_EQ(kernel.io.request_unload(id), STATUS_SUCCESS);
  machine.run();
  EXPECT_EQ(said, (Lines{"surprise removal", "remove", "unload"}));
  EXPECT_EQ(alive(), Lines{});
}

TEST_P(PnpDriver, that_does_not_delete_its_device_is_never_unloaded) {
  const machine::DriverId id = load("wdm_pnp_undeleted");
  kernel.io.request_unload(id);
  machine.run();
  EXPECT_EQ(kernel.io.driver(id).state, DriverState::unload_pending);
  EXPECT_EQ(said.back(), "remove");
  ASSERT_EQ(record.notes().size(), 1U);
  EXPECT_EQ(record.notes()[0].kind, ledger::NoteKind::unload_deferred);
  EXPECT_EQ(record.notes()[0].b, left_after_removal);
  EXPECT_EQ(record.ledger().entry(record.notes()[0].entry).kind, ledger::Kind::device);
}

TEST_P(PnpDriver, that_deletes_its_device_without_detaching_it_stops_the_system) {
  const machine::DriverId id = load("wdm_pnp_attached");
  kernel.io.request_unload(id);
  machine.run();
  EXPECT_EQ(bug_check_code(), 0xC9U);
}

}  // namespace
}  // namespace drydock::nt

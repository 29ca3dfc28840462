// SPDX-License-Identifier: Apache-2.0
// One classification all in, through the real code of a driver built here: filter matching, the
// callback's frame, events and checks, its switch point, and the driver's classifyFn.
#include <memory>
#include <vector>

#include "base/files.h"
#include "host_run.h"
#include "wfp/engine/layers.h"

namespace {

using namespace drydock;
using wfp::LayerId;

constexpr const char* driver = DRYDOCK_BINARY_DIR "/drivers/clang/reference_wdm.sys";

std::vector<FWP_VALUE0> zeroes(LayerId layer) {
  std::vector<FWP_VALUE0> values;
  for (const wfp::Field& field : wfp::find_layer(layer)->fields) {
    FWP_VALUE0 value{};
    value.type = static_cast<FWP_DATA_TYPE>(field.type);
    values.push_back(value);
  }
  return values;
}

void classify(benchmark::State& state, LayerId layer) {
  const auto content = read_file(driver);
  if (!content) return state.SkipWithError(content.error().message.c_str());
  const auto file = bench::environment().images.cache.open(*content, "reference_wdm.sys");
  const auto run = std::make_unique<bench::HostRun>();
  scenario::World& world = run->world;
  std::uint64_t rounds = 0;
  std::uint64_t called = 0;
  run->as_kernel([&] {
    const auto id = world.kernel.io.load(**file, "reference_wdm");
    if (!id || world.kernel.io.wait_started(*id) != STATUS_SUCCESS) return;
    const std::vector<FWP_VALUE0> values = zeroes(layer);
    const FWPS_INCOMING_METADATA_VALUES0 metadata{};
    const wfp::Indication indication{.layer = layer, .values = values, .metadata = &metadata};
    for (auto _ : state) {
      called += world.wfp.classify(indication).callouts;
      ++rounds;
    }
  });
  if (called == 0 || called != rounds) state.SkipWithError("the driver's classifyFn did not run");
}
BENCHMARK_CAPTURE(classify, counts_and_permits, LayerId::ale_auth_connect_v4);
BENCHMARK_CAPTURE(classify, flow_it_does_not_follow, LayerId::ale_flow_established_v4);

}  // namespace

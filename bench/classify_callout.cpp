// SPDX-License-Identifier: Apache-2.0
// What one classification costs through a callout that looks and lets pass: our own code around a
// driver's classifyFn.
#include <benchmark/benchmark.h>

#include <vector>

#include "fwpsk.h"
#include "ledger/record.h"
#include "ledger/unwinder.h"
#include "machine/machine.h"
#include "wfp/engine/layers.h"
#include "wfp/kernel/guid_cast.h"
#include "wfp/kernel/kernel_side.h"

namespace drydock::wfp {
namespace {

class NoUnwinder final : public ledger::Unwinder {
 public:
  bool step(Place&) const override { return false; }
};

void NTAPI continue_classify(const FWPS_INCOMING_VALUES0*, const FWPS_INCOMING_METADATA_VALUES0*,
                             void*, const void*, const FWPS_FILTER3*, UINT64,
                             FWPS_CLASSIFY_OUT0* out) {
  out->actionType = FWP_ACTION_CONTINUE;
}

constexpr LayerId layer = LayerId::datagram_data_v4;
constexpr Guid key{.data1 = 1};

void add_callout(KernelSide& side, const void* device) {
  const CalloutFunctions functions{
      .key = key, .version = 3, .classify = reinterpret_cast<std::uint64_t>(&continue_classify)};
  UINT32 id = 0;
  side.callouts().add(const_cast<void*>(device), functions, &id);
  const SessionId session = side.engine().open_session({});
  const Guid layer_key = find_layer(layer)->key;
  (void)side.engine().add_callout(
      session, {.key = key, .display = {u"bench", {}}, .provider = {}, .layer = layer_key});
  FilterSpec spec;
  spec.display.name = u"bench";
  spec.layer = layer_key;
  spec.action = Action::callout_inspection;
  spec.callout = key;
  (void)side.engine().add_filter(session, spec);
}

void classify_through_a_callout(benchmark::State& state) {
  static machine::Memory memory;
  machine::RoundRobin choices;
  machine::Machine machine(memory, choices, {});
  ledger::Record record(machine);
  const NoUnwinder unwinder;
  machine.install(record);
  machine.install<ledger::Unwinder>(const_cast<NoUnwinder&>(unwinder));
  KernelSide side(machine);
  machine.spawn("traffic", machine::Irql::passive, [&] {
    add_callout(side, &machine);
    const std::vector<FWP_VALUE0> values(find_layer(layer)->fields.size());
    const FWPS_INCOMING_METADATA_VALUES0 metadata{};
    const FlowId flow = state.range(0) != 0 ? side.flows().begin() : FlowId::none;
    const Indication indication{
        .layer = layer, .values = values, .metadata = &metadata, .flow = flow};
    for (auto _ : state) benchmark::DoNotOptimize(side.classify(indication));
  });
  machine.run();
}
BENCHMARK(classify_through_a_callout)->ArgName("flow")->Arg(0)->Arg(1);

}  // namespace
}  // namespace drydock::wfp

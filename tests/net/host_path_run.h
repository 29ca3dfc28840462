// SPDX-License-Identifier: Apache-2.0
// A run with a host path and a callout at every layer that steps are indicated at; functions of
// this file stand for its driver.
#pragma once

#include <fmt/format.h>

#include <functional>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "ndis/data.h"
#include "ndis/run.h"
#include "net/build_packet.h"
#include "net/host_path.h"
#include "wfp/engine/layers.h"
#include "wfp/kernel/exports.h"
#include "wfp/kernel/guid_cast.h"

namespace drydock::net::testing {

using wfp::LayerId;

// One call of a classifyFn.
struct Sight {
  const FWPS_INCOMING_VALUES0& values;
  const FWPS_INCOMING_METADATA_VALUES0& metadata;
  void* layer_data;
  UINT64 context;
  FWPS_CLASSIFY_OUT0& out;
  machine::Irql irql;

  [[nodiscard]] const wfp::Layer& layer() const {
    return *wfp::find_layer(static_cast<LayerId>(values.layerId));
  }
  // Null where the layer has no such field.
  [[nodiscard]] const FWP_VALUE0* value(std::string_view condition) const {
    const std::string name = "FWPM_CONDITION_" + std::string(condition);
    for (std::size_t i = 0; i < layer().fields.size(); ++i) {
      if (layer().fields[i].condition->name == name) return &values.incomingValue[i].value;
    }
    return nullptr;
  }
  [[nodiscard]] bool has(UINT32 bit) const { return (metadata.currentMetadataValues & bit) != 0; }
  [[nodiscard]] bool is_stream() const {
    return values.layerId == FWPS_LAYER_STREAM_V4 || values.layerId == FWPS_LAYER_STREAM_V6;
  }
  [[nodiscard]] FWPS_STREAM_CALLOUT_IO_PACKET0& stream() const {
    return *static_cast<FWPS_STREAM_CALLOUT_IO_PACKET0*>(layer_data);
  }
  [[nodiscard]] NET_BUFFER_LIST* list() const {
    return is_stream() ? stream().streamData->netBufferListChain
                       : static_cast<NET_BUFFER_LIST*>(layer_data);
  }
  // "outbound_transport_v4"
  [[nodiscard]] std::string name() const {
    std::string text(layer().name.substr(std::string_view("FWPS_LAYER_").size()));
    for (char& c : text) c = static_cast<char>(std::tolower(c));
    return text;
  }
  void block(bool absorb = false) const {
    out.actionType = FWP_ACTION_BLOCK;
    out.rights &= ~FWPS_RIGHT_ACTION_WRITE;
    if (absorb) out.flags |= FWPS_CLASSIFY_OUT_FLAG_ABSORB;
  }
};

struct PathScript {
  std::function<void(const Sight&)> classify;
  std::function<void(UINT16 layer, UINT32 callout, UINT64 context)> flow_delete;

  inline static PathScript* current = nullptr;
  PathScript() { current = this; }
  ~PathScript() { current = nullptr; }
};

inline void NTAPI path_classify(const FWPS_INCOMING_VALUES0* values,
                                const FWPS_INCOMING_METADATA_VALUES0* metadata, void* layer_data,
                                const void*, const FWPS_FILTER3*, UINT64 context,
                                FWPS_CLASSIFY_OUT0* out) {
  if (PathScript::current->classify) {
    PathScript::current->classify(
        {*values, *metadata, layer_data, context, *out, machine::Machine::current()->irql()});
  }
}

inline void NTAPI path_flow_delete(UINT16 layer, UINT32 callout, UINT64 context) {
  if (PathScript::current->flow_delete) PathScript::current->flow_delete(layer, callout, context);
}

inline std::set<LayerId> all_step_layers() {
  std::set<LayerId> layers;
  for (std::size_t kind = 0; kind < step_kind_count; ++kind) {
    if (StepKind{static_cast<std::uint8_t>(kind)} == StepKind::flow_end) continue;
    for (const IpVersion version : {IpVersion::v4, IpVersion::v6}) {
      layers.insert(layer_of(StepKind{static_cast<std::uint8_t>(kind)}, version));
    }
  }
  return layers;
}

struct PathRun : TestRun {
  PathScript script;
  wfp::KernelSide side;
  HostNetwork network;
  wfp::SessionId session;
  int device = 0;

  explicit PathRun(machine::Choices* choices = nullptr)
      : TestRun({}, choices),
        side(machine),
        network(machine, side),
        session(side.engine().open_session({})) {}

  // A callout of its own for each layer; returns its number.
  UINT32 watch(LayerId layer, wfp::Action action = wfp::Action::callout_unknown) {
    const wfp::Layer& watched = *wfp::find_layer(layer);
    const Guid key{.data1 = 1, .data2 = static_cast<std::uint16_t>(layer), .data3 = 0, .data4 = {}};
    const FWPS_CALLOUT3 callout{wfp::to_windows(key), 0, path_classify, nullptr, path_flow_delete};
    UINT32 id = 0;
    EXPECT_EQ(IMPORT(wfp::callout_exports(), FwpsCalloutRegister3)(&device, &callout, &id),
              STATUS_SUCCESS);
    wfp::Engine& engine = side.engine();
    const wfp::DisplayData display{u"probe", {}};
    EXPECT_TRUE(engine.add_callout(
        session, {.key = key, .display = display, .provider = {}, .layer = watched.key}));
    wfp::FilterSpec spec;
    spec.display = display;
    spec.layer = watched.key;
    spec.action = action;
    spec.callout = key;
    EXPECT_TRUE(engine.add_filter(session, spec));
    return id;
  }
  void watch_everything() {
    for (const LayerId layer : all_step_layers()) watch(layer);
  }
  static NTSTATUS associate(UINT64 flow, LayerId layer, UINT32 callout, UINT64 context) {
    return IMPORT(wfp::flow_exports(), FwpsFlowAssociateContext0)(flow, static_cast<UINT16>(layer),
                                                                  callout, context);
  }
  // Plays in order on one fiber of the kernel and runs until all is quiet.
  PathCounts play(const std::vector<Step>& steps) {
    HostPath path(network, 0x1000);
    machine.spawn("traffic", machine::Irql::passive, [&] {
      for (const Step& step : steps) path.play(step);
    });
    machine.run();
    EXPECT_FALSE(machine.stopped());
    return path.counts();
  }
};

}  // namespace drydock::net::testing

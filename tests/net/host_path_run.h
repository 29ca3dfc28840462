// SPDX-License-Identifier: Apache-2.0
// A run with a host path and a callout at every layer that steps are indicated at; functions of
// this file stand for its driver.
#pragma once

#include <fmt/format.h>

#include <cstring>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "ndis/data.h"
#include "ndis/exports.h"
#include "ndis/lists.h"
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
  UINT32 callout = 0;
  const void* classify_context = nullptr;

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
  // Of a stream layer.
  [[nodiscard]] std::string text() const {
    const FWPS_STREAM_DATA0& data = *stream().streamData;
    std::string text(data.dataLength, '?');
    SIZE_T copied = 0;
    IMPORT(wfp::stream_exports(), FwpsCopyStreamDataToBuffer0)
    (&data, text.data(), text.size(), &copied);
    EXPECT_EQ(copied, text.size());
    return text;
  }
  [[nodiscard]] bool sends() const {
    return (stream().streamData->flags & FWPS_STREAM_FLAG_SEND) != 0;
  }
  [[nodiscard]] bool is_fin() const {
    return (stream().streamData->flags &
            (FWPS_STREAM_FLAG_SEND_DISCONNECT | FWPS_STREAM_FLAG_RECEIVE_DISCONNECT)) != 0;
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
                                const void* handles, const FWPS_FILTER3* filter, UINT64 context,
                                FWPS_CLASSIFY_OUT0* out) {
  if (PathScript::current->classify) {
    PathScript::current->classify({*values, *metadata, layer_data, context, *out,
                                   machine::Machine::current()->irql(), filter->action.calloutId,
                                   handles});
  }
}

inline void NTAPI path_flow_delete(UINT16 layer, UINT32 callout, UINT64 context) {
  if (PathScript::current->flow_delete) PathScript::current->flow_delete(layer, callout, context);
}

inline std::set<LayerId> all_step_layers() {
  std::set<LayerId> layers;
  for (std::size_t kind = 0; kind < step_kind_count; ++kind) {
    const StepKind each{static_cast<std::uint8_t>(kind)};
    if (each == StepKind::flow_end || each == StepKind::link_frame || is_beside(each)) continue;
    for (const IpVersion version : {IpVersion::v4, IpVersion::v6}) {
      layers.insert(layer_of(each, version));
    }
  }
  return layers;
}

// Those that the path shows beside steps.
inline std::set<LayerId> layers_beside_steps() {
  std::set<LayerId> layers;
  for (std::size_t kind = 0; kind < step_kind_count; ++kind) {
    const StepKind each{static_cast<std::uint8_t>(kind)};
    if (!is_beside(each)) continue;
    for (const IpVersion version : {IpVersion::v4, IpVersion::v6})
      layers.insert(layer_of(each, version));
  }
  return layers;
}

// What comes out of the streams of a path, FIN as "|".
struct Peer final : PathListener {
  std::string sent, received;

  void stream_bytes(const Step&, Direction direction,
                    std::span<const std::uint8_t> bytes) override {
    of(direction).append(bytes.begin(), bytes.end());
  }
  void stream_fin(const Step&, Direction direction) override { of(direction) += '|'; }
  std::string& of(Direction direction) {
    return direction == Direction::outbound ? sent : received;
  }
};

// How a callout is attached to a layer.
struct Attached {
  wfp::Action action = wfp::Action::callout_unknown;
  UINT32 flags = 0;            // FWP_CALLOUT_FLAG_...
  std::uint16_t number = 0;    // apart from others at the layer; higher ones come first
  std::uint16_t sublayer = 0;  // weight of one of its own; 0: the universal one
};

struct PathRun : TestRun {
  PathScript script;
  wfp::KernelSide side;
  HostNetwork network;
  wfp::SessionId session;
  int device = 0;
  NDIS_HANDLE list_pool = nullptr;
  wfp::FilterId last_filter = wfp::FilterId::none;

  explicit PathRun(machine::Choices* choices = nullptr, const wfp::KernelOptions& options = {},
                   LocalHost host = {})
      : TestRun({}, choices),
        side(machine, options),
        network(machine, side, std::move(host)),
        session(side.engine().open_session({})) {}

  // A callout of its own for each layer; returns its number.
  UINT32 watch(LayerId layer, wfp::Action action = wfp::Action::callout_unknown) {
    return watch(layer, Attached{.action = action});
  }
  UINT32 watch(LayerId layer, const Attached& how) {
    const wfp::Layer& watched = *wfp::find_layer(layer);
    const Guid key{
        .data1 = 1, .data2 = static_cast<std::uint16_t>(layer), .data3 = how.number, .data4 = {}};
    const FWPS_CALLOUT3 callout{wfp::to_windows(key), how.flags, path_classify, nullptr,
                                path_flow_delete};
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
    spec.action = how.action;
    spec.callout = key;
    if (how.number != 0) {
      spec.weight = wfp::Value::number(wfp::DataType::uint64, std::uint64_t{how.number} << 60);
    }
    if (how.sublayer != 0) {
      spec.sublayer = {.data1 = 2, .data2 = how.sublayer, .data3 = how.number, .data4 = {}};
      EXPECT_TRUE(engine.add_sublayer(
          session, {.key = spec.sublayer, .display = display, .weight = how.sublayer}));
    }
    const auto added = engine.add_filter(session, spec);
    EXPECT_TRUE(added);
    if (added) last_filter = *added;
    return id;
  }
  void watch_everything() {
    for (const LayerId layer : all_step_layers()) watch(layer);
  }
  // A list of the driver's own over a copy of `bytes`.
  NET_BUFFER_LIST* list_of(std::span<const std::uint8_t> bytes) {
    std::byte* data = machine.memory().kernel.allocate(std::max<std::size_t>(bytes.size(), 1));
    std::memcpy(data, bytes.data(), bytes.size());
    if (list_pool == nullptr) {
      NET_BUFFER_LIST_POOL_PARAMETERS parameters{};
      parameters.fAllocateNetBuffer = 1;
      list_pool = IMPORT(ndis::ndis_exports(), NdisAllocateNetBufferListPool)(nullptr, &parameters);
    }
    NET_BUFFER_LIST* list = nullptr;
    EXPECT_EQ(IMPORT(wfp::injection_exports(), FwpsAllocateNetBufferAndNetBufferList0)(
                  list_pool, 0, 0, ndis::make_mdl(data, static_cast<ULONG>(bytes.size())), 0,
                  bytes.size(), &list),
              STATUS_SUCCESS);
    return list;
  }
  static NTSTATUS associate(UINT64 flow, LayerId layer, UINT32 callout, UINT64 context) {
    return IMPORT(wfp::flow_exports(), FwpsFlowAssociateContext0)(flow, static_cast<UINT16>(layer),
                                                                  callout, context);
  }
  // Plays in order on one fiber of the kernel and runs until all is quiet.
  PathCounts play(const std::vector<Step>& steps, PathListener* listener = nullptr) {
    HostPath path(network, 0x1000, listener);
    machine.spawn("traffic", machine::Irql::passive, [&] {
      for (const Step& step : steps) {
        path.play(step);
        machine.switch_point();
      }
    });
    machine.run();
    EXPECT_FALSE(machine.stopped());
    return path.counts();
  }
};

}  // namespace drydock::net::testing

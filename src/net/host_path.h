// SPDX-License-Identifier: Apache-2.0
// One source of traffic on its way through the simulated host: plays recorded steps to the
// filtering platform and lets the verdicts act on what follows.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "ledger/record.h"
#include "ndis/packet_buffer.h"
#include "net/host_network.h"
#include "net/step.h"

namespace drydock::net {

// What a source of traffic has done so far.
struct PathCounts {
  std::uint64_t packets = 0;
  std::uint64_t steps = 0;            // played, those that a verdict left nothing of included
  std::uint64_t flows = 0;            // begun
  std::uint64_t blocked_packets = 0;  // absorbed ones included
  std::uint64_t absorbed_packets = 0;
  std::uint64_t blocked_flows = 0;  // refused, or dropped by a stream callout
};

// Several may exist at once or one after the other; the steps of one flow all go over one path. A
// block drops what is left of its packet; at a layer that authorizes, the flow (its contexts are
// deleted) or the socket with all its later steps. Blocked stream data are cut out of the stream,
// the connection goes on (engine section 11).
class HostPath {
 public:
  // `first_endpoint`: traffic of different trackers must not share endpoint handles; those of this
  // path lie behind it.
  explicit HostPath(HostNetwork& network, std::uint64_t first_endpoint = 0);
  ~HostPath();
  HostPath(const HostPath&) = delete;
  HostPath& operator=(const HostPath&) = delete;

  // One step, in the order in which the tracker gave them. On a fiber at PASSIVE_LEVEL, one at a
  // time; may be switched away from. `step` stays until this returns.
  void play(const Step& step);

  [[nodiscard]] const PathCounts& counts() const { return counts_; }
  // Adds "packets", "steps", "flows", "packets blocked", "packets absorbed" and "flows blocked".
  void fold_counts(ledger::Counters& counters) const;

 private:
  struct PathFlow {
    wfp::FlowId id = wfp::FlowId::none;
    bool over = false;
    machine::Irql send_irql = machine::Irql::dispatch;
  };
  // The packet that drivers were shown last, while steps of it may follow.
  struct Shown {
    PacketView view;
    Direction direction{};
    std::uint32_t packet_index = 0;
    ndis::PacketBuffer* buffer = nullptr;
  };

  void begin_packet(const Step& step);
  bool left_out(const Step& step);
  bool over(const Step& step) const;
  PathFlow& flow_of(const Step& step);
  void begin_flow(const Step& step, PathFlow& flow);
  void end_flow(const Step& step);
  machine::Irql irql_of(const Step& step);
  wfp::Verdict indicate(const Step& step, void* layer_data);
  NET_BUFFER_LIST* packet_of(const Step& step);
  void play_stream(const Step& step);
  ndis::PacketBuffer* stream_buffer(const Step& step);
  bool show_stream(const Step& step, ndis::PacketBuffer* buffer, std::size_t& position);
  void act_on_block(const Step& step, const wfp::Verdict& verdict);
  void block_flow(const Step& step);

  HostNetwork& network_;
  machine::Machine& machine_;
  const std::uint64_t first_endpoint_;
  LayerInput& input_;
  ndis::PacketPool pool_;
  Shown shown_;
  std::vector<PathFlow> flows_;  // by the tracker's number
  std::vector<EndpointId> refused_endpoints_;
  std::optional<std::uint32_t> dropped_packet_;
  bool dropped_silently_ = false;
  std::optional<std::uint32_t> last_packet_;
  PathCounts counts_;
};

}  // namespace drydock::net

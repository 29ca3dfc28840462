// SPDX-License-Identifier: Apache-2.0
// The stream layer of the host: the data of each connection go, in order and one direction at a
// time, through the callouts that watch it, like water over a row of falls. What a callout lets
// through or injects reaches those below it and then leaves the layer. Spec: engine section 11.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <deque>
#include <memory>
#include <span>
#include <unordered_set>
#include <vector>

#include "base/serial_table.h"
#include "ndis/packet_buffer.h"
#include "net/layer_input.h"
#include "net/stream_data.h"
#include "wfp/kernel/classifier.h"
#include "wfp/kernel/injections.h"

namespace drydock::net {

class HostNetwork;

// Where the data of a connection go behind the stream layer: to the peer or to the program.
class StreamOutput {
 public:
  virtual ~StreamOutput() = default;
  // At or below DISPATCH_LEVEL on any fiber of the kernel.
  virtual void stream_bytes(const Step& connection, Direction direction,
                            std::span<const std::uint8_t> bytes) = 0;
  virtual void stream_fin(const Step& connection, Direction direction) = 0;
  // The last FIN that had been held back is out, of a connection that waits for it (closes()).
  virtual void stream_closed(wfp::FlowId flow) = 0;
};

// What became of an arrival by the time that its callouts had returned.
struct StreamOutcome {
  bool dropped = false;    // the connection
  std::size_t passed = 0;  // bytes that left the layer, injected ones included; a FIN counts as one
  std::size_t blocked = 0;  // by callouts or filters
};

// What a callout has of one direction of a connection.
struct StreamStage {
  wfp::CalloutId callout{};
  machine::DriverId driver = machine::no_driver;
  ledger::EntryId callout_entry = 0;
  StreamData waiting;      // not judged yet
  StreamData injected;     // by the callout; goes below it
  std::size_t wanted = 0;  // NEED_MORE_DATA: how much there has to be before it is asked again
  bool deferred = false;
  bool visited = false;          // in this pass
  bool permits = false;          // has let data through that it was shown
  bool injects_outside = false;  // has injected from outside of its classifyFn
  bool mixing_noted = false;
  ledger::EntryId held = 0;      // data that wait for more or for FwpsStreamContinue0
  ledger::EntryId held_fin = 0;  // a FIN that it blocked
};

struct StreamChannel {
  std::vector<std::unique_ptr<StreamStage>> stages;
  StreamData arrivals;
  std::uint64_t out = 0;  // bytes that left the layer, a FIN as one
  std::uint64_t blocked = 0;
  bool busy = false;   // some fiber is passing data through
  bool again = false;  // there is more for it to do
  bool stuck = false;  // E-16
  bool fin_in = false, fin_out = false;
  const machine::Fiber* calling_fiber = nullptr;  // inside the classifyFn of `calling`
  wfp::CalloutId calling{};
};

// What all steps of one connection have in common: a step is large, and connections are many.
struct ConnectionFacts {
  explicit ConnectionFacts(const Step& step);
  [[nodiscard]] Step step(Direction direction) const;  // at the stream layer, without packet

  FlowId flow{};
  EndpointId endpoint{}, parent_endpoint{};
  Process process;
  IpAddress local, remote;
  std::uint16_t local_port = 0, remote_port = 0;
  std::uint32_t interface_index = 0, sub_interface_index = 0;
  IpVersion version{};
  Protocol protocol{};
  Direction flow_direction{};
  bool loopback = false;
  bool redirected = false;
};

// A callout that watches a connection.
struct StreamMember {
  wfp::CalloutId callout{};
  bool released = false;  // wants to see no more (ALLOW_CONNECTION)
};

struct StreamFlow {
  explicit StreamFlow(const Step& step) : connection(step) {}

  wfp::FlowId id{};
  ConnectionFacts connection;
  wfp::LayerId layer{};
  std::uint64_t first_endpoint = 0;
  StreamOutput* output = nullptr;
  machine::Irql send_irql{};
  std::array<StreamChannel, 2> channels;  // by Direction
  std::vector<StreamMember> members;
  bool may_join = true;  // nothing has passed: whoever matches watches it
  bool closing = false;  // stream_closed() is due
  bool over = false;
  std::uint32_t passes = 0;  // under way

  StreamChannel& channel(Direction direction) {
    return channels[static_cast<std::size_t>(direction)];
  }
  StreamMember* member(wfp::CalloutId callout) {
    const auto found = std::ranges::find(members, callout, &StreamMember::callout);
    return found == members.end() ? nullptr : &*found;
  }
  bool released(wfp::CalloutId callout) {
    const StreamMember* known = member(callout);
    return known != nullptr && known->released;
  }
};

class StreamLayer {
 public:
  explicit StreamLayer(HostNetwork& network) : network_(network) {}
  StreamLayer(const StreamLayer&) = delete;
  StreamLayer& operator=(const StreamLayer&) = delete;

  // Connections known here; `indicated.step` names one. `joined`: data have passed before, so that
  // only callouts with FWP_CALLOUT_FLAG_ALLOW_MID_STREAM_INSPECTION see what follows.
  void open(const Indicated& indicated, machine::Irql send_irql, bool joined, StreamOutput& output);
  [[nodiscard]] bool knows(wfp::FlowId flow) const {
    return flows_.find(static_cast<std::uint64_t>(flow)) != nullptr;
  }
  // Data or FIN of `step`, whose flow is known. May be switched away from.
  StreamOutcome arrive(wfp::FlowId flow, const Step& step);
  // False while a callout keeps a FIN back; then stream_closed() comes as soon as it lets it go.
  bool closes(wfp::FlowId flow);
  // The flow is over; what is still on its way is lost.
  void end(wfp::FlowId flow);
  void forget(const StreamOutput& output);

  // --- for injection
  NTSTATUS take(const wfp::Injection& injection);
  NTSTATUS deliver(const wfp::Injection& injection);
  NTSTATUS resume(wfp::FlowId flow, wfp::CalloutId callout);

 private:
  class Pass;
  // What one pass works with. Kept here, not on the fiber's stack: the fiber may be abandoned in
  // the middle of a callout.
  struct Desk {
    Step step;
    StreamData moving;
    LayerInput* input = nullptr;
  };

  StreamFlow* find(wfp::FlowId flow);
  StreamStage& stage_of(StreamChannel& channel, wfp::CalloutId callout);
  void pump(StreamFlow& flow, Direction direction);
  void pass(StreamFlow& flow, Direction direction, Desk& desk);
  void clear_orphans(StreamFlow& flow, StreamChannel& channel, Desk& desk);
  void discard(StreamData& data, StreamChannel* count);
  void leave(StreamFlow& flow, Desk& desk);
  void drop(StreamFlow& flow);
  void let_go(StreamStage& stage);
  void forget_if_over(StreamFlow& flow);
  void pump_soon(wfp::FlowId flow, Direction direction);
  void note_misuse(const StreamFlow& flow, const StreamStage& stage, ledger::StreamMisuse misuse);
  Desk& take_desk();
  std::uint64_t next_hold() { return ++last_hold_; }

  HostNetwork& network_;
  SerialTable<std::unique_ptr<StreamFlow>> flows_;
  std::unordered_set<wfp::FlowId> lost_;  // flows that ended with injected data on their way
  std::deque<Desk> desks_;
  std::vector<Desk*> free_;
  ndis::PacketPool pool_;
  std::uint64_t last_hold_ = 0;
};

}  // namespace drydock::net

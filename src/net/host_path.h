// SPDX-License-Identifier: Apache-2.0
// One source of traffic on its way through the simulated host: plays recorded steps to the
// filtering platform and lets the verdicts act on what follows.
#pragma once

#include <cstdint>
#include <list>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/serial_table.h"
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

// The reason of a packet that stays behind at the stream layer.
inline constexpr std::string_view stream_data_withheld = "block stream data";

// Hears what the traffic of a path becomes. Called on fibers of the kernel; must not wait.
class PathListener {
 public:
  virtual ~PathListener() = default;
  // The steps of another packet begin.
  virtual void packet_begins(const Step& /*step*/) {}
  // Its IP packet has been seen and not blocked.
  virtual void packet_goes_on(const Step& /*step*/) {}
  // `why`: "block FWPS_LAYER_INBOUND_TRANSPORT_V4 filter 65537" and the like. May come again for
  // later steps of the packet.
  virtual void packet_stops(const Step& /*step*/, const std::string& /*why*/) {}
  // A callout holds up what comes before the packet: it goes on or stops later, or never. `why`:
  // "pend FWPS_LAYER_ALE_AUTH_CONNECT_V4 filter 65537".
  virtual void packet_waits(const Step& /*step*/, const std::string& /*why*/) {}
  // Comes after packet_stops for a packet of a connection that a verdict has ended: its sender
  // would be told by a reset.
  virtual void connection_is_over(const Step& /*step*/) {}
  // What became of a step, once for each: false when a verdict keeps what belongs to it from going
  // on. Comes later for one that a callout holds up; not for stream data.
  virtual void step_decided(const Step& /*step*/, bool /*goes_on*/) {}
  // A callout has rewritten the request of a redirect layer: a FWPS_CONNECT_REQUEST0 or
  // FWPS_BIND_REQUEST0. `records`: of the connection (wfp::Redirects), held until its flow ends;
  // may be null. Comes before step_decided.
  virtual void redirected(const Step& /*step*/, const void* /*request*/, HANDLE /*records*/) {}
  // A verdict ends the step's flow.
  virtual void flow_dropped(const Step& /*step*/) {}
  // Data or FIN come to the stream layer; what leaves it meanwhile follows.
  virtual void stream_arrives(const Step& /*step*/) {}
  // A driver's own packet begins a flow. True: it will be played along a path of the listener's.
  virtual bool takes_injected(InjectedPacket& /*packet*/) { return false; }
  // An IP packet of a driver's own, on its way behind all layers. `how`: "inject network send".
  virtual void packet_injected(std::span<const std::uint8_t> /*packet*/, Direction /*direction*/,
                               const std::string& /*how*/) {}
  // A MAC frame of a driver's own; `ip_at`: where its IP packet begins, nothing when it has none.
  // By default only that is heard of.
  virtual void frame_injected(std::span<const std::uint8_t> frame, std::optional<std::size_t> ip_at,
                              Direction direction, const std::string& how) {
    if (ip_at) packet_injected(frame.subspan(*ip_at), direction, how);
  }
  // What the peer (outbound) or the program (inbound) gets of the connection, in order.
  virtual void stream_bytes(const Step& connection, Direction direction,
                            std::span<const std::uint8_t> bytes) = 0;
  virtual void stream_fin(const Step& connection, Direction direction) = 0;
};

// Several may exist at once or one after the other; the steps of one flow all go over one path. A
// block drops what is left of its packet; at a layer that authorizes, the flow (its contexts are
// deleted) or the socket with all its later steps. Stream data go through the network's
// StreamLayer; a packet of which nothing leaves it is not sent.
class HostPath final : private StreamOutput, private wfp::OperationOwner, private AcceptListener {
 public:
  // `first_endpoint`: traffic of different trackers must not share endpoint handles; those of this
  // path lie behind it.
  explicit HostPath(HostNetwork& network, std::uint64_t first_endpoint = 0,
                    PathListener* listener = nullptr);
  ~HostPath() override;
  HostPath(const HostPath&) = delete;
  HostPath& operator=(const HostPath&) = delete;

  // One step, in the order in which the tracker gave them. On a fiber at PASSIVE_LEVEL, one at a
  // time; may be switched away from. `step` stays until this returns.
  void play(const Step& step);
  // Those of one packet or operation, with nothing of others in between.
  void play(std::span<const Step> steps);

  [[nodiscard]] const PathCounts& counts() const { return counts_; }
  // Adds "packets", "steps", "flows", "packets blocked", "packets absorbed" and "flows blocked".
  void fold_counts(ledger::Counters& counters) const;

 private:
  struct PathFlow {
    wfp::FlowId id = wfp::FlowId::none;
    bool over = false;
    bool streamed = false;                      // data have passed
    std::uint64_t policy = 0;                   // that it was authorized under
    std::uint32_t arrives_by = 0;               // the interface that it was authorized for
    std::optional<std::uint32_t> asked_packet;  // the last one before which that was looked at
    machine::Irql send_irql = machine::Irql::dispatch;
  };
  // The packet that drivers were shown last, while steps of it may follow.
  struct Shown {
    PacketView view;
    Direction direction{};
    std::uint32_t packet_index = 0;
    ndis::PacketBuffer* buffer = nullptr;
  };

  // A connection whose programs have closed it, but not all of what they said has been let through.
  struct Lingering {
    wfp::FlowId flow = wfp::FlowId::none;
    std::vector<Step> steps;      // of its end
    LayerInput* input = nullptr;  // for them
  };
  // A step that a callout holds up, and what follows it.
  struct Waiting {
    std::uint64_t operation = 0;  // 0: it goes on
    Step step;
    std::vector<Step> steps;
    LayerInput* input = nullptr;
    bool absorbed = false;  // it had a packet, which the driver took
    bool told = false;      // what became of it, to the listener
    // RECV_ACCEPT: completed then. Its packet may come again, or another one asks anew.
    std::optional<machine::VirtualTime> completed = {};
    std::optional<std::uint32_t> attempt = {};  // that other packet
  };
  // A packet that came in in parts, some of which a verdict has stopped.
  struct Incomplete {
    std::uint32_t number = 0;  // Step::reassembly
    std::vector<FragmentKey> missing;
    std::vector<Step> steps;  // of the whole packet
  };
  // A frame that goes to the adapter with others, in one chain.
  struct Batched {
    Step packet;
    Step frame;
    EthernetHeader header;
    ndis::PacketBuffer* buffer = nullptr;
  };
  // A connection that goes somewhere else than its program asked for.
  struct Redirected {
    EndpointId endpoint{};
    std::optional<SocketPlace> remote;
    HANDLE records = nullptr;
  };
  // One fiber plays at a time; the others wait here.
  class Turn {
   public:
    explicit Turn(HostPath& path);
    ~Turn();
    Turn(const Turn&) = delete;
    Turn& operator=(const Turn&) = delete;

   private:
    HostPath& path_;
  };

  void play_now(const Step& step);
  void play_as(const Step& step);
  void act_on(const Step& step, const wfp::Verdict& verdict);
  void tell(const Step& step, const wfp::Verdict& verdict);
  bool passes_before(const Step& step);
  bool passes_behind(const Step& step);
  void tell_left_out(const Step& step);
  void tell_decided(const Step& step, bool goes_on);
  // host_path_waiting.cpp
  void hold(const Step& step, std::uint64_t operation);
  bool waits(const Step& step);
  Waiting* find_waiting(std::uint64_t operation);
  void operation_completed(std::uint64_t number) override;
  void classify_completed(std::uint64_t number, bool again) override;
  void accepted(std::uint64_t operation) override;
  void decide_anew(Waiting& waiting);
  void tell_of_waiting(Waiting& waiting, bool goes_on);
  bool asks_anew(Waiting& waiting, const Step& step);
  void begin_attempt(Waiting& waiting, const Step& step);
  Waiting* find_attempt(const Step& step);
  bool may_come_in(const Step& step);
  bool let_in(Waiting& waiting, const Step& step);
  bool establish();
  void watch_for_end(const Waiting& waiting);
  void give_up(std::uint64_t operation);
  void go_on(Waiting& waiting);
  void replay(Waiting& waiting);
  void redirect(const Step& step, const void* request);
  const Redirected* redirection_of(const Step& step) const;
  void forget_redirection(const Step& step);
  void forget(const Redirected& redirected);

  // host_path_fragments.cpp
  void note_stopped_fragment(const Step& step);
  bool lacks_fragment(const Step& step);
  Incomplete* find_incomplete(std::uint32_t number);
  void fragment_came(const FragmentKey& fragment) override;
  void play_whole(std::uint32_t number);

  // host_path_authorization.cpp
  [[nodiscard]] wfp::LayerId authorizing_layer(const Step& step) const;
  [[nodiscard]] std::uint32_t reasons_to_ask_again(const Step& step);
  machine::Irql irql_of_reauthorization(const Step& step);
  bool still_authorized(const Step& step);
  void suppress_answer(const Step& step);
  bool is_suppressed(const Step& step);

  // host_path_frames.cpp
  [[nodiscard]] bool has_frame(const Step& step) const;
  [[nodiscard]] PacketView frame_of(const Step& step) const;
  bool frame_passes(const Step& step);
  bool frame_passes(StepKind kind, const EthernetHeader& header, ndis::PacketBuffer& buffer);
  [[nodiscard]] bool batches(const Step& step) const;
  [[nodiscard]] bool joins_batch(const Step& step) const;
  void batch(const Step& step);
  void send_batch();
  bool batch_passes(StepKind kind);
  void play_frame(const Step& step);
  bool segment_passes(const Step& step);

  void begin_packet(const Step& step);
  bool left_out(const Step& step);
  void note_socket(const Step& step);
  bool over(const Step& step) const;
  PathFlow& flow_of(const Step& step);
  Indicated indicated(const Step& step);
  void begin_flow(const Step& step, PathFlow& flow);
  void end_flow(const Step& step);
  bool end_waits(const Step& step);
  bool redirection_is_settled(const Step& step);
  machine::Irql irql_of(const Step& step);
  NET_BUFFER_LIST* packet_of(const Step& step);
  void play_stream(const Step& step);
  void open_stream(const Step& step);
  void stream_bytes(const Step& connection, Direction direction,
                    std::span<const std::uint8_t> bytes) override;
  void stream_fin(const Step& connection, Direction direction) override;
  void stream_closed(wfp::FlowId flow) override;
  void end_lingering(wfp::FlowId flow);
  void act_on_block(const Step& step, const wfp::Verdict& verdict);
  void block_flow(const Step& step);

  HostNetwork& network_;
  machine::Machine& machine_;
  const std::uint64_t first_endpoint_;
  PathListener* listener_;
  LayerInput& input_;
  ndis::PacketPool pool_;
  Shown shown_;
  SerialTable<PathFlow> flows_;  // by the tracker's number
  std::set<EndpointId> refused_endpoints_;
  std::set<EndpointId> redirect_asked_;  // sockets, for E-13
  std::optional<std::uint32_t> dropped_packet_;
  bool dropped_silently_ = false;
  // A packet whose data stay behind at the stream layer; those of the same flow may still follow.
  std::optional<std::uint32_t> withheld_packet_;
  FlowId withheld_flow_{};
  std::list<Lingering> lingering_;
  std::vector<std::unique_ptr<Incomplete>> incomplete_;
  std::list<Waiting> waiting_;
  std::size_t held_up_ = 0;  // of them, those that do not go on
  std::map<FlowId, Redirected> redirected_;
  Step changed_;                  // the one that is played, when it is not as it was recorded
  Step frame_;                    // around it: a MAC frame, or a segment
  Step again_;                    // of a reauthorization
  std::vector<Batched> batch_;    // fragments of one packet, while more may follow
  std::vector<Step> suppressed_;  // packets without a socket whose answer nobody may hear
  bool playing_ = false;
  std::vector<machine::Fiber*> turn_waiters_;
  std::optional<std::uint32_t> last_packet_;
  std::optional<std::uint32_t> counted_packet_;
  PathCounts counts_;
};

}  // namespace drydock::net

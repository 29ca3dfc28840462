// SPDX-License-Identifier: Apache-2.0
// The tracker's state, shared by its three sources: tables (tracker.cpp), TCP and everything else.
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <queue>
#include <tuple>
#include <unordered_map>
#include <utility>

#include "net/flow_table.h"
#include "net/fragments.h"
#include "net/mac_frame.h"
#include "net/tracker.h"

namespace drydock::net {

// Who stands behind a socket.
class Processes {
 public:
  Processes();

  // The same endpoint number always gives the same process.
  [[nodiscard]] Process of(const LocalHost& host, Protocol protocol, Direction role,
                           std::uint16_t port, EndpointId endpoint) const;
  // The stack itself: answers to ICMP, neighbour discovery.
  [[nodiscard]] const Process& system() const { return system_; }

 private:
  std::vector<std::shared_ptr<const Program>> well_known_;
  std::shared_ptr<const Program> any_client_;
  Process system_;
};

// A local socket. TCP connections have one each; listeners and datagram sockets are found by their
// port.
struct Endpoint {
  EndpointId id{};
  IpVersion version{};
  Protocol protocol{};
  IpAddress local;
  std::uint16_t port = 0;
  Process process;
  bool bound = false;  // has an ALE_RESOURCE_ASSIGNMENT to release
  bool closes_with_last_flow = false;
  std::optional<std::uint16_t> found_by = {};  // listeners and datagram sockets: their port
  std::size_t flows = 0;
};

// One packet on its way through the host, in one direction.
struct Passage {
  PacketView view;
  ParsedPacket header;
  Direction direction{};
  bool loopback = false;
  bool refused = false;
  bool reassembled = false;
  std::uint32_t reassembly = 0;  // Step::reassembly
  std::uint32_t interface_index = 0;
  Link link = Link::none;
  std::vector<Fragment> fragments;  // outbound: sent behind the whole packet

  bool outbound() const { return direction == Direction::outbound; }
  const IpAddress& local() const { return outbound() ? header.source : header.destination; }
  const IpAddress& remote() const { return outbound() ? header.destination : header.source; }
  std::uint16_t local_port() const {
    return outbound() ? header.source_port : header.destination_port;
  }
  std::uint16_t remote_port() const {
    return outbound() ? header.destination_port : header.source_port;
  }
};

class HostTracker::Impl {
 public:
  explicit Impl(LocalHost host) : host_(std::move(host)) {}

  void feed(const CapturePacket& packet, bool refused);
  void advance(Nanoseconds now);
  void close_all();
  void own(const IpAddress& address) {
    if (!host_.owns(address)) host_.addresses.push_back(address);
  }
  void give_up(const Step& step);
  std::vector<Step> take() { return std::exchange(out_, {}); }
  std::vector<OpenFlow> open_flows() const;
  const std::map<std::string, std::size_t>& ignored() const { return ignored_; }

 private:
  using SocketKey = std::tuple<Protocol, IpVersion, std::uint16_t>;

  // tracker.cpp: packets, flows, endpoints
  void pass(const CapturePacket& packet, const PacketView& view, const ParsedPacket& header,
            Direction direction, bool refused);
  bool forward(const CapturePacket& packet, const PacketView& view, const ParsedPacket& header);
  void show_weak_host();
  bool pass_frame(const CapturePacket& packet);
  void learn_mac(const CapturePacket& packet);
  void pass_fragment(Passage passage);
  void dispatch(const Passage& passage);
  Flow& add_flow(const FlowKey& key, const Passage& passage, FlowState state, EndpointId endpoint);
  void end_flow(const FlowKey& key, FlowEnd reason);
  void note_closed(const FlowKey& key, FlowEnd reason);
  void close_endpoint(EndpointId id, const Flow* flow);
  void close_socket(const SocketKey& key);
  Endpoint& add_endpoint(const Passage& passage, Direction role);
  Endpoint* find_socket(const SocketKey& key);
  Endpoint& add_socket(const SocketKey& key, const Passage& passage, Direction role);
  Nanoseconds deadline(const Flow& flow) const;
  void touch(Flow& flow);
  void watch(const Flow& flow);

  // tracker.cpp: steps
  Step& emit(StepKind kind, const Passage& passage, const Flow* flow = nullptr);
  void emit_bind(Endpoint& endpoint, bool implicit);
  Step& emit_endpoint(StepKind kind, const Endpoint& endpoint, const Flow* flow = nullptr);
  void outbound_layers(const Passage& passage, const Flow* flow);
  void inbound_layers(const Passage& passage, const Flow* flow, bool ale_classify_required = false);
  Step& append(StepKind kind, const Flow* flow);

  // tracker_tcp.cpp
  void pass_tcp(const Passage& passage);
  void open_connection(const FlowKey& key, const Passage& passage);
  void accept_connection(const FlowKey& key, const Passage& passage);
  void join_connection(const FlowKey& key, const Passage& passage);
  void pass_stray(const FlowKey& key, const Passage& passage);
  void continue_outbound(Flow& flow, const Passage& passage);
  void continue_inbound(Flow& flow, const Passage& passage);
  void establish(Flow& flow, const Passage& passage);
  void stream_steps(Flow& flow, const Passage& passage, Direction direction,
                    const std::vector<StreamPiece>& pieces);
  void stream_payload(Flow& flow, const Passage& passage);
  void end_if_over(const Flow& flow);
  std::optional<FlowEnd> how_closed(const FlowKey& key);

  // tracker_datagram.cpp
  void pass_datagram(const Passage& passage);
  void send_datagram(const FlowKey& key, const Passage& passage);
  void receive_datagram(const FlowKey& key, const Passage& passage);
  void pass_icmp_error(const Passage& passage);
  void refuse_datagram(const FlowKey& key, const Passage& passage);
  Flow& open_datagram_flow(const FlowKey& key, const Passage& passage);
  EndpointId datagram_endpoint(const FlowKey& key, const Passage& passage);

  LocalHost host_;
  Processes processes_;
  std::vector<Step> out_;
  FlowTable flows_;                                     // whoever walks it sorts
  std::unordered_map<EndpointId, Endpoint> endpoints_;  // the same
  std::map<SocketKey, EndpointId> sockets_;             // listeners and datagram sockets
  struct Closed {
    Nanoseconds time{};
    FlowEnd how{};
  };
  std::map<FlowKey, Closed> recently_closed_;  // TCP: late packets begin no new connection
  std::deque<std::pair<Nanoseconds, FlowKey>> closings_;  // the same in order of time
  FragmentReassembly fragments_;
  std::vector<MacAddress> own_macs_;  // as far as frames have told
  std::map<std::string, std::size_t> ignored_;
  Nanoseconds now_{};
  struct Due {
    Nanoseconds time{};
    FlowId flow{};
    const Flow* place = nullptr;  // holds another flow, or none, when that one has ended

    auto operator<=>(const Due&) const = default;
  };
  // When flows may have been idle for too long, each at least once; earliest first.
  std::priority_queue<Due, std::vector<Due>, std::greater<>> due_;
  std::uint64_t last_flow_ = 0;
  std::uint64_t last_endpoint_ = 0;
  std::uint32_t packet_index_ = 0;
  bool fed_ = false;
};

}  // namespace drydock::net

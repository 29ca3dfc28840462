// SPDX-License-Identifier: Apache-2.0
// The simulated host's sockets: what programs do with them becomes packets and the layers that a
// Windows host would show for it, in their order (engine section 7). The far end is whatever the
// wire leads to, or another socket of this host.
//
// Where Windows leaves a question open, this is the answer:
// - A connection's first bytes on the stream layer are those of one send() or of one packet.
// - A datagram socket's redirection and authorization come with the first datagram to each peer.
// - Whoever closes a connection first remembers it for two minutes (TIME_WAIT): it answers what
// comes late, and a port that it bound for itself is not given to others, unless they reuse it. The
// endpoint's closure and release do not wait for that; a listener's port is not held by what it
// accepted.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <tuple>
#include <vector>

#include "base/generator.h"
#include "net/capture_file.h"
#include "net/host/agenda.h"
#include "net/host/lane.h"
#include "net/host/socket.h"
#include "net/host/socket_steps.h"
#include "net/host/wire.h"
#include "net/host_network.h"
#include "net/tracker.h"
#include "net/traffic_stats.h"

namespace drydock::net {

struct Received {
  NTSTATUS status = 0;
  std::vector<std::uint8_t> bytes;  // none with success: the other end has nothing more to send
  SocketPlace from;
};

struct Accepted {
  NTSTATUS status = 0;
  SocketId socket{};
};

struct SocketHostOptions {
  LocalHost host = standard_local_host();
  std::uint64_t first_endpoint = 0;  // endpoint handles of the programs begin behind it
  std::uint64_t seed = 1;            // of sequence numbers
  bool keeps_packets = true;         // for pcapng()
};

class SocketHost final : public WireEnd, private LaneOwner, private PathListener {
 public:
  SocketHost(HostNetwork& network, Agenda& agenda, SocketHostOptions options);
  ~SocketHost() override;
  SocketHost(const SocketHost&) = delete;
  SocketHost& operator=(const SocketHost&) = delete;

  // Where packets go that are not for this host; stays.
  void set_wire(WireEnd& far) { far_ = &far; }

  // --- for programs, on their fibers at PASSIVE_LEVEL. Those that wait return STATUS_CANCELLED
  // when the socket is closed meanwhile.

  // `program`: lives as long as its sockets; those of one program share a lane.
  SocketId open(Process process, Protocol protocol, IpVersion version);
  // STATUS_ADDRESS_ALREADY_EXISTS, STATUS_INVALID_ADDRESS_COMPONENT (not the host's),
  // STATUS_ACCESS_DENIED (blocked). Port 0: any. `reuse`: SO_REUSEADDR, one in TIME_WAIT will do.
  NTSTATUS bind(SocketId id, SocketPlace place, bool reuse = false);
  NTSTATUS listen(SocketId id);
  // TCP: STATUS_CONNECTION_REFUSED, STATUS_ACCESS_DENIED, STATUS_IO_TIMEOUT. UDP: only says whom
  // send() goes to.
  NTSTATUS connect(SocketId id, SocketPlace remote);
  Accepted accept(SocketId id);
  NTSTATUS send(SocketId id, std::span<const std::uint8_t> bytes);
  NTSTATUS send_to(SocketId id, SocketPlace remote, std::span<const std::uint8_t> bytes);
  // TCP: at most so many bytes, whatever is there. UDP: one datagram.
  Received receive(SocketId id, std::size_t most);
  // Nothing more will be sent.
  NTSTATUS shut_down(SocketId id);
  // Also ends what waits; what was sent still arrives.
  void close(SocketId id);

  // SIO_QUERY_WFP_CONNECTION_REDIRECT_RECORDS and ..._CONTEXT on an accepted socket, for UDP
  // IP_WFP_REDIRECT_RECORDS and ..._CONTEXT of the datagram received last; null, empty: nobody has
  // redirected it. SIO_SET_WFP_CONNECTION_REDIRECT_RECORDS on one to connect or to send with.
  [[nodiscard]] HANDLE redirect_records(SocketId id) const;
  [[nodiscard]] std::span<const std::byte> redirect_context(SocketId id) const;
  void set_redirect_records(SocketId id, HANDLE records);
  [[nodiscard]] SocketPlace local(SocketId id) const { return at(id).local; }
  [[nodiscard]] SocketPlace remote(SocketId id) const { return at(id).remote; }

  // --- for the wire
  void arrive(const PacketBytes& packet) override;

  // Hears of injected packets that belong to no socket of this host; null: nobody.
  void set_other_listener(PathListener* listener) { other_listener_ = listener; }
  // Steps that its programs' traffic has made so far.
  [[nodiscard]] std::uint64_t steps() const;
  void fold_counts(ledger::Counters& counters) const;
  // Every packet that went or came, with its verdict as comment, if they are kept.
  [[nodiscard]] const std::vector<std::uint8_t>& pcapng() const { return seen_.bytes(); }
  [[nodiscard]] const TrafficStats& stats() const { return stats_; }

 private:
  using ConnectionKey = std::tuple<SocketPlace, SocketPlace>;  // local, remote
  using FlowKey = std::pair<const Lane*, FlowId>;
  using PortKey = std::tuple<Protocol, IpVersion, std::uint16_t>;

  // socket_host.cpp: tables, binding, what all protocols share
  Socket& at(SocketId id) { return *sockets_.at(static_cast<std::size_t>(id) - 1); }
  [[nodiscard]] const Socket& at(SocketId id) const {
    return *sockets_.at(static_cast<std::size_t>(id) - 1);
  }
  Socket& add_socket(Process process, Protocol protocol, IpVersion version, Lane& lane);
  Lane& lane_of(const Process& process);
  enum class Binding : std::uint8_t { by_program, reusing, implicit };
  NTSTATUS bind_to(Socket& socket, SocketPlace place, Binding how);
  NTSTATUS bind_implicitly(Socket& socket);
  [[nodiscard]] bool port_is_taken(const Socket& socket, const SocketPlace& place) const;
  std::uint16_t free_port(const Socket& socket, const SocketPlace& place);
  [[nodiscard]] Nanoseconds now() const;
  Step operation(StepKind kind, const Socket& socket) const;
  void give_port_back(const Socket& socket);
  void release(Socket& socket, std::vector<Step> before);
  HostPacket outgoing(std::vector<std::uint8_t> bytes) const;
  static std::string judge(const HostPacket& packet, const Outcome& outcome);
  void put_on_wire(const HostPacket& packet, const Outcome& outcome);
  void tell_received(const HostPacket& packet, const Outcome& outcome);
  void tell(const PacketBytes& packet, const std::string& verdict);
  void wait(Socket& socket, const char* why);

  // redirection.cpp
  void ask_for_redirection(Socket& socket);
  void inherit_records(Socket& accepted);
  void let_go_of_records(Socket& socket);
  void keep_records(HANDLE& kept, HANDLE records);
  HANDLE records_of_sender(const HostPacket& packet);

  // socket_tcp.cpp
  NTSTATUS connect_tcp(Socket& socket, SocketPlace remote);
  void flush(Socket& socket);
  void send_segment(Socket& socket, const TcpSegment& segment);
  void watch(Socket& socket);
  void look_after(SocketId id);
  void hear(Socket& socket, const HostPacket& packet);
  void establish(Socket& socket, const HostPacket& packet);
  void pass_on(Socket& socket);
  void accept_syn(Socket& listener, const HostPacket& syn);
  void forget_syn(Socket& accepted);
  void end_if_over(Socket& socket);
  void end_connection(Socket& socket, NTSTATUS why, FlowEnd how);
  void refuse_segment(const HostPacket& packet);
  void send_stray(Socket* socket, std::vector<std::uint8_t> packet);
  Socket* of_flow(const Lane& lane, FlowId flow);
  void bytes_leave(Lane& lane, FlowId flow, Direction direction,
                   std::span<const std::uint8_t> bytes) override;
  void fin_leaves(Lane& lane, FlowId flow, Direction direction) override;
  void flow_lost(Lane& lane, FlowId flow) override;

  // socket_time_wait.cpp
  void enter_time_wait(const Socket& socket);
  void leave_time_waits();
  [[nodiscard]] Socket* find_time_wait(const ConnectionKey& key);
  [[nodiscard]] bool waits_on_port(const SocketPlace& place);
  void answer_latecomer(Socket& socket, const HostPacket& packet);

  // socket_datagram.cpp
  DatagramFlow& add_flow(Socket& socket, const SocketPlace& local, const SocketPlace& remote,
                         Direction direction);
  static DatagramFlow* find_flow(Socket& socket, const SocketPlace& remote, FlowId flow);
  DatagramFlow* flow_to(Socket& socket, const SocketPlace& remote, bool& fresh);
  void receive_datagram(Socket& socket, const HostPacket& packet);
  void deliver_datagram(Socket& socket, const HostPacket& packet);
  void send_for_driver(Socket& socket, const HostPacket& packet);
  static DatagramFlow* find_peer(Socket& socket, const SocketPlace& other);
  void forget_flow(Socket& socket, const SocketPlace& remote, FlowId flow);
  void refuse_datagram(const HostPacket& packet);
  void send_icmp_error(std::vector<std::uint8_t> error, const HostPacket& about);
  void watch_idle(SocketId id, const SocketPlace& remote);
  [[nodiscard]] Step end_of(const Socket& socket, const DatagramFlow& flow, FlowEnd how) const;
  void end_datagram_flow(Socket& socket, const SocketPlace& remote, FlowEnd how);
  void end_datagrams(Socket& socket);
  void drop_datagrams(const Lane& lane, FlowId flow);

  // socket_forward.cpp
  void forward(const HostPacket& packet);
  void tell_time_exceeded(const HostPacket& packet, std::uint32_t interface_index);

  // socket_arrival.cpp
  void arrive_tcp(const HostPacket& packet);
  void arrive_udp(const HostPacket& packet);
  void arrive_icmp(const HostPacket& packet);
  Socket* find_connection(const HostPacket& packet);
  Socket* find_port(Protocol protocol, const HostPacket& packet);
  void play_packet(Lane& lane, std::span<const StepKind> kinds, const HostPacket& packet,
                   const Socket* socket, Lane::Then then);
  [[nodiscard]] bool is_ours(std::span<const std::uint8_t> bytes, Direction direction) const;
  void take_injected(const PacketBytes& bytes, Direction direction, const std::string& how);
  [[nodiscard]] bool begins_flow(const HostPacket& packet);
  void play_injected(const HostPacket& packet);
  bool takes_injected(InjectedPacket& injected) override;
  void packet_injected(std::span<const std::uint8_t> packet, Direction direction,
                       const std::string& how) override;
  void stream_bytes(const Step&, Direction, std::span<const std::uint8_t>) override {}
  void stream_fin(const Step&, Direction) override {}

  HostNetwork& network_;
  machine::Machine& machine_;
  Agenda& agenda_;
  LocalHost host_;
  HostInterfaces interfaces_;
  std::uint64_t next_first_endpoint_;
  Generator random_;
  WireEnd* far_ = nullptr;
  PathListener* other_listener_ = nullptr;
  std::vector<std::unique_ptr<Socket>> sockets_;          // by id
  std::map<std::uint64_t, std::unique_ptr<Lane>> lanes_;  // by process
  Process system_;
  std::map<ConnectionKey, SocketId> connections_;
  struct TimeWait {
    SocketId socket{};
    Nanoseconds until{};
  };
  std::map<ConnectionKey, TimeWait> time_waits_;
  std::deque<std::pair<Nanoseconds, ConnectionKey>> time_waits_end_;  // in order of time
  std::map<FlowKey, SocketId> flows_;                                 // of connections
  std::map<FlowKey, SocketId> datagram_flows_;
  std::map<PortKey, std::vector<SocketId>> ports_;  // listeners and datagram sockets
  std::uint16_t next_port_ = 49152;
  const bool keeps_packets_;
  CaptureFile seen_;
  TrafficStats stats_;
};

}  // namespace drydock::net

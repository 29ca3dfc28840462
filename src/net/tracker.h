// SPDX-License-Identifier: Apache-2.0
// Recorded packets of a named local host into the steps of its Windows network path: which layer
// sees what, when. Deterministic and pure: the same packets give the same steps with the same ids.
//
// Where a capture leaves a question open, this is the answer:
// - A connection that begins before the capture is established already: data layers, no
// ALE_FLOW_ESTABLISHED. It counts
//   as opened by the side with the higher port.
// - Bind and listen steps stand right before the first packet of their socket, the earliest moment
// known.
// - A flow's end comes first, then ALE_ENDPOINT_CLOSURE, then ALE_RESOURCE_RELEASE.
// - A UDP socket on an ephemeral port closes when its last flow ends; on any other port it stays,
// as TCP listeners do.
// - Checksums are taken as right: a capture made at the sender may hold none.
#pragma once

#include <map>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "net/interfaces.h"
#include "net/step.h"

namespace drydock::net {

// A program by the port it serves or, as a client, talks to. First match wins; built-in rules stand
// behind.
struct ProcessRule {
  Protocol protocol{};
  Direction
      direction{};  // inbound: the local port of a server; outbound: the remote port of a client
  std::uint16_t port = 0;  // 0: any
  Process process;
};

struct LocalHost {
  std::vector<IpAddress> addresses;   // loopback addresses are always local
  std::uint32_t interface_index = 7;  // for link types that do not record one
  std::uint32_t loopback_interface_index = 1;
  std::vector<ProcessRule> processes;
  // Two or more; none: the one above, which leads everywhere. Their addresses are in `addresses`.
  std::vector<HostInterface> interfaces = {};
  std::vector<Route> routes = {};
  bool forwards = false;  // packets from one interface to another, which none of it are the host's

  // 0: none does.
  std::uint32_t interface_towards(const IpAddress& remote) const;
  // The one that has `local`; 0: none does.
  std::uint32_t interface_of(const IpAddress& local) const;
  // The one that a packet from or to `local` goes by.
  std::uint32_t interface_between(const IpAddress& local, const IpAddress& remote) const;
  bool owns(const IpAddress& address) const;
  // The host's own address that a packet to `remote` would come from; unspecified: it has none of
  // that family.
  IpAddress source_for(const IpAddress& remote) const;
};

// The host of the captures in data/: 192.0.2.10 and 2001:db8::10.
LocalHost standard_local_host();

inline constexpr Nanoseconds idle_timeout = std::chrono::seconds{60};  // UDP, ICMP, others
inline constexpr Nanoseconds multicast_idle_timeout =
    std::chrono::seconds{4};  // outbound multicast and broadcast
inline constexpr Nanoseconds handshake_timeout = std::chrono::seconds{21};  // TCP without an answer
inline constexpr std::uint16_t first_ephemeral_port =
    32768;  // lowest of the common systems; Windows: 49152

struct OpenFlow {
  FlowId id{};
  Protocol protocol{};
  Direction direction{};
  IpAddress local, remote;
  std::uint16_t local_port = 0, remote_port = 0;  // ICMP: 0
  bool established = false;
};

class HostTracker {
 public:
  explicit HostTracker(LocalHost host);
  HostTracker(HostTracker&&) noexcept;
  HostTracker& operator=(HostTracker&&) noexcept;
  ~HostTracker();

  // The steps of one packet, in the order in which the layers meet it; idle ends that are due come
  // first. `refused`: the host has no socket for this inbound packet (see refused_packets). Packets
  // must come in order of time.
  std::vector<Step> feed(const CapturePacket& packet, bool refused = false);
  // The idle ends due until `now` (inclusive), in order of their time, then of flow id.
  std::vector<Step> advance_time(Nanoseconds now);
  // Every socket closes: ends of all flows, closures, releases.
  std::vector<Step> close_all();

  // A verdict has ended the TCP connection of `step`, and nobody will say so in packets that come
  // here: it ends as one that nobody has answered.
  void give_up(const Step& step);

  // The host has this address too, from now on.
  void own(const IpAddress& address);

  std::vector<OpenFlow> open_flows() const;  // by id
  // Packets that gave no step, by reason: "not IP", "not of the local host", or a PacketFault's
  // text.
  const std::map<std::string, std::size_t>& ignored() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

// For each packet of a capture: did the host turn it away? True for an inbound SYN answered by RST
// or, on a port that never answers another one, not at all; and for a datagram answered by "port
// unreachable".
std::vector<bool> refused_packets(const LocalHost& host, std::span<const CapturePacket> packets);

// All steps of a capture, fed in order with refused_packets; what is open at the end stays open.
std::vector<Step> steps_of(const LocalHost& host, std::span<const CapturePacket> packets);

}  // namespace drydock::net

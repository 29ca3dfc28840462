// SPDX-License-Identifier: Apache-2.0
// One step of the host's network path: what a Windows stack would indicate to the filter engine, as
// plain data. The bridge to the kernel turns a step into one classify call; nothing here knows
// Windows types.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "net/capture.h"
#include "net/packet.h"

namespace drydock::wfp {
struct InjectionMark;
}

namespace drydock::net {

enum class FlowId : std::uint64_t { none = 0 };      // unique, never reused by one tracker
enum class EndpointId : std::uint64_t { none = 0 };  // transportEndpointHandle

enum class Direction : std::uint8_t { outbound = 0, inbound = 1 };  // FWP_DIRECTION numbers

// The layers of a Windows host by their short names (the family is Step::version), and the one
// event that is no layer.
enum class StepKind : std::uint8_t {
  ale_bind_redirect,
  ale_resource_assignment,
  ale_auth_listen,
  ale_connect_redirect,
  ale_auth_connect,
  ale_auth_recv_accept,
  ale_flow_established,
  stream,
  stream_packet,  // shown beside the transport layers of TCP: no step of its own
  datagram_data,
  outbound_transport,
  outbound_ippacket,
  inbound_ippacket,
  inbound_transport,
  inbound_ippacket_discard,
  inbound_transport_discard,
  outbound_icmp_error,
  inbound_icmp_error,
  ip_forward,
  ip_forward_discard,  // that the stack itself does not forward
  // Shown below the IP packet layers: no steps of their own.
  inbound_mac_frame_native_fast,
  inbound_mac_frame_native,
  inbound_mac_frame_ethernet,
  outbound_mac_frame_ethernet,
  outbound_mac_frame_native,
  outbound_mac_frame_native_fast,
  link_frame,  // no layer: a frame without an IP packet, which those of its direction see
  flow_end,    // no classify: the flow's contexts are deleted
  ale_endpoint_closure,
  ale_resource_release,
};
// Layers that the path shows beside a step rather than for one of their own.
constexpr bool is_beside(StepKind kind) {
  return kind == StepKind::stream_packet || (kind >= StepKind::inbound_mac_frame_native_fast &&
                                             kind <= StepKind::outbound_mac_frame_native_fast);
}
// The stack clears up whatever became of the packet that made it do so.
constexpr bool clears_up(StepKind kind) {
  return kind == StepKind::flow_end || kind == StepKind::ale_endpoint_closure ||
         kind == StepKind::ale_resource_release;
}
inline constexpr std::size_t step_kind_count =
    static_cast<std::size_t>(StepKind::ale_resource_release) + 1;
std::string_view to_string(StepKind kind);

enum class FlowEnd : std::uint8_t {
  none,
  closed,           // FIN exchange completed
  reset,            // RST, sent or received; no STREAM step announces it
  idle,             // UDP, ICMP, others: time-out; TCP: handshake never completed
  replaced,         // the same addresses and ports began a new connection
  endpoint_closed,  // the local socket went away
};
std::string_view to_string(FlowEnd end);

// A program of the simulated host. The path is an NT device path in lower case, as ALE_APP_ID holds
// it.
struct Program {
  std::string path;
  std::string user = {};  // "S-1-5-18"; empty: as such a program would run (tokens.h)
};

// One of its processes.
struct Process {
  std::uint64_t id = 0;
  std::shared_ptr<const Program> program;  // null: nobody is known

  explicit operator bool() const { return program != nullptr; }
};
inline Process make_process(std::uint64_t id, Program program) {
  return {id, std::make_shared<const Program>(std::move(program))};
}

// A whole IP packet inside shared bytes: link header and padding left out.
struct PacketView {
  PacketBytes owner;
  std::size_t begin = 0;
  std::size_t size = 0;

  explicit operator bool() const { return owner != nullptr; }
  std::span<const std::uint8_t> bytes() const {
    return owner ? std::span(*owner).subspan(begin, size) : std::span<const std::uint8_t>{};
  }
};

// What an ICMP error is about, seen from the local host.
struct QuotedFlow {
  Protocol protocol{};
  IpAddress local, remote;
  std::uint16_t local_port = 0, remote_port = 0;
};

inline constexpr std::uint32_t compartment = 1;  // compartmentId of every step

struct Step {
  StepKind kind{};
  Nanoseconds time{};  // virtual
  std::uint32_t packet_index =
      0;  // which fed packet caused it, from 0; of idle ends: the last one before

  Direction
      direction{};  // of the packet (metadata packetDirection); without a packet: of the operation
  Direction flow_direction{};  // who opened the connection: the DIRECTION field of FLOW_ESTABLISHED
                               // and STREAM
  IpVersion version = IpVersion::v4;
  Protocol protocol{};
  IpAddress local,
      remote;  // always from the host's view; remote is unspecified where the layer has none
  std::uint16_t local_port = 0;   // host order; ICMP: the type, as the IP_LOCAL_PORT field holds it
  std::uint16_t remote_port = 0;  // host order; ICMP: the code
  std::uint32_t interface_index = 0;
  std::uint32_t sub_interface_index = 0;
  // IPFORWARD: where the packet would go out; interface_index is where it came in.
  std::uint32_t forward_interface_index = 0;

  bool loopback = false;     // FWP_CONDITION_FLAG_IS_LOOPBACK
  bool fragment = false;     // ..._IS_FRAGMENT
  bool reassembled = false;  // ..._IS_REASSEMBLED
  // What came in in parts, them and the whole: its number, unique in one tracker. 0: in one piece.
  std::uint32_t reassembly = 0;
  bool wildcard_bind = false;            // ..._IS_WILDCARD_BIND
  bool implicit_bind = false;            // ..._IS_IMPLICIT_BIND
  bool forwarded = false;                // from one interface to another: neither end is the host
  bool fragmented = false;               // goes out in fragments, each a step of its own
  Link link = Link::none;                // of its interface
  bool redirected = false;               // ..._IS_CONNECTION_REDIRECTED
  bool reauthorize = false;              // ..._IS_REAUTHORIZE
  std::uint32_t reauthorize_reason = 0;  // FWP_CONDITION_REAUTHORIZE_REASON_...
  bool ale_classify_required =
      false;  // ..._REQUIRES_ALE_CLASSIFY and the metadata bit, at INBOUND_TRANSPORT

  FlowId flow{};  // for bookkeeping at every layer; has_flow_handle() tells where metadata show it
  FlowEnd end{};  // flow_end only
  EndpointId endpoint{};         // none: the stack itself (inbound ICMP, packets without a socket)
  EndpointId parent_endpoint{};  // of an accepted connection: its listener
  Process process;               // empty where no endpoint is known
  std::uint64_t redirect_records = 0;  // handle: what the socket's program has set; 0: nothing

  // The packet (of MAC layers: the frame), empty at bind, listen, redirect, TCP AUTH_CONNECT,
  // closure, release and flow_end. The data that the layer's NET_BUFFER starts with are
  // data_offset.. (engine rule "data offset at entry"), data_size bytes long.
  PacketView packet;
  std::shared_ptr<const wfp::InjectionMark> injected = {};  // null: by no driver
  std::size_t data_offset = 0;
  std::size_t data_size = 0;
  std::uint32_t ip_header_size =
      0;  // metadata; 0 where the layer has none (outbound above IPPACKET, STREAM)
  std::uint32_t transport_header_size = 0;

  std::uint8_t icmp_type = 0, icmp_code = 0;
  std::uint8_t tcp_flags = 0;        // of the packet
  std::optional<QuotedFlow> quoted;  // ICMP_ERROR layers

  std::uint64_t stream_offset =
      0;  // STREAM: position of the data in the direction's byte stream, from 0
  std::uint32_t stream_missed = 0;  // STREAM: bytes before it that the capture lacks (missedBytes)
  bool stream_disconnect = false;   // STREAM: FIN; has no data of its own

  std::span<const std::uint8_t> data() const {
    return packet.bytes().subspan(data_offset, data_size);
  }
};

// Whether FWPS_METADATA_FIELD_FLOW_HANDLE is there: data, transport and ALE connection layers, but
// not at INBOUND_TRANSPORT while the ALE decision is still to come.
bool has_flow_handle(const Step& step);

// One line for tests and traces: "outbound_transport tcp 192.0.2.10:4000 > 192.0.2.20:80 flow 1
// data 20".
std::string describe(const Step& step);

}  // namespace drydock::net

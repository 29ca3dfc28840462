// SPDX-License-Identifier: Apache-2.0
// Names of steps, and a step as one line.
#include "net/step.h"

#include <fmt/format.h>

#include <array>

namespace drydock::net {
namespace {

constexpr std::array<std::string_view, step_kind_count> kind_names = {
    "ale_bind_redirect",
    "ale_resource_assignment",
    "ale_auth_listen",
    "ale_connect_redirect",
    "ale_auth_connect",
    "ale_auth_recv_accept",
    "ale_flow_established",
    "stream",
    "stream_packet",
    "datagram_data",
    "outbound_transport",
    "outbound_ippacket",
    "inbound_ippacket",
    "inbound_transport",
    "inbound_ippacket_discard",
    "inbound_transport_discard",
    "outbound_icmp_error",
    "inbound_icmp_error",
    "ip_forward",
    "ip_forward_discard",
    "inbound_mac_frame_native_fast",
    "inbound_mac_frame_native",
    "inbound_mac_frame_ethernet",
    "outbound_mac_frame_ethernet",
    "outbound_mac_frame_native",
    "outbound_mac_frame_native_fast",
    "link_frame",
    "flow_end",
    "ale_endpoint_closure",
    "ale_resource_release",
};

constexpr std::array<std::string_view, 6> end_names = {"none", "closed",   "reset",
                                                       "idle", "replaced", "endpoint_closed"};

std::string protocol_name(Protocol protocol) {
  switch (protocol) {
    case Protocol::icmp:
      return "icmp";
    case Protocol::tcp:
      return "tcp";
    case Protocol::udp:
      return "udp";
    case Protocol::icmpv6:
      return "icmpv6";
  }
  return fmt::format("protocol-{}", static_cast<unsigned>(protocol));
}

std::string place(const IpAddress& address, std::uint16_t port) {
  if (address.version == IpVersion::v4) return fmt::format("{}:{}", address.text(), port);
  return fmt::format("[{}]:{}", address.text(), port);
}

std::string remarks(const Step& step) {
  std::string text;
  const auto add = [&text](bool when, std::string_view remark) {
    if (when) text.append(" ").append(remark);
  };
  add(step.loopback, "loopback");
  add(step.forwarded, "forwarded");
  add(step.fragment, "fragment");
  add(step.reassembled, "reassembled");
  add(step.ale_classify_required, "ale-pending");
  add(step.stream_disconnect, "fin");
  add(step.stream_missed != 0, fmt::format("missed {}", step.stream_missed));
  add(step.kind == StepKind::flow_end, to_string(step.end));
  return text;
}

}  // namespace

std::string_view to_string(StepKind kind) {
  return kind_names[static_cast<std::size_t>(kind)];
}

std::string_view to_string(FlowEnd end) {
  return end_names[static_cast<std::size_t>(end)];
}

bool has_flow_handle(const Step& step) {
  switch (step.kind) {
    case StepKind::inbound_transport:
    case StepKind::stream_packet:
      return step.flow != FlowId::none && !step.ale_classify_required;
    case StepKind::outbound_transport:
    case StepKind::stream:
    case StepKind::datagram_data:
    case StepKind::ale_auth_connect:
    case StepKind::ale_auth_recv_accept:
    case StepKind::ale_flow_established:
      return step.flow != FlowId::none;
    default:
      return false;
  }
}

std::string describe(const Step& step) {
  const bool outbound = step.direction == Direction::outbound;
  if (step.kind == StepKind::link_frame)
    return fmt::format("link_frame {} data {}", outbound ? '>' : '<', step.data_size);
  std::string text = fmt::format("{} {} {} {} {}", to_string(step.kind),
                                 protocol_name(step.protocol), place(step.local, step.local_port),
                                 outbound ? ">" : "<", place(step.remote, step.remote_port));
  if (step.flow != FlowId::none) {
    text += fmt::format(" flow {}", static_cast<std::uint64_t>(step.flow));
  }
  if (step.packet) text += fmt::format(" data {}", step.data_size);
  return text + remarks(step);
}

}  // namespace drydock::net

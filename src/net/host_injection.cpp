// SPDX-License-Identifier: Apache-2.0
#include "net/host_injection.h"

#include <algorithm>
#include <array>

#include "ndis/data.h"
#include "net/forwarding.h"
#include "net/host_network.h"
#include "net/host_path.h"
#include "net/layer_entry.h"
#include "net/tcp_packet.h"

namespace drydock::net {

using wfp::Injection;
using wfp::InjectionPoint;

namespace {

constexpr std::size_t back_fill = 64;
constexpr std::size_t v4_header = 20;
constexpr std::size_t v6_header = 40;
constexpr std::uint8_t usual_hops = 128;  // of Windows

Direction direction_of(InjectionPoint point) {
  const bool sent = point == InjectionPoint::network_send ||
                    point == InjectionPoint::transport_send || point == InjectionPoint::forward;
  return sent ? Direction::outbound : Direction::inbound;
}

// Only datagrams of flows that live reach their layer; parts of a packet are put together behind
// the IP layer.
std::span<const StepKind> kinds_of(InjectionPoint point, bool datagram, bool fragment) {
  static constexpr std::array sent = {StepKind::datagram_data, StepKind::outbound_transport,
                                      StepKind::outbound_ippacket};
  static constexpr std::array received = {StepKind::inbound_ippacket, StepKind::inbound_transport,
                                          StepKind::datagram_data};
  switch (point) {
    case InjectionPoint::network_send:
      return std::span(sent).last(1);
    case InjectionPoint::transport_send:
      return std::span(sent).last(datagram ? 3 : 2);
    case InjectionPoint::network_receive:
    case InjectionPoint::transport_receive:
    case InjectionPoint::mac_receive:
      return std::span(received).first(fragment ? 1 : datagram ? 3 : 2);
    case InjectionPoint::forward:
    case InjectionPoint::stream:
    case InjectionPoint::mac_send:
      return {};
  }
  return {};
}

IpAddress address_of(const UCHAR* bytes, bool v4) {
  IpAddress address = IpAddress::unspecified(v4 ? IpVersion::v4 : IpVersion::v6);
  std::copy_n(bytes, v4 ? 4 : 16, address.bytes.begin());
  return address;
}

void put_16(std::uint8_t* place, std::size_t value) {
  place[0] = static_cast<std::uint8_t>(value >> 8);
  place[1] = static_cast<std::uint8_t>(value);
}

void write_v4_header(std::span<std::uint8_t> packet, const LocalEnd& local,
                     const IpAddress& remote) {
  packet[0] = 0x45;
  put_16(&packet[2], packet.size());
  packet[8] = usual_hops;
  packet[9] = static_cast<std::uint8_t>(local.protocol);
  std::copy_n(local.address.bytes.begin(), 4, &packet[12]);
  std::copy_n(remote.bytes.begin(), 4, &packet[16]);
  const std::uint16_t sum = ones_complement_sum(packet.first(v4_header));
  put_16(&packet[10], static_cast<std::uint16_t>(~sum));
}

void write_v6_header(std::span<std::uint8_t> packet, const LocalEnd& local,
                     const IpAddress& remote) {
  packet[0] = 0x60;
  put_16(&packet[4], packet.size() - v6_header);
  packet[6] = static_cast<std::uint8_t>(local.protocol);
  packet[7] = usual_hops;
  std::ranges::copy(local.address.bytes, &packet[8]);
  std::ranges::copy(remote.bytes, &packet[24]);
}

void describe_packet(const ParsedPacket& header, Direction direction, Step& step) {
  const bool outbound = direction == Direction::outbound;
  step = {};
  step.direction = direction;
  step.version = header.version;
  step.protocol = header.protocol;
  step.local = outbound ? header.source : header.destination;
  step.remote = outbound ? header.destination : header.source;
  step.local_port = outbound ? header.source_port : header.destination_port;
  step.remote_port = outbound ? header.destination_port : header.source_port;
  if (header.is_icmp()) {
    step.local_port = header.icmp_type;
    step.remote_port = header.icmp_code;
  }
  step.icmp_type = header.icmp_type;
  step.icmp_code = header.icmp_code;
  step.tcp_flags = header.tcp_flags;
  step.fragment = header.is_fragment;
  step.loopback = step.local == step.remote || step.remote.is_loopback();
}

std::uint32_t interface_by_route(const LocalHost& host, const Step& step) {
  return step.loopback ? host.loopback_interface_index
                       : host.interface_between(step.local, step.remote);
}

void enter_layer(StepKind kind, const ParsedPacket& header, Step& step) {
  const LayerEntry entry = entry_of(kind, step.direction, header);
  step.kind = kind;
  step.ip_header_size = entry.ip_header_size;
  step.transport_header_size = entry.transport_header_size;
  step.data_offset = entry.data_offset;
}

}  // namespace

NTSTATUS HostInjection::deliver(const Injection& injection) {
  if (injection.point == InjectionPoint::stream) return network_.streams().deliver(injection);
  const NET_BUFFER* buffer = injection.list->FirstNetBuffer;
  if (buffer == nullptr) return STATUS_INVALID_PARAMETER;
  Desk& desk = take_desk();
  NTSTATUS status = STATUS_SUCCESS;
  for (; buffer != nullptr && status == STATUS_SUCCESS; buffer = buffer->Next) {
    status = deliver_buffer(injection, *buffer, desk);
  }
  give_back(desk);
  if (!handed_over_.contains(&injection)) return status;
  arrived(injection, status);
  return STATUS_PENDING;
}

NTSTATUS HostInjection::take_stream(const Injection& injection) {
  return network_.streams().take(injection);
}

NTSTATUS HostInjection::continue_stream(wfp::FlowId flow, wfp::CalloutId callout) {
  return network_.streams().resume(flow, callout);
}

NTSTATUS HostInjection::deliver_buffer(const Injection& injection, const NET_BUFFER& buffer,
                                       Desk& desk) {
  const bool framed =
      injection.point == InjectionPoint::mac_send || injection.point == InjectionPoint::mac_receive;
  if (!read(injection, buffer, desk)) return STATUS_INVALID_PARAMETER;
  return framed ? deliver_frame(injection, desk) : deliver_packet(injection, desk);
}

NTSTATUS HostInjection::deliver_packet(const Injection& injection, Desk& desk) {
  const auto header = parse_packet(desk.bytes);
  if (!header) return STATUS_INVALID_PARAMETER;
  if (injection.point == InjectionPoint::forward && !take_hop(desk.bytes, *header))
    return STATUS_DATA_NOT_ACCEPTED;
  describe_packet(*header, direction_of(injection.point), desk.step);
  if (hand_over(injection, *header, desk)) return STATUS_SUCCESS;
  desk.buffer = &pool_.take();
  desk.buffer->fill(std::as_bytes(std::span(desk.bytes)),
                    {.back_fill = back_fill, .header_bytes = header->payload_offset()});
  wfp::mark_injected(desk.buffer->list(), wfp::mark_of(injection));
  desk.absorbed = false;
  const NTSTATUS status = pass(injection, *header, desk);
  if (status == STATUS_SUCCESS && !desk.absorbed) tell(injection, *header, desk);
  pool_.give_back(*desk.buffer);
  return status;
}

// Null when it has none, or that is over.
const KnownFlow* HostInjection::live_flow(const Step& step) const {
  const KnownFlow* known = network_.conversations().find(step);
  return known != nullptr && network_.flows().alive(known->flow) ? known : nullptr;
}

// A datagram to or from somebody new, and what comes to open a connection.
bool HostInjection::may_begin_flow(const Injection& injection, const ParsedPacket& header,
                                   const Step& step) const {
  if (header.is_fragment || live_flow(step) != nullptr) return false;
  const bool datagram = header.protocol == Protocol::udp;
  switch (injection.point) {
    case InjectionPoint::network_receive:
    case InjectionPoint::transport_receive:
    case InjectionPoint::mac_receive:
      return datagram || (header.tcp_flags & (tcp::syn | tcp::ack | tcp::rst)) == tcp::syn;
    case InjectionPoint::transport_send:
      return datagram && !network_.variants().injected_datagrams_go_down;  // E-17
    default:
      return false;
  }
}

// It goes along the path of whoever it is for: there it is authorized, and its flow begins.
bool HostInjection::hand_over(const Injection& injection, const ParsedPacket& header, Desk& desk) {
  PathListener* listener = network_.listener();
  if (listener == nullptr || !may_begin_flow(injection, header, desk.step)) return false;
  InjectedPacket packet{
      .bytes = std::span(desk.bytes).first(header.total_size),
      .header = header,
      .direction = desk.step.direction,
      .interface_index = injection.interface_index,
      .how = std::string("inject ") + injection_point_name(injection.point),
      .mark = wfp::mark_of(injection),
      .done = [this, &injection](NTSTATUS status) { arrived(injection, status); }};
  if (!listener->takes_injected(packet)) return false;
  HandedOver& handed = handed_over_[&injection];
  if (handed.packets == 0) handed.packets = 1;  // this delivery itself
  ++handed.packets;
  return true;
}

// One of its packets, or all that deliver() does; the last completes it.
void HostInjection::arrived(const Injection& injection, NTSTATUS status) {
  HandedOver& handed = handed_over_.at(&injection);
  if (status != STATUS_SUCCESS) handed.status = status;
  if (--handed.packets != 0) return;
  const NTSTATUS all = handed.status;
  handed_over_.erase(&injection);
  network_.injections().finish(injection, all);
}

void HostInjection::tell(const Injection& injection, const ParsedPacket& header, Desk& desk) {
  PathListener* listener = network_.listener();
  if (listener == nullptr) return;
  // What is sent gets its checksums from the stack or the adapter.
  if (desk.step.direction == Direction::outbound) set_checksums(desk.bytes, header);
  listener->packet_injected(std::span(desk.bytes).first(header.total_size), desk.step.direction,
                            std::string("inject ") + injection_point_name(injection.point));
}

bool HostInjection::read(const Injection& injection, const NET_BUFFER& buffer, Desk& desk) const {
  const bool from_transport = injection.point == InjectionPoint::transport_send;
  const bool v4 = injection.family == WDK_AF_INET;
  const std::size_t header = !from_transport ? 0 : v4 ? v4_header : v6_header;
  if (ndis::described_bytes(buffer) != buffer.DataLength) return false;
  desk.bytes.assign(header + buffer.DataLength, 0);
  const auto data = std::as_writable_bytes(std::span(desk.bytes).subspan(header));
  ndis::copy_out(buffer, 0, data);
  return !from_transport || put_ip_header(injection, desk);
}

// What the stack does below OUTBOUND_TRANSPORT.
bool HostInjection::put_ip_header(const Injection& injection, Desk& desk) const {
  const bool known_family = injection.family == WDK_AF_INET || injection.family == WDK_AF_INET6;
  if (injection.remote_address == nullptr || !known_family) return false;
  const bool v4 = injection.family == WDK_AF_INET;
  if (desk.bytes.size() - (v4 ? 0 : v6_header) > UINT16_MAX)
    return false;  // no length field holds it
  const IpAddress remote = address_of(injection.remote_address, v4);
  const auto local = network_.conversations().local_end(injection.endpoint, remote,
                                                        network_.host().source_for(remote));
  if (!local) return false;
  (v4 ? write_v4_header : write_v6_header)(desk.bytes, *local, remote);
  return true;
}

NTSTATUS HostInjection::pass(const Injection& injection, const ParsedPacket& header, Desk& desk) {
  desk.step.interface_index = injection.interface_index;
  desk.step.sub_interface_index = injection.sub_interface_index;
  const KnownFlow* known = live_flow(desk.step);
  const bool live = known != nullptr;
  const bool outbound = desk.step.direction == Direction::outbound;
  if (live && known->pended && outbound && injection.point == InjectionPoint::transport_send) {
    return STATUS_DATA_NOT_ACCEPTED;  // section 9.4
  }
  if (live && known->accepting != 0 && !outbound) {
    return pass_accepting(header, known->accepting, desk);
  }
  const bool skips_datagrams = injection.point == InjectionPoint::transport_send &&
                               network_.variants().injected_datagrams_go_down;  // E-17
  const bool datagram =
      live && header.protocol == Protocol::udp && !header.is_fragment && !skips_datagrams;
  const NTSTATUS status =
      pass_layers(kinds_of(injection.point, datagram, header.is_fragment), header, desk);
  const bool came = status == STATUS_SUCCESS && !desk.absorbed && !outbound;
  if (came && header.is_fragment) network_.fragment_came(key_of_fragment(header));
  return status;
}

NTSTATUS HostInjection::pass_layers(std::span<const StepKind> kinds, const ParsedPacket& header,
                                    Desk& desk) {
  for (const StepKind kind : kinds) {
    const wfp::Verdict verdict = show(kind, header, desk);
    if (verdict.action != wfp::Action::block) continue;
    ++blocked_;
    desk.absorbed = verdict.absorbed;
    return verdict.absorbed ? STATUS_SUCCESS : STATUS_DATA_NOT_ACCEPTED;
  }
  return STATUS_SUCCESS;
}

// The packet of a connection that waits to be accepted has come again.
NTSTATUS HostInjection::pass_accepting(const ParsedPacket& header, std::uint64_t operation,
                                       Desk& desk) {
  static constexpr std::array up = {StepKind::inbound_ippacket};
  static constexpr std::array undecided = {StepKind::inbound_transport};
  static constexpr std::array decision = {StepKind::ale_auth_recv_accept};
  static constexpr std::array behind = {StepKind::ale_flow_established, StepKind::datagram_data};
  const auto goes_on = [&](NTSTATUS so_far) { return so_far == STATUS_SUCCESS && !desk.absorbed; };
  NTSTATUS status = pass_layers(up, header, desk);
  desk.step.ale_classify_required = true;
  if (goes_on(status)) status = pass_layers(undecided, header, desk);
  desk.step.ale_classify_required = false;
  if (goes_on(status)) status = pass_layers(decision, header, desk);
  if (!goes_on(status)) return status;
  const bool connects = header.protocol == Protocol::tcp;
  const NTSTATUS delivered = connects ? STATUS_SUCCESS : pass_layers(behind, header, desk);
  network_.packet_accepted(operation);
  return delivered;
}

// The flow may end between two layers, so each looks for it anew.
wfp::Verdict HostInjection::show(StepKind kind, const ParsedPacket& header, Desk& desk) {
  Step& step = desk.step;
  enter_layer(kind, header, step);
  Indicated indicated{.step = step, .layer = layer_of(kind, step.version)};
  if (const KnownFlow* known = network_.conversations().find(step)) {
    step.endpoint = known->endpoint;
    step.flow_direction = known->direction;
    if (step.interface_index == 0) step.interface_index = known->interface_index;
    indicated.first_endpoint = known->first_endpoint;
    const bool ip_layer = kind == StepKind::outbound_ippacket || kind == StepKind::inbound_ippacket;
    if (!ip_layer && !step.ale_classify_required && network_.flows().alive(known->flow))
      indicated.flow = known->flow;
  }
  if (step.interface_index == 0) step.interface_index = interface_by_route(network_.host(), step);
  desk.buffer->set_data_offset(step.data_offset);
  return network_.indicate(indicated, *desk.input, desk.buffer->list(), machine::Irql::dispatch);
}

HostInjection::Desk& HostInjection::take_desk() {
  if (free_.empty()) {
    Desk& desk = desks_.emplace_back();
    desk.input = network_.machine().memory().kernel.make<LayerInput>();
    return desk;
  }
  Desk& desk = *free_.back();
  free_.pop_back();
  return desk;
}

void HostInjection::give_back(Desk& desk) {
  free_.push_back(&desk);
}

void HostInjection::fold_counts(ledger::Counters& counters) const {
  if (blocked_ != 0) counters.values["injected packets blocked"] += blocked_;
}

}  // namespace drydock::net

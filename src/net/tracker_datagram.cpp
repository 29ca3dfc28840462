// SPDX-License-Identifier: Apache-2.0
// Everything that is not TCP: datagram flows by address pair, and the ICMP errors about all of
// them.
#include "net/tracker_impl.h"

namespace drydock::net {
namespace {

FlowKey key_of(const Passage& passage) {
  const ParsedPacket& header = passage.header;
  FlowKey key{header.protocol, passage.local(), passage.remote(), passage.local_port(),
              passage.remote_port()};
  if (!header.is_icmp()) return key;
  key.echo = header.is_echo();
  key.local_port = key.echo ? 0 : header.icmp_type;
  key.remote_port = key.echo ? header.icmp_id : header.icmp_code;
  return key;
}

bool is_echo_request(const ParsedPacket& header) {
  return header.is_echo() && header.icmp_type == (header.version == IpVersion::v4 ? 8 : 128);
}

}  // namespace

void HostTracker::Impl::pass_datagram(const Passage& passage) {
  const FlowKey key = key_of(passage);
  if (passage.refused) return refuse_datagram(key, passage);
  passage.outbound() ? send_datagram(key, passage) : receive_datagram(key, passage);
}

void HostTracker::Impl::send_datagram(const FlowKey& key, const Passage& passage) {
  Flow* flow = flows_.find(key);
  if (flow == nullptr) {
    flow = &open_datagram_flow(key, passage);
    emit(StepKind::ale_connect_redirect, passage, flow);
    emit(StepKind::ale_auth_connect, passage, flow);
    emit(StepKind::ale_flow_established, passage, flow);
  }
  touch(*flow);
  emit(StepKind::datagram_data, passage, flow);
  outbound_layers(passage, flow);
}

void HostTracker::Impl::receive_datagram(const FlowKey& key, const Passage& passage) {
  Flow* flow = flows_.find(key);
  const bool first = flow == nullptr;
  if (first) flow = &open_datagram_flow(key, passage);
  touch(*flow);
  inbound_layers(passage, flow, first);
  if (first) {
    emit(StepKind::ale_auth_recv_accept, passage, flow);
    emit(StepKind::ale_flow_established, passage, flow);
  }
  emit(StepKind::datagram_data, passage, flow);
}

// The host had no socket on that port: whatever was open there before has been closed meanwhile.
void HostTracker::Impl::refuse_datagram(const FlowKey& key, const Passage& passage) {
  close_socket({key.protocol, passage.header.version, key.local_port});
  emit(StepKind::inbound_ippacket, passage);
  emit(StepKind::inbound_ippacket_discard, passage);
}

Flow& HostTracker::Impl::open_datagram_flow(const FlowKey& key, const Passage& passage) {
  return add_flow(key, passage, FlowState::established, datagram_endpoint(key, passage));
}

// UDP sockets and programs that ping have an endpoint; all else is the stack's own traffic.
EndpointId HostTracker::Impl::datagram_endpoint(const FlowKey& key, const Passage& passage) {
  const bool ping = passage.outbound() && is_echo_request(passage.header);
  if (key.protocol != Protocol::udp && !ping) return EndpointId::none;
  const std::uint16_t port = ping ? key.remote_port : key.local_port;
  const SocketKey socket{key.protocol, passage.header.version, port};
  if (const Endpoint* known = find_socket(socket)) return known->id;
  Endpoint& endpoint = add_socket(socket, passage, passage.direction);
  endpoint.closes_with_last_flow = ping || port >= first_ephemeral_port;
  return endpoint.id;
}

void HostTracker::Impl::pass_icmp_error(const Passage& passage) {
  const auto inner =
      parse_quoted_packet(passage.view.bytes().subspan(passage.header.payload_offset()));
  const auto emit_error = [&](StepKind kind) {
    Step& step = emit(kind, passage);
    if (!inner) return;
    // An error that comes in is about what the host sent; one that goes out, about what it
    // received.
    const bool ours = !passage.outbound();
    step.quoted = QuotedFlow{inner->protocol, ours ? inner->source : inner->destination,
                             ours ? inner->destination : inner->source,
                             ours ? inner->source_port : inner->destination_port,
                             ours ? inner->destination_port : inner->source_port};
  };
  if (passage.outbound()) {
    emit_error(StepKind::outbound_icmp_error);
    return outbound_layers(passage, nullptr);
  }
  inbound_layers(passage, nullptr);
  emit_error(StepKind::inbound_icmp_error);
}

}  // namespace drydock::net

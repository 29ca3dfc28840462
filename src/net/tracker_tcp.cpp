// SPDX-License-Identifier: Apache-2.0
// TCP connections: open, accept, data in order, the ways to end.
#include <algorithm>

#include "net/tracker_impl.h"

namespace drydock::net {
namespace {

FlowKey key_of(const Passage& passage) {
  return {Protocol::tcp, passage.local(), passage.remote(), passage.local_port(),
          passage.remote_port()};
}

bool has(const Passage& passage, std::uint8_t flag) {
  return (passage.header.tcp_flags & flag) != 0;
}

bool is_initial_syn(const Passage& passage) {
  return has(passage, tcp::syn) && !has(passage, tcp::ack);
}

// A SYN of the connection that is there: sent again, or both sides open at once.
bool belongs_to(const Passage& syn, const Flow& flow) {
  if (syn.direction == flow.direction) return syn.header.tcp_sequence == flow.first_sequence;
  return flow.state == FlowState::connecting;
}

StreamReassembly& stream_of(Flow& flow, Direction direction) {
  return direction == Direction::outbound ? flow.sent : flow.received;
}

void learn_sequence(Flow& flow, const Passage& passage) {
  StreamReassembly& stream = stream_of(flow, passage.direction);
  if (!stream.started()) {
    stream.start(passage.header.tcp_sequence + (has(passage, tcp::syn) ? 1 : 0));
  }
}

}  // namespace

void HostTracker::Impl::pass_tcp(const Passage& passage) {
  const FlowKey key = key_of(passage);
  Flow* flow = flows_.find(key);
  if (flow != nullptr && is_initial_syn(passage) &&
      (passage.refused || !belongs_to(passage, *flow))) {
    end_flow(key, FlowEnd::replaced);
    flow = nullptr;
  }
  if (flow != nullptr) {
    return passage.outbound() ? continue_outbound(*flow, passage)
                              : continue_inbound(*flow, passage);
  }
  if (is_initial_syn(passage)) {
    recently_closed_.erase(key);
    return passage.outbound() ? open_connection(key, passage) : accept_connection(key, passage);
  }
  if (has(passage, tcp::rst) || how_closed(key)) return pass_stray(key, passage);
  join_connection(key, passage);
}

void HostTracker::Impl::open_connection(const FlowKey& key, const Passage& passage) {
  Endpoint& endpoint = add_endpoint(passage, Direction::outbound);
  emit_bind(endpoint, true);
  Flow& flow = add_flow(key, passage, FlowState::connecting, endpoint.id);
  emit(StepKind::ale_connect_redirect, passage, &flow);
  emit(StepKind::ale_auth_connect, passage, &flow);
  continue_outbound(flow, passage);
}

void HostTracker::Impl::accept_connection(const FlowKey& key, const Passage& passage) {
  if (passage.refused) {
    emit(StepKind::inbound_ippacket, passage);
    emit(StepKind::inbound_transport_discard, passage);
    return;
  }
  const SocketKey socket{Protocol::tcp, passage.header.version, passage.local_port()};
  Endpoint* listener = find_socket(socket);
  if (listener == nullptr) {
    listener = &add_socket(socket, passage, Direction::inbound);
    emit_endpoint(StepKind::ale_auth_listen, *listener);
    out_.back().local = IpAddress::unspecified(listener->version);
  }
  Endpoint& endpoint = add_endpoint(passage, Direction::inbound);
  endpoint.process = listener->process;
  Flow& flow = add_flow(key, passage, FlowState::accepting, endpoint.id);
  flow.parent = listener->id;
  learn_sequence(flow, passage);
  inbound_layers(passage, &flow, true);
  emit(StepKind::ale_auth_recv_accept, passage, &flow);
}

// The capture began in the middle of this connection.
void HostTracker::Impl::join_connection(const FlowKey& key, const Passage& passage) {
  const bool opened_here = passage.local_port() >= passage.remote_port();
  const Direction direction = opened_here ? Direction::outbound : Direction::inbound;
  Endpoint& endpoint = add_endpoint(passage, direction);
  endpoint.bound = opened_here;
  Flow& flow = add_flow(key, passage, FlowState::established, endpoint.id);
  flow.direction = direction;
  passage.outbound() ? continue_outbound(flow, passage) : continue_inbound(flow, passage);
}

// No connection is there: the answer to a refused SYN, or a latecomer to one that ended. After a
// FIN exchange the stack still waits for latecomers; otherwise there is no endpoint.
void HostTracker::Impl::pass_stray(const FlowKey& key, const Passage& passage) {
  if (passage.outbound()) return outbound_layers(passage, nullptr);
  if (how_closed(key) == FlowEnd::closed) return inbound_layers(passage, nullptr);
  emit(StepKind::inbound_ippacket, passage);
  emit(StepKind::inbound_transport_discard, passage);
}

void HostTracker::Impl::continue_outbound(Flow& flow, const Passage& passage) {
  touch(flow);
  if (has(passage, tcp::rst)) {
    outbound_layers(passage, &flow);
    return end_flow(FlowKey(flow.key), FlowEnd::reset);
  }
  learn_sequence(flow, passage);
  stream_payload(flow, passage);
  outbound_layers(passage, &flow);
  end_if_over(flow);
}

void HostTracker::Impl::continue_inbound(Flow& flow, const Passage& passage) {
  touch(flow);
  inbound_layers(passage, &flow);
  if (has(passage, tcp::rst)) return end_flow(FlowKey(flow.key), FlowEnd::reset);
  learn_sequence(flow, passage);
  establish(flow, passage);
  stream_payload(flow, passage);
  end_if_over(flow);
}

void HostTracker::Impl::establish(Flow& flow, const Passage& passage) {
  if (flow.state == FlowState::established || !has(passage, tcp::ack)) return;
  if (flow.state == FlowState::accepting && has(passage, tcp::syn)) return;
  // Without a SYN from the peer, an ACK answers something older than this connection.
  if (flow.state == FlowState::connecting && !has(passage, tcp::syn) && !flow.received.started())
    return;
  if (!flow.sent.started()) flow.sent.start(passage.header.tcp_acknowledgement);
  flow.state = FlowState::established;
  emit(StepKind::ale_flow_established, passage, &flow);
}

void HostTracker::Impl::stream_payload(Flow& flow, const Passage& passage) {
  if (flow.state != FlowState::established) return;
  const ParsedPacket& header = passage.header;
  const Segment segment{header.tcp_sequence + (has(passage, tcp::syn) ? 1 : 0), passage.view,
                        header.payload_offset(), header.payload_size(), has(passage, tcp::fin)};
  const Direction direction = passage.direction;
  stream_steps(flow, passage, direction, stream_of(flow, direction).add(segment));
  if (!has(passage, tcp::ack)) return;
  const Direction other = passage.outbound() ? Direction::inbound : Direction::outbound;
  stream_steps(flow, passage, other,
               stream_of(flow, other).acknowledge(header.tcp_acknowledgement));
}

void HostTracker::Impl::stream_steps(Flow& flow, const Passage& passage, Direction direction,
                                     const std::vector<StreamPiece>& pieces) {
  for (const StreamPiece& piece : pieces) {
    Step& step = emit(StepKind::stream, passage, &flow);
    step.direction = direction;
    step.packet = piece.packet;
    step.data_offset = piece.offset;
    step.data_size = piece.size;
    step.ip_header_size = step.transport_header_size = 0;
    step.stream_offset = piece.position;
    step.stream_missed = piece.missed;
    step.stream_disconnect = piece.fin;
  }
}

void HostTracker::Impl::end_if_over(const Flow& flow) {
  if (flow.sent.fin_acknowledged() && flow.received.fin_acknowledged()) {
    end_flow(FlowKey(flow.key), FlowEnd::closed);
  }
}

}  // namespace drydock::net

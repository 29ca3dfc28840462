// SPDX-License-Identifier: Apache-2.0
#include "net/host_path.h"

#include <algorithm>
#include <array>

#include "wfp/engine/layers.h"
#include "wfp/kernel/raised_irql.h"

namespace drydock::net {

using machine::Irql;

namespace {

// What a block leaves undone.
enum class OnBlock : std::uint8_t { nothing, packet, flow, endpoint };

struct KindTraits {
  Irql irql;  // that Windows usually indicates at
  OnBlock on_block;
};

constexpr std::array<KindTraits, step_kind_count> kinds = {{
    {Irql::passive, OnBlock::nothing},   // ale_bind_redirect: ends only the redirection
    {Irql::passive, OnBlock::endpoint},  // ale_resource_assignment
    {Irql::passive, OnBlock::endpoint},  // ale_auth_listen
    {Irql::passive, OnBlock::nothing},   // ale_connect_redirect: ends only the redirection
    {Irql::passive, OnBlock::flow},      // ale_auth_connect
    {Irql::dispatch, OnBlock::flow},     // ale_auth_recv_accept
    {Irql::dispatch, OnBlock::flow},     // ale_flow_established
    {Irql::dispatch, OnBlock::packet},   // stream
    {Irql::dispatch, OnBlock::packet},   // datagram_data
    {Irql::dispatch, OnBlock::packet},   // outbound_transport
    {Irql::dispatch, OnBlock::packet},   // outbound_ippacket
    {Irql::dispatch, OnBlock::packet},   // inbound_ippacket
    {Irql::dispatch, OnBlock::packet},   // inbound_transport
    {Irql::dispatch, OnBlock::nothing},  // inbound_ippacket_discard: it is lost already
    {Irql::dispatch, OnBlock::nothing},  // inbound_transport_discard
    {Irql::dispatch, OnBlock::packet},   // outbound_icmp_error
    {Irql::dispatch, OnBlock::packet},   // inbound_icmp_error
    {Irql::dispatch, OnBlock::nothing},  // flow_end
    {Irql::passive, OnBlock::nothing},   // ale_endpoint_closure
    {Irql::passive, OnBlock::nothing},   // ale_resource_release
}};

const KindTraits& traits_of(StepKind kind) {
  return kinds[static_cast<std::size_t>(kind)];
}

// The stack clears up whatever became of the packet that made it do so.
bool clears_up(StepKind kind) {
  return kind == StepKind::flow_end || kind == StepKind::ale_endpoint_closure ||
         kind == StepKind::ale_resource_release;
}

// A layer that sends meets the data in the sender's thread.
bool sends_data(const Step& step) {
  return step.direction == Direction::outbound &&
         (step.kind == StepKind::stream || step.kind == StepKind::datagram_data ||
          step.kind == StepKind::outbound_transport || step.kind == StepKind::outbound_ippacket);
}

bool starts_connection(const Step& step) {
  return step.protocol == Protocol::tcp && (step.kind == StepKind::ale_auth_recv_accept ||
                                            step.kind == StepKind::ale_flow_established);
}

constexpr std::size_t back_fill = 64;  // room for the link header and a little more

// Windows keeps headers and payload of what it sends in different MDLs; adapters that split headers
// do so with what they receive.
ndis::PacketShape shape_of(std::span<const std::uint8_t> packet) {
  const auto header = parse_packet(packet);
  return {.back_fill = back_fill, .header_bytes = header ? header->payload_offset() : 0};
}

UINT32 stream_flags(Direction direction, bool disconnect) {
  if (direction == Direction::outbound) {
    return FWPS_STREAM_FLAG_SEND | (disconnect ? FWPS_STREAM_FLAG_SEND_DISCONNECT : 0U);
  }
  return FWPS_STREAM_FLAG_RECEIVE | (disconnect ? FWPS_STREAM_FLAG_RECEIVE_DISCONNECT : 0U);
}

}  // namespace

HostPath::HostPath(HostNetwork& network, std::uint64_t first_endpoint)
    : network_(network),
      machine_(network.machine()),
      first_endpoint_(first_endpoint),
      input_(*machine_.memory().kernel.make<LayerInput>()) {}

HostPath::~HostPath() {
  machine_.memory().kernel.drop(&input_);
}

void HostPath::play(const Step& step) {
  ++counts_.steps;
  begin_packet(step);
  if (step.kind == StepKind::flow_end) return end_flow(step);
  if (left_out(step)) return;
  if (step.kind == StepKind::stream) return play_stream(step);
  const wfp::Verdict verdict = indicate(step, packet_of(step));
  if (verdict.action == wfp::Action::block) act_on_block(step, verdict);
}

void HostPath::begin_packet(const Step& step) {
  if (last_packet_ == step.packet_index) return;
  last_packet_ = step.packet_index;
  dropped_packet_.reset();
  ++counts_.packets;
}

bool HostPath::left_out(const Step& step) {
  if (clears_up(step.kind)) return false;
  if (over(step)) return true;
  const auto refused = [this](EndpointId id) {
    return id != EndpointId::none &&
           std::ranges::find(refused_endpoints_, id) != refused_endpoints_.end();
  };
  if (!refused_endpoints_.empty() && (refused(step.endpoint) || refused(step.parent_endpoint))) {
    return true;
  }
  if (dropped_packet_ != step.packet_index) return false;
  // A handshake whose packets do not arrive makes no connection. Whoever absorbed one may still
  // bring it back.
  if (!dropped_silently_ && starts_connection(step)) block_flow(step);
  return true;
}

bool HostPath::over(const Step& step) const {
  const auto number = static_cast<std::size_t>(step.flow);
  if (number == 0 || number >= flows_.size()) return false;
  const PathFlow& flow = flows_[number];
  return flow.over || (flow.id != wfp::FlowId::none && !network_.flows().alive(flow.id));
}

HostPath::PathFlow& HostPath::flow_of(const Step& step) {
  const auto number = static_cast<std::size_t>(step.flow);
  if (number >= flows_.size()) flows_.resize(number + 1);
  return flows_[number];
}

// A sender's thread runs at PASSIVE_LEVEL as well as at DISPATCH_LEVEL; one answer for each flow.
void HostPath::begin_flow(const Step& step, PathFlow& flow) {
  flow.id = network_.flows().begin();
  if (machine_.choices().choose(machine::Question::callback_irql, 2) == 1) {
    flow.send_irql = Irql::passive;
  }
  network_.conversations().begin(step, flow.id, first_endpoint_);
  ++counts_.flows;
}

void HostPath::end_flow(const Step& step) {
  PathFlow& flow = flow_of(step);
  flow.over = true;
  network_.conversations().end(step);
  if (flow.id == wfp::FlowId::none) return;
  const wfp::RaisedIrql raised(machine_, Irql::dispatch);
  network_.flows().end(flow.id);
}

Irql HostPath::irql_of(const Step& step) {
  if (step.flow != FlowId::none && sends_data(step)) return flow_of(step).send_irql;
  return traits_of(step.kind).irql;
}

wfp::Verdict HostPath::indicate(const Step& step, void* layer_data) {
  Indicated indicated{
      .step = step, .layer = layer_of(step.kind, step.version), .first_endpoint = first_endpoint_};
  if (has_flow_handle(step)) {
    PathFlow& flow = flow_of(step);
    if (flow.id == wfp::FlowId::none) begin_flow(step, flow);
    indicated.flow = flow.id;
  }
  return network_.indicate(indicated, input_, layer_data, irql_of(step));
}

// All layers of one packet show the same list; who keeps it keeps it past the packet's end.
NET_BUFFER_LIST* HostPath::packet_of(const Step& step) {
  if (!step.packet || !network_.watched(layer_of(step.kind, step.version))) return nullptr;
  const bool same = shown_.buffer != nullptr && shown_.packet_index == step.packet_index &&
                    shown_.direction == step.direction && shown_.view.owner == step.packet.owner &&
                    shown_.view.begin == step.packet.begin && shown_.view.size == step.packet.size;
  if (!same) {
    if (shown_.buffer != nullptr) pool_.give_back(*shown_.buffer);
    shown_ = {step.packet, step.direction, step.packet_index, &pool_.take()};
    shown_.buffer->fill(std::as_bytes(step.packet.bytes()), shape_of(step.packet.bytes()));
  }
  shown_.buffer->set_data_offset(step.data_offset);
  return shown_.buffer->list();
}

// A stream's list holds the application's data alone.
ndis::PacketBuffer* HostPath::stream_buffer(const Step& step) {
  const bool needed = step.data_size != 0 && network_.watched(layer_of(step.kind, step.version));
  if (!needed) return nullptr;
  ndis::PacketBuffer& buffer = pool_.take();
  buffer.fill(std::as_bytes(step.data()), {});
  return &buffer;
}

void HostPath::play_stream(const Step& step) {
  ndis::PacketBuffer* buffer = stream_buffer(step);
  for (std::size_t position = 0; !show_stream(step, buffer, position);) {
  }
  if (buffer != nullptr) pool_.give_back(*buffer);
}

// Shows what lies behind `position`. False: a callout judged only some of it, and the rest is next.
bool HostPath::show_stream(const Step& step, ndis::PacketBuffer* buffer, std::size_t& position) {
  const std::size_t size = step.data_size - position;
  if (buffer != nullptr) buffer->set_data_offset(position);
  NET_BUFFER_LIST* list = buffer != nullptr ? buffer->list() : nullptr;
  FWPS_STREAM_DATA0& data = input_.stream_data;
  data = {};
  data.flags = stream_flags(step.direction, step.stream_disconnect);
  data.dataLength = size;
  data.netBufferListChain = list;
  if (list != nullptr) {
    data.dataOffset.netBufferList = list;
    data.dataOffset.netBuffer = list->FirstNetBuffer;
    data.dataOffset.mdl = list->FirstNetBuffer->CurrentMdl;
    data.dataOffset.mdlOffset = static_cast<UINT32>(list->FirstNetBuffer->CurrentMdlOffset);
  }
  FWPS_STREAM_CALLOUT_IO_PACKET0& stream = input_.stream;
  stream = {};
  stream.streamData = &data;
  stream.missedBytes = position == 0 ? step.stream_missed : 0;
  const wfp::Verdict verdict = indicate(step, &stream);
  if (over(step)) return true;
  switch (stream.streamAction) {
    case FWPS_STREAM_ACTION_DROP_CONNECTION:
      block_flow(step);
      return true;
    case FWPS_STREAM_ACTION_NEED_MORE_DATA:
      machine_.stop(machine::Inconclusive{"stream callouts that need more data are not simulated"});
    case FWPS_STREAM_ACTION_DEFER:
      machine_.stop(machine::Inconclusive{"stream callouts that defer data are not simulated"});
    default:
      break;
  }
  if (verdict.action == wfp::Action::block) act_on_block(step, verdict);
  const std::size_t judged = stream.countBytesEnforced == 0 ? size : stream.countBytesEnforced;
  position += std::min(judged, size);
  return position == step.data_size;
}

void HostPath::act_on_block(const Step& step, const wfp::Verdict& verdict) {
  switch (traits_of(step.kind).on_block) {
    case OnBlock::nothing:
      return;
    case OnBlock::endpoint:
      refused_endpoints_.push_back(step.endpoint);
      return;
    case OnBlock::flow:
      return block_flow(step);
    case OnBlock::packet:
      if (dropped_packet_ == step.packet_index) return;
      dropped_packet_ = step.packet_index;
      dropped_silently_ = verdict.absorbed;
      ++counts_.blocked_packets;
      if (verdict.absorbed) ++counts_.absorbed_packets;
      return;
  }
}

void HostPath::block_flow(const Step& step) {
  ++counts_.blocked_flows;
  end_flow(step);
}

void HostPath::fold_counts(ledger::Counters& counters) const {
  const auto add = [&](const char* name, std::uint64_t count) {
    if (count != 0) counters.values[name] += count;
  };
  add("packets", counts_.packets);
  add("steps", counts_.steps);
  add("flows", counts_.flows);
  add("packets blocked", counts_.blocked_packets);
  add("packets absorbed", counts_.absorbed_packets);
  add("flows blocked", counts_.blocked_flows);
}

}  // namespace drydock::net

// SPDX-License-Identifier: Apache-2.0
#include "net/host_path.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "wfp/engine/layers.h"

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
    {Irql::dispatch, OnBlock::packet},   // stream_packet
    {Irql::dispatch, OnBlock::packet},   // datagram_data
    {Irql::dispatch, OnBlock::packet},   // outbound_transport
    {Irql::dispatch, OnBlock::packet},   // outbound_ippacket
    {Irql::dispatch, OnBlock::packet},   // inbound_ippacket
    {Irql::dispatch, OnBlock::packet},   // inbound_transport
    {Irql::dispatch, OnBlock::nothing},  // inbound_ippacket_discard: it is lost already
    {Irql::dispatch, OnBlock::nothing},  // inbound_transport_discard
    {Irql::dispatch, OnBlock::packet},   // outbound_icmp_error
    {Irql::dispatch, OnBlock::packet},   // inbound_icmp_error
    {Irql::dispatch, OnBlock::packet},   // ip_forward
    {Irql::dispatch, OnBlock::nothing},  // ip_forward_discard
    {Irql::dispatch, OnBlock::packet},   // inbound_mac_frame_native_fast
    {Irql::dispatch, OnBlock::packet},   // inbound_mac_frame_native
    {Irql::dispatch, OnBlock::packet},   // inbound_mac_frame_ethernet
    {Irql::dispatch, OnBlock::packet},   // outbound_mac_frame_ethernet
    {Irql::dispatch, OnBlock::packet},   // outbound_mac_frame_native
    {Irql::dispatch, OnBlock::packet},   // outbound_mac_frame_native_fast
    {Irql::dispatch, OnBlock::packet},   // link_frame
    {Irql::dispatch, OnBlock::nothing},  // flow_end
    {Irql::passive, OnBlock::nothing},   // ale_endpoint_closure
    {Irql::passive, OnBlock::nothing},   // ale_resource_release
}};

const KindTraits& traits_of(StepKind kind) {
  return kinds[static_cast<std::size_t>(kind)];
}

bool stops(StepKind kind, const wfp::Verdict& verdict) {
  return verdict.action == wfp::Action::block && traits_of(kind).on_block != OnBlock::nothing;
}

// A layer that sends meets the data in the sender's thread.
bool sends_data(const Step& step) {
  return step.direction == Direction::outbound &&
         (step.kind == StepKind::stream || step.kind == StepKind::stream_packet ||
          step.kind == StepKind::datagram_data || step.kind == StepKind::outbound_transport ||
          step.kind == StepKind::outbound_ippacket);
}

bool starts_connection(const Step& step) {
  return step.protocol == Protocol::tcp && (step.kind == StepKind::ale_auth_recv_accept ||
                                            step.kind == StepKind::ale_flow_established);
}

// Its flow is authorized anew before the layer, when it has to be.
bool decided_before(const Step& step) {
  return step.kind == StepKind::outbound_transport ||
         (step.kind == StepKind::datagram_data && step.direction == Direction::outbound);
}

bool is_about_a_socket(StepKind kind) {
  return kind == StepKind::ale_resource_assignment || kind == StepKind::ale_auth_listen ||
         kind == StepKind::ale_endpoint_closure;
}

// Nobody has a socket for the packet.
bool is_unclaimed(StepKind kind) {
  return kind == StepKind::inbound_ippacket_discard || kind == StepKind::inbound_transport_discard;
}

constexpr std::size_t back_fill = 64;  // room for the link header and a little more

// Windows keeps headers and payload of what it sends in different MDLs; adapters that split headers
// do so with what they receive.
ndis::PacketShape shape_of(std::span<const std::uint8_t> packet) {
  const auto header = parse_packet(packet);
  return {.back_fill = back_fill, .header_bytes = header ? header->payload_offset() : 0};
}

}  // namespace

HostPath::HostPath(HostNetwork& network, std::uint64_t first_endpoint, PathListener* listener)
    : network_(network),
      machine_(network.machine()),
      first_endpoint_(first_endpoint),
      listener_(listener),
      input_(*machine_.memory().kernel.make<LayerInput>()) {}

HostPath::~HostPath() {
  network_.streams().forget(*this);
  network_.operations().forget(*this);
  network_.forget(*this);
  for (const Waiting& waiting : waiting_) machine_.memory().kernel.drop(waiting.input);
  for (const Lingering& lingering : lingering_) machine_.memory().kernel.drop(lingering.input);
  machine_.memory().kernel.drop(&input_);
}

void HostPath::play(const Step& step) {
  const Turn turn(*this);
  if (held_up_ == 0 || !waits(step)) play_now(step);
}

void HostPath::play(std::span<const Step> steps) {
  const Turn turn(*this);
  for (const Step& step : steps) {
    if (held_up_ == 0 || !waits(step)) play_now(step);
  }
}

void HostPath::play_now(const Step& step) {
  const Redirected* redirection = redirected_.empty() ? nullptr : redirection_of(step);
  const bool undecided = step.kind == StepKind::inbound_transport &&
                         (reasons_to_ask_again(step) != 0 || find_attempt(step) != nullptr);
  if (redirection == nullptr && !undecided) return play_as(step);
  changed_ = step;
  if (undecided) changed_.ale_classify_required = true;
  if (redirection != nullptr) {
    changed_.remote = redirection->remote->address;
    changed_.remote_port = redirection->remote->port;
    changed_.redirected = true;
  }
  play_as(changed_);
}

void HostPath::play_as(const Step& step) {
  ++counts_.steps;
  if (!batch_.empty() && !joins_batch(step)) send_batch();
  begin_packet(step);
  if (end_waits(step)) return;
  if (redirection_is_settled(step)) return tell_decided(step, true);
  if (step.kind == StepKind::flow_end) {
    end_flow(step);
    return tell_decided(step, true);
  }
  if (!incomplete_.empty() && lacks_fragment(step)) return tell_decided(step, false);
  if (left_out(step)) {
    if (!batch_.empty()) send_batch();
    if (listener_ != nullptr) tell_left_out(step);
    return tell_decided(step, false);
  }
  if (step.kind == StepKind::link_frame) {
    play_frame(step);
    return tell_decided(step, true);
  }
  if (step.kind == StepKind::stream) {
    if (listener_ != nullptr) listener_->stream_arrives(step);
    return play_stream(step);
  }
  if (decided_before(step) && !still_authorized(step)) return tell_decided(step, false);
  if (!passes_before(step)) {
    note_stopped_fragment(step);
    return tell_decided(step, false);
  }
  Indicated shown = indicated(step);
  const wfp::Verdict verdict = network_.indicate(shown, input_, packet_of(step), irql_of(step));
  if (shown.redirected != nullptr && verdict.pended == 0) redirect(step, shown.redirected);
  if (listener_ != nullptr) tell(step, verdict);
  if (verdict.pended != 0) return hold(step, verdict.pended);
  act_on(step, verdict);
  const bool blocked = verdict.action == wfp::Action::block;
  const bool wanted = step.kind != StepKind::inbound_transport || blocked || may_come_in(step);
  if (is_unclaimed(step.kind) && blocked) suppress_answer(step);
  const bool goes_on = wanted && !stops(step.kind, verdict);
  if (!goes_on) note_stopped_fragment(step);
  if (goes_on && is_about_a_socket(step.kind)) note_socket(step);
  if (goes_on && batches(step)) return batch(step);
  if (!batch_.empty()) send_batch();  // nothing more of the packet joins it
  tell_decided(step, goes_on && passes_behind(step));
}

// Layers that are not steps of their own.
bool HostPath::passes_before(const Step& step) {
  if (step.kind == StepKind::inbound_ippacket) return frame_passes(step);
  return step.kind != StepKind::outbound_transport || segment_passes(step);
}

bool HostPath::passes_behind(const Step& step) {
  if (step.kind == StepKind::outbound_ippacket) return frame_passes(step);
  return step.kind != StepKind::inbound_transport || segment_passes(step);
}

// E-13: by default a socket's redirection is asked for each new peer.
bool HostPath::redirection_is_settled(const Step& step) {
  if (step.kind != StepKind::ale_connect_redirect) return false;
  if (!network_.variants().redirect_once_per_socket) return false;
  return !redirect_asked_.insert(step.endpoint).second;
}

void HostPath::tell(const Step& step, const wfp::Verdict& verdict) {
  if (stops(step.kind, verdict)) {
    const char* what = verdict.pended != 0 ? "pend" : verdict.absorbed ? "absorb" : "block";
    const wfp::Layer& layer = *wfp::find_layer(layer_of(step.kind, step.version));
    const std::string why =
        fmt::format("{} {} filter {}", what, layer.name, std::to_underlying(verdict.filter));
    // Packets that come before anything of theirs is shown wait for what is pended.
    const bool waits = verdict.pended != 0 && !step.packet;
    return waits ? listener_->packet_waits(step, why) : listener_->packet_stops(step, why);
  }
  const bool whole =
      step.kind == StepKind::outbound_ippacket || step.kind == StepKind::inbound_ippacket;
  if (whole) listener_->packet_goes_on(step);
}

void HostPath::tell_decided(const Step& step, bool goes_on) {
  if (listener_ != nullptr) listener_->step_decided(step, goes_on);
}

void HostPath::tell_left_out(const Step& step) {
  if (!step.packet && step.kind != StepKind::ale_auth_connect) return;
  if (withheld_packet_ == step.packet_index) {
    return listener_->packet_stops(step, std::string(stream_data_withheld));
  }
  if (dropped_packet_ == step.packet_index) return;  // told already
  listener_->packet_stops(step, "block: its connection or socket was refused or dropped");
  listener_->connection_is_over(step);
}

void HostPath::act_on(const Step& step, const wfp::Verdict& verdict) {
  if (verdict.action == wfp::Action::block) {
    act_on_block(step, verdict);
  } else if (step.kind == StepKind::ale_flow_established && step.protocol == Protocol::tcp) {
    open_stream(step);
  }
}

void HostPath::begin_packet(const Step& step) {
  const bool whole =
      step.kind == StepKind::inbound_ippacket || step.kind == StepKind::outbound_ippacket;
  if (whole && std::exchange(counted_packet_, step.packet_index) != step.packet_index)
    ++counts_.packets;
  if (last_packet_ == step.packet_index) return;
  last_packet_ = step.packet_index;
  dropped_packet_.reset();
  withheld_packet_.reset();
  if (listener_ != nullptr) listener_->packet_begins(step);
}

void HostPath::note_socket(const Step& step) {
  network_.conversations().note_socket(step, first_endpoint_);
  if (step.kind != StepKind::ale_endpoint_closure) return;
  refused_endpoints_.erase(step.endpoint);
  redirect_asked_.erase(step.endpoint);
  forget_redirection(step);
}

bool HostPath::left_out(const Step& step) {
  if (clears_up(step.kind)) return false;
  if (over(step)) return true;
  // Who has been refused may try again.
  if (step.kind == StepKind::ale_bind_redirect) refused_endpoints_.erase(step.endpoint);
  const auto refused = [this](EndpointId id) {
    return id != EndpointId::none && refused_endpoints_.contains(id);
  };
  if (!refused_endpoints_.empty() && (refused(step.endpoint) || refused(step.parent_endpoint))) {
    return true;
  }
  if (!suppressed_.empty() && is_suppressed(step)) {
    dropped_packet_ = step.packet_index;
    dropped_silently_ = true;
    return true;
  }
  if (withheld_packet_ == step.packet_index &&
      (step.kind != StepKind::stream || step.flow != withheld_flow_)) {
    return true;
  }
  if (dropped_packet_ != step.packet_index) return false;
  // A handshake whose packets do not arrive makes no connection. Whoever absorbed one may still
  // bring it back.
  if (!dropped_silently_ && starts_connection(step)) block_flow(step);
  return true;
}

bool HostPath::over(const Step& step) const {
  const PathFlow* flow = flows_.find(std::to_underlying(step.flow));
  if (flow == nullptr || step.flow == FlowId::none) return false;
  return flow->over || (flow->id != wfp::FlowId::none && !network_.flows().alive(flow->id));
}

HostPath::PathFlow& HostPath::flow_of(const Step& step) {
  return flows_.get(std::to_underlying(step.flow));
}

// A sender's thread runs at PASSIVE_LEVEL as well as at DISPATCH_LEVEL; one answer for each flow.
void HostPath::begin_flow(const Step& step, PathFlow& flow) {
  flow.id = network_.flows().begin();
  flow.policy = network_.policy_of(authorizing_layer(step));
  flow.arrives_by = step.interface_index;
  if (machine_.choices().choose(machine::Question::callback_irql, 2) == 1) {
    flow.send_irql = Irql::passive;
  }
  network_.conversations().begin(step, flow.id, first_endpoint_);
  ++counts_.flows;
}

void HostPath::end_flow(const Step& step) {
  PathFlow& flow = flow_of(step);
  flow.over = true;
  const wfp::FlowId id = flow.id;
  network_.streams().end(id);
  network_.end_connection(step, id);
  if (step.protocol != Protocol::tcp) forget_redirection(step);
  // Nothing of it follows. Of one that a verdict has ended, the recorded packets may.
  if (step.kind == StepKind::flow_end) flows_.erase(std::to_underlying(step.flow));
}

Irql HostPath::irql_of(const Step& step) {
  if (step.flow != FlowId::none && sends_data(step)) return flow_of(step).send_irql;
  return traits_of(step.kind).irql;
}

Indicated HostPath::indicated(const Step& step) {
  Indicated indicated{.step = step,
                      .layer = layer_of(step.kind, step.version),
                      .first_endpoint = first_endpoint_,
                      .owner = this};
  if (has_flow_handle(step)) {
    PathFlow& flow = flow_of(step);
    if (flow.id == wfp::FlowId::none) begin_flow(step, flow);
    indicated.flow = flow.id;
  }
  return indicated;
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
    if (step.injected != nullptr) wfp::mark_injected(shown_.buffer->list(), *step.injected);
  }
  shown_.buffer->set_data_offset(step.data_offset);
  return shown_.buffer->list();
}

void HostPath::open_stream(const Step& step) {
  if (!network_.watched(layer_of(StepKind::stream, step.version))) return;
  const PathFlow& flow = flow_of(step);
  network_.streams().open(indicated(step), flow.send_irql, flow.streamed, *this);
}

void HostPath::play_stream(const Step& step) {
  const wfp::FlowId flow = indicated(step).flow;
  if (!network_.streams().knows(flow)) open_stream(step);
  flow_of(step).streamed = true;
  if (!network_.streams().knows(flow)) {  // nobody watches
    if (step.data_size != 0) stream_bytes(step, step.direction, step.data());
    if (step.stream_disconnect) stream_fin(step, step.direction);
    return;
  }
  const StreamOutcome outcome = network_.streams().arrive(flow, step);
  if (outcome.dropped) return block_flow(step);
  if (outcome.passed != 0) {
    if (withheld_packet_ == step.packet_index) withheld_packet_.reset();
    return;
  }
  if (step.data_size == 0 && !step.stream_disconnect) return;
  if (outcome.blocked != 0 && withheld_packet_ != step.packet_index) ++counts_.blocked_packets;
  withheld_packet_ = step.packet_index;
  withheld_flow_ = step.flow;
}

void HostPath::stream_bytes(const Step& connection, Direction direction,
                            std::span<const std::uint8_t> bytes) {
  if (listener_ != nullptr) listener_->stream_bytes(connection, direction, bytes);
}

void HostPath::stream_fin(const Step& connection, Direction direction) {
  if (listener_ != nullptr) listener_->stream_fin(connection, direction);
}

void HostPath::stream_closed(wfp::FlowId flow) {
  const auto run = [](void* self, std::uint64_t which) {
    static_cast<HostPath*>(self)->end_lingering(wfp::FlowId{which});
  };
  network_.workers().post({run, this, std::to_underlying(flow), Irql::passive});
}

void HostPath::end_lingering(wfp::FlowId flow) {
  const auto found = std::ranges::find(lingering_, flow, &Lingering::flow);
  if (found == lingering_.end()) return;
  Lingering& lingering = *found;
  lingering.flow = wfp::FlowId::none;
  for (const Step& step : lingering.steps) {
    if (step.kind == StepKind::flow_end) {
      end_flow(step);
    } else {
      Indicated shown = indicated(step);
      network_.indicate(shown, *lingering.input, nullptr, irql_of(step));
      note_socket(step);
    }
    tell_decided(step, true);
  }
  machine_.memory().kernel.drop(lingering.input);
  lingering_.erase(found);
}

// A FIN that a callout keeps back keeps the connection.
bool HostPath::end_waits(const Step& step) {
  if (!clears_up(step.kind)) return false;
  for (Lingering& lingering : lingering_) {
    if (lingering.flow == wfp::FlowId::none) continue;
    if (lingering.steps.front().endpoint != step.endpoint) continue;
    lingering.steps.push_back(step);
    return true;
  }
  if (step.kind != StepKind::flow_end || step.end != FlowEnd::closed) return false;
  const wfp::FlowId flow = flow_of(step).id;
  if (flow == wfp::FlowId::none || network_.streams().closes(flow)) return false;
  lingering_.push_back({flow, {step}, machine_.memory().kernel.make<LayerInput>()});
  return true;
}

void HostPath::act_on_block(const Step& step, const wfp::Verdict& verdict) {
  switch (traits_of(step.kind).on_block) {
    case OnBlock::nothing:
      return;
    case OnBlock::endpoint:
      refused_endpoints_.insert(step.endpoint);
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
  if (listener_ != nullptr) listener_->flow_dropped(step);
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

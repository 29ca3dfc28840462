// SPDX-License-Identifier: Apache-2.0
#include "net/stream_layer.h"

#include <algorithm>
#include <utility>

#include "ndis/data.h"
#include "net/host_network.h"
#include "net/stream_pass.h"
#include "wfp/kernel/raised_irql.h"

namespace drydock::net {

using ledger::StreamMisuse;
using machine::Irql;

namespace {

constexpr std::size_t index_of(Direction direction) {
  return static_cast<std::size_t>(direction);
}

Direction direction_of(const wfp::Injection& injection) {
  return (injection.stream_flags & FWPS_STREAM_FLAG_SEND) != 0 ? Direction::outbound
                                                               : Direction::inbound;
}

bool disconnects(const wfp::Injection& injection) {
  return (injection.stream_flags &
          (FWPS_STREAM_FLAG_SEND_DISCONNECT | FWPS_STREAM_FLAG_RECEIVE_DISCONNECT)) != 0;
}

PacketBytes read_chain(const NET_BUFFER_LIST* chain, std::size_t size) {
  auto bytes = std::make_shared<std::vector<std::uint8_t>>(size);
  std::span<std::byte> room = std::as_writable_bytes(std::span(*bytes));
  for (; chain != nullptr && !room.empty(); chain = chain->Next) {
    for (const NET_BUFFER* buffer = chain->FirstNetBuffer; buffer != nullptr && !room.empty();
         buffer = buffer->Next) {
      room = room.subspan(ndis::copy_out(*buffer, 0, room));
    }
  }
  return bytes;
}

}  // namespace

ConnectionFacts::ConnectionFacts(const Step& step)
    : flow(step.flow),
      endpoint(step.endpoint),
      parent_endpoint(step.parent_endpoint),
      process(step.process),
      local(step.local),
      remote(step.remote),
      local_port(step.local_port),
      remote_port(step.remote_port),
      interface_index(step.interface_index),
      sub_interface_index(step.sub_interface_index),
      version(step.version),
      protocol(step.protocol),
      flow_direction(step.flow_direction),
      loopback(step.loopback),
      redirected(step.redirected) {}

Step ConnectionFacts::step(Direction direction) const {
  return {.kind = StepKind::stream,
          .direction = direction,
          .flow_direction = flow_direction,
          .version = version,
          .protocol = protocol,
          .local = local,
          .remote = remote,
          .local_port = local_port,
          .remote_port = remote_port,
          .interface_index = interface_index,
          .sub_interface_index = sub_interface_index,
          .loopback = loopback,
          .redirected = redirected,
          .flow = flow,
          .endpoint = endpoint,
          .parent_endpoint = parent_endpoint,
          .process = process,
          .packet = {},
          .quoted = {}};
}

void StreamLayer::open(const Indicated& indicated, Irql send_irql, bool joined,
                       StreamOutput& output) {
  auto& flow = flows_.get(std::to_underlying(indicated.flow));
  flow = std::make_unique<StreamFlow>(indicated.step);
  flow->id = indicated.flow;
  flow->layer = layer_of(StepKind::stream, indicated.step.version);
  flow->first_endpoint = indicated.first_endpoint;
  flow->output = &output;
  flow->send_irql = send_irql;
  flow->may_join = !joined;
}

StreamFlow* StreamLayer::find(wfp::FlowId flow) {
  const auto* known = flows_.find(std::to_underlying(flow));
  return known == nullptr || (*known)->over ? nullptr : known->get();
}

StreamOutcome StreamLayer::arrive(wfp::FlowId id, const Step& step) {
  StreamFlow* flow = find(id);
  if (flow == nullptr) return {.dropped = true};
  StreamChannel& channel = flow->channel(step.direction);
  const std::uint64_t out = channel.out;
  const std::uint64_t blocked = channel.blocked;
  const PacketView data{step.packet.owner, step.packet.begin + step.data_offset, step.data_size};
  channel.arrivals.add({.view = data, .missed = step.stream_missed});
  if (step.stream_disconnect) {
    channel.arrivals.set_fin(true);
    channel.fin_in = true;
  }
  ++flow->passes;
  pump(*flow, step.direction);
  --flow->passes;
  const StreamOutcome outcome{.dropped = flow->over,
                              .passed = static_cast<std::size_t>(channel.out - out),
                              .blocked = static_cast<std::size_t>(channel.blocked - blocked)};
  forget_if_over(*flow);
  return outcome;
}

// Engine rule E-9: one fiber at a time in each direction; what comes meanwhile is for that one.
void StreamLayer::pump(StreamFlow& flow, Direction direction) {
  StreamChannel& channel = flow.channel(direction);
  if (channel.busy) {
    channel.again = true;
    return;
  }
  channel.busy = true;
  ++flow.passes;
  Desk& desk = take_desk();
  do {
    channel.again = false;
    pass(flow, direction, desk);
  } while (!flow.over && !channel.stuck && (channel.again || !channel.arrivals.nothing()));
  discard(desk.moving, nullptr);
  free_.push_back(&desk);
  channel.busy = false;
  --flow.passes;
  if (flow.closing && !flow.over && closes(flow.id)) flow.output->stream_closed(flow.id);
}

void StreamLayer::pass(StreamFlow& flow, Direction direction, Desk& desk) {
  StreamChannel& channel = flow.channel(direction);
  if (channel.stuck) return;
  desk.moving.append(channel.arrivals);
  for (const auto& stage : channel.stages) stage->visited = false;
  desk.step = flow.connection.step(direction);
  Indicated indicated{.step = desk.step,
                      .layer = flow.layer,
                      .flow = flow.id,
                      .first_endpoint = flow.first_endpoint};
  Pass visitor(*this, flow, direction, desk);
  const Irql irql = direction == Direction::outbound ? flow.send_irql : Irql::dispatch;
  const wfp::Verdict verdict =
      network_.classify_stream(indicated, *desk.input, &desk.input->stream, irql, visitor);
  if (flow.over) return;
  if (channel.out + channel.blocked + desk.moving.bytes() != 0) flow.may_join = false;
  if (verdict.action == wfp::Action::block) {
    // Of filters that call nobody: the data are lost, the connection may still end.
    const bool fin = desk.moving.fin();
    discard(desk.moving, &channel);
    desk.moving.set_fin(fin);
  }
  clear_orphans(flow, channel, desk);
  leave(flow, desk);
}

// What callouts still have that no filter names any more.
void StreamLayer::clear_orphans(StreamFlow& flow, StreamChannel& channel, Desk& desk) {
  using enum wfp::LifecycleVariants::StreamOrphans;
  for (const auto& stage : channel.stages) {
    if (stage->visited) continue;
    const auto variant =
        flow.released(stage->callout) ? permitted : network_.callouts().variants().stream_orphans;
    if (!stage->waiting.nothing() && variant == stuck) {
      channel.stuck = true;
      stage->waiting.append(desk.moving);
      return;
    }
    StreamData kept = std::move(stage->waiting);
    if (variant == dropped) discard(kept, &channel);
    kept.append(stage->injected);
    kept.append(desk.moving);
    desk.moving = std::move(kept);
    let_go(*stage);
  }
}

void StreamLayer::discard(StreamData& data, StreamChannel* count) {
  if (count != nullptr) count->blocked += data.bytes();
  while (data.bytes() != 0) {
    const StreamChunk chunk = data.take(data.bytes());
    if (chunk.buffer != nullptr) pool_.give_back(*chunk.buffer);
  }
  data.set_fin(false);
}

void StreamLayer::leave(StreamFlow& flow, Desk& desk) {
  const Direction direction = desk.step.direction;
  StreamData& data = desk.moving;
  StreamChannel& channel = flow.channel(direction);
  while (data.bytes() != 0) {
    const StreamChunk chunk = data.take(data.bytes());
    channel.out += chunk.view.size;
    flow.output->stream_bytes(desk.step, direction, chunk.view.bytes());
    if (chunk.buffer != nullptr) pool_.give_back(*chunk.buffer);
  }
  if (!data.fin()) return;
  data.set_fin(false);
  ++channel.out;
  channel.fin_out = true;
  flow.output->stream_fin(desk.step, direction);
}

bool StreamLayer::closes(wfp::FlowId id) {
  StreamFlow* flow = find(id);
  if (flow == nullptr) return true;
  const bool held = std::ranges::any_of(flow->channels, [](const StreamChannel& channel) {
    return channel.fin_in && !channel.fin_out;
  });
  flow->closing = held;
  return !held;
}

// FWPS_STREAM_ACTION_DROP_CONNECTION, or a callout that breaks the rules of its layer.
void StreamLayer::drop(StreamFlow& flow) {
  flow.over = true;
  network_.end_connection(flow.connection.step(Direction::outbound), flow.id);
}

void StreamLayer::let_go(StreamStage& stage) {
  ledger::Ledger& book = ledger::record().ledger();
  if (stage.held != 0) book.release(std::exchange(stage.held, 0));
}

void StreamLayer::end(wfp::FlowId id) {
  const auto* known = flows_.find(std::to_underlying(id));
  if (known == nullptr) return;
  StreamFlow& flow = **known;
  flow.over = true;
  forget_if_over(flow);
}

void StreamLayer::forget_if_over(StreamFlow& flow) {
  if (!flow.over || flow.passes != 0) return;
  ledger::Ledger& book = ledger::record().ledger();
  bool lost = false;
  for (StreamChannel& channel : flow.channels) {
    discard(channel.arrivals, nullptr);
    for (const auto& stage : channel.stages) {
      lost = lost || !stage->injected.nothing();
      discard(stage->waiting, nullptr);
      discard(stage->injected, nullptr);
      let_go(*stage);
      if (stage->held_fin != 0) book.release(stage->held_fin);
    }
  }
  const wfp::FlowId id = flow.id;
  if (lost) lost_.insert(id);
  flows_.erase(std::to_underlying(id));
}

void StreamLayer::forget(const StreamOutput& output) {
  flows_.erase_if([&](const auto& flow) { return flow->output == &output; });
}

StreamStage& StreamLayer::stage_of(StreamChannel& channel, wfp::CalloutId callout) {
  const auto known =
      std::ranges::find(channel.stages, callout, [](const auto& stage) { return stage->callout; });
  if (known != channel.stages.end()) return **known;
  StreamStage& stage = *channel.stages.emplace_back(std::make_unique<StreamStage>());
  stage.callout = callout;
  return stage;
}

void StreamLayer::note_misuse(const StreamFlow& flow, const StreamStage& stage,
                              StreamMisuse misuse) {
  ledger::record().note(ledger::NoteKind::stream_misused, stage.callout_entry,
                        std::to_underlying(misuse), std::to_underlying(flow.id), {}, stage.driver);
}

NTSTATUS StreamLayer::take(const wfp::Injection& injection) {
  const auto note_late = [&] {
    ledger::record().note(ledger::NoteKind::stream_misused, 0,
                          std::to_underlying(StreamMisuse::late_injection),
                          std::to_underlying(injection.flow));
  };
  StreamFlow* flow = find(injection.flow);
  if (flow == nullptr || !network_.flows().alive(injection.flow)) {
    note_late();
    return STATUS_NOT_FOUND;
  }
  const Direction direction = direction_of(injection);
  StreamChannel& channel = flow->channel(direction);
  StreamStage& stage = stage_of(channel, injection.callout);
  if (channel.fin_out || stage.injected.fin()) {
    note_late();
    return STATUS_DATA_NOT_ACCEPTED;
  }
  stage.injected.add(
      {{read_chain(injection.list, injection.data_length), 0, injection.data_length}});
  if (disconnects(injection)) {
    stage.injected.set_fin(true);
    channel.fin_in = true;
    if (stage.held_fin != 0) ledger::record().ledger().release(std::exchange(stage.held_fin, 0));
  }
  const bool inside = channel.calling_fiber == &network_.machine().running() &&
                      channel.calling == injection.callout;
  if (inside) return STATUS_SUCCESS;
  channel.again = true;
  stage.injects_outside = stage.injects_outside || injection.data_length != 0;
  if (stage.permits && stage.injects_outside && !std::exchange(stage.mixing_noted, true)) {
    note_misuse(*flow, stage, StreamMisuse::mixes_editing);
  }
  if (injection.list == nullptr) pump_soon(flow->id, direction);
  return STATUS_SUCCESS;
}

NTSTATUS StreamLayer::deliver(const wfp::Injection& injection) {
  if (lost_.contains(injection.flow)) return STATUS_CONNECTION_ABORTED;
  StreamFlow* flow = find(injection.flow);
  if (flow == nullptr) return STATUS_SUCCESS;  // it was out before the connection ended
  const Direction direction = direction_of(injection);
  const StreamStage& stage = stage_of(flow->channel(direction), injection.callout);
  if (stage.injected.nothing()) return STATUS_SUCCESS;  // another pass took it along
  ++flow->passes;
  pump(*flow, direction);
  --flow->passes;
  forget_if_over(*flow);
  return STATUS_SUCCESS;
}

NTSTATUS StreamLayer::resume(wfp::FlowId id, wfp::CalloutId callout) {
  StreamFlow* flow = find(id);
  if (flow == nullptr) return STATUS_NOT_FOUND;
  StreamChannel& channel = flow->channel(Direction::inbound);
  StreamStage& stage = stage_of(channel, callout);
  const bool inside =
      channel.calling_fiber == &network_.machine().running() && channel.calling == callout;
  if (inside) note_misuse(*flow, stage, StreamMisuse::continues_itself);
  if (!stage.deferred) return STATUS_INVALID_DEVICE_REQUEST;
  stage.deferred = false;
  let_go(stage);
  pump_soon(id, Direction::inbound);
  return STATUS_SUCCESS;
}

void StreamLayer::pump_soon(wfp::FlowId flow, Direction direction) {
  const auto run = [](void* self, std::uint64_t which) {
    auto& layer = *static_cast<StreamLayer*>(self);
    StreamFlow* found = layer.find(wfp::FlowId{which >> 1});
    if (found == nullptr) return;
    ++found->passes;
    layer.pump(*found, Direction{static_cast<std::uint8_t>(which & 1)});
    --found->passes;
    layer.forget_if_over(*found);
  };
  network_.workers().post({run, this, std::to_underlying(flow) << 1 | index_of(direction)});
}

StreamLayer::Desk& StreamLayer::take_desk() {
  if (free_.empty()) {
    Desk& desk = desks_.emplace_back();
    desk.input = network_.machine().memory().kernel.make<LayerInput>();
    return desk;
  }
  Desk& desk = *free_.back();
  free_.pop_back();
  return desk;
}

}  // namespace drydock::net

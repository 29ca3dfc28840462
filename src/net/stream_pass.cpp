// SPDX-License-Identifier: Apache-2.0
#include "net/stream_pass.h"

#include <algorithm>
#include <utility>

#include "net/host_network.h"

namespace drydock::net {

using ledger::Kind;
using ledger::StreamMisuse;

namespace {

constexpr std::size_t most_waiting = std::size_t{8}
                                     << 20;  // FWPS_CLASSIFY_OUT_FLAG_BUFFER_LIMIT...

UINT32 stream_flags(Direction direction, bool disconnect) {
  if (direction == Direction::outbound) {
    return FWPS_STREAM_FLAG_SEND | (disconnect ? FWPS_STREAM_FLAG_SEND_DISCONNECT : 0U);
  }
  return FWPS_STREAM_FLAG_RECEIVE | (disconnect ? FWPS_STREAM_FLAG_RECEIVE_DISCONNECT : 0U);
}

}  // namespace

void StreamLayer::Pass::visit(wfp::StreamCallout& callout) {
  if (flow_.over || !watches(callout)) return;
  StreamStage& stage = layer_.stage_of(channel_, callout.id());
  if (std::exchange(stage.visited, true)) return;  // a second filter with the same callout
  stage.driver = callout.driver();
  stage.callout_entry = callout.entry();
  stage.waiting.append(desk_.moving);
  move_injected(stage);
  while (stage.visited && !flow_.over && ready(stage)) show(callout, stage);
}

// Whoever comes to a connection late sees it only if it says that it can.
bool StreamLayer::Pass::watches(const wfp::StreamCallout& callout) {
  if (const StreamMember* member = flow_.member(callout.id())) return !member->released;
  const bool joins = (callout.flags() & FWP_CALLOUT_FLAG_ALLOW_MID_STREAM_INSPECTION) != 0;
  if (!flow_.may_join && !joins) return false;
  flow_.members.push_back({.callout = callout.id()});
  return true;
}

bool StreamLayer::Pass::ready(const StreamStage& stage) {
  if (stage.deferred || stage.waiting.nothing()) return false;
  return stage.waiting.bytes() >= stage.wanted || stage.waiting.fin();
}

void StreamLayer::Pass::show(wfp::StreamCallout& callout, StreamStage& stage) {
  const std::size_t shown = stage.waiting.bytes();
  UINT32 flags = 0;
  if (stage.wanted != 0 && stage.waiting.fin()) flags |= FWPS_CLASSIFY_OUT_FLAG_NO_MORE_DATA;
  if (shown >= most_waiting) flags |= FWPS_CLASSIFY_OUT_FLAG_BUFFER_LIMIT_REACHED;
  layer_.let_go(stage);
  describe(stage);
  const wfp::CalloutAnswer answer = call(callout, stage, flags);
  move_injected(stage);
  if (flow_.over) return;
  if (!answer.skipped) {
    if (desk_.input->stream.streamAction == FWPS_STREAM_ACTION_NEED_MORE_DATA) {
      return wait_for_more(stage, shown, flags == 0 && shown != 0);
    }
    return judge(callout, stage, answer, shown);
  }
  if (layer_.network_.callouts().find_for_classify(stage.callout) == nullptr) {
    stage.visited = false;  // it is gone, and what it has is nobody's
  } else {
    let_through(stage, shown);  // it wants flows with a context of its own only
  }
}

wfp::CalloutAnswer StreamLayer::Pass::call(wfp::StreamCallout& callout, StreamStage& stage,
                                           UINT32 flags) {
  channel_.calling_fiber = &layer_.network_.machine().running();
  channel_.calling = stage.callout;
  const wfp::CalloutAnswer answer = callout.call(flags);
  channel_.calling_fiber = nullptr;
  return answer;
}

// A chain of lists, one for each stretch as it arrived.
void StreamLayer::Pass::describe(StreamStage& stage) {
  FWPS_STREAM_DATA0& data = desk_.input->stream_data;
  data = {};
  data.flags = stream_flags(direction_, stage.waiting.bytes() == 0);
  data.dataLength = stage.waiting.bytes();
  NET_BUFFER_LIST** tail = &data.netBufferListChain;
  std::size_t missed = 0;
  for (StreamChunk& chunk : stage.waiting.chunks()) {
    if (chunk.buffer == nullptr) {
      chunk.buffer = &layer_.pool_.take();
      chunk.buffer->fill(std::as_bytes(chunk.view.bytes()), {});
      chunk.shown_before = 0;
    }
    chunk.buffer->set_data_offset(chunk.shown_before);
    *tail = chunk.buffer->list();
    tail = &(*tail)->Next;
    missed += chunk.missed;
  }
  if (NET_BUFFER_LIST* list = data.netBufferListChain) {
    data.dataOffset.netBufferList = list;
    data.dataOffset.netBuffer = list->FirstNetBuffer;
    data.dataOffset.mdl = list->FirstNetBuffer->CurrentMdl;
    data.dataOffset.mdlOffset = static_cast<UINT32>(list->FirstNetBuffer->CurrentMdlOffset);
  }
  FWPS_STREAM_CALLOUT_IO_PACKET0& stream = desk_.input->stream;
  stream = {};
  stream.streamData = &data;
  stream.missedBytes = missed;
}

// What a callout injected goes before what its call let through.
void StreamLayer::Pass::move_injected(StreamStage& stage) {
  desk_.moving.append(stage.injected);
}

void StreamLayer::Pass::judge(const wfp::StreamCallout& callout, StreamStage& stage,
                              const wfp::CalloutAnswer& answer, std::size_t shown) {
  stage.wanted = 0;
  const FWPS_STREAM_CALLOUT_IO_PACKET0& stream = desk_.input->stream;
  const bool inspects = callout.filter_action() == wfp::Action::callout_inspection;
  switch (stream.streamAction) {
    case FWPS_STREAM_ACTION_DROP_CONNECTION:
      if (callout.filter_action() == wfp::Action::callout_unknown) return layer_.drop(flow_);
      return let_through(stage, shown);
    case FWPS_STREAM_ACTION_DEFER:
      // Only what is received can wait.
      return direction_ == Direction::inbound ? defer(stage) : let_through(stage, shown);
    case FWPS_STREAM_ACTION_ALLOW_CONNECTION:
      flow_.member(stage.callout)->released = true;
      return let_through(stage, shown);
    default:
      break;
  }
  const std::size_t judged = stream.countBytesEnforced == 0
                                 ? shown
                                 : std::min<std::size_t>(stream.countBytesEnforced, shown);
  if (answer.action == wfp::Action::block && !inspects) return block(stage, judged);
  permit(stage, judged);
}

// By its own word: that is inline editing, which does not go together with injecting from outside.
void StreamLayer::Pass::permit(StreamStage& stage, std::size_t bytes) {
  stage.permits = stage.permits || bytes != 0;
  if (stage.permits && stage.injects_outside && !std::exchange(stage.mixing_noted, true)) {
    layer_.note_misuse(flow_, stage, StreamMisuse::mixes_editing);
  }
  let_through(stage, bytes);
}

// `bytes` of those that were shown; none were at the end of the stream.
void StreamLayer::Pass::let_through(StreamStage& stage, std::size_t bytes) {
  if (stage.waiting.bytes() == 0) {
    stage.waiting.set_fin(false);
    desk_.moving.set_fin(true);
    return;
  }
  if (bytes == stage.waiting.bytes()) {
    desk_.moving.append_bytes(stage.waiting);
    bytes = 0;
  }
  while (bytes != 0) {
    StreamChunk chunk = stage.waiting.take(bytes);
    bytes -= chunk.view.size;
    desk_.moving.add(std::move(chunk));
  }
  if (flow_.released(stage.callout) && stage.waiting.fin()) let_through(stage, 0);
}

void StreamLayer::Pass::block(StreamStage& stage, std::size_t bytes) {
  if (stage.waiting.bytes() == 0) {
    stage.waiting.set_fin(false);
    if (!desk_.moving.fin()) {  // else it has injected one of its own
      stage.held_fin = ledger::record().ledger().acquire(
          Kind::held_stream, layer_.next_hold(),
          {.name = "FIN", .b = std::to_underlying(flow_.id), .related = stage.callout_entry});
      ledger::record().ledger().entry(stage.held_fin).owner = stage.driver;
    }
    return;
  }
  channel_.blocked += bytes;
  while (bytes != 0) {
    const StreamChunk chunk = stage.waiting.take(bytes);
    bytes -= chunk.view.size;
    if (chunk.buffer != nullptr) layer_.pool_.give_back(*chunk.buffer);
  }
}

// Nothing more comes behind a FIN, and 8 MB are the most that is kept.
void StreamLayer::Pass::wait_for_more(StreamStage& stage, std::size_t shown, bool may_ask) {
  if (!may_ask) {
    layer_.note_misuse(flow_, stage, StreamMisuse::asks_again);
    return layer_.drop(flow_);
  }
  const std::size_t more = std::max<std::size_t>(desk_.input->stream.countBytesRequired, 1);
  stage.wanted = std::min(shown + more, most_waiting);
  hold(stage, "waiting for more");
}

void StreamLayer::Pass::defer(StreamStage& stage) {
  stage.deferred = true;
  hold(stage, "deferred");
}

void StreamLayer::Pass::hold(StreamStage& stage, const char* why) {
  stage.held = ledger::record().ledger().acquire(Kind::held_stream, layer_.next_hold(),
                                                 {.name = why,
                                                  .a = stage.waiting.bytes(),
                                                  .b = std::to_underlying(flow_.id),
                                                  .related = stage.callout_entry});
  ledger::record().ledger().entry(stage.held).owner = stage.driver;
}

}  // namespace drydock::net

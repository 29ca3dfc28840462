// SPDX-License-Identifier: Apache-2.0
// The layers around a packet that the steps of traffic do not name: MAC frames below IP, and
// segments between TCP's transport and stream layers. Nothing is done for them unless somebody
// watches.
#include <array>
#include <memory>
#include <ranges>
#include <utility>

#include "net/host_path.h"
#include "net/layer_entry.h"

namespace drydock::net {

using wfp::LayerId;

namespace {

// NATIVE is the layer of the adapter's driver, ETHERNET that of the protocols above it.
constexpr std::array outbound_frame{StepKind::outbound_mac_frame_ethernet,
                                    StepKind::outbound_mac_frame_native,
                                    StepKind::outbound_mac_frame_native_fast};
constexpr std::array inbound_frame{StepKind::inbound_mac_frame_native_fast,
                                   StepKind::inbound_mac_frame_native,
                                   StepKind::inbound_mac_frame_ethernet};

}  // namespace

std::span<const StepKind> frame_layers(Direction direction) {
  return direction == Direction::outbound ? std::span<const StepKind>(outbound_frame)
                                          : std::span<const StepKind>(inbound_frame);
}

// Fragments, not what they are parts of.
bool HostPath::has_frame(const Step& step) const {
  return step.link != Link::none && !step.reassembled && !step.fragmented &&
         network_.watches_frames(step.direction);
}

// As it was recorded, or as it would be.
PacketView HostPath::frame_of(const Step& step) const {
  if (step.kind == StepKind::link_frame) return step.packet;
  if (step.link == Link::recorded) return {step.packet.owner, 0, step.packet.owner->size()};
  const MacAddress own = made_up_mac(step.interface_index);
  const MacAddress other = made_up_mac(step.remote);
  const bool outbound = step.direction == Direction::outbound;
  const MacAddress to = outbound                                    ? other
                        : step.local.type() == AddressType::unicast ? own
                                                                    : made_up_mac(step.local);
  auto bytes = std::make_shared<const std::vector<std::uint8_t>>(
      make_frame(step.packet.bytes(), to, outbound ? own : other));
  const std::size_t size = bytes->size();
  return {std::move(bytes), 0, size};
}

// False when a verdict keeps it.
bool HostPath::frame_passes(const Step& step) {
  if (!has_frame(step)) return true;
  frame_ = step;
  frame_.packet = frame_of(step);
  const auto header = parse_ethernet(frame_.packet.bytes());
  if (!header) return true;
  network_.learn_mac(frame_.interface_index, frame_.direction, *header);
  ndis::PacketBuffer& buffer = pool_.take();
  buffer.fill(std::as_bytes(frame_.packet.bytes()), {.back_fill = 0, .header_bytes = 0});
  bool passes = true;
  for (const StepKind kind : frame_layers(step.direction)) {
    if (passes && network_.watched(layer_of(kind, step.version)))
      passes = frame_passes(kind, *header, buffer);
  }
  pool_.give_back(buffer);
  return passes;
}

// The fragments of one packet reach the adapter's layers as one chain, when all who watch there
// take chains.
bool HostPath::batches(const Step& step) const {
  constexpr LayerId native = LayerId::outbound_mac_frame_native;
  constexpr LayerId fast = LayerId::outbound_mac_frame_native_fast;
  return step.kind == StepKind::outbound_ippacket && step.fragment && has_frame(step) &&
         (network_.watched(native) || network_.watched(fast)) && network_.takes_batches(native) &&
         network_.takes_batches(fast);
}

bool HostPath::joins_batch(const Step& step) const {
  return step.kind == StepKind::outbound_ippacket && step.fragment &&
         step.packet_index == batch_.front().packet.packet_index;
}

// The last fragment takes all with it.
void HostPath::batch(const Step& step) {
  frame_ = step;
  frame_.packet = frame_of(step);
  const auto header = parse_ethernet(frame_.packet.bytes());
  if (!header) return tell_decided(step, true);
  network_.learn_mac(frame_.interface_index, frame_.direction, *header);
  ndis::PacketBuffer& buffer = pool_.take();
  buffer.fill(std::as_bytes(frame_.packet.bytes()), {.back_fill = 0, .header_bytes = 0});
  constexpr auto first = StepKind::outbound_mac_frame_ethernet;
  const bool passes =
      !network_.watched(layer_of(first, step.version)) || frame_passes(first, *header, buffer);
  if (passes) {
    batch_.push_back({step, frame_, *header, &buffer});
  } else {
    pool_.give_back(buffer);
    tell_decided(step, false);
  }
  const auto fragment = parse_packet(step.packet.bytes());
  const bool last = !passes || !fragment || !fragment->more_fragments;
  if (last && !batch_.empty()) send_batch();
}

void HostPath::send_batch() {
  bool passes = true;
  for (const StepKind kind :
       {StepKind::outbound_mac_frame_native, StepKind::outbound_mac_frame_native_fast}) {
    if (passes && network_.watched(layer_of(kind, batch_.front().frame.version)))
      passes = batch_passes(kind);
  }
  for (const Batched& each : std::exchange(batch_, {})) {
    each.buffer->set_data_offset(each.frame.data_offset);  // no chain any more
    pool_.give_back(*each.buffer);
    tell_decided(each.packet, passes);
  }
}

// One verdict for all of them.
bool HostPath::batch_passes(StepKind kind) {
  NET_BUFFER_LIST* next = nullptr;
  for (Batched& each : batch_ | std::views::reverse) {
    each.frame.kind = kind;
    enter_frame_layer(each.frame, each.header, each.frame.packet.size);
    each.buffer->set_data_offset(each.frame.data_offset);
    each.buffer->list()->Next = next;
    next = each.buffer->list();
  }
  const Step& first = batch_.front().frame;
  Indicated shown{.step = first,
                  .layer = layer_of(kind, first.version),
                  .frame = batch_.front().header,
                  .owner = this};
  shown.interface_mac = network_.mac_of(first.interface_index);
  const wfp::Verdict verdict = network_.indicate(shown, input_, next, machine::Irql::dispatch);
  for (const Batched& each : batch_) {
    if (listener_ != nullptr) tell(each.frame, verdict);
    act_on(each.frame, verdict);
  }
  return verdict.action != wfp::Action::block;
}

bool HostPath::frame_passes(StepKind kind, const EthernetHeader& header,
                            ndis::PacketBuffer& buffer) {
  frame_.kind = kind;
  enter_frame_layer(frame_, header, frame_.packet.size);
  buffer.set_data_offset(frame_.data_offset);
  Indicated shown{
      .step = frame_, .layer = layer_of(kind, frame_.version), .frame = header, .owner = this};
  shown.interface_mac = network_.mac_of(frame_.interface_index);
  const wfp::Verdict verdict =
      network_.indicate(shown, input_, buffer.list(), machine::Irql::dispatch);
  if (listener_ != nullptr) tell(frame_, verdict);
  act_on(frame_, verdict);
  return verdict.action != wfp::Action::block;
}

// One without an IP packet. Where nobody watches, nobody has seen it.
void HostPath::play_frame(const Step& step) {
  if (!has_frame(step)) return;
  const bool passes = frame_passes(step);
  if (passes && listener_ != nullptr) listener_->packet_goes_on(step);
}

// Every segment of a connection, those of its handshake included.
bool HostPath::segment_passes(const Step& step) {
  const bool in_connection = step.protocol == Protocol::tcp && step.flow != FlowId::none;
  if (!in_connection || !network_.watched(layer_of(StepKind::stream_packet, step.version)))
    return true;
  frame_ = step;
  frame_.kind = StepKind::stream_packet;
  Indicated shown = indicated(frame_);
  const wfp::Verdict verdict = network_.indicate(shown, input_, packet_of(frame_), irql_of(frame_));
  if (listener_ != nullptr) tell(frame_, verdict);
  act_on(frame_, verdict);
  return verdict.action != wfp::Action::block;
}

}  // namespace drydock::net

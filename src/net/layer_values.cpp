// SPDX-License-Identifier: Apache-2.0
// The fields of all layers as one table: how a step gives the value of a field, by the name of its
// condition. Which fields a layer has, and in which order, the engine's layer table says.
#include <algorithm>
#include <cstring>
#include <iterator>
#include <stdexcept>
#include <string>
#include <vector>

#include "net/layer_input.h"
#include "wfp/engine/layers.h"

namespace drydock::net {
namespace {

using Fill = void (*)(FWP_VALUE0& value, const Indicated& indicated, LayerInput& input);

struct Row {
  std::string_view condition;  // without FWPM_CONDITION_
  Fill fill;
};

// IANA interface types.
constexpr std::uint16_t ethernet = 6;
constexpr std::uint16_t software_loopback = 24;

void set8(FWP_VALUE0& value, std::uint8_t number) {
  value.type = FWP_UINT8;
  value.uint8 = number;
}
void set16(FWP_VALUE0& value, std::uint16_t number) {
  value.type = FWP_UINT16;
  value.uint16 = number;
}
void set32(FWP_VALUE0& value, std::uint32_t number) {
  value.type = FWP_UINT32;
  value.uint32 = number;
}
void set_mac(FWP_VALUE0& value, const MacAddress& address, FWP_BYTE_ARRAY6& room) {
  std::ranges::copy(address, room.byteArray6);
  value.type = FWP_BYTE_ARRAY6_TYPE;
  value.byteArray6 = &room;
}
void set_blob(FWP_VALUE0& value, FWP_BYTE_BLOB* blob) {
  if (blob == nullptr) return;
  value.type = FWP_BYTE_BLOB_TYPE;
  value.byteBlob = blob;
}
void set_token(FWP_VALUE0& value, FWP_BYTE_BLOB* token) {
  if (token == nullptr) return;
  value.type = FWP_TOKEN_ACCESS_INFORMATION_TYPE;
  value.tokenAccessInformation = token;
}
void set_address(FWP_VALUE0& value, const IpAddress& address, FWP_BYTE_ARRAY16& room) {
  if (address.version == IpVersion::v4) return set32(value, address.v4());
  std::memcpy(room.byteArray16, address.bytes.data(), address.bytes.size());
  value.type = FWP_BYTE_ARRAY16_TYPE;
  value.byteArray16 = &room;
}

std::uint16_t interface_type(const Step& step) {
  return step.loopback ? software_loopback : ethernet;
}

// Where no interface is known yet (bind, listen), nothing is said of it.
void set_interface(FWP_VALUE0& value, const Step& step, std::uint32_t number) {
  if (step.interface_index != 0) set32(value, number);
}

// NET_LUID: the interface type in the upper 16 bits, an index of that type in the 24 below.
void set_luid(FWP_VALUE0& value, std::uint16_t type, std::uint32_t index, UINT64& room) {
  if (index == 0) return;
  room = std::uint64_t{type} << 48 | std::uint64_t{index} << 24;
  value.type = FWP_UINT64;
  value.uint64 = &room;
}
void set_luid(FWP_VALUE0& value, const Step& step, LayerInput& input) {
  set_luid(value, interface_type(step), step.interface_index, input.interface_luid);
}
void set_forward_luid(FWP_VALUE0& value, const Step& step, LayerInput& input) {
  set_luid(value, ethernet, step.forward_interface_index, input.forward_luid);
}

std::uint32_t flags_of(const Step& step) {
  struct Flag {
    bool Step::* set;
    std::uint32_t bit;
  };
  constexpr Flag flags[] = {
      {&Step::loopback, FWP_CONDITION_FLAG_IS_LOOPBACK},
      {&Step::fragment, FWP_CONDITION_FLAG_IS_FRAGMENT},
      {&Step::reassembled, FWP_CONDITION_FLAG_IS_REASSEMBLED},
      {&Step::wildcard_bind, FWP_CONDITION_FLAG_IS_WILDCARD_BIND},
      {&Step::implicit_bind, FWP_CONDITION_FLAG_IS_IMPLICIT_BIND},
      {&Step::redirected, FWP_CONDITION_FLAG_IS_CONNECTION_REDIRECTED},
      {&Step::reauthorize, FWP_CONDITION_FLAG_IS_REAUTHORIZE},
      {&Step::ale_classify_required, FWP_CONDITION_FLAG_REQUIRES_ALE_CLASSIFY},
  };
  std::uint32_t bits = 0;
  for (const Flag& flag : flags) bits |= step.*flag.set ? flag.bit : 0;
  // Said where the decision is still to come, and nowhere else.
  if (step.kind == StepKind::stream_packet) bits &= ~FWP_CONDITION_FLAG_REQUIRES_ALE_CLASSIFY;
  return bits;
}

bool is_icmp(const Step& step) {
  return step.protocol == Protocol::icmp || step.protocol == Protocol::icmpv6;
}
bool inbound(const Step& step) {
  return step.direction == Direction::inbound;
}
const IpAddress& destination(const Step& step) {
  return inbound(step) ? step.local : step.remote;
}

// STREAM and FLOW_ESTABLISHED name the direction of the connection, DATAGRAM_DATA and STREAM_PACKET
// the packet's.
Direction direction_of(const Step& step) {
  const bool of_packet =
      step.kind == StepKind::datagram_data || step.kind == StepKind::stream_packet;
  return of_packet ? step.direction : step.flow_direction;
}

// NDIS_MEDIUM and NDIS_PHYSICAL_MEDIUM numbers of 802.3.
constexpr std::uint32_t medium_802_3 = 0, physical_medium_802_3 = 14;
constexpr std::uint32_t l2_flags =
    FWP_CONDITION_L2_IS_NATIVE_ETHERNET | FWP_CONDITION_L2_IF_CONNECTOR_PRESENT;

const MacAddress& local_mac(const Indicated& shown) {
  return inbound(shown.step) ? shown.frame->destination : shown.frame->source;
}
const MacAddress& remote_mac(const Indicated& shown) {
  return inbound(shown.step) ? shown.frame->source : shown.frame->destination;
}
std::uint8_t mac_type(const MacAddress& address) {
  return static_cast<std::uint8_t>(type_of(address));
}

#define FIELD(name, ...)                                         \
  {#name, [](FWP_VALUE0& v, [[maybe_unused]] const Indicated& s, \
             [[maybe_unused]] LayerInput& input) { __VA_ARGS__; }}
// Of the arrival interface while a packet comes in, of the next hop while one goes out.
#define FIELD_INBOUND(name, ...) FIELD(name, if (inbound(s.step)) __VA_ARGS__)
#define FIELD_OUTBOUND(name, ...) FIELD(name, if (!inbound(s.step)) __VA_ARGS__)
#define FIELD_FRAME(name, ...) FIELD(name, if (s.frame) __VA_ARGS__)
#define FIELD_QUOTED(name, ...) FIELD(name, if (s.step.quoted) __VA_ARGS__)

constexpr Row rows[] = {
    FIELD(ALE_APP_ID, set_blob(v, s.app_id)),
    FIELD(ALE_ORIGINAL_APP_ID, set_blob(v, s.app_id)),
    FIELD(ALE_PROMISCUOUS_MODE, set32(v, 0)),
    FIELD(ALE_USER_ID, set_token(v, s.user)),
    FIELD(COMPARTMENT_ID, set32(v, compartment)),
    FIELD(DIRECTION, set32(v, static_cast<std::uint32_t>(direction_of(s.step)))),
    FIELD(FLAGS, set32(v, flags_of(s.step))),
    FIELD(INTERFACE_INDEX, set_interface(v, s.step, s.step.interface_index)),
    FIELD(INTERFACE_TYPE, set_interface(v, s.step, interface_type(s.step))),
    FIELD(IP_DESTINATION_ADDRESS_TYPE,
          set8(v, static_cast<std::uint8_t>(destination(s.step).type()))),
    FIELD(IP_LOCAL_ADDRESS, set_address(v, s.step.local, input.local)),
    FIELD(IP_LOCAL_ADDRESS_TYPE, set8(v, static_cast<std::uint8_t>(s.step.local.type()))),
    FIELD(IP_LOCAL_INTERFACE, set_luid(v, s.step, input)),
    FIELD(IP_LOCAL_PORT, set16(v, s.step.local_port)),
    FIELD(IP_PROTOCOL, set8(v, static_cast<std::uint8_t>(s.step.protocol))),
    FIELD(IP_REMOTE_ADDRESS, set_address(v, s.step.remote, input.remote)),
    FIELD(IP_REMOTE_PORT, set16(v, s.step.remote_port)),
    FIELD(ORIGINAL_ICMP_TYPE, if (is_icmp(s.step)) set16(v, s.step.icmp_type)),
    FIELD(REAUTHORIZE_REASON, set32(v, s.step.reauthorize_reason)),
    FIELD(SUB_INTERFACE_INDEX, set_interface(v, s.step, s.step.sub_interface_index)),
    FIELD(TUNNEL_TYPE, set_interface(v, s.step, 0)),

    // Only at IPFORWARD, where the packet is one that came in.
    FIELD(IP_SOURCE_ADDRESS, set_address(v, s.step.remote, input.remote)),
    FIELD(IP_DESTINATION_ADDRESS, set_address(v, s.step.local, input.local)),
    FIELD(IP_FORWARD_INTERFACE, set_forward_luid(v, s.step, input)),
    FIELD(SOURCE_INTERFACE_INDEX, set_interface(v, s.step, s.step.interface_index)),
    FIELD(SOURCE_SUB_INTERFACE_INDEX, set_interface(v, s.step, s.step.sub_interface_index)),
    FIELD(DESTINATION_INTERFACE_INDEX, set_interface(v, s.step, s.step.forward_interface_index)),
    FIELD(DESTINATION_SUB_INTERFACE_INDEX, set_interface(v, s.step, s.step.sub_interface_index)),
    FIELD(IP_PHYSICAL_ARRIVAL_INTERFACE, set_luid(v, s.step, input)),
    FIELD(IP_PHYSICAL_NEXTHOP_INTERFACE, set_forward_luid(v, s.step, input)),

    FIELD_INBOUND(ARRIVAL_INTERFACE_INDEX, set_interface(v, s.step, s.step.interface_index)),
    FIELD_INBOUND(ARRIVAL_INTERFACE_TYPE, set_interface(v, s.step, interface_type(s.step))),
    FIELD_INBOUND(ARRIVAL_TUNNEL_TYPE, set_interface(v, s.step, 0)),
    FIELD_INBOUND(IP_ARRIVAL_INTERFACE, set_luid(v, s.step, input)),
    FIELD_OUTBOUND(IP_NEXTHOP_INTERFACE, set_luid(v, s.step, input)),
    FIELD_OUTBOUND(NEXTHOP_INTERFACE_INDEX, set_interface(v, s.step, s.step.interface_index)),
    FIELD_OUTBOUND(NEXTHOP_INTERFACE_TYPE, set_interface(v, s.step, interface_type(s.step))),
    FIELD_OUTBOUND(NEXTHOP_SUB_INTERFACE_INDEX,
                   set_interface(v, s.step, s.step.sub_interface_index)),
    FIELD_OUTBOUND(NEXTHOP_TUNNEL_TYPE, set_interface(v, s.step, 0)),

    FIELD_FRAME(ETHER_TYPE, set16(v, s.frame->ether_type)),
    FIELD_FRAME(L2_FLAGS, set32(v, l2_flags)),
    FIELD_FRAME(MAC_LOCAL_ADDRESS, set_mac(v, local_mac(s), input.local_mac)),
    FIELD_FRAME(MAC_LOCAL_ADDRESS_TYPE, set8(v, mac_type(local_mac(s)))),
    FIELD_FRAME(MAC_REMOTE_ADDRESS, set_mac(v, remote_mac(s), input.remote_mac)),
    FIELD_FRAME(MAC_REMOTE_ADDRESS_TYPE, set8(v, mac_type(remote_mac(s)))),
    FIELD_FRAME(NDIS_MEDIA_TYPE, set32(v, medium_802_3)),
    FIELD_FRAME(NDIS_PHYSICAL_MEDIA_TYPE, set32(v, physical_medium_802_3)),
    FIELD_FRAME(NDIS_PORT, set32(v, 0)),
    FIELD_FRAME(VLAN_ID, set16(v, s.frame->vlan)),
    // Until the interface has said or heard something, its address is not known.
    FIELD(INTERFACE_MAC_ADDRESS,
          if (s.interface_mac) set_mac(v, *s.interface_mac, input.interface_mac)),

    FIELD_QUOTED(EMBEDDED_LOCAL_ADDRESS_TYPE,
                 set8(v, static_cast<std::uint8_t>(s.step.quoted->local.type()))),
    FIELD_QUOTED(EMBEDDED_LOCAL_PORT, set16(v, s.step.quoted->local_port)),
    FIELD_QUOTED(EMBEDDED_PROTOCOL, set8(v, static_cast<std::uint8_t>(s.step.quoted->protocol))),
    FIELD_QUOTED(EMBEDDED_REMOTE_ADDRESS,
                 set_address(v, s.step.quoted->remote, input.embedded_remote)),
    FIELD_QUOTED(EMBEDDED_REMOTE_PORT, set16(v, s.step.quoted->remote_port)),
};
#undef FIELD
#undef FIELD_INBOUND
#undef FIELD_OUTBOUND
#undef FIELD_FRAME
#undef FIELD_QUOTED

Fill fill_of(std::string_view condition) {
  condition.remove_prefix(std::string_view("FWPM_CONDITION_").size());
  const auto* row = std::ranges::find(rows, condition, &Row::condition);
  return row == std::end(rows) ? nullptr : row->fill;
}

// Per layer, the fills of its fields in their order; null: stays FWP_EMPTY.
using Plans = std::vector<std::vector<Fill>>;

Plans make_plans() {
  Plans plans;
  for (const wfp::Layer& layer : wfp::layers()) {
    if (layer.fields.size() > LayerInput::most_fields) {
      throw std::logic_error(std::string(layer.name) + " has more fields than LayerInput");
    }
    std::vector<Fill>& plan = plans.emplace_back();
    for (const wfp::Field& field : layer.fields) plan.push_back(fill_of(field.condition->name));
  }
  return plans;
}

}  // namespace

std::span<const FWP_VALUE0> fill_values(const Indicated& indicated, LayerInput& input) {
  static const Plans plans = make_plans();
  const std::vector<Fill>& plan = plans[static_cast<std::size_t>(indicated.layer)];
  for (std::size_t i = 0; i < plan.size(); ++i) {
    input.values[i] = {};
    if (plan[i] != nullptr) plan[i](input.values[i], indicated, input);
  }
  return std::span(input.values).first(plan.size());
}

}  // namespace drydock::net

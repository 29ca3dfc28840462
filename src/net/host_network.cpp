// SPDX-License-Identifier: Apache-2.0
#include "net/host_network.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>

#include "wfp/engine/layers.h"
#include "wfp/engine/store.h"
#include "wfp/kernel/raised_irql.h"

namespace drydock::net {

using wfp::LayerId;

namespace {

struct LayerPair {
  LayerId v4, v6;
};

constexpr std::array<LayerPair, step_kind_count> layer_pairs = {{
    {LayerId::ale_bind_redirect_v4, LayerId::ale_bind_redirect_v6},
    {LayerId::ale_resource_assignment_v4, LayerId::ale_resource_assignment_v6},
    {LayerId::ale_auth_listen_v4, LayerId::ale_auth_listen_v6},
    {LayerId::ale_connect_redirect_v4, LayerId::ale_connect_redirect_v6},
    {LayerId::ale_auth_connect_v4, LayerId::ale_auth_connect_v6},
    {LayerId::ale_auth_recv_accept_v4, LayerId::ale_auth_recv_accept_v6},
    {LayerId::ale_flow_established_v4, LayerId::ale_flow_established_v6},
    {LayerId::stream_v4, LayerId::stream_v6},
    {LayerId::stream_packet_v4, LayerId::stream_packet_v6},
    {LayerId::datagram_data_v4, LayerId::datagram_data_v6},
    {LayerId::outbound_transport_v4, LayerId::outbound_transport_v6},
    {LayerId::outbound_ippacket_v4, LayerId::outbound_ippacket_v6},
    {LayerId::inbound_ippacket_v4, LayerId::inbound_ippacket_v6},
    {LayerId::inbound_transport_v4, LayerId::inbound_transport_v6},
    {LayerId::inbound_ippacket_v4_discard, LayerId::inbound_ippacket_v6_discard},
    {LayerId::inbound_transport_v4_discard, LayerId::inbound_transport_v6_discard},
    {LayerId::outbound_icmp_error_v4, LayerId::outbound_icmp_error_v6},
    {LayerId::inbound_icmp_error_v4, LayerId::inbound_icmp_error_v6},
    {LayerId::ipforward_v4, LayerId::ipforward_v6},
    {LayerId::ipforward_v4_discard, LayerId::ipforward_v6_discard},
    {LayerId::inbound_mac_frame_native_fast, LayerId::inbound_mac_frame_native_fast},
    {LayerId::inbound_mac_frame_native, LayerId::inbound_mac_frame_native},
    {LayerId::inbound_mac_frame_ethernet, LayerId::inbound_mac_frame_ethernet},
    {LayerId::outbound_mac_frame_ethernet, LayerId::outbound_mac_frame_ethernet},
    {LayerId::outbound_mac_frame_native, LayerId::outbound_mac_frame_native},
    {LayerId::outbound_mac_frame_native_fast, LayerId::outbound_mac_frame_native_fast},
    {},  // link_frame
    {},  // flow_end
    {LayerId::ale_endpoint_closure_v4, LayerId::ale_endpoint_closure_v6},
    {LayerId::ale_resource_release_v4, LayerId::ale_resource_release_v6},
}};

// Reasons of the Windows stack for a packet that goes no further.
constexpr UINT32 ip_discard_port_unreachable = 4;
constexpr UINT32 ip_discard_hop_limit_exceeded = 128;
constexpr UINT32 inet_discard_endpoint_not_found = 4;

FWPS_DISCARD_METADATA0 reason_of(StepKind kind) {
  if (kind == StepKind::inbound_ippacket_discard) {
    return {FWPS_DISCARD_MODULE_NETWORK, ip_discard_port_unreachable, 0};
  }
  if (kind == StepKind::ip_forward_discard) {
    return {FWPS_DISCARD_MODULE_NETWORK, ip_discard_hop_limit_exceeded, 0};
  }
  return {FWPS_DISCARD_MODULE_TRANSPORT, inet_discard_endpoint_not_found, 0};
}

// Engine section 4b. Elsewhere the flag is ignored.
bool may_absorb(StepKind kind) {
  switch (kind) {
    case StepKind::inbound_ippacket:
    case StepKind::outbound_ippacket:
    case StepKind::inbound_transport:
    case StepKind::outbound_transport:
    case StepKind::inbound_icmp_error:
    case StepKind::outbound_icmp_error:
    case StepKind::stream_packet:
    case StepKind::datagram_data:
    case StepKind::ale_auth_connect:
    case StepKind::ale_auth_recv_accept:
    case StepKind::ale_flow_established:
    case StepKind::inbound_mac_frame_native_fast:
    case StepKind::inbound_mac_frame_native:
    case StepKind::inbound_mac_frame_ethernet:
    case StepKind::outbound_mac_frame_ethernet:
    case StepKind::outbound_mac_frame_native:
    case StepKind::outbound_mac_frame_native_fast:
      return true;
    default:
      return false;
  }
}

// Only these layers tell the program.
bool is_ale(StepKind kind) {
  return kind <= StepKind::ale_flow_established || kind >= StepKind::ale_endpoint_closure;
}

}  // namespace

LayerId layer_of(StepKind kind, IpVersion version) {
  const LayerPair& pair = layer_pairs[static_cast<std::size_t>(kind)];
  return version == IpVersion::v4 ? pair.v4 : pair.v6;
}

bool HostNetwork::watches_frames(Direction direction) {
  if (direction == Direction::outbound)
    return watched(LayerId::outbound_mac_frame_ethernet) ||
           watched(LayerId::outbound_mac_frame_native) ||
           watched(LayerId::outbound_mac_frame_native_fast);
  return watched(LayerId::inbound_mac_frame_ethernet) ||
         watched(LayerId::inbound_mac_frame_native) ||
         watched(LayerId::inbound_mac_frame_native_fast);
}

bool HostNetwork::takes_batches(LayerId layer) {
  return std::ranges::all_of(side_.engine().store().filters_of(layer), [&](const auto& each) {
    const wfp::Filter& filter = *each.second;
    if (filter.callout_id == wfp::CalloutId::none) return true;
    const wfp::Callout* callout = callouts().find(filter.callout_id);
    return callout == nullptr || (callout->flags & FWP_CALLOUT_FLAG_ALLOW_L2_BATCH_CLASSIFY) != 0;
  });
}

void HostNetwork::learn_mac(std::uint32_t interface_index, Direction direction,
                            const EthernetHeader& frame) {
  const MacAddress& own = direction == Direction::outbound ? frame.source : frame.destination;
  if (type_of(own) == MacAddressType::unicast) macs_.insert_or_assign(interface_index, own);
}

std::optional<MacAddress> HostNetwork::mac_of(std::uint32_t interface_index) const {
  const auto found = macs_.find(interface_index);
  return found == macs_.end() ? std::nullopt : std::optional(found->second);
}

HostNetwork::HostNetwork(machine::Machine& machine, wfp::KernelSide& side, LocalHost host)
    : machine_(machine),
      side_(side),
      host_(std::move(host)),
      tokens_(machine.memory().kernel),
      injection_(*this),
      streams_(*this) {
  side_.injections().set_sink(&injection_);
  side_.flows().set_listener(this);
  side_.management().set_endpoint_source(this);
}

HostNetwork::~HostNetwork() {
  side_.management().set_endpoint_source(nullptr);
  side_.flows().set_listener(nullptr);
  side_.injections().set_sink(nullptr);
}

wfp::Indication HostNetwork::indication_of(Indicated& indicated, LayerInput& input,
                                           void* layer_data, machine::Irql irql) {
  wfp::Indication indication;
  indication.layer = indicated.layer;
  indication.flow = indicated.flow;
  indication.irql = irql;
  if (watched(indicated.layer)) {
    if (is_ale(indicated.step.kind) && indicated.step.process) {
      indicated.app_id = app_id_of(*indicated.step.process.program);
      indicated.user = tokens_.of(*indicated.step.process.program);
    }
    indication.values = fill_values(indicated, input);
    fill_metadata(indicated, input);
    indication.metadata = &input.metadata;
    indication.layer_data = layer_data;
  }
  return indication;
}

wfp::Verdict HostNetwork::classify(Indicated& indicated, LayerInput& input, void* layer_data,
                                   machine::Irql irql) {
  wfp::Indication indication;
  wfp::Operation* operation = nullptr;
  if (wfp::Operations::applies_to(indicated.layer) && watched(indicated.layer)) {
    operation = offer(indicated, indication);
  }
  const void* context = indication.classify_context;
  indication = indication_of(indicated, input, layer_data, irql);
  if (operation == nullptr) return side_.classify(indication);
  wfp::Operations::Watch watch(operations(), *operation);
  indication.classify_context = context;
  indication.watcher = &watch;
  wfp::Verdict verdict = side_.classify(indication);
  indicated.redirected = operation->applied;
  const std::uint64_t number = operation->number;
  if (operations().withdraw(*operation, indicated.owner)) verdict.pended = number;
  return verdict;
}

namespace {

SOCKADDR_STORAGE socket_address(const IpAddress& address, std::uint16_t port) {
  SOCKADDR_STORAGE storage{};
  auto* bytes = reinterpret_cast<std::uint8_t*>(&storage);
  const bool v4 = address.version == IpVersion::v4;
  storage.ss_family = v4 ? WDK_AF_INET : WDK_AF_INET6;
  bytes[2] = static_cast<std::uint8_t>(port >> 8);
  bytes[3] = static_cast<std::uint8_t>(port);
  std::memcpy(bytes + (v4 ? 4 : 8), address.bytes.data(), v4 ? 4 : 16);
  return storage;
}

}  // namespace

SocketPlace read_socket_address(const SOCKADDR_STORAGE& storage) {
  const auto* bytes = reinterpret_cast<const std::uint8_t*>(&storage);
  const bool v4 = storage.ss_family == WDK_AF_INET;
  SocketPlace place{IpAddress::unspecified(v4 ? IpVersion::v4 : IpVersion::v6),
                    static_cast<std::uint16_t>(bytes[2] << 8 | bytes[3])};
  std::memcpy(place.address.bytes.data(), bytes + (v4 ? 4 : 8), v4 ? 4 : 16);
  return place;
}

// With the request that redirection is about.
wfp::Operation* HostNetwork::offer(Indicated& indicated, wfp::Indication& indication) {
  const Step& step = indicated.step;
  machine::KernelArena& arena = machine_.memory().kernel;
  void* request = nullptr;
  std::size_t size = 0;
  if (step.kind == StepKind::ale_connect_redirect) {
    auto* connect = arena.make<FWPS_CONNECT_REQUEST0>();
    connect->localAddressAndPort = socket_address(step.local, step.local_port);
    connect->remoteAddressAndPort = socket_address(step.remote, step.remote_port);
    request = connect;
    size = sizeof(*connect);
  } else if (step.kind == StepKind::ale_bind_redirect) {
    auto* bind = arena.make<FWPS_BIND_REQUEST0>();
    bind->localAddressAndPort = socket_address(step.local, step.local_port);
    request = bind;
    size = sizeof(*bind);
  }
  wfp::Operation& operation =
      operations().offer(indicated.layer, indicated.flow, step.reauthorize, request, size);
  indicated.completion = operation.number;
  indication.classify_context = reinterpret_cast<const void*>(operation.number);
  return &operation;
}

wfp::Verdict HostNetwork::classify_stream(Indicated& indicated, LayerInput& input, void* layer_data,
                                          machine::Irql irql, wfp::StreamVisitor& visitor) {
  return side_.classifier().classify_stream(indication_of(indicated, input, layer_data, irql),
                                            visitor);
}

void HostNetwork::await_packet(std::uint64_t operation, AcceptListener* listener) {
  awaited_[operation] = listener;
}

void HostNetwork::packet_accepted(std::uint64_t operation) {
  const auto node = awaited_.extract(operation);
  if (!node.empty()) node.mapped()->accepted(operation);
}

void HostNetwork::await_fragment(const FragmentKey& fragment, AcceptListener* listener) {
  fragments_awaited_[fragment] = listener;
}

void HostNetwork::fragment_came(const FragmentKey& fragment) {
  const auto node = fragments_awaited_.extract(fragment);
  if (!node.empty()) node.mapped()->fragment_came(fragment);
}

void HostNetwork::forget(const AcceptListener& listener) {
  std::erase_if(awaited_, [&](const auto& entry) { return entry.second == &listener; });
  std::erase_if(fragments_awaited_, [&](const auto& entry) { return entry.second == &listener; });
}

void HostNetwork::end_connection(const Step& step, wfp::FlowId flow) {
  conversations_.end(step, flow);
  const wfp::RaisedIrql raised(machine_, machine::Irql::dispatch);
  side_.flows().end(flow);
}

void HostNetwork::flow_aborted(wfp::FlowId flow) {
  streams_.end(flow);
}

wfp::Verdict HostNetwork::indicate(Indicated& indicated, LayerInput& input, void* layer_data,
                                   machine::Irql irql) {
  const wfp::Layer& layer = *wfp::find_layer(indicated.layer);
  if (layer.discard) indicated.discard = reason_of(indicated.step.kind);
  wfp::Verdict verdict = classify(indicated, input, layer_data, irql);
  if (verdict.action != wfp::Action::block || verdict.pended != 0) return verdict;
  verdict.absorbed = verdict.absorbed && may_absorb(indicated.step.kind);
  if (verdict.absorbed || !layer.discard_twin) return verdict;
  indicated.layer = *layer.discard_twin;
  indicated.discard = {FWPS_DISCARD_MODULE_GENERAL, FWPS_DISCARD_FIREWALL_POLICY,
                       std::to_underlying(verdict.filter)};
  classify(indicated, input, layer_data, irql);
  return verdict;
}

// The path in UTF-16 with its terminator, as FwpmGetAppIdFromFileName0 makes it.
FWP_BYTE_BLOB* HostNetwork::app_id_of(const Program& program) {
  const auto known = app_ids_.find(program.path);
  if (known != app_ids_.end()) return known->second;
  const std::size_t characters = program.path.size() + 1;
  machine::KernelArena& arena = machine_.memory().kernel;
  auto* text = reinterpret_cast<UINT8*>(arena.allocate(characters * sizeof(char16_t)));
  for (std::size_t i = 0; i < program.path.size(); ++i) {
    text[2 * i] = static_cast<UINT8>(program.path[i]);  // device paths of ours are ASCII
  }
  auto* blob = arena.make<FWP_BYTE_BLOB>(
      FWP_BYTE_BLOB{static_cast<UINT32>(characters * sizeof(char16_t)), text});
  app_ids_.emplace(program.path, blob);
  return blob;
}

}  // namespace drydock::net

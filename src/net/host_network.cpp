// SPDX-License-Identifier: Apache-2.0
#include "net/host_network.h"

#include <array>
#include <cstring>
#include <utility>

#include "wfp/engine/layers.h"

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
    {LayerId::datagram_data_v4, LayerId::datagram_data_v6},
    {LayerId::outbound_transport_v4, LayerId::outbound_transport_v6},
    {LayerId::outbound_ippacket_v4, LayerId::outbound_ippacket_v6},
    {LayerId::inbound_ippacket_v4, LayerId::inbound_ippacket_v6},
    {LayerId::inbound_transport_v4, LayerId::inbound_transport_v6},
    {LayerId::inbound_ippacket_v4_discard, LayerId::inbound_ippacket_v6_discard},
    {LayerId::inbound_transport_v4_discard, LayerId::inbound_transport_v6_discard},
    {LayerId::outbound_icmp_error_v4, LayerId::outbound_icmp_error_v6},
    {LayerId::inbound_icmp_error_v4, LayerId::inbound_icmp_error_v6},
    {},  // flow_end
    {LayerId::ale_endpoint_closure_v4, LayerId::ale_endpoint_closure_v6},
    {LayerId::ale_resource_release_v4, LayerId::ale_resource_release_v6},
}};

// Reasons of the Windows stack for a packet that nobody waits for.
constexpr UINT32 ip_discard_port_unreachable = 4;
constexpr UINT32 inet_discard_endpoint_not_found = 4;

FWPS_DISCARD_METADATA0 reason_of(StepKind kind) {
  if (kind == StepKind::inbound_ippacket_discard) {
    return {FWPS_DISCARD_MODULE_NETWORK, ip_discard_port_unreachable, 0};
  }
  return {FWPS_DISCARD_MODULE_TRANSPORT, inet_discard_endpoint_not_found, 0};
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

HostNetwork::HostNetwork(machine::Machine& machine, wfp::KernelSide& side)
    : machine_(machine), side_(side), injection_(*this) {
  side_.injections().set_sink(&injection_);
}

HostNetwork::~HostNetwork() {
  side_.injections().set_sink(nullptr);
}

wfp::Verdict HostNetwork::classify(Indicated& indicated, LayerInput& input, void* layer_data,
                                   machine::Irql irql) {
  wfp::Indication indication;
  indication.layer = indicated.layer;
  indication.flow = indicated.flow;
  indication.irql = irql;
  if (watched(indicated.layer)) {
    indicated.completion = ++last_completion_;
    if (is_ale(indicated.step.kind) && indicated.step.process)
      indicated.app_id = app_id_of(*indicated.step.process);
    indication.values = fill_values(indicated, input);
    fill_metadata(indicated, input);
    indication.metadata = &input.metadata;
    indication.layer_data = layer_data;
  }
  return side_.classify(indication);
}

wfp::Verdict HostNetwork::indicate(Indicated& indicated, LayerInput& input, void* layer_data,
                                   machine::Irql irql) {
  const wfp::Layer& layer = *wfp::find_layer(indicated.layer);
  if (layer.discard) indicated.discard = reason_of(indicated.step.kind);
  const wfp::Verdict verdict = classify(indicated, input, layer_data, irql);
  if (verdict.action != wfp::Action::block || verdict.absorbed || !layer.discard_twin) {
    return verdict;
  }
  indicated.layer = *layer.discard_twin;
  indicated.discard = {FWPS_DISCARD_MODULE_GENERAL, FWPS_DISCARD_FIREWALL_POLICY,
                       std::to_underlying(verdict.filter)};
  classify(indicated, input, layer_data, irql);
  return verdict;
}

// The path in UTF-16 with its terminator, as FwpmGetAppIdFromFileName0 makes it.
FWP_BYTE_BLOB* HostNetwork::app_id_of(const Process& process) {
  const auto known = app_ids_.find(process.path);
  if (known != app_ids_.end()) return known->second;
  const std::size_t characters = process.path.size() + 1;
  machine::KernelArena& arena = machine_.memory().kernel;
  auto* text = reinterpret_cast<UINT8*>(arena.allocate(characters * sizeof(char16_t)));
  for (std::size_t i = 0; i < process.path.size(); ++i) {
    text[2 * i] = static_cast<UINT8>(process.path[i]);  // device paths of ours are ASCII
  }
  auto* blob = arena.make<FWP_BYTE_BLOB>(
      FWP_BYTE_BLOB{static_cast<UINT32>(characters * sizeof(char16_t)), text});
  app_ids_.emplace(process.path, blob);
  return blob;
}

}  // namespace drydock::net

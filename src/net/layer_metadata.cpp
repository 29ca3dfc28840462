// SPDX-License-Identifier: Apache-2.0
// Which metadata a layer has, and how a step gives each of them.
#include "net/conversations.h"
#include "net/layer_input.h"
#include "wfp/engine/layers.h"

namespace drydock::net {
namespace {

using Metadata = FWPS_INCOMING_METADATA_VALUES0;

// Sets the value and says whether there is one.
struct Row {
  UINT32 bit;
  bool (*fill)(Metadata& metadata, const Indicated& indicated);
};

bool set_fragment(Metadata& metadata, const Indicated& indicated) {
  const Step& step = indicated.step;
  if (!step.fragment || step.direction == Direction::outbound) return false;
  const auto packet = parse_packet(step.packet.bytes());
  if (!packet) return false;
  metadata.fragmentMetadata = {
      .fragmentIdentification = packet->fragment_id,
      .fragmentOffset = static_cast<UINT16>(packet->fragment_offset),
      .fragmentLength = static_cast<ULONG>(packet->total_size - packet->ip_header_size)};
  return true;
}

template <auto Member, auto Value>
bool set_size(Metadata& metadata, const Indicated& indicated) {
  metadata.*Member = indicated.step.*Value;
  return indicated.step.*Value != 0;
}

constexpr Row rows[] = {
    {FWPS_METADATA_FIELD_FLOW_HANDLE,
     [](Metadata& m, const Indicated& s) {
       m.flowHandle = static_cast<UINT64>(s.flow);
       return s.flow != wfp::FlowId::none;
     }},
    {FWPS_METADATA_FIELD_IP_HEADER_SIZE, set_size<&Metadata::ipHeaderSize, &Step::ip_header_size>},
    {FWPS_METADATA_FIELD_TRANSPORT_HEADER_SIZE,
     set_size<&Metadata::transportHeaderSize, &Step::transport_header_size>},
    {FWPS_METADATA_FIELD_COMPARTMENT_ID,
     [](Metadata& m, const Indicated&) {
       m.compartmentId = compartment;
       return true;
     }},
    {FWPS_METADATA_FIELD_TRANSPORT_ENDPOINT_HANDLE,
     [](Metadata& m, const Indicated& s) {
       m.transportEndpointHandle = endpoint_handle(s.step, s.first_endpoint);
       return true;
     }},
    {FWPS_METADATA_FIELD_PARENT_ENDPOINT_HANDLE,
     [](Metadata& m, const Indicated& s) {
       if (s.step.parent_endpoint == EndpointId::none) return false;
       m.parentEndpointHandle =
           s.first_endpoint + static_cast<std::uint64_t>(s.step.parent_endpoint);
       return true;
     }},
    {FWPS_METADATA_FIELD_PROCESS_PATH,
     [](Metadata& m, const Indicated& s) {
       m.processPath = s.app_id;
       return s.app_id != nullptr;
     }},
    {FWPS_METADATA_FIELD_PROCESS_ID,
     [](Metadata& m, const Indicated& s) {
       if (s.step.process) m.processId = s.step.process.id;
       return static_cast<bool>(s.step.process);
     }},
    {FWPS_METADATA_FIELD_PACKET_DIRECTION,
     [](Metadata& m, const Indicated& s) {
       m.packetDirection = static_cast<FWP_DIRECTION>(s.step.direction);
       return true;
     }},
    {FWPS_METADATA_FIELD_COMPLETION_HANDLE,
     [](Metadata& m, const Indicated& s) {
       m.completionHandle = reinterpret_cast<HANDLE>(s.completion);
       return s.completion != 0;
     }},
    {FWPS_METADATA_FIELD_ALE_CLASSIFY_REQUIRED,
     [](Metadata&, const Indicated& s) { return s.step.ale_classify_required; }},
    {FWPS_METADATA_FIELD_REMOTE_SCOPE_ID,
     [](Metadata& m, const Indicated& s) {
       m.remoteScopeId.Value = 0;  // captures name no zones
       return s.step.version == IpVersion::v6;
     }},
    {FWPS_METADATA_FIELD_REDIRECT_RECORD_HANDLE,
     [](Metadata& m, const Indicated& s) {
       m.redirectRecords = reinterpret_cast<HANDLE>(s.step.redirect_records);
       return s.step.redirect_records != 0;
     }},
    {FWPS_METADATA_FIELD_FRAGMENT_DATA, set_fragment},
    {FWPS_METADATA_FIELD_DISCARD_REASON,
     [](Metadata& m, const Indicated& s) {
       m.discardMetadata = s.discard;
       return true;
     }},
};

// What the layers have of the rows above, as the driver documentation lists it, without the
// compartment, which is everywhere.
namespace field {
constexpr UINT32 ip_size = FWPS_METADATA_FIELD_IP_HEADER_SIZE;
constexpr UINT32 sizes = ip_size | FWPS_METADATA_FIELD_TRANSPORT_HEADER_SIZE;
constexpr UINT32 flow = FWPS_METADATA_FIELD_FLOW_HANDLE;
constexpr UINT32 endpoint = FWPS_METADATA_FIELD_TRANSPORT_ENDPOINT_HANDLE;
constexpr UINT32 parent = FWPS_METADATA_FIELD_PARENT_ENDPOINT_HANDLE;
constexpr UINT32 scope = FWPS_METADATA_FIELD_REMOTE_SCOPE_ID;
constexpr UINT32 process_id = FWPS_METADATA_FIELD_PROCESS_ID;
constexpr UINT32 process = process_id | FWPS_METADATA_FIELD_PROCESS_PATH;
constexpr UINT32 completion = FWPS_METADATA_FIELD_COMPLETION_HANDLE;
constexpr UINT32 direction = FWPS_METADATA_FIELD_PACKET_DIRECTION;
constexpr UINT32 fragment = FWPS_METADATA_FIELD_FRAGMENT_DATA;
}  // namespace field

UINT32 documented(StepKind kind) {
  using namespace field;
  switch (kind) {
    case StepKind::inbound_ippacket:
    case StepKind::inbound_ippacket_discard:
      return ip_size | fragment;
    case StepKind::outbound_ippacket:
      return sizes | fragment;
    case StepKind::inbound_transport:
    case StepKind::inbound_transport_discard:
      return flow | sizes | endpoint | FWPS_METADATA_FIELD_ALE_CLASSIFY_REQUIRED;
    case StepKind::outbound_transport:
      return flow | FWPS_METADATA_FIELD_TRANSPORT_HEADER_SIZE | endpoint | scope;
    case StepKind::stream:
      return flow;
    case StepKind::stream_packet:
      return flow | sizes | endpoint | scope;
    case StepKind::datagram_data:
      return flow | sizes | endpoint | scope;
    case StepKind::inbound_icmp_error:
      return sizes | endpoint;
    case StepKind::outbound_icmp_error:
      return FWPS_METADATA_FIELD_TRANSPORT_HEADER_SIZE | endpoint | scope;
    case StepKind::ale_resource_assignment:
    case StepKind::ale_auth_listen:
      return process | completion | endpoint;
    case StepKind::ale_auth_recv_accept:
      return flow | sizes | process | completion | endpoint | direction | parent;
    case StepKind::ale_auth_connect:
      return flow | FWPS_METADATA_FIELD_TRANSPORT_HEADER_SIZE | process | completion | endpoint |
             scope | direction | parent;
    case StepKind::ale_flow_established:
      return flow | process | endpoint | parent;
    case StepKind::ale_connect_redirect:
      return process_id | endpoint | parent | FWPS_METADATA_FIELD_REDIRECT_RECORD_HANDLE;
    case StepKind::ale_endpoint_closure:
      return process_id | endpoint | parent;
    case StepKind::ale_resource_release:
    case StepKind::ale_bind_redirect:
      return process_id | endpoint;
    case StepKind::ip_forward:
    case StepKind::ip_forward_discard:
    case StepKind::inbound_mac_frame_native_fast:
    case StepKind::inbound_mac_frame_native:
    case StepKind::inbound_mac_frame_ethernet:
    case StepKind::outbound_mac_frame_ethernet:
    case StepKind::outbound_mac_frame_native:
    case StepKind::outbound_mac_frame_native_fast:
    case StepKind::link_frame:
    case StepKind::flow_end:
      return 0;
  }
  return 0;
}

}  // namespace

namespace {

void fill_frame_metadata(const EthernetHeader& frame, Metadata& metadata) {
  metadata.currentL2MetadataValues = FWPS_L2_METADATA_FIELD_ETHERNET_MAC_HEADER_SIZE;
  metadata.ethernetMacHeaderSize = static_cast<UINT32>(frame.size);
}

}  // namespace

void fill_metadata(const Indicated& indicated, LayerInput& input) {
  Metadata& metadata = input.metadata;
  metadata = {};
  UINT32 bits = documented(indicated.step.kind) | FWPS_METADATA_FIELD_COMPARTMENT_ID;
  if (wfp::find_layer(indicated.layer)->discard) bits |= FWPS_METADATA_FIELD_DISCARD_REASON;
  for (const Row& row : rows) {
    if ((bits & row.bit) != 0 && row.fill(metadata, indicated)) {
      metadata.currentMetadataValues |= row.bit;
    }
  }
  if (indicated.frame) fill_frame_metadata(*indicated.frame, metadata);
}

}  // namespace drydock::net

// SPDX-License-Identifier: Apache-2.0
#include "wfp/engine/compatibility.h"

#include <algorithm>
#include <array>

namespace drydock::wfp {
namespace {

using enum FwpStatus;

// What a provider context is for; the order is that of FWPM_PROVIDER_CONTEXT_TYPE.
enum class Use : std::uint8_t {
  keying,
  quick_mode,
  main_mode,
  classify_options,
  general,
  flood_protection,
  connection_policy,
};

constexpr std::array<Use, provider_context_types> uses{
    Use::keying,            // FWPM_IPSEC_KEYING_CONTEXT
    Use::quick_mode,        // FWPM_IPSEC_IKE_QM_TRANSPORT_CONTEXT
    Use::quick_mode,        // FWPM_IPSEC_IKE_QM_TUNNEL_CONTEXT
    Use::quick_mode,        // FWPM_IPSEC_AUTHIP_QM_TRANSPORT_CONTEXT
    Use::quick_mode,        // FWPM_IPSEC_AUTHIP_QM_TUNNEL_CONTEXT
    Use::main_mode,         // FWPM_IPSEC_IKE_MM_CONTEXT
    Use::main_mode,         // FWPM_IPSEC_AUTHIP_MM_CONTEXT
    Use::classify_options,  // FWPM_CLASSIFY_OPTIONS_CONTEXT
    Use::general,           // FWPM_GENERAL_CONTEXT
    Use::quick_mode,        // FWPM_IPSEC_IKEV2_QM_TUNNEL_CONTEXT
    Use::main_mode,         // FWPM_IPSEC_IKEV2_MM_CONTEXT
    Use::flood_protection,  // FWPM_IPSEC_DOSP_CONTEXT
    Use::quick_mode,        // FWPM_IPSEC_IKEV2_QM_TRANSPORT_CONTEXT
    Use::connection_policy  // FWPM_NETWORK_CONNECTION_POLICY_CONTEXT
};

struct OwnCallout {
  Use use;
  Guid key;
};

// Windows' own callouts that read such contexts.
constexpr OwnCallout own_callouts[] = {
    // FWPM_CALLOUT_IPSEC_INBOUND_TRANSPORT_V4
    {Use::quick_mode,
     {0x5132900d, 0x5e84, 0x4b5f, {0x80, 0xe4, 0x01, 0x74, 0x1e, 0x81, 0xff, 0x10}}},
    // FWPM_CALLOUT_IPSEC_INBOUND_TRANSPORT_V6
    {Use::quick_mode,
     {0x49d3ac92, 0x2a6c, 0x4dcf, {0x95, 0x5f, 0x1c, 0x3b, 0xe0, 0x09, 0xdd, 0x99}}},
    // FWPM_CALLOUT_IPSEC_OUTBOUND_TRANSPORT_V4
    {Use::quick_mode,
     {0x4b46bf0a, 0x4523, 0x4e57, {0xaa, 0x38, 0xa8, 0x79, 0x87, 0xc9, 0x10, 0xd9}}},
    // FWPM_CALLOUT_IPSEC_OUTBOUND_TRANSPORT_V6
    {Use::quick_mode,
     {0x38d87722, 0xad83, 0x4f11, {0xa9, 0x1f, 0xdf, 0x0f, 0xb0, 0x77, 0x22, 0x5b}}},
    // FWPM_CALLOUT_IPSEC_INBOUND_TUNNEL_V4
    {Use::quick_mode,
     {0x191a8a46, 0x0bf8, 0x46cf, {0xb0, 0x45, 0x4b, 0x45, 0xdf, 0xa6, 0xa3, 0x24}}},
    // FWPM_CALLOUT_IPSEC_INBOUND_TUNNEL_V6
    {Use::quick_mode,
     {0x80c342e3, 0x1e53, 0x4d6f, {0x9b, 0x44, 0x03, 0xdf, 0x5a, 0xee, 0xe1, 0x54}}},
    // FWPM_CALLOUT_IPSEC_OUTBOUND_TUNNEL_V4
    {Use::quick_mode,
     {0x70a4196c, 0x835b, 0x4fb0, {0x98, 0xe8, 0x07, 0x5f, 0x4d, 0x97, 0x7d, 0x46}}},
    // FWPM_CALLOUT_IPSEC_OUTBOUND_TUNNEL_V6
    {Use::quick_mode,
     {0xf1835363, 0xa6a5, 0x4e62, {0xb1, 0x80, 0x23, 0xdb, 0x78, 0x9d, 0x8d, 0xa6}}},
    // FWPM_CALLOUT_IPSEC_FORWARD_INBOUND_TUNNEL_V4
    {Use::quick_mode,
     {0x28829633, 0xc4f0, 0x4e66, {0x87, 0x3f, 0x84, 0x4d, 0xb2, 0xa8, 0x99, 0xc7}}},
    // FWPM_CALLOUT_IPSEC_FORWARD_INBOUND_TUNNEL_V6
    {Use::quick_mode,
     {0xaf50bec2, 0xc686, 0x429a, {0x88, 0x4d, 0xb7, 0x44, 0x43, 0xe7, 0xb0, 0xb4}}},
    // FWPM_CALLOUT_IPSEC_FORWARD_OUTBOUND_TUNNEL_V4
    {Use::quick_mode,
     {0xfb532136, 0x15cb, 0x440b, {0x93, 0x7c, 0x17, 0x17, 0xca, 0x32, 0x0c, 0x40}}},
    // FWPM_CALLOUT_IPSEC_FORWARD_OUTBOUND_TUNNEL_V6
    {Use::quick_mode,
     {0xdae640cc, 0xe021, 0x4bee, {0x9e, 0xb6, 0xa4, 0x8b, 0x27, 0x5c, 0x8c, 0x1d}}},
    // FWPM_CALLOUT_IPSEC_INBOUND_INITIATE_SECURE_V4
    {Use::quick_mode,
     {0x7dff309b, 0xba7d, 0x4aba, {0x91, 0xaa, 0xae, 0x5c, 0x66, 0x40, 0xc9, 0x44}}},
    // FWPM_CALLOUT_IPSEC_INBOUND_INITIATE_SECURE_V6
    {Use::quick_mode,
     {0xa9a0d6d9, 0xc58c, 0x474e, {0x8a, 0xeb, 0x3c, 0xfe, 0x99, 0xd6, 0xd5, 0x3d}}},
    // FWPM_CALLOUT_IPSEC_INBOUND_TUNNEL_ALE_ACCEPT_V4
    {Use::quick_mode,
     {0x3df6e7de, 0xfd20, 0x48f2, {0x9f, 0x26, 0xf8, 0x54, 0x44, 0x4c, 0xba, 0x79}}},
    // FWPM_CALLOUT_IPSEC_INBOUND_TUNNEL_ALE_ACCEPT_V6
    {Use::quick_mode,
     {0xa1e392d3, 0x72ac, 0x47bb, {0x87, 0xa7, 0x01, 0x22, 0xc6, 0x94, 0x34, 0xab}}},
    // FWPM_CALLOUT_IPSEC_ALE_CONNECT_V4
    {Use::quick_mode,
     {0x6ac141fc, 0xf75d, 0x4203, {0xb9, 0xc8, 0x48, 0xe6, 0x14, 0x9c, 0x27, 0x12}}},
    // FWPM_CALLOUT_IPSEC_ALE_CONNECT_V6
    {Use::quick_mode,
     {0x4c0dda05, 0xe31f, 0x4666, {0x90, 0xb0, 0xb3, 0xdf, 0xad, 0x34, 0x12, 0x9a}}},
    // FWPM_CALLOUT_IPSEC_DOSP_FORWARD_V6
    {Use::flood_protection,
     {0x6d08a342, 0xdb9e, 0x4fbe, {0x9e, 0xd2, 0x57, 0x37, 0x4c, 0xe8, 0x9f, 0x79}}},
    // FWPM_CALLOUT_IPSEC_DOSP_FORWARD_V4
    {Use::flood_protection,
     {0x2fcb56ec, 0xcd37, 0x4b4f, {0xb1, 0x08, 0x62, 0xc2, 0xb1, 0x85, 0x0a, 0x0c}}},
    // FWPM_CALLOUT_SET_OPTIONS_AUTH_CONNECT_LAYER_V4
    {Use::classify_options,
     {0xbc582280, 0x1677, 0x41e9, {0x94, 0xab, 0xc2, 0xfc, 0xb1, 0x5c, 0x2e, 0xeb}}},
    // FWPM_CALLOUT_SET_OPTIONS_AUTH_CONNECT_LAYER_V6
    {Use::classify_options,
     {0x98e5373c, 0xb884, 0x490f, {0xb6, 0x5f, 0x2f, 0x6a, 0x4a, 0x57, 0x51, 0x95}}},
    // FWPM_CALLOUT_SET_OPTIONS_AUTH_RECV_ACCEPT_LAYER_V4
    {Use::classify_options,
     {0x2d55f008, 0x0c01, 0x4f92, {0xb2, 0x6e, 0xa0, 0x8a, 0x94, 0x56, 0x9b, 0x8d}}},
    // FWPM_CALLOUT_SET_OPTIONS_AUTH_RECV_ACCEPT_LAYER_V6
    {Use::classify_options,
     {0x63018537, 0xf281, 0x4dc4, {0x83, 0xd3, 0x8d, 0xec, 0x18, 0xb7, 0xad, 0xe2}}},
    // FWPM_CALLOUT_OUTBOUND_NETWORK_CONNECTION_POLICY_LAYER_V4
    {Use::connection_policy,
     {0x103090d4, 0x8e28, 0x4fd6, {0x98, 0x94, 0xd1, 0xd6, 0x7d, 0x6b, 0x10, 0xc9}}},
    // FWPM_CALLOUT_OUTBOUND_NETWORK_CONNECTION_POLICY_LAYER_V6
    {Use::connection_policy,
     {0x4ed3446d, 0x8dc7, 0x459b, {0xb0, 0x9f, 0xc1, 0xcb, 0x7a, 0x8f, 0x86, 0x89}}},
};

constexpr Guid rpc_audit_sublayer{
    0x758c84f4, 0xfb48, 0x4de9, {0x9a, 0xeb, 0x3e, 0xd9, 0x55, 0x1a, 0xb1, 0xfd}};

// The one use that the layer looks contexts up for, if it is such a layer.
std::optional<Use> looked_up_at(LayerId layer) {
  switch (layer) {
    case LayerId::ipsec_km_demux_v4:
    case LayerId::ipsec_km_demux_v6:
      return Use::keying;
    case LayerId::ikeext_v4:
    case LayerId::ikeext_v6:
      return Use::main_mode;
    default:
      return std::nullopt;
  }
}

bool is_looked_up(Use use) {
  return use == Use::keying || use == Use::main_mode;
}

bool is_read_by(Use use, const Guid& callout) {
  return std::ranges::any_of(
      own_callouts, [&](const OwnCallout& own) { return own.use == use && own.key == callout; });
}

}  // namespace

FwpStatus check_action_fits(const FilterSpec& spec, const Layer& layer) {
  if (names_callout(spec.action) && is_user_mode(layer.id)) return action_incompatible_with_layer;
  if (spec.sublayer == rpc_audit_sublayer && spec.action != Action::permit)
    return action_incompatible_with_sublayer;
  return success;
}

FwpStatus check_context_fits(const FilterSpec& spec, const Layer& layer,
                             const ProviderContextSpec& context) {
  const Use use = uses.at(context.type);
  const auto wanted = looked_up_at(layer.id);
  if (wanted ? use != *wanted : is_looked_up(use)) return context_incompatible_with_layer;
  if (!names_callout(spec.action) || use == Use::general) return success;
  return is_read_by(use, spec.callout) ? success : context_incompatible_with_callout;
}

}  // namespace drydock::wfp

// SPDX-License-Identifier: Apache-2.0
// What each layer shows for each protocol, written from the specification: where the packet's data
// begin (engine section 7a), which metadata are there (7b), and what each field holds.
#pragma once

#include <algorithm>
#include <charconv>
#include <iterator>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "net/field_text.h"

namespace drydock::net::testing {

struct LayerRow {
  std::string_view layer;  // without family
  std::string_view when;   // protocol, and a direction where it matters: "tcp", "udp in"; "": any
  std::string_view data;   // where they begin
  std::string_view metadata;
};

// "ale-pending" stands for a first packet, whose flow is not shown
// yet; IPv6 adds "scope" where remoteScopeId is documented.
constexpr LayerRow layer_table[] = {
    // Operations of sockets have no packet.
    {"ale_bind_redirect", "", "none", "compartment endpoint pid"},
    {"ale_resource_assignment", "", "none", "compartment endpoint pid path completion"},
    {"ale_auth_listen", "", "none", "compartment endpoint pid path completion"},
    {"ale_connect_redirect", "", "none", "compartment endpoint pid"},
    {"ale_endpoint_closure", "", "none", "compartment endpoint pid [parent]"},
    {"ale_resource_release", "", "none", "compartment endpoint pid"},
    // Authorization.
    {"ale_auth_connect", "tcp", "none",
     "flow compartment endpoint pid path direction completion [scope]"},
    {"ale_auth_connect", "udp", "transport header",
     "flow transport-size compartment endpoint pid path direction completion [scope]"},
    {"ale_auth_connect", "icmp", "transport header",
     "flow transport-size compartment endpoint pid path direction completion [scope]"},
    {"ale_auth_recv_accept", "tcp", "payload",
     "flow ip-size transport-size compartment endpoint parent pid path direction completion"},
    {"ale_auth_recv_accept", "udp", "payload",
     "flow ip-size transport-size compartment endpoint pid path direction completion"},
    {"ale_auth_recv_accept", "icmp", "payload",
     "flow ip-size transport-size compartment endpoint pid path direction completion"},
    {"ale_flow_established", "tcp", "payload", "flow compartment endpoint [parent] pid path"},
    {"ale_flow_established", "udp in", "payload", "flow compartment endpoint pid path"},
    {"ale_flow_established", "udp out", "transport header", "flow compartment endpoint pid path"},
    {"ale_flow_established", "icmp in", "payload", "flow compartment endpoint pid path"},
    {"ale_flow_established", "icmp out", "transport header", "flow compartment endpoint pid path"},
    // A protocol that Windows knows no header of.
    {"ale_auth_connect", "raw", "transport header",
     "flow compartment endpoint pid path direction completion [scope]"},
    {"ale_auth_recv_accept", "raw", "transport header",
     "flow ip-size compartment endpoint pid path direction completion"},
    {"ale_flow_established", "raw", "transport header", "flow compartment endpoint pid path"},
    {"datagram_data", "raw in", "transport header", "flow ip-size compartment endpoint [scope]"},
    {"datagram_data", "raw out", "transport header", "flow compartment endpoint [scope]"},
    {"outbound_transport", "raw", "transport header", "flow compartment endpoint [scope]"},
    {"inbound_transport", "raw", "transport header",
     "[flow] ip-size compartment endpoint [ale-pending]"},
    // Data.
    {"stream", "tcp", "payload", "flow compartment"},
    {"datagram_data", "udp in", "payload",
     "flow ip-size transport-size compartment endpoint [scope]"},
    {"datagram_data", "udp out", "transport header",
     "flow transport-size compartment endpoint [scope]"},
    {"datagram_data", "icmp in", "payload",
     "flow ip-size transport-size compartment endpoint [scope]"},
    {"datagram_data", "icmp out", "transport header",
     "flow transport-size compartment endpoint [scope]"},
    {"stream_packet", "tcp in", "payload",
     "[flow] ip-size transport-size compartment endpoint [scope]"},
    {"stream_packet", "tcp out", "transport header",
     "flow transport-size compartment endpoint [scope]"},
    // Packets.
    {"outbound_transport", "", "transport header",
     "[flow] transport-size compartment endpoint [scope]"},
    {"outbound_ippacket", "", "IP header", "ip-size [transport-size] compartment"},
    {"inbound_ippacket", "", "transport header", "ip-size [fragment] compartment"},
    {"inbound_transport", "tcp", "payload",
     "[flow] ip-size transport-size compartment endpoint [ale-pending]"},
    {"inbound_transport", "udp", "payload",
     "[flow] ip-size transport-size compartment endpoint [ale-pending]"},
    {"inbound_transport", "icmp", "transport header",
     "[flow] ip-size transport-size compartment endpoint [ale-pending]"},
    // What nobody waits for, and what is said about it.
    {"inbound_ippacket_discard", "", "transport header", "discard ip-size compartment"},
    {"inbound_transport_discard", "tcp", "payload",
     "discard ip-size transport-size compartment endpoint"},
    {"outbound_icmp_error", "icmp", "transport header",
     "transport-size compartment endpoint [scope]"},
    {"inbound_icmp_error", "icmp", "inner IP header",
     "ip-size transport-size compartment endpoint"},
    // What is for somebody else.
    {"ipforward", "", "IP header", "compartment"},
    {"ipforward_discard", "", "IP header", "discard compartment"},
    // Frames.
    {"inbound_mac_frame_native_fast", "", "MAC header", "compartment"},
    {"inbound_mac_frame_native", "", "MAC header", "compartment"},
    {"inbound_mac_frame_ethernet", "", "IP header", "compartment"},
    {"outbound_mac_frame_ethernet", "", "MAC header", "compartment"},
    {"outbound_mac_frame_native", "", "MAC header", "compartment"},
    {"outbound_mac_frame_native_fast", "", "MAC header", "compartment"},
};

struct Bit {
  UINT32 bit;
  std::string_view name;
};
constexpr Bit metadata_bits[] = {
    {FWPS_METADATA_FIELD_DISCARD_REASON, "discard"},
    {FWPS_METADATA_FIELD_FLOW_HANDLE, "flow"},
    {FWPS_METADATA_FIELD_IP_HEADER_SIZE, "ip-size"},
    {FWPS_METADATA_FIELD_TRANSPORT_HEADER_SIZE, "transport-size"},
    {FWPS_METADATA_FIELD_COMPARTMENT_ID, "compartment"},
    {FWPS_METADATA_FIELD_TRANSPORT_ENDPOINT_HANDLE, "endpoint"},
    {FWPS_METADATA_FIELD_PARENT_ENDPOINT_HANDLE, "parent"},
    {FWPS_METADATA_FIELD_PROCESS_ID, "pid"},
    {FWPS_METADATA_FIELD_PROCESS_PATH, "path"},
    {FWPS_METADATA_FIELD_PACKET_DIRECTION, "direction"},
    {FWPS_METADATA_FIELD_COMPLETION_HANDLE, "completion"},
    {FWPS_METADATA_FIELD_FRAGMENT_DATA, "fragment"},
    {FWPS_METADATA_FIELD_REMOTE_SCOPE_ID, "scope"},
    {FWPS_METADATA_FIELD_ALE_CLASSIFY_REQUIRED, "ale-pending"},
};

inline std::vector<std::string> words_of(std::string_view text) {
  std::vector<std::string> words;
  while (!text.empty()) {
    const auto end = std::min(text.find(' '), text.size());
    words.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return words;
}

// The words without brackets have to be there, those with may be.
inline bool fits(const std::set<std::string>& there, std::string_view expected) {
  std::set<std::string> known;
  for (const std::string& word : words_of(expected)) {
    const bool optional = word.starts_with('[');
    const std::string name = optional ? word.substr(1, word.size() - 2) : word;
    known.insert(name);
    if (!optional && !there.contains(name)) return false;
  }
  return std::ranges::all_of(there, [&](const std::string& name) { return known.contains(name); });
}

inline std::set<std::string> metadata_words(UINT32 present) {
  std::set<std::string> names;
  for (const Bit& bit : metadata_bits) {
    if ((present & bit.bit) != 0) names.emplace(bit.name);
    present &= ~bit.bit;
  }
  if (present != 0) names.emplace("others");
  return names;
}

// One indication, as its callout saw it.
struct Shown {
  const wfp::Layer* layer = nullptr;
  std::map<std::string, std::string, std::less<>> fields;  // by condition; "-": FWP_EMPTY
  UINT32 metadata = 0;

  // "outbound_transport"
  [[nodiscard]] std::string name() const {
    std::string text(layer->name.substr(std::string_view("FWPS_LAYER_").size()));
    std::ranges::transform(text, text.begin(), [](unsigned char c) { return std::tolower(c); });
    const bool discard = text.ends_with("_discard");
    const auto family = text.rfind("_v");
    if (layer->family != wfp::Family::none)
      text = text.substr(0, family) + (discard ? "_discard" : "");
    return text;
  }
  [[nodiscard]] std::string get(std::string_view field) const {
    const auto found = fields.find(field);
    return found == fields.end() ? "-" : found->second;
  }
  [[nodiscard]] bool has(std::string_view field) const { return get(field) != "-"; }
  [[nodiscard]] bool v4() const { return layer->family == wfp::Family::ipv4; }
  // "tcp", "udp", "icmp", "raw"; "": the layer does not tell.
  [[nodiscard]] std::string protocol() const {
    if (name().starts_with("stream")) return "tcp";
    if (name().contains("icmp")) return "icmp";
    const std::string number = get("IP_PROTOCOL");
    if (number == "-") return {};
    return number == "6"                   ? "tcp"
           : number == "17"                ? "udp"
           : number == (v4() ? "1" : "58") ? "icmp"
                                           : "raw";
  }
  [[nodiscard]] std::string way() const {
    return !has("DIRECTION") ? "" : get("DIRECTION") == "0" ? " out" : " in";
  }
  // Null: the table has none.
  [[nodiscard]] const LayerRow* row() const {
    const auto* found = std::ranges::find_if(layer_table, [&](const LayerRow& each) {
      return each.layer == name() &&
             (each.when.empty() || each.when == protocol() || each.when == protocol() + way());
    });
    return found == std::end(layer_table) ? nullptr : found;
  }
};

// The host that is looked at.
struct LookedAt {
  bool routes = false;             // between its interfaces
  std::set<std::string> own = {};  // its addresses
  std::map<std::string, std::string> interfaces = {{"1", "24"}, {"7", "6"}};  // index -> type

  [[nodiscard]] bool is_loopback(const std::string& address) const {
    return address == "::1" || address.starts_with("127.");
  }
  [[nodiscard]] bool owns(const std::string& address) const {
    return own.contains(address) || is_loopback(address);
  }
};

// What the host cannot know, or does not have: IPsec, profiles, packages, quarantine.
inline bool is_never_known(std::string_view field) {
  static const std::set<std::string_view> names = {"ALE_EFFECTIVE_NAME",
                                                   "ALE_NAP_CONTEXT",
                                                   "ALE_PACKAGE_FAMILY_NAME",
                                                   "ALE_PACKAGE_ID",
                                                   "ALE_REMOTE_MACHINE_ID",
                                                   "ALE_REMOTE_USER_ID",
                                                   "ALE_SECURITY_ATTRIBUTE_FQBN_VALUE",
                                                   "ALE_SIO_FIREWALL_SYSTEM_PORT",
                                                   "INTERFACE_QUARANTINE_EPOCH",
                                                   "IPSEC_SECURITY_REALM_ID",
                                                   "PEER_NAME"};
  return names.contains(field) || field.ends_with("PROFILE_ID") || field.starts_with("RESERVED");
}

// Whether a field that the host can know may still be empty there.
inline bool may_be_empty(const Shown& shown, std::string_view field) {
  const std::string name = shown.name();
  // Sockets that are bound to every address are on no interface.
  const bool of_socket = name == "ale_resource_assignment" || name == "ale_auth_listen" ||
                         name == "ale_resource_release" || name == "ale_endpoint_closure";
  if (of_socket && (field.contains("INTERFACE") || field == "TUNNEL_TYPE")) return true;
  // Authorization knows the interface of its packet: the one it came by, or the one it goes by.
  const bool inbound = name == "ale_auth_recv_accept";
  if (name == "ale_auth_connect" || inbound) {
    if (field.contains("ARRIVAL")) return !inbound;
    if (field.contains("NEXTHOP")) return inbound;
    if (field == "ORIGINAL_ICMP_TYPE") return shown.protocol() != "icmp";
  }
  // An error may quote too little; an interface's own MAC address is learnt from its frames.
  return field.starts_with("EMBEDDED_") || field == "INTERFACE_MAC_ADDRESS";
}

inline bool is_number(const std::string& text, unsigned least, unsigned most) {
  unsigned number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc{} && end == text.data() + text.size() && number >= least &&
         number <= most;
}

inline std::string address_type(const std::string& address) {
  const auto parsed = IpAddress::parse(address);
  return parsed ? fmt::format("{}", static_cast<int>(parsed->type())) : "no address";
}

// Flags that a layer may show (FWP_CONDITION_FLAG_...).
inline std::uint32_t possible_flags(const std::string& layer) {
  std::uint32_t flags = FWP_CONDITION_FLAG_IS_LOOPBACK;
  if (layer.contains("ippacket") || layer.starts_with("ipforward"))
    flags |= FWP_CONDITION_FLAG_IS_FRAGMENT;
  if (layer.starts_with("inbound") || layer.starts_with("stream_packet") ||
      layer.starts_with("datagram") || layer.starts_with("ale_auth_recv") ||
      layer.starts_with("ale_flow"))
    flags |= FWP_CONDITION_FLAG_IS_REASSEMBLED;
  if (layer == "inbound_transport") flags |= FWP_CONDITION_FLAG_REQUIRES_ALE_CLASSIFY;
  if (layer == "ale_bind_redirect" || layer == "ale_resource_assignment" ||
      layer == "ale_auth_listen" || layer == "ale_resource_release")
    flags |= FWP_CONDITION_FLAG_IS_WILDCARD_BIND | FWP_CONDITION_FLAG_IS_IMPLICIT_BIND;
  return flags;
}

inline bool flags_are_right(const Shown& shown, const LookedAt& host, const std::string& text) {
  const auto flags = static_cast<std::uint32_t>(std::stoul(text, nullptr, 16));
  if ((flags & ~possible_flags(shown.name())) != 0) return false;
  const std::string remote = shown.get("IP_REMOTE_ADDRESS");
  const std::string local = shown.get("IP_LOCAL_ADDRESS");
  if (remote == "-" || address_type(remote) == "0" || address_type(local) == "0") return true;
  const bool loopback = host.owns(remote) && host.owns(local);
  return ((flags & FWP_CONDITION_FLAG_IS_LOOPBACK) != 0) == loopback;
}

// "6/7": of an interface that the host has.
inline bool is_luid(const LookedAt& host, const std::string& text) {
  const auto slash = text.find('/');
  const auto found = host.interfaces.find(text.substr(slash + 1));
  return found != host.interfaces.end() && found->second == text.substr(0, slash);
}

// All fields of an interface speak of the same one.
inline bool agrees(const Shown& shown, std::string_view luid, std::string_view index) {
  const std::string text = shown.get(luid);
  return !shown.has(luid) || !shown.has(index) ||
         text.substr(text.find('/') + 1) == shown.get(index);
}

inline bool port_is_right(const Shown& shown, std::string_view field, const std::string& text) {
  const std::string protocol = shown.protocol();
  if (protocol == "icmp") return is_number(text, 0, 255);  // type and code
  if (protocol == "raw") return text == "0";
  const bool binds =
      shown.name() == "ale_bind_redirect" || shown.name() == "ale_resource_assignment" ||
      shown.name() == "ale_resource_release" || shown.name() == "ale_endpoint_closure";
  return is_number(text, binds || field == "IP_REMOTE_PORT" ? 0 : 1, 65535);
}

inline bool local_is_right(const Shown& shown, const LookedAt& host, const std::string& text) {
  if (host.owns(text)) return true;
  const std::string type = address_type(text);
  if (host.routes && shown.name().contains("ippacket") && type == "1") return true;
  if (type == "0") return shown.name().starts_with("ale_");  // bound to every address
  const bool comes_in =
      !shown.name().starts_with("outbound") && !shown.name().starts_with("ale_auth_connect");
  return comes_in && (type == "3" || type == "4");  // sent to a group
}

// True when a field holds what it is there for.
inline bool is_right(const Shown& shown, const LookedAt& host, std::string_view field,
                     const std::string& text) {
  const std::string local = shown.get("IP_LOCAL_ADDRESS");
  const std::string remote = shown.get("IP_REMOTE_ADDRESS");
  if (field == "ALE_APP_ID" || field == "ALE_ORIGINAL_APP_ID")
    return text.starts_with("\\device\\harddiskvolume1\\") || text == "System";
  if (field == "ALE_USER_ID") return text == "token";
  if (field == "ALE_PROMISCUOUS_MODE" || field == "NDIS_PORT" || field == "REAUTHORIZE_REASON")
    return text == "0" || text == "0x0";
  if (field.ends_with("TUNNEL_TYPE") || field.ends_with("SUB_INTERFACE_INDEX")) return text == "0";
  if (field == "COMPARTMENT_ID") return text == "1";
  if (field == "DIRECTION") return text == "0" || text == "1";
  if (field == "FLAGS") return flags_are_right(shown, host, text);
  if (field == "IP_PROTOCOL")
    return text == (shown.protocol() == "icmp" ? shown.v4() ? "1" : "58" : text) &&
           is_number(text, 1, 254);
  if (field == "IP_LOCAL_ADDRESS") return local_is_right(shown, host, text);
  if (field == "IP_LOCAL_ADDRESS_TYPE") return text == address_type(local);
  if (field == "IP_REMOTE_ADDRESS")
    return address_type(text) != "0" || shown.name() == "ale_endpoint_closure";
  if (field == "IP_DESTINATION_ADDRESS_TYPE" && shown.has("IP_DESTINATION_ADDRESS"))
    return text == address_type(shown.get("IP_DESTINATION_ADDRESS"));
  if (field == "IP_DESTINATION_ADDRESS_TYPE")
    return text == address_type(shown.way() == " in" ? local : remote);
  if (field == "IP_LOCAL_PORT" || field == "IP_REMOTE_PORT")
    return port_is_right(shown, field, text);
  if (field == "IP_SOURCE_ADDRESS" || field == "IP_DESTINATION_ADDRESS")
    return address_type(text) == "1" && !host.owns(text);
  if (field == "ORIGINAL_ICMP_TYPE") return text == shown.get("IP_LOCAL_PORT");
  if (field == "IP_LOCAL_INTERFACE")
    return is_luid(host, text) && agrees(shown, field, "INTERFACE_INDEX") &&
           agrees(shown, field, "SOURCE_INTERFACE_INDEX");
  if (field == "IP_FORWARD_INTERFACE" || field == "IP_PHYSICAL_NEXTHOP_INTERFACE")
    return is_luid(host, text) && agrees(shown, field, "DESTINATION_INTERFACE_INDEX");
  if (field == "IP_ARRIVAL_INTERFACE")
    return is_luid(host, text) && agrees(shown, field, "ARRIVAL_INTERFACE_INDEX");
  if (field == "IP_NEXTHOP_INTERFACE")
    return is_luid(host, text) && agrees(shown, field, "NEXTHOP_INTERFACE_INDEX");
  if (field == "IP_PHYSICAL_ARRIVAL_INTERFACE") return text == shown.get("IP_LOCAL_INTERFACE");
  if (field.ends_with("INTERFACE_INDEX")) return host.interfaces.contains(text);
  if (field.ends_with("INTERFACE_TYPE")) return text == "6" || text == "24";
  if (field == "EMBEDDED_PROTOCOL") return is_number(text, 1, 254);
  if (field == "EMBEDDED_REMOTE_ADDRESS") return address_type(text) == "1";
  if (field == "EMBEDDED_LOCAL_ADDRESS_TYPE") return text == "1";
  if (field == "EMBEDDED_LOCAL_PORT" || field == "EMBEDDED_REMOTE_PORT")
    return is_number(text, 0, 65535);
  if (field == "ETHER_TYPE") return is_number(text, 0, 65535);
  if (field == "VLAN_ID") return is_number(text, 0, 4095);
  if (field == "L2_FLAGS") return text == "0x81";  // Ethernet by a connector
  if (field == "NDIS_MEDIA_TYPE") return text == "0";
  if (field == "NDIS_PHYSICAL_MEDIA_TYPE") return text == "14";
  if (field.ends_with("MAC_ADDRESS") || field == "MAC_LOCAL_ADDRESS" ||
      field == "MAC_REMOTE_ADDRESS")
    return text.size() == std::string_view("00:00:00:00:00:00").size();
  if (field.starts_with("MAC_")) return is_number(text, 0, 2);
  return false;  // no rule: the table does not know the field
}

// What an indication shows otherwise than the tables have it; nothing when all is right.
inline std::vector<std::string> complaints(const Shown& shown, const LookedAt& host) {
  std::vector<std::string> wrong;
  const std::string where =
      fmt::format("{} {}{}", shown.layer->name, shown.protocol(), shown.way());
  const LayerRow* row = shown.row();
  if (row == nullptr) return {where + ": not in the table"};
  const auto there = metadata_words(shown.metadata);
  if (!fits(there, row->metadata))
    wrong.push_back(fmt::format("{}: metadata {} where the table has {}", where,
                                fmt::join(there, " "), row->metadata));
  for (const auto& [field, text] : shown.fields) {
    const bool empty = text == "-";
    const bool right = is_never_known(field) ? empty
                       : empty               ? may_be_empty(shown, field)
                                             : is_right(shown, host, field, text);
    if (!right) wrong.push_back(fmt::format("{}: {}={}", where, field, text));
  }
  return wrong;
}

}  // namespace drydock::net::testing

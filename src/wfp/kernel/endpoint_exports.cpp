// SPDX-License-Identifier: Apache-2.0
// FwpsAleEndpoint: the sockets of the host by their handle, and those that fit a template.
#include <algorithm>
#include <array>
#include <cstring>
#include <optional>

#include "fwpsk.h"
#include "wfp/kernel/enum_rows.h"
#include "wfp/kernel/exports.h"
#include "wfp/kernel/management.h"
#include "wfp/kernel/management_rows.h"
#include "wfp/kernel/windows_values.h"

namespace drydock::wfp {
namespace {

using Properties = FWPS_ALE_ENDPOINT_PROPERTIES0;
using Template = FWPS_ALE_ENDPOINT_ENUM_TEMPLATE0;
using Address = std::array<std::uint8_t, 16>;

UINT32 host_order(const Address& address) {
  return UINT32{address[0]} << 24 | UINT32{address[1]} << 16 | UINT32{address[2]} << 8 | address[3];
}

Properties* to_windows(const AleEndpoint& endpoint, KernelBlocks& blocks) {
  auto* shown = blocks.make<Properties>();
  shown->endpointId = endpoint.id;
  shown->ipVersion = endpoint.v4 ? FWP_IP_VERSION_V4 : FWP_IP_VERSION_V6;
  if (endpoint.v4) {
    shown->localV4Address = host_order(endpoint.local);
    shown->remoteV4Address = host_order(endpoint.remote);
  } else {
    std::memcpy(shown->localV6Address, endpoint.local.data(), endpoint.local.size());
    std::memcpy(shown->remoteV6Address, endpoint.remote.data(), endpoint.remote.size());
  }
  shown->ipProtocol = endpoint.protocol;
  shown->localPort = endpoint.local_port;
  shown->remotePort = endpoint.remote_port;
  shown->appId = to_windows_blob(endpoint.app_id, blocks);
  return shown;
}

void* show(const void* endpoint, KernelBlocks& blocks) {
  return to_windows(*static_cast<const AleEndpoint*>(endpoint), blocks);
}

bool same_bits(const Address& a, const std::uint8_t* b, unsigned bits) {
  const std::size_t whole = bits / 8;
  if (std::memcmp(a.data(), b, whole) != 0) return false;
  const unsigned mask = 0xff00U >> bits % 8 & 0xffU;
  return bits % 8 == 0 || ((a[whole] ^ b[whole]) & mask) == 0;
}

// What a template says of one property. Nothing: it is of a type that the property has not.
std::optional<bool> address_fits(const FWP_CONDITION_VALUE0& wanted, bool v4, const Address& is) {
  constexpr unsigned all_bits = 128;
  switch (wanted.type) {
    case FWP_EMPTY:
      return true;
    case FWP_UINT32:
      return v4 && host_order(is) == wanted.uint32;
    case FWP_V4_ADDR_MASK:
      return v4 && ((host_order(is) ^ wanted.v4AddrMask->addr) & wanted.v4AddrMask->mask) == 0;
    case FWP_BYTE_ARRAY16_TYPE:
      return !v4 && same_bits(is, wanted.byteArray16->byteArray16, all_bits);
    case FWP_V6_ADDR_MASK:
      return !v4 && same_bits(is, wanted.v6AddrMask->addr,
                              std::min<unsigned>(wanted.v6AddrMask->prefixLength, all_bits));
    default:
      return std::nullopt;
  }
}

std::optional<bool> number_fits(const FWP_CONDITION_VALUE0& wanted, FWP_DATA_TYPE type,
                                std::uint16_t is) {
  if (wanted.type == FWP_EMPTY) return true;
  if (wanted.type != type) return std::nullopt;
  return is == (type == FWP_UINT8 ? wanted.uint8 : wanted.uint16);
}

std::optional<bool> fits(const Template& wanted, const AleEndpoint& endpoint) {
  bool all = true;
  for (const std::optional<bool> one :
       {address_fits(wanted.localSubNet, endpoint.v4, endpoint.local),
        address_fits(wanted.remoteSubNet, endpoint.v4, endpoint.remote),
        number_fits(wanted.ipProtocol, FWP_UINT8, endpoint.protocol),
        number_fits(wanted.localPort, FWP_UINT16, endpoint.local_port),
        number_fits(wanted.remotePort, FWP_UINT16, endpoint.remote_port)}) {
    if (!one) return std::nullopt;
    all = all && *one;
  }
  return all;
}

NTSTATUS get_by_id(HANDLE session, UINT64 id, Properties** out) {
  constexpr const char* name = "FwpsAleEndpointGetById0";
  return management().call(name, session, 0, [&](Engine&, SessionId) {
    if (out == nullptr) return FwpStatus::null_pointer;
    const auto all = management().endpoints();
    const auto found = std::ranges::find(all, id, &AleEndpoint::id);
    if (found == all.end()) return FwpStatus::not_found;
    KernelBlocks blocks(machine::Machine::current()->memory().kernel);
    *out = to_windows(*found, blocks);
    management().keep(name, *out, std::move(blocks));
    return FwpStatus::success;
  });
}

NTSTATUS create(HANDLE session, const Template* wanted, HANDLE* handle) {
  return management().call("FwpsAleEndpointCreateEnumHandle0", session, 0, [&](Engine&, SessionId) {
    if (handle == nullptr) return FwpStatus::null_pointer;
    // An empty host refuses a wrong template as well.
    if (wanted != nullptr && !fits(*wanted, {})) return FwpStatus::type_mismatch;
    Enumerations::List list{.kind = Enumerated::endpoints, .show = show};
    for (AleEndpoint& endpoint : management().endpoints()) {
      if (wanted == nullptr || *fits(*wanted, endpoint))
        list.objects.push_back(std::make_shared<const AleEndpoint>(std::move(endpoint)));
    }
    *handle = management().enumerations().open(session, std::move(list));
    return FwpStatus::success;
  });
}

}  // namespace

ExportRows endpoint_exports() {
  static const std::array rows{
      MANAGEMENT_ROW(FwpsAleEndpointGetById0, get_by_id),
      MANAGEMENT_ROW(FwpsAleEndpointCreateEnumHandle0, create),
      ENUM_ROW(FwpsAleEndpointEnum0, endpoints, Properties),
      DESTROY_ROW(FwpsAleEndpointDestroyEnumHandle0, endpoints),
  };
  return rows;
}

}  // namespace drydock::wfp

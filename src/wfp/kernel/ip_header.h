// SPDX-License-Identifier: Apache-2.0
// FwpsConstructIpHeaderForTransportPacket0: an IP header in front of transport data.
#pragma once

#include <cstdint>

#include "fwpsk.h"

namespace drydock::wfp {

struct IpHeaderRequest {
  ADDRESS_FAMILY family = 0;
  const UCHAR* source = nullptr;  // network order
  const UCHAR* destination = nullptr;
  std::uint8_t protocol = 0;
  ULONG present_header = 0;  // bytes of an IP header at the data start that the new one replaces
};

// The data start of every NET_BUFFER is the new header afterwards. STATUS_INVALID_PARAMETER: also
// for one that is shorter than its header or longer than an IP packet can be; then none of them has
// changed.
NTSTATUS construct_ip_header(NET_BUFFER_LIST& list, const IpHeaderRequest& request);

}  // namespace drydock::wfp

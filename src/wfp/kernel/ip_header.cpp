// SPDX-License-Identifier: Apache-2.0
#include "wfp/kernel/ip_header.h"

#include <array>
#include <cstring>
#include <span>

#include "ndis/data.h"

namespace drydock::wfp {
namespace {

constexpr std::size_t v4_size = 20;
constexpr std::size_t v6_size = 40;
constexpr std::uint8_t usual_hops = 128;  // of Windows

using Header = std::array<std::uint8_t, v6_size>;

void put_16(std::uint8_t* place, std::uint32_t value) {
  place[0] = static_cast<std::uint8_t>(value >> 8);
  place[1] = static_cast<std::uint8_t>(value);
}

std::uint16_t checksum(std::span<const std::uint8_t> header) {
  std::uint32_t sum = 0;
  for (std::size_t i = 0; i + 1 < header.size(); i += 2) sum += header[i] << 8 | header[i + 1];
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >> 16);
  return static_cast<std::uint16_t>(~sum);
}

std::span<const std::uint8_t> v4_header(Header& header, const IpHeaderRequest& request,
                                        ULONG payload) {
  header[0] = 0x45;
  put_16(&header[2], static_cast<std::uint32_t>(v4_size + payload));
  header[8] = usual_hops;
  header[9] = request.protocol;
  std::memcpy(&header[12], request.source, 4);
  std::memcpy(&header[16], request.destination, 4);
  put_16(&header[10], checksum(std::span(header).first(v4_size)));
  return std::span(header).first(v4_size);
}

std::span<const std::uint8_t> v6_header(Header& header, const IpHeaderRequest& request,
                                        ULONG payload) {
  header[0] = 0x60;
  put_16(&header[4], payload);
  header[6] = request.protocol;
  header[7] = usual_hops;
  std::memcpy(&header[8], request.source, 16);
  std::memcpy(&header[24], request.destination, 16);
  return header;
}

// Its length field counts the IPv4 header, and not the IPv6 one.
bool fits(const NET_BUFFER& buffer, const IpHeaderRequest& request) {
  if (buffer.DataLength < request.present_header) return false;
  const std::size_t counted = request.family == WDK_AF_INET ? v4_size : 0;
  return buffer.DataLength - request.present_header + counted <= UINT16_MAX;
}

void put_header(NET_BUFFER& buffer, const IpHeaderRequest& request) {
  const ULONG payload = buffer.DataLength - request.present_header;
  Header header{};
  const auto bytes = request.family == WDK_AF_INET ? v4_header(header, request, payload)
                                                   : v6_header(header, request, payload);
  const auto size = static_cast<ULONG>(bytes.size());
  if (size > request.present_header) {
    ndis::retreat(buffer, size - request.present_header, 0, nullptr);
  } else {
    ndis::advance(buffer, request.present_header - size, false, nullptr);
  }
  ndis::copy_in(buffer, 0, std::as_bytes(bytes));
}

}  // namespace

NTSTATUS construct_ip_header(NET_BUFFER_LIST& list, const IpHeaderRequest& request) {
  const bool known_family = request.family == WDK_AF_INET || request.family == WDK_AF_INET6;
  if (!known_family || request.source == nullptr || request.destination == nullptr) {
    return STATUS_INVALID_PARAMETER;
  }
  for (const NET_BUFFER* buffer = list.FirstNetBuffer; buffer != nullptr; buffer = buffer->Next) {
    if (!fits(*buffer, request)) return STATUS_INVALID_PARAMETER;
  }
  for (NET_BUFFER* buffer = list.FirstNetBuffer; buffer != nullptr; buffer = buffer->Next)
    put_header(*buffer, request);
  return STATUS_SUCCESS;
}

}  // namespace drydock::wfp

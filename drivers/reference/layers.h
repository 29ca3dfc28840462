// SPDX-License-Identifier: Apache-2.0
// What differs between IPv4 and IPv6: the numbers of layers and fields, and how addresses are
// given.
#pragma once

#include "kit/wdk.h"

namespace reference {

// The layers where flows have contexts.
enum class DataLayer : ULONG { DatagramV4, DatagramV6, StreamV4, StreamV6, None };
constexpr ULONG data_layer_count = static_cast<ULONG>(DataLayer::None);

struct DataLayerOfFlow {
  DataLayer layer;
  UINT16 id;
};

struct EstablishedV4 {
  static constexpr UINT32 protocol = FWPS_FIELD_ALE_FLOW_ESTABLISHED_V4_IP_PROTOCOL;
  static constexpr DataLayerOfFlow datagram = {DataLayer::DatagramV4, FWPS_LAYER_DATAGRAM_DATA_V4};
  static constexpr DataLayerOfFlow stream = {DataLayer::StreamV4, FWPS_LAYER_STREAM_V4};
};

struct EstablishedV6 {
  static constexpr UINT32 protocol = FWPS_FIELD_ALE_FLOW_ESTABLISHED_V6_IP_PROTOCOL;
  static constexpr DataLayerOfFlow datagram = {DataLayer::DatagramV6, FWPS_LAYER_DATAGRAM_DATA_V6};
  static constexpr DataLayerOfFlow stream = {DataLayer::StreamV6, FWPS_LAYER_STREAM_V6};
};

// An address in network order from a fixed value: IPv4 addresses arrive as numbers.
class AddressV4 {
 public:
  explicit AddressV4(const FWP_VALUE0& value) : address_(RtlUlongByteSwap(value.uint32)) {}
  const UCHAR* bytes() const { return reinterpret_cast<const UCHAR*>(&address_); }

 private:
  UINT32 address_;
};

class AddressV6 {
 public:
  explicit AddressV6(const FWP_VALUE0& value) : bytes_(value.byteArray16->byteArray16) {}
  const UCHAR* bytes() const { return bytes_; }

 private:
  const UCHAR* bytes_;
};

struct DatagramV4 {
  using Address = AddressV4;
  static constexpr ADDRESS_FAMILY family = AF_INET;
  static constexpr UINT32 direction = FWPS_FIELD_DATAGRAM_DATA_V4_DIRECTION;
  static constexpr UINT32 remote_address = FWPS_FIELD_DATAGRAM_DATA_V4_IP_REMOTE_ADDRESS;
  static constexpr UINT32 interface_index = FWPS_FIELD_DATAGRAM_DATA_V4_INTERFACE_INDEX;
  static constexpr UINT32 sub_interface_index = FWPS_FIELD_DATAGRAM_DATA_V4_SUB_INTERFACE_INDEX;
};

struct DatagramV6 {
  using Address = AddressV6;
  static constexpr ADDRESS_FAMILY family = AF_INET6;
  static constexpr UINT32 direction = FWPS_FIELD_DATAGRAM_DATA_V6_DIRECTION;
  static constexpr UINT32 remote_address = FWPS_FIELD_DATAGRAM_DATA_V6_IP_REMOTE_ADDRESS;
  static constexpr UINT32 interface_index = FWPS_FIELD_DATAGRAM_DATA_V6_INTERFACE_INDEX;
  static constexpr UINT32 sub_interface_index = FWPS_FIELD_DATAGRAM_DATA_V6_SUB_INTERFACE_INDEX;
};

}  // namespace reference

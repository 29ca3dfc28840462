// SPDX-License-Identifier: Apache-2.0
// Checksum offload of a packet, in the form that NDIS 5 had and callout drivers still read the
// information of a NET_BUFFER_LIST with.
#pragma once

#include "types.h"

typedef struct _NDIS_TCP_IP_CHECKSUM_PACKET_INFO {
  union {
    struct {
      ULONG NdisPacketChecksumV4 : 1;
      ULONG NdisPacketChecksumV6 : 1;
      ULONG NdisPacketTcpChecksum : 1;
      ULONG NdisPacketUdpChecksum : 1;
      ULONG NdisPacketIpChecksum : 1;
    } Transmit;
    struct {
      ULONG NdisPacketTcpChecksumFailed : 1;
      ULONG NdisPacketUdpChecksumFailed : 1;
      ULONG NdisPacketIpChecksumFailed : 1;
      ULONG NdisPacketTcpChecksumSucceeded : 1;
      ULONG NdisPacketUdpChecksumSucceeded : 1;
      ULONG NdisPacketIpChecksumSucceeded : 1;
      ULONG NdisPacketLoopback : 1;
    } Receive;
    ULONG Value;
  };
} NDIS_TCP_IP_CHECKSUM_PACKET_INFO, *PNDIS_TCP_IP_CHECKSUM_PACKET_INFO;
C_ASSERT(sizeof(NDIS_TCP_IP_CHECKSUM_PACKET_INFO) == 4);

// SPDX-License-Identifier: Apache-2.0
// Out-of-band information of a NET_BUFFER_LIST beside checksums: large sends, coalescing, hashes,
// media.
#pragma once

#include "nbl.h"

#ifdef WDK_DRIVER

typedef union _NDIS_TCP_LARGE_SEND_OFFLOAD_NET_BUFFER_LIST_INFO {
  struct {
    ULONG Unused : 30;
    ULONG Type : 1;
    ULONG Reserved2 : 1;
  } Transmit;
  struct {
    ULONG MSS : 20;
    ULONG TcpHeaderOffset : 10;
    ULONG Type : 1;
    ULONG Reserved2 : 1;
  } LsoV1Transmit;
  struct {
    ULONG TcpPayload : 30;
    ULONG Type : 1;
    ULONG Reserved2 : 1;
  } LsoV1TransmitComplete;
  struct {
    ULONG MSS : 20;
    ULONG TcpHeaderOffset : 10;
    ULONG Type : 1;
    ULONG IPVersion : 1;
  } LsoV2Transmit;
  struct {
    ULONG Reserved : 30;
    ULONG Type : 1;
    ULONG Reserved2 : 1;
  } LsoV2TransmitComplete;
  PVOID Value;
} NDIS_TCP_LARGE_SEND_OFFLOAD_NET_BUFFER_LIST_INFO,
    *PNDIS_TCP_LARGE_SEND_OFFLOAD_NET_BUFFER_LIST_INFO;
#define NDIS_TCP_LARGE_SEND_OFFLOAD_V1_TYPE 0
#define NDIS_TCP_LARGE_SEND_OFFLOAD_V2_TYPE 1
#define NDIS_TCP_LARGE_SEND_OFFLOAD_IPv4 0
#define NDIS_TCP_LARGE_SEND_OFFLOAD_IPv6 1

typedef union _NDIS_RSC_NBL_INFO {
  struct {
    USHORT CoalescedSegCount;
    USHORT DupAckCount;
  } Info;
  PVOID Value;
} NDIS_RSC_NBL_INFO, *PNDIS_RSC_NBL_INFO;

typedef struct _NDIS_IPSEC_OFFLOAD_V1_NET_BUFFER_LIST_INFO {
  union {
    struct {
      HANDLE OffloadHandle;
      HANDLE NextOffloadHandle;
    } Transmit;
    struct {
      ULONG SaDeleteReq : 1;
      ULONG CryptoDone : 1;
      ULONG NextCryptoDone : 1;
      ULONG Pad : 29;
      ULONG CryptoStatus;
    } Receive;
  };
} NDIS_IPSEC_OFFLOAD_V1_NET_BUFFER_LIST_INFO, *PNDIS_IPSEC_OFFLOAD_V1_NET_BUFFER_LIST_INFO;

typedef union _NDIS_NET_BUFFER_LIST_VIRTUAL_SUBNET_INFO {
  struct {
    ULONG VirtualSubnetId : 24;
    ULONG ReservedVsidBits : 8;
  };
  PVOID Value;
} NDIS_NET_BUFFER_LIST_VIRTUAL_SUBNET_INFO, *PNDIS_NET_BUFFER_LIST_VIRTUAL_SUBNET_INFO;

C_ASSERT(sizeof(NDIS_TCP_LARGE_SEND_OFFLOAD_NET_BUFFER_LIST_INFO) == sizeof(PVOID));
C_ASSERT(sizeof(NDIS_RSC_NBL_INFO) == sizeof(PVOID));

#define NDIS_GET_NET_BUFFER_LIST_PROTOCOL_ID(nbl) \
  ((UCHAR)(0x0f & (ULONG_PTR)NET_BUFFER_LIST_INFO(nbl, NetBufferListProtocolId)))
#define NDIS_SET_NET_BUFFER_LIST_PROTOCOL_ID(nbl, id) \
  (NET_BUFFER_LIST_INFO(nbl, NetBufferListProtocolId) = (PVOID)(ULONG_PTR)(0x0f & (id)))
#define NDIS_GET_NET_BUFFER_LIST_CANCEL_ID(nbl) NET_BUFFER_LIST_INFO(nbl, NetBufferListCancelId)
#define NDIS_SET_NET_BUFFER_LIST_CANCEL_ID(nbl, id) \
  (NET_BUFFER_LIST_INFO(nbl, NetBufferListCancelId) = (id))
#define NET_BUFFER_LIST_GET_HASH_VALUE(nbl) \
  ((ULONG)(ULONG_PTR)NET_BUFFER_LIST_INFO(nbl, NetBufferListHashValue))
#define NDIS_GET_NET_BUFFER_LIST_VLAN_ID(nbl)                                                 \
  (((NDIS_NET_BUFFER_LIST_8021Q_INFO*)&NET_BUFFER_LIST_INFO(nbl, Ieee8021QNetBufferListInfo)) \
       ->TagHeader.VlanId)
#define NET_BUFFER_LIST_PROTOCOL_RESERVED(nbl) ((nbl)->ProtocolReserved)
#define NET_BUFFER_LIST_MINIPORT_RESERVED(nbl) ((nbl)->MiniportReserved)
#define NET_BUFFER_LIST_SCRATCH(nbl) ((nbl)->Scratch)
#define NET_BUFFER_DATA_PHYSICAL_ADDRESS(nb) ((nb)->DataPhysicalAddress)
#define NET_BUFFER_LIST_WFP_CONTEXT(nbl) NET_BUFFER_LIST_INFO(nbl, WfpNetBufferListInfo)
#define NdisTestNblFlag(nbl, flag) (((nbl)->NblFlags & (flag)) != 0)
#define NdisSetNblFlag(nbl, flag) ((nbl)->NblFlags |= (flag))
#define NdisClearNblFlag(nbl, flag) ((nbl)->NblFlags &= ~(flag))
#define NDIS_MAC_ADDR_LEN 6
#define ETH_LENGTH_OF_ADDRESS 6
#define ETH_COPY_NETWORK_ADDRESS(to, from) RtlCopyMemory(to, from, ETH_LENGTH_OF_ADDRESS)
#define ETH_IS_MULTICAST(address) ((BOOLEAN)(((const UCHAR*)(address))[0] & 1))
#define ETH_IS_BROADCAST(address)                                                            \
  ((BOOLEAN)(((const UCHAR*)(address))[0] == 0xff && ((const UCHAR*)(address))[1] == 0xff && \
             ((const UCHAR*)(address))[2] == 0xff && ((const UCHAR*)(address))[3] == 0xff && \
             ((const UCHAR*)(address))[4] == 0xff && ((const UCHAR*)(address))[5] == 0xff))

#endif  // WDK_DRIVER

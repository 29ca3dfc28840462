// SPDX-License-Identifier: Apache-2.0
// NET_BUFFER_LIST and NET_BUFFER: the structures and the accessors drivers use as lvalues.
#pragma once

#include "types.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct _NET_BUFFER NET_BUFFER, *PNET_BUFFER;
typedef struct _NET_BUFFER_LIST NET_BUFFER_LIST, *PNET_BUFFER_LIST;
typedef struct _NET_BUFFER_LIST_CONTEXT NET_BUFFER_LIST_CONTEXT, *PNET_BUFFER_LIST_CONTEXT;
typedef struct _NET_BUFFER_SHARED_MEMORY NET_BUFFER_SHARED_MEMORY, *PNET_BUFFER_SHARED_MEMORY;
typedef struct _SCATTER_GATHER_LIST SCATTER_GATHER_LIST, *PSCATTER_GATHER_LIST;

typedef struct _NET_BUFFER_SHARED_MEMORY NET_BUFFER_SHARED_MEMORY;
typedef struct _NET_BUFFER_SHARED_MEMORY {
  NET_BUFFER_SHARED_MEMORY* NextSharedMemorySegment;
  ULONG SharedMemoryFlags;
  NDIS_HANDLE SharedMemoryHandle;
  ULONG SharedMemoryOffset;
  ULONG SharedMemoryLength;
} NET_BUFFER_SHARED_MEMORY, *PNET_BUFFER_SHARED_MEMORY;

typedef struct _NET_BUFFER_DATA {
  NET_BUFFER* Next;
  PMDL CurrentMdl;
  ULONG CurrentMdlOffset;
  union {
    ULONG DataLength;
    SIZE_T stDataLength;
  };
  PMDL MdlChain;
  ULONG DataOffset;
} NET_BUFFER_DATA, *PNET_BUFFER_DATA;

typedef union _NET_BUFFER_HEADER {
  NET_BUFFER_DATA NetBufferData;
  SLIST_HEADER Link;
} NET_BUFFER_HEADER, *PNET_BUFFER_HEADER;

typedef struct _NET_BUFFER NET_BUFFER;
typedef struct _NET_BUFFER {
  union {
    struct {
      union {
        struct {
          NET_BUFFER* Next;
          PMDL CurrentMdl;
        };
        SLIST_HEADER Link;
      };
      ULONG CurrentMdlOffset;
      union {
        ULONG DataLength;
        SIZE_T stDataLength;
      };
      PMDL MdlChain;
      ULONG DataOffset;
    };
    NET_BUFFER_HEADER NetBufferHeader;
  };
  USHORT ChecksumBias;
  USHORT Reserved;
  NDIS_HANDLE NdisPoolHandle;
  DECLSPEC_ALIGN(16) PVOID NdisReserved[2];
  DECLSPEC_ALIGN(16) PVOID ProtocolReserved[6];
  DECLSPEC_ALIGN(16) PVOID MiniportReserved[4];
  NDIS_PHYSICAL_ADDRESS DataPhysicalAddress;
  union {
    NET_BUFFER_SHARED_MEMORY* SharedMemoryInfo;
    SCATTER_GATHER_LIST* ScatterGatherList;
  };
} NET_BUFFER, *PNET_BUFFER;

typedef struct _NET_BUFFER_LIST_CONTEXT NET_BUFFER_LIST_CONTEXT;
typedef struct DECLSPEC_ALIGN(16) _NET_BUFFER_LIST_CONTEXT {
  NET_BUFFER_LIST_CONTEXT* Next;
  USHORT Size;
  USHORT Offset;
  DECLSPEC_ALIGN(16) UCHAR ContextData[0];
} NET_BUFFER_LIST_CONTEXT, *PNET_BUFFER_LIST_CONTEXT;

typedef struct _NET_BUFFER_LIST_DATA {
  NET_BUFFER_LIST* Next;
  NET_BUFFER* FirstNetBuffer;
} NET_BUFFER_LIST_DATA, *PNET_BUFFER_LIST_DATA;

typedef union _NET_BUFFER_LIST_HEADER {
  NET_BUFFER_LIST_DATA NetBufferListData;
  SLIST_HEADER Link;
} NET_BUFFER_LIST_HEADER, *PNET_BUFFER_LIST_HEADER;

typedef enum _NDIS_NET_BUFFER_LIST_INFO WDK_INT {
  TcpIpChecksumNetBufferListInfo = 0,
  TcpOffloadBytesTransferred = 0,
  IPsecOffloadV1NetBufferListInfo = 1,
  IPsecOffloadV2NetBufferListInfo = 1,
  TcpLargeSendNetBufferListInfo = 2,
  TcpReceiveNoPush = 2,
  ClassificationHandleNetBufferListInfo = 3,
  Ieee8021QNetBufferListInfo = 4,
  NetBufferListCancelId = 5,
  MediaSpecificInformation = 6,
  NetBufferListFrameType = 7,
  NetBufferListProtocolId = 7,
  NetBufferListHashValue = 8,
  NetBufferListHashInfo = 9,
  WfpNetBufferListInfo = 10,
  IPsecOffloadV2TunnelNetBufferListInfo = 11,
  IPsecOffloadV2HeaderNetBufferListInfo = 12,
  NetBufferListCorrelationId = 13,
  NetBufferListFilteringInfo = 14,
  MediaSpecificInformationEx = 15,
  NblOriginalInterfaceIfIndex = 16,
  NblReAuthWfpFlowContext = 16,
  TcpReceiveBytesTransferred = 17,
  NrtNameResolutionId = 17,
  UdpRecvSegCoalesceOffloadInfo = 17,
  SwitchForwardingReserved = 18,
  SwitchForwardingDetail = 19,
  VirtualSubnetInfo = 20,
  IMReserved = 21,
  TcpRecvSegCoalesceInfo = 22,
  UdpSegmentationOffloadInfo = 22,
  RscTcpTimestampDelta = 23,
  TcpSendOffloadsSupplementalNetBufferListInfo = 23,
  GftOffloadInformation = 24,
  GftFlowEntryId = 25,
  NetBufferListInfoReserved3 = 26,
} NDIS_NET_BUFFER_LIST_INFO,
    *PNDIS_NET_BUFFER_LIST_INFO;

#define MaxNetBufferListInfo 27
typedef struct _NET_BUFFER_LIST NET_BUFFER_LIST;
typedef struct _NET_BUFFER_LIST {
  union {
    struct {
      NET_BUFFER_LIST* Next;
      NET_BUFFER* FirstNetBuffer;
    };
    SLIST_HEADER Link;
    NET_BUFFER_LIST_HEADER NetBufferListHeader;
  };
  NET_BUFFER_LIST_CONTEXT* Context;
  NET_BUFFER_LIST* ParentNetBufferList;
  NDIS_HANDLE NdisPoolHandle;
  DECLSPEC_ALIGN(16) PVOID NdisReserved[2];
  DECLSPEC_ALIGN(16) PVOID ProtocolReserved[4];
  DECLSPEC_ALIGN(16) PVOID MiniportReserved[2];
  PVOID Scratch;
  NDIS_HANDLE SourceHandle;
  ULONG NblFlags;
  LONG ChildRefCount;
  ULONG Flags;
  NDIS_STATUS Status;
  PVOID NetBufferListInfo[27];
} NET_BUFFER_LIST, *PNET_BUFFER_LIST;

#define NDIS_NBL_FLAGS_SEND_READ_ONLY 0x1
#define NDIS_NBL_FLAGS_RECV_READ_ONLY 0x2
#define NDIS_NBL_FLAGS_HD_SPLIT 0x100
#define NDIS_NBL_FLAGS_IS_IPV4 0x200
#define NDIS_NBL_FLAGS_IS_IPV6 0x400
#define NDIS_NBL_FLAGS_IS_TCP 0x800
#define NDIS_NBL_FLAGS_IS_UDP 0x1000
#define NDIS_NBL_FLAGS_SPLIT_AT_UPPER_LAYER_PROTOCOL_HEADER 0x2000
#define NDIS_NBL_FLAGS_SPLIT_AT_UPPER_LAYER_PROTOCOL_PAYLOAD 0x4000
#define NDIS_NBL_FLAGS_IS_LOOPBACK_PACKET 0x8000

#define NBL_FLAGS_PROTOCOL_RESERVED 0xfff00000U
#define NBL_FLAGS_SCRATCH 0xf0000
#define NBL_FLAGS_MINIPORT_RESERVED 0xf000
#define NBL_FLAGS_NDIS_RESERVED 0xfff

#define NET_BUFFER_NEXT_NB(nb) ((nb)->Next)
#define NET_BUFFER_CURRENT_MDL(nb) ((nb)->CurrentMdl)
#define NET_BUFFER_CURRENT_MDL_OFFSET(nb) ((nb)->CurrentMdlOffset)
#define NET_BUFFER_DATA_LENGTH(nb) ((nb)->DataLength)
#define NET_BUFFER_DATA_OFFSET(nb) ((nb)->DataOffset)
#define NET_BUFFER_FIRST_MDL(nb) ((nb)->MdlChain)
#define NET_BUFFER_PROTOCOL_RESERVED(nb) ((nb)->ProtocolReserved)
#define NET_BUFFER_MINIPORT_RESERVED(nb) ((nb)->MiniportReserved)
#define NET_BUFFER_CHECKSUM_BIAS(nb) ((nb)->ChecksumBias)
#define NET_BUFFER_LIST_NEXT_NBL(nbl) ((nbl)->Next)
#define NET_BUFFER_LIST_FIRST_NB(nbl) ((nbl)->FirstNetBuffer)
#define NET_BUFFER_LIST_FLAGS(nbl) ((nbl)->Flags)
#define NET_BUFFER_LIST_NBL_FLAGS(nbl) ((nbl)->NblFlags)
#define NET_BUFFER_LIST_STATUS(nbl) ((nbl)->Status)
#define NET_BUFFER_LIST_INFO(nbl, id) ((nbl)->NetBufferListInfo[(id)])
#define NET_BUFFER_LIST_CONTEXT_DATA_START(nbl) \
  ((PUCHAR)((nbl)->Context + 1) + (nbl)->Context->Offset)
#define NET_BUFFER_LIST_CONTEXT_DATA_SIZE(nbl) ((nbl)->Context->Size)

typedef union _NDIS_TCP_IP_CHECKSUM_NET_BUFFER_LIST_INFO {
  struct {
    ULONG IsIPv4 : 1;
    ULONG IsIPv6 : 1;
    ULONG TcpChecksum : 1;
    ULONG UdpChecksum : 1;
    ULONG IpHeaderChecksum : 1;
    ULONG Reserved : 11;
    ULONG TcpHeaderOffset : 10;
  } Transmit;
  struct {
    ULONG TcpChecksumFailed : 1;
    ULONG UdpChecksumFailed : 1;
    ULONG IpChecksumFailed : 1;
    ULONG TcpChecksumSucceeded : 1;
    ULONG UdpChecksumSucceeded : 1;
    ULONG IpChecksumSucceeded : 1;
    ULONG Loopback : 1;
    ULONG TcpChecksumValueInvalid : 1;
    ULONG IpChecksumValueInvalid : 1;
  } Receive;
  PVOID Value;
} NDIS_TCP_IP_CHECKSUM_NET_BUFFER_LIST_INFO, *PNDIS_TCP_IP_CHECKSUM_NET_BUFFER_LIST_INFO;

typedef union _NDIS_NET_BUFFER_LIST_8021Q_INFO {
  struct {
    ULONG UserPriority : 3;
    ULONG CanonicalFormatId : 1;
    ULONG VlanId : 12;
    ULONG Reserved : 16;
  } TagHeader;
  PVOID Value;
} NDIS_NET_BUFFER_LIST_8021Q_INFO, *PNDIS_NET_BUFFER_LIST_8021Q_INFO;

#ifdef __cplusplus
}
#endif

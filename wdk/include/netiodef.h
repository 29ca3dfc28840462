// SPDX-License-Identifier: Apache-2.0
// Packet headers as they stand on the wire; all numbers big endian.
#pragma once

#include "ws2ipdef.h"

#ifdef __cplusplus
extern "C" {
#endif

#ifdef WDK_DRIVER
#define htons(v) __builtin_bswap16(v)
#define ntohs(v) __builtin_bswap16(v)
#define htonl(v) __builtin_bswap32(v)
#define ntohl(v) __builtin_bswap32(v)
#endif

typedef union _DL_EUI48 {
  UINT8 Byte[6];
  struct {
    UINT8 Oui[3];
    UINT8 Ei48[3];
  };
} DL_EUI48, *PDL_EUI48;

typedef struct _ETHERNET_HEADER {
  DL_EUI48 Destination;
  DL_EUI48 Source;
  union {
    UINT16 Type;
    UINT16 Length;
  };
} ETHERNET_HEADER, *PETHERNET_HEADER;

#define ETHERNET_TYPE_IPV4 0x0800
#define ETHERNET_TYPE_ARP 0x0806
#define ETHERNET_TYPE_IPV6 0x86dd

typedef struct _IPV4_HEADER {
  union {
    UINT8 VersionAndHeaderLength;
    struct {
      UINT8 HeaderLength : 4;
      UINT8 Version : 4;
    };
  };
  union {
    UINT8 TypeOfServiceAndEcnField;
    struct {
      UINT8 EcnField : 2;
      UINT8 TypeOfService : 6;
    };
  };
  UINT16 TotalLength;
  UINT16 Identification;
  union {
    UINT16 FlagsAndOffset;
    struct {
      UINT16 DontUse1 : 5;
      UINT16 MoreFragments : 1;
      UINT16 DontFragment : 1;
      UINT16 Reserved : 1;
      UINT16 DontUse2 : 8;
    };
  };
  UINT8 TimeToLive;
  UINT8 Protocol;
  UINT16 HeaderChecksum;
  IN_ADDR SourceAddress;
  IN_ADDR DestinationAddress;
} IPV4_HEADER, *PIPV4_HEADER;

typedef struct _IPV6_HEADER {
  UINT32 VersionClassFlow;
  UINT16 PayloadLength;
  UINT8 NextHeader;
  UINT8 HopLimit;
  IN6_ADDR SourceAddress;
  IN6_ADDR DestinationAddress;
} IPV6_HEADER, *PIPV6_HEADER;

typedef struct _IPV6_FRAGMENT_HEADER {
  UINT8 NextHeader;
  UINT8 Reserved;
  UINT16 OffsetAndFlags;
  UINT32 Id;
} IPV6_FRAGMENT_HEADER, *PIPV6_FRAGMENT_HEADER;

typedef struct _TCP_HDR {
  UINT16 th_sport;
  UINT16 th_dport;
  UINT32 th_seq;
  UINT32 th_ack;
  UINT8 th_x2 : 4;
  UINT8 th_len : 4;
  UINT8 th_flags;
  UINT16 th_win;
  UINT16 th_sum;
  UINT16 th_urp;
} TCP_HDR, *PTCP_HDR;

typedef struct _UDP_HDR {
  UINT16 uh_sport;
  UINT16 uh_dport;
  UINT16 uh_ulen;
  UINT16 uh_sum;
} UDP_HDR, *PUDP_HDR;

typedef struct _ICMP_HEADER {
  UINT8 Type;
  UINT8 Code;
  UINT16 Checksum;
} ICMP_HEADER, *PICMP_HEADER;

typedef struct _ICMP_MESSAGE {
  ICMP_HEADER Header;
  union {
    UINT32 Data32[1];
    UINT16 Data16[2];
    UINT8 Data8[4];
  } Data;
} ICMP_MESSAGE, *PICMP_MESSAGE;

#define TH_FIN 0x01
#define TH_SYN 0x02
#define TH_RST 0x04
#define TH_PSH 0x08
#define TH_ACK 0x10
#define TH_URG 0x20
#define TH_ECE 0x40
#define TH_CWR 0x80
#define IPV4_VERSION 4
#define IPV6_VERSION 6

#ifdef WDK_DRIVER
#define IPV4_VER_IHL_FLAGS(ihl) ((IPV4_VERSION << 4) | ((ihl) >> 2))
#define IPV4_DEFAULT_VERHLEN 0x45
#define IPV4_MIN_MINIMUM_MTU 352
#define IPV4_MINIMUM_MTU 576
#define IPV6_MINIMUM_MTU 1280
#define IPV6_DEFAULT_HOP_LIMIT 64
#define IPV4_FLAGS_MF_MASK 0x20
#define IPV4_MF_MASK 0x20
#define Ip4HeaderLengthInBytes(h) ((SIZE_T)((h)->HeaderLength * 4))
#define Ip4HeaderLength Ip4HeaderLengthInBytes
#define IP_VER_MASK 0xF0
#define ETHERNET_TYPE_MINIMUM 0x0600
#define ETHERNET_TYPE_802_1Q 0x8100
#define ETHERNET_HDR_SIZE 14
#define ICMP4_ECHO_REQUEST 8
#define ICMP4_ECHO_REPLY 0
#define ICMP4_DST_UNREACH 3
#define ICMP4_TIME_EXCEEDED 11
#define ICMP4_UNREACH_NET 0
#define ICMP4_UNREACH_HOST 1
#define ICMP4_UNREACH_PROTOCOL 2
#define ICMP4_UNREACH_PORT 3
#define ICMP4_UNREACH_FRAG_NEEDED 4
#define ICMP4_UNREACH_ADMIN 13
#define ICMP6_DST_UNREACH 1
#define ICMP6_PACKET_TOO_BIG 2
#define ICMP6_TIME_EXCEEDED 3
#define ICMP6_ECHO_REQUEST 128
#define ICMP6_ECHO_REPLY 129
#define ND_ROUTER_SOLICIT 133
#define ND_ROUTER_ADVERT 134
#define ND_NEIGHBOR_SOLICIT 135
#define ND_NEIGHBOR_ADVERT 136
typedef ICMP_HEADER ICMPV4_HEADER, *PICMPV4_HEADER, ICMPV6_HEADER, *PICMPV6_HEADER;
typedef ICMP_MESSAGE ICMPV4_MESSAGE, *PICMPV4_MESSAGE, ICMPV6_MESSAGE, *PICMPV6_MESSAGE;
typedef struct _ARP_HEADER {
  USHORT HardwareAddressSpace;
  USHORT ProtocolAddressSpace;
  UINT8 HardwareAddressLength;
  UINT8 ProtocolAddressLength;
  USHORT Opcode;
  UINT8 SenderHardwareAddress[6];
} ARP_HEADER, *PARP_HEADER;
typedef struct _IPV6_EXTENSION_HEADER {
  UINT8 NextHeader;
  UINT8 Length;
} IPV6_EXTENSION_HEADER, *PIPV6_EXTENSION_HEADER;
typedef struct _IPV6_ROUTING_HEADER {
  UINT8 NextHeader;
  UINT8 Length;
  UINT8 RoutingType;
  UINT8 SegmentsLeft;
  UINT8 Reserved[4];
} IPV6_ROUTING_HEADER, *PIPV6_ROUTING_HEADER;
typedef struct _IPV4_OPTION_HEADER {
  UINT8 OptionType;
  UINT8 OptionLength;
} IPV4_OPTION_HEADER, *PIPV4_OPTION_HEADER;
typedef struct _VLAN_TAG {
  UINT16 Tag;
  UINT16 Type;
} VLAN_TAG, *PVLAN_TAG;
#endif

#ifdef __cplusplus
}
#endif

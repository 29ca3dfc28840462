// SPDX-License-Identifier: Apache-2.0
// Addresses and socket types. Names of the Windows sockets headers that Linux spells too exist for
// drivers only.
#pragma once

#include "ntdef.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef USHORT ADDRESS_FAMILY;
typedef ULONG IF_INDEX, *PIF_INDEX, NET_IFINDEX, *PNET_IFINDEX;
typedef USHORT IFTYPE;

// Windows numbers of the address families; the host has others under the short names.
#define WDK_AF_UNSPEC 0
#define WDK_AF_INET 2
#define WDK_AF_INET6 23

typedef struct WDK_IN_ADDR {
  union {
    struct {
      UCHAR s_b1, s_b2, s_b3, s_b4;
    } S_un_b;
    struct {
      USHORT s_w1, s_w2;
    } S_un_w;
    ULONG S_addr;
  } S_un;
} IN_ADDR, *PIN_ADDR;

typedef struct WDK_IN6_ADDR {
  union {
    UCHAR Byte[16];
    USHORT Word[8];
  } u;
} IN6_ADDR, *PIN6_ADDR;

#ifdef WDK_DRIVER
#define AF_UNSPEC WDK_AF_UNSPEC
#define AF_INET WDK_AF_INET
#define AF_INET6 WDK_AF_INET6
#define in_addr WDK_IN_ADDR
#define in6_addr WDK_IN6_ADDR
#define sockaddr WDK_SOCKADDR
#define sockaddr_in WDK_SOCKADDR_IN
#define sockaddr_in6 WDK_SOCKADDR_IN6
#define sockaddr_storage _SOCKADDR_STORAGE
#define s_net S_un.S_un_b.s_b1
#define s_host S_un.S_un_b.s_b2
#define s_lh S_un.S_un_b.s_b3
#define s_impno S_un.S_un_b.s_b4
#define s_imp S_un.S_un_w.s_w2
#define s6_bytes u.Byte
#define s6_words u.Word
#define s_addr S_un.S_addr
#define s6_addr u.Byte
#define INADDR_ANY ((ULONG)0x00000000)
#define INADDR_LOOPBACK 0x7f000001

typedef enum WDK_INT {
  IPPROTO_HOPOPTS = 0,
  IPPROTO_ICMP = 1,
  IPPROTO_IGMP = 2,
  IPPROTO_GGP = 3,
  IPPROTO_IPV4 = 4,
  IPPROTO_ST = 5,
  IPPROTO_TCP = 6,
  IPPROTO_CBT = 7,
  IPPROTO_EGP = 8,
  IPPROTO_IGP = 9,
  IPPROTO_PUP = 12,
  IPPROTO_UDP = 17,
  IPPROTO_IDP = 22,
  IPPROTO_RDP = 27,
  IPPROTO_IPV6 = 41,
  IPPROTO_ROUTING = 43,
  IPPROTO_FRAGMENT = 44,
  IPPROTO_ESP = 50,
  IPPROTO_AH = 51,
  IPPROTO_ICMPV6 = 58,
  IPPROTO_NONE = 59,
  IPPROTO_DSTOPTS = 60,
  IPPROTO_ND = 77,
  IPPROTO_ICLFXBM = 78,
  IPPROTO_PIM = 103,
  IPPROTO_PGM = 113,
  IPPROTO_L2TP = 115,
  IPPROTO_SCTP = 132,
  IPPROTO_RAW = 255,
  IPPROTO_MAX = 256,
  IPPROTO_RESERVED_RAW = 257,
  IPPROTO_RESERVED_IPSEC = 258,
  IPPROTO_RESERVED_IPSECOFFLOAD = 259,
  IPPROTO_RESERVED_WNV = 260,
  IPPROTO_RESERVED_MAX = 261,
} IPPROTO,
    *PIPPROTO;
#else
typedef int IPPROTO, *PIPPROTO;
#endif

typedef struct WDK_SOCKADDR {
  ADDRESS_FAMILY sa_family;
  CHAR sa_data[14];
} SOCKADDR, *PSOCKADDR;

typedef union _SCOPE_ID {
  struct {
    ULONG Zone : 28;
    ULONG Level : 4;
  };
  ULONG Value;
} SCOPE_ID, *PSCOPE_ID;

typedef struct WDK_SOCKADDR_IN {
  ADDRESS_FAMILY sin_family;
  USHORT sin_port;
  IN_ADDR sin_addr;
  CHAR sin_zero[8];
} SOCKADDR_IN, *PSOCKADDR_IN;
typedef struct WDK_SOCKADDR_IN6 {
  ADDRESS_FAMILY sin6_family;
  USHORT sin6_port;
  ULONG sin6_flowinfo;
  IN6_ADDR sin6_addr;
  union {
    ULONG sin6_scope_id;
    SCOPE_ID sin6_scope_struct;
  };
} SOCKADDR_IN6, *PSOCKADDR_IN6;

typedef union _SOCKADDR_INET {
  SOCKADDR_IN Ipv4;
  SOCKADDR_IN6 Ipv6;
  ADDRESS_FAMILY si_family;
} SOCKADDR_INET, *PSOCKADDR_INET;

typedef struct _SOCKADDR_STORAGE {
  ADDRESS_FAMILY ss_family;
  CHAR __ss_pad1[6];
  LONGLONG __ss_align;
  CHAR __ss_pad2[112];
} SOCKADDR_STORAGE, *PSOCKADDR_STORAGE;

typedef struct _WSACMSGHDR {
  SIZE_T cmsg_len;
  INT cmsg_level;
  INT cmsg_type;
} WSACMSGHDR, *PWSACMSGHDR;

typedef struct _IP_ADDRESS_PREFIX {
  SOCKADDR_INET Prefix;
  UINT8 PrefixLength;
} IP_ADDRESS_PREFIX, *PIP_ADDRESS_PREFIX;

typedef enum _NL_ADDRESS_TYPE WDK_INT {
  NlatUnspecified = 0,
  NlatUnicast = 1,
  NlatAnycast = 2,
  NlatMulticast = 3,
  NlatBroadcast = 4,
  NlatInvalid = 5,
} NL_ADDRESS_TYPE;
typedef NL_ADDRESS_TYPE* PNL_ADDRESS_TYPE;

typedef enum _COMPARTMENT_ID WDK_INT {
  UNSPECIFIED_COMPARTMENT_ID = 0,
  DEFAULT_COMPARTMENT_ID = 1,
} COMPARTMENT_ID;
typedef COMPARTMENT_ID* PCOMPARTMENT_ID;

typedef union _NET_LUID {
  ULONG64 Value;
  struct {
    ULONG64 Reserved : 24;
    ULONG64 NetLuidIndex : 24;
    ULONG64 IfType : 16;
  } Info;
} NET_LUID, *PNET_LUID, IF_LUID;

#ifdef __cplusplus
}
#endif

// SPDX-License-Identifier: Apache-2.0
// Addresses of the internet protocols: text sizes, options, interfaces, and the questions one asks
// of an address.
#pragma once

#include "ws2def.h"

#ifdef WDK_DRIVER

// A constant that every source may define; the linker keeps one.
#ifndef WDK_SHARED_CONSTANT
#ifdef __cplusplus
#define WDK_SHARED_CONSTANT extern "C" __declspec(selectany) const
#else
#define WDK_SHARED_CONSTANT __declspec(selectany) const
#endif
#endif

#define INET_ADDRSTRLEN 22
#define INET6_ADDRSTRLEN 65
#define INADDR_BROADCAST ((ULONG)0xffffffff)
#define INADDR_NONE 0xffffffff
#define IN4ADDR_ANY_INIT \
  {                      \
    {{0, 0, 0, 0}}       \
  }
#define IN4ADDR_LOOPBACK_INIT \
  {                           \
    {{127, 0, 0, 1}}          \
  }
#define IN6ADDR_ANY_INIT \
  {                      \
    {{0}}                \
  }
#define IN6ADDR_LOOPBACK_INIT                          \
  {                                                    \
    {{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1}} \
  }
WDK_SHARED_CONSTANT IN_ADDR in4addr_any = IN4ADDR_ANY_INIT;
WDK_SHARED_CONSTANT IN_ADDR in4addr_loopback = IN4ADDR_LOOPBACK_INIT;
WDK_SHARED_CONSTANT IN6_ADDR in6addr_any = IN6ADDR_ANY_INIT;
WDK_SHARED_CONSTANT IN6_ADDR in6addr_loopback = IN6ADDR_LOOPBACK_INIT;

typedef IN_ADDR* LPIN_ADDR;
typedef IN6_ADDR* LPIN6_ADDR;
typedef const IN_ADDR* PCIN_ADDR;
typedef const IN6_ADDR* PCIN6_ADDR;
typedef SOCKADDR_IN6 SOCKADDR_IN6_LH, *PSOCKADDR_IN6_LH, *LPSOCKADDR_IN6;
typedef SOCKADDR_IN* LPSOCKADDR_IN;
typedef SOCKADDR* LPSOCKADDR;
typedef SOCKADDR_STORAGE SOCKADDR_STORAGE_LH, *LPSOCKADDR_STORAGE;
typedef const SOCKADDR_STORAGE* PCSOCKADDR_STORAGE;

#define AF_UNIX 1
#define AF_IPX 6
#define AF_APPLETALK 16
#define AF_NETBIOS 17
#define AF_IRDA 26
#define AF_HYPERV 34
#define PF_INET AF_INET
#define PF_INET6 AF_INET6
#define SOCK_STREAM 1
#define SOCK_DGRAM 2
#define SOCK_RAW 3
#define SOL_SOCKET 0xffff
#define SO_REUSEADDR 0x0004
#define SO_KEEPALIVE 0x0008
#define SO_BROADCAST 0x0020
#define SO_EXCLUSIVEADDRUSE ((int)(~SO_REUSEADDR))
#define SO_SNDBUF 0x1001
#define SO_RCVBUF 0x1002
#define TCP_NODELAY 1
#define IPPROTO_IP 0
#define IPPORT_RESERVED 1024
#define IPPORT_DNS 53
#define IPPORT_FTP 21
#define IPPORT_SMTP 25
#define IP_OPTIONS 1
#define IP_HDRINCL 2
#define IP_TOS 3
#define IP_TTL 4
#define IP_PKTINFO 19
#define IP_RECVIF 24
#define IP_ECN 50
#define IPV6_HDRINCL 2
#define IPV6_UNICAST_HOPS 4
#define IPV6_MULTICAST_IF 9
#define IPV6_HOPLIMIT 21
#define IPV6_PKTINFO 19
#define IPV6_V6ONLY 27
#define IPV6_ECN 50

typedef struct in_pktinfo {
  IN_ADDR ipi_addr;
  ULONG ipi_ifindex;
} IN_PKTINFO, *PIN_PKTINFO;
typedef struct in6_pktinfo {
  IN6_ADDR ipi6_addr;
  ULONG ipi6_ifindex;
} IN6_PKTINFO, *PIN6_PKTINFO;
C_ASSERT(sizeof(IN_PKTINFO) == 8 && sizeof(IN6_PKTINFO) == 20);

typedef WSACMSGHDR CMSGHDR, *PCMSGHDR, *LPWSACMSGHDR;
typedef struct _WSABUF {
  ULONG len;
  CHAR* buf;
} WSABUF, *LPWSABUF;
typedef struct _WSAMSG {
  LPSOCKADDR name;
  INT namelen;
  LPWSABUF lpBuffers;
  ULONG dwBufferCount;
  WSABUF Control;
  ULONG dwFlags;
} WSAMSG, *PWSAMSG, *LPWSAMSG;
#define WSA_CMSGHDR_ALIGN(n) (((n) + 7) & ~(SIZE_T)7)
#define WSA_CMSGDATA_ALIGN(n) (((n) + 7) & ~(SIZE_T)7)
#define WSA_CMSG_DATA(header) ((PUCHAR)(header) + WSA_CMSGDATA_ALIGN(sizeof(WSACMSGHDR)))
#define WSA_CMSG_SPACE(n) (WSA_CMSGDATA_ALIGN(sizeof(WSACMSGHDR) + WSA_CMSGHDR_ALIGN(n)))
#define WSA_CMSG_LEN(n) (WSA_CMSGDATA_ALIGN(sizeof(WSACMSGHDR)) + (n))
#define CMSG_SPACE WSA_CMSG_SPACE
#define CMSG_LEN WSA_CMSG_LEN

typedef enum {
  ScopeLevelInterface = 1,
  ScopeLevelLink = 2,
  ScopeLevelSubnet = 3,
  ScopeLevelAdmin = 4,
  ScopeLevelSite = 5,
  ScopeLevelOrganization = 8,
  ScopeLevelGlobal = 14,
  ScopeLevelCount = 16
} SCOPE_LEVEL;
#define SCOPEID_UNSPECIFIED_INIT \
  {                              \
    {{0}}                        \
  }
WDK_SHARED_CONSTANT SCOPE_ID scopeid_unspecified = {{0, 0}};

typedef ULONG NET_IFTYPE, *PNET_IFTYPE;
typedef NET_LUID* PIF_LUID;
typedef ULONG NET_IF_COMPARTMENT_ID, *PNET_IF_COMPARTMENT_ID;
typedef GUID NET_IF_NETWORK_GUID, *PNET_IF_NETWORK_GUID;
#define NET_IF_COMPARTMENT_ID_UNSPECIFIED 0
#define NET_IF_COMPARTMENT_ID_PRIMARY 1
#define IF_TYPE_OTHER 1
#define IF_TYPE_ETHERNET_CSMACD 6
#define IF_TYPE_PPP 23
#define IF_TYPE_SOFTWARE_LOOPBACK 24
#define IF_TYPE_PROP_VIRTUAL 53
#define IF_TYPE_IEEE80211 71
#define IF_TYPE_TUNNEL 131
#define IF_TYPE_WWANPP 243
#define IF_TYPE_WWANPP2 244
#define IFI_UNSPECIFIED 0
#define NET_IFINDEX_UNSPECIFIED 0
#define NET_IFLUID_UNSPECIFIED 0
#define IF_MAX_STRING_SIZE 256
#define IF_MAX_PHYS_ADDRESS_LENGTH 32
typedef enum _IF_OPER_STATUS {
  IfOperStatusUp = 1,
  IfOperStatusDown,
  IfOperStatusTesting,
  IfOperStatusUnknown,
  IfOperStatusDormant,
  IfOperStatusNotPresent,
  IfOperStatusLowerLayerDown,
} IF_OPER_STATUS;
typedef enum _TUNNEL_TYPE {
  TUNNEL_TYPE_NONE = 0,
  TUNNEL_TYPE_OTHER = 1,
  TUNNEL_TYPE_DIRECT = 2,
  TUNNEL_TYPE_6TO4 = 11,
  TUNNEL_TYPE_ISATAP = 13,
  TUNNEL_TYPE_TEREDO = 14,
  TUNNEL_TYPE_IPHTTPS = 15,
} TUNNEL_TYPE;
typedef enum _NL_PREFIX_ORIGIN { IpPrefixOriginOther, IpPrefixOriginManual } NL_PREFIX_ORIGIN;
typedef enum _NL_DAD_STATE {
  IpDadStateInvalid,
  IpDadStateTentative,
  IpDadStateDuplicate,
  IpDadStateDeprecated,
  IpDadStatePreferred,
} NL_DAD_STATE;

#define IN4_CLASSA(a) (((LONG)(a) & 0x80) == 0)
FORCEINLINE BOOLEAN IN4_IS_ADDR_UNSPECIFIED(const IN_ADDR* a) {
  return (BOOLEAN)(a->s_addr == 0);
}
FORCEINLINE BOOLEAN IN4_IS_ADDR_LOOPBACK(const IN_ADDR* a) {
  return (BOOLEAN)(a->S_un.S_un_b.s_b1 == 127);
}
FORCEINLINE BOOLEAN IN4_IS_ADDR_BROADCAST(const IN_ADDR* a) {
  return (BOOLEAN)(a->s_addr == 0xffffffff);
}
FORCEINLINE BOOLEAN IN4_IS_ADDR_MULTICAST(const IN_ADDR* a) {
  return (BOOLEAN)((a->S_un.S_un_b.s_b1 & 0xf0) == 0xe0);
}
FORCEINLINE BOOLEAN IN4_IS_ADDR_LINKLOCAL(const IN_ADDR* a) {
  return (BOOLEAN)(a->S_un.S_un_b.s_b1 == 169 && a->S_un.S_un_b.s_b2 == 254);
}
FORCEINLINE BOOLEAN IN4_IS_ADDR_SITELOCAL(const IN_ADDR* a) {
  (void)a;
  return FALSE;
}
FORCEINLINE BOOLEAN IN4_IS_ADDR_RFC1918(const IN_ADDR* a) {
  return (BOOLEAN)(a->S_un.S_un_b.s_b1 == 10 ||
                   (a->S_un.S_un_b.s_b1 == 172 && (a->S_un.S_un_b.s_b2 & 0xf0) == 16) ||
                   (a->S_un.S_un_b.s_b1 == 192 && a->S_un.S_un_b.s_b2 == 168));
}
FORCEINLINE BOOLEAN IN4_IS_ADDR_MC_LINKLOCAL(const IN_ADDR* a) {
  return (BOOLEAN)((a->s_addr & 0xffffff) == 0xe0);
}
FORCEINLINE BOOLEAN IN4_ADDR_EQUAL(const IN_ADDR* a, const IN_ADDR* b) {
  return (BOOLEAN)(a->s_addr == b->s_addr);
}
FORCEINLINE BOOLEAN IN4_UNALIGNED_ADDR_EQUAL(const IN_ADDR* a, const IN_ADDR* b) {
  return (BOOLEAN)(__builtin_memcmp(a, b, sizeof(*a)) == 0);
}
FORCEINLINE BOOLEAN IN6_ADDR_EQUAL(const IN6_ADDR* a, const IN6_ADDR* b) {
  return (BOOLEAN)(__builtin_memcmp(a, b, sizeof(*a)) == 0);
}
#define INET6_ADDR_EQUAL IN6_ADDR_EQUAL
FORCEINLINE BOOLEAN IN6_IS_ADDR_UNSPECIFIED(const IN6_ADDR* a) {
  return IN6_ADDR_EQUAL(a, &in6addr_any);
}
FORCEINLINE BOOLEAN IN6_IS_ADDR_LOOPBACK(const IN6_ADDR* a) {
  return IN6_ADDR_EQUAL(a, &in6addr_loopback);
}
FORCEINLINE BOOLEAN IN6_IS_ADDR_MULTICAST(const IN6_ADDR* a) {
  return (BOOLEAN)(a->u.Byte[0] == 0xff);
}
FORCEINLINE BOOLEAN IN6_IS_ADDR_LINKLOCAL(const IN6_ADDR* a) {
  return (BOOLEAN)(a->u.Byte[0] == 0xfe && (a->u.Byte[1] & 0xc0) == 0x80);
}
FORCEINLINE BOOLEAN IN6_IS_ADDR_SITELOCAL(const IN6_ADDR* a) {
  return (BOOLEAN)(a->u.Byte[0] == 0xfe && (a->u.Byte[1] & 0xc0) == 0xc0);
}
FORCEINLINE BOOLEAN IN6_IS_ADDR_GLOBAL(const IN6_ADDR* a) {
  ULONG high = a->u.Byte[0] & 0xf0;
  return (BOOLEAN)(high != 0 && high != 0xf0);
}
FORCEINLINE BOOLEAN IN6_IS_ADDR_V4MAPPED(const IN6_ADDR* a) {
  return (BOOLEAN)(a->u.Word[0] == 0 && a->u.Word[1] == 0 && a->u.Word[2] == 0 &&
                   a->u.Word[3] == 0 && a->u.Word[4] == 0 && a->u.Word[5] == 0xffff);
}
FORCEINLINE BOOLEAN IN6_IS_ADDR_MC_LINKLOCAL(const IN6_ADDR* a) {
  return (BOOLEAN)(IN6_IS_ADDR_MULTICAST(a) && (a->u.Byte[1] & 0xf) == 2);
}
FORCEINLINE BOOLEAN IN6_IS_ADDR_MC_NODELOCAL(const IN6_ADDR* a) {
  return (BOOLEAN)(IN6_IS_ADDR_MULTICAST(a) && (a->u.Byte[1] & 0xf) == 1);
}
FORCEINLINE BOOLEAN IN6_IS_ADDR_MC_SITELOCAL(const IN6_ADDR* a) {
  return (BOOLEAN)(IN6_IS_ADDR_MULTICAST(a) && (a->u.Byte[1] & 0xf) == 5);
}
FORCEINLINE BOOLEAN IN6_IS_ADDR_MC_GLOBAL(const IN6_ADDR* a) {
  return (BOOLEAN)(IN6_IS_ADDR_MULTICAST(a) && (a->u.Byte[1] & 0xf) == 0xe);
}
FORCEINLINE void IN6_SET_ADDR_UNSPECIFIED(PIN6_ADDR a) {
  __builtin_memset(a, 0, sizeof(*a));
}
FORCEINLINE void IN6_SET_ADDR_LOOPBACK(PIN6_ADDR a) {
  __builtin_memset(a, 0, sizeof(*a));
  a->u.Byte[15] = 1;
}
FORCEINLINE void IN6_SET_ADDR_V4MAPPED(PIN6_ADDR a, const IN_ADDR* v4) {
  __builtin_memset(a, 0, sizeof(*a));
  a->u.Word[5] = 0xffff;
  __builtin_memcpy(&a->u.Byte[12], v4, sizeof(*v4));
}
FORCEINLINE const UCHAR* IN6_GET_ADDR_V4MAPPED(const IN6_ADDR* a) {
  return &a->u.Byte[12];
}
FORCEINLINE void IN4ADDR_SETSOCKADDR(PSOCKADDR_IN to, const IN_ADDR* address, USHORT port) {
  __builtin_memset(to, 0, sizeof(*to));
  to->sin_family = AF_INET;
  to->sin_port = port;
  to->sin_addr = *address;
}
FORCEINLINE void IN6ADDR_SETSOCKADDR(PSOCKADDR_IN6 to, const IN6_ADDR* address, SCOPE_ID scope,
                                     USHORT port) {
  __builtin_memset(to, 0, sizeof(*to));
  to->sin6_family = AF_INET6;
  to->sin6_port = port;
  to->sin6_addr = *address;
  to->sin6_scope_id = scope.Value;
}
FORCEINLINE void IN4ADDR_SETANY(PSOCKADDR_IN to) {
  IN4ADDR_SETSOCKADDR(to, &in4addr_any, 0);
}
FORCEINLINE void IN6ADDR_SETANY(PSOCKADDR_IN6 to) {
  IN6ADDR_SETSOCKADDR(to, &in6addr_any, scopeid_unspecified, 0);
}
FORCEINLINE void IN4ADDR_SETLOOPBACK(PSOCKADDR_IN to) {
  IN4ADDR_SETSOCKADDR(to, &in4addr_loopback, 0);
}
FORCEINLINE void IN6ADDR_SETLOOPBACK(PSOCKADDR_IN6 to) {
  IN6ADDR_SETSOCKADDR(to, &in6addr_loopback, scopeid_unspecified, 0);
}
FORCEINLINE BOOLEAN IN4ADDR_ISLOOPBACK(const SOCKADDR_IN* a) {
  return IN4_IS_ADDR_LOOPBACK(&a->sin_addr);
}
FORCEINLINE BOOLEAN IN4ADDR_ISANY(const SOCKADDR_IN* a) {
  return IN4_IS_ADDR_UNSPECIFIED(&a->sin_addr);
}
FORCEINLINE BOOLEAN IN6ADDR_ISLOOPBACK(const SOCKADDR_IN6* a) {
  return IN6_IS_ADDR_LOOPBACK(&a->sin6_addr);
}
FORCEINLINE BOOLEAN IN6ADDR_ISANY(const SOCKADDR_IN6* a) {
  return IN6_IS_ADDR_UNSPECIFIED(&a->sin6_addr);
}
FORCEINLINE BOOLEAN INETADDR_ISLOOPBACK(const SOCKADDR* a) {
  return a->sa_family == AF_INET6 ? IN6ADDR_ISLOOPBACK((const SOCKADDR_IN6*)a)
                                  : IN4ADDR_ISLOOPBACK((const SOCKADDR_IN*)a);
}
FORCEINLINE BOOLEAN INETADDR_ISANY(const SOCKADDR* a) {
  return a->sa_family == AF_INET6 ? IN6ADDR_ISANY((const SOCKADDR_IN6*)a)
                                  : IN4ADDR_ISANY((const SOCKADDR_IN*)a);
}
FORCEINLINE BOOLEAN INET_ADDR_EQUAL(ADDRESS_FAMILY family, const void* a, const void* b) {
  return family == AF_INET6 ? IN6_ADDR_EQUAL((const IN6_ADDR*)a, (const IN6_ADDR*)b)
                            : IN4_ADDR_EQUAL((const IN_ADDR*)a, (const IN_ADDR*)b);
}
FORCEINLINE BOOLEAN INET_IS_ADDR_LOOPBACK(ADDRESS_FAMILY family, const void* a) {
  return family == AF_INET6 ? IN6_IS_ADDR_LOOPBACK((const IN6_ADDR*)a)
                            : IN4_IS_ADDR_LOOPBACK((const IN_ADDR*)a);
}
FORCEINLINE BOOLEAN INET_IS_ADDR_UNSPECIFIED(ADDRESS_FAMILY family, const void* a) {
  return family == AF_INET6 ? IN6_IS_ADDR_UNSPECIFIED((const IN6_ADDR*)a)
                            : IN4_IS_ADDR_UNSPECIFIED((const IN_ADDR*)a);
}
FORCEINLINE BOOLEAN INET_IS_ADDR_MULTICAST(ADDRESS_FAMILY family, const void* a) {
  return family == AF_INET6 ? IN6_IS_ADDR_MULTICAST((const IN6_ADDR*)a)
                            : IN4_IS_ADDR_MULTICAST((const IN_ADDR*)a);
}
FORCEINLINE USHORT INETADDR_PORT(const SOCKADDR* a) {
  return ((const SOCKADDR_IN*)a)->sin_port;
}
#ifndef AF_LINK
#define AF_LINK 33
#endif
typedef struct ip_mreq {
  IN_ADDR imr_multiaddr;
  IN_ADDR imr_interface;
} IP_MREQ, *PIP_MREQ;
typedef struct ipv6_mreq {
  IN6_ADDR ipv6mr_multiaddr;
  ULONG ipv6mr_interface;
} IPV6_MREQ, *PIPV6_MREQ;
typedef struct _SOCKET_ADDRESS {
  PSOCKADDR lpSockaddr;
  LONG iSockaddrLength;
} SOCKET_ADDRESS, *PSOCKET_ADDRESS;
typedef struct _SOCKET_ADDRESS_LIST {
  LONG iAddressCount;
  SOCKET_ADDRESS Address[1];
} SOCKET_ADDRESS_LIST, *PSOCKET_ADDRESS_LIST;
#define SS_PORT(a) (((PSOCKADDR_IN)(a))->sin_port)
#define SIO_RCVALL 0x98000001U

#endif  // WDK_DRIVER

// SPDX-License-Identifier: Apache-2.0
// Questions about addresses and changes to them, beside those of ws2ipdef.h: multicast scopes,
// addresses that embed others, and the same for socket addresses of either family.
#pragma once

#include "ip2string.h"
#include "ws2ipdef.h"

#ifdef WDK_DRIVER

WDK_SHARED_CONSTANT IN_ADDR in4addr_broadcast = {{{255, 255, 255, 255}}};
WDK_SHARED_CONSTANT IN_ADDR in4addr_linklocalprefix = {{{169, 254, 0, 0}}};
WDK_SHARED_CONSTANT IN6_ADDR in6addr_allnodesonnode = {
    {{0xff, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1}}};
WDK_SHARED_CONSTANT IN6_ADDR in6addr_allnodesonlink = {
    {{0xff, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1}}};
WDK_SHARED_CONSTANT IN6_ADDR in6addr_allroutersonlink = {
    {{0xff, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2}}};
WDK_SHARED_CONSTANT IN6_ADDR in6addr_solicitednodemulticastprefix = {
    {{0xff, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0xff, 0, 0, 0}}};
WDK_SHARED_CONSTANT IN6_ADDR in6addr_linklocalprefix = {{{0xfe, 0x80}}};
WDK_SHARED_CONSTANT IN6_ADDR in6addr_multicastprefix = {{{0xff}}};
WDK_SHARED_CONSTANT IN6_ADDR in6addr_v4mappedprefix = {
    {{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 0, 0, 0, 0}}};
WDK_SHARED_CONSTANT IN6_ADDR in6addr_6to4prefix = {{{0x20, 2}}};
WDK_SHARED_CONSTANT IN6_ADDR in6addr_teredoprefix = {{{0x20, 1}}};
#define IN6ADDR_LINKLOCALPREFIX_LENGTH 64
#define IN6ADDR_MULTICASTPREFIX_LENGTH 8
#define IN6ADDR_SOLICITEDNODEMULTICASTPREFIX_LENGTH 104
#define IN6ADDR_V4MAPPEDPREFIX_LENGTH 96
#define IN6ADDR_6TO4PREFIX_LENGTH 16
#define IN6ADDR_TEREDOPREFIX_LENGTH 32

// ---- IPv4 -------------------------------------------------------------------------------------

FORCEINLINE BOOLEAN IN4_IS_ADDR_MC_ADMINLOCAL(const IN_ADDR* a) {
  return (BOOLEAN)(a->S_un.S_un_b.s_b1 == 239 && a->S_un.S_un_b.s_b2 == 255);
}
FORCEINLINE BOOLEAN IN4_IS_ADDR_MC_SITELOCAL(const IN_ADDR* a) {
  return (BOOLEAN)(a->S_un.S_un_b.s_b1 == 239 && !IN4_IS_ADDR_MC_ADMINLOCAL(a));
}
FORCEINLINE SCOPE_LEVEL IN4_MULTICAST_SCOPE(const IN_ADDR* a) {
  if (IN4_IS_ADDR_MC_LINKLOCAL(a)) return ScopeLevelLink;
  if (IN4_IS_ADDR_MC_ADMINLOCAL(a)) return ScopeLevelAdmin;
  if (IN4_IS_ADDR_MC_SITELOCAL(a)) return ScopeLevelSite;
  return ScopeLevelGlobal;
}
FORCEINLINE SCOPE_LEVEL IN4_ADDR_SCOPE(const IN_ADDR* a) {
  if (IN4_IS_ADDR_LINKLOCAL(a) || IN4_IS_ADDR_LOOPBACK(a)) return ScopeLevelLink;
  return IN4_IS_ADDR_MULTICAST(a) ? IN4_MULTICAST_SCOPE(a) : ScopeLevelGlobal;
}
#define WDK_UNALIGNED_IN4(question)                                        \
  FORCEINLINE BOOLEAN IN4_IS_UNALIGNED_ADDR_##question(const IN_ADDR* a) { \
    IN_ADDR copy;                                                          \
    __builtin_memcpy(&copy, a, sizeof(copy));                              \
    return IN4_IS_ADDR_##question(&copy);                                  \
  }
WDK_UNALIGNED_IN4(UNSPECIFIED)
WDK_UNALIGNED_IN4(LOOPBACK)
WDK_UNALIGNED_IN4(BROADCAST)
WDK_UNALIGNED_IN4(MULTICAST)
WDK_UNALIGNED_IN4(LINKLOCAL)
WDK_UNALIGNED_IN4(RFC1918)
#undef WDK_UNALIGNED_IN4

// ---- IPv6 -------------------------------------------------------------------------------------

FORCEINLINE BOOLEAN IN6_PREFIX_EQUAL(const IN6_ADDR* a, const IN6_ADDR* b, UINT8 bits) {
  ULONG whole = bits / 8;
  UCHAR rest = (UCHAR)(0xff00 >> (bits % 8));
  if (__builtin_memcmp(a, b, whole) != 0) return FALSE;
  return (BOOLEAN)(bits % 8 == 0 || ((a->u.Byte[whole] ^ b->u.Byte[whole]) & rest) == 0);
}
FORCEINLINE BOOLEAN IN6_IS_ADDR_ALLNODESONNODE(const IN6_ADDR* a) {
  return IN6_ADDR_EQUAL(a, &in6addr_allnodesonnode);
}
FORCEINLINE BOOLEAN IN6_IS_ADDR_ALLNODESONLINK(const IN6_ADDR* a) {
  return IN6_ADDR_EQUAL(a, &in6addr_allnodesonlink);
}
FORCEINLINE BOOLEAN IN6_IS_ADDR_ALLROUTERSONLINK(const IN6_ADDR* a) {
  return IN6_ADDR_EQUAL(a, &in6addr_allroutersonlink);
}
FORCEINLINE BOOLEAN IN6_IS_ADDR_SOLICITEDNODE(const IN6_ADDR* a) {
  return IN6_PREFIX_EQUAL(a, &in6addr_solicitednodemulticastprefix,
                          IN6ADDR_SOLICITEDNODEMULTICASTPREFIX_LENGTH);
}
FORCEINLINE BOOLEAN IN6_IS_ADDR_6TO4(const IN6_ADDR* a) {
  return IN6_PREFIX_EQUAL(a, &in6addr_6to4prefix, IN6ADDR_6TO4PREFIX_LENGTH);
}
FORCEINLINE BOOLEAN IN6_IS_ADDR_TEREDO(const IN6_ADDR* a) {
  return IN6_PREFIX_EQUAL(a, &in6addr_teredoprefix, IN6ADDR_TEREDOPREFIX_LENGTH);
}
FORCEINLINE BOOLEAN IN6_IS_ADDR_ISATAP(const IN6_ADDR* a) {
  return (BOOLEAN)((a->u.Byte[8] & 0xfc) == 0 && a->u.Byte[9] == 0 && a->u.Byte[10] == 0x5e &&
                   a->u.Byte[11] == 0xfe);
}
FORCEINLINE BOOLEAN IN6_IS_ADDR_V4COMPAT(const IN6_ADDR* a) {
  return (BOOLEAN)(IN6_PREFIX_EQUAL(a, &in6addr_any, 96) && !IN6_IS_ADDR_UNSPECIFIED(a) &&
                   !IN6_IS_ADDR_LOOPBACK(a));
}
FORCEINLINE BOOLEAN IN6_IS_ADDR_V4TRANSLATED(const IN6_ADDR* a) {
  return (BOOLEAN)(IN6_PREFIX_EQUAL(a, &in6addr_any, 64) && a->u.Byte[8] == 0xff &&
                   a->u.Byte[9] == 0xff && a->u.Word[5] == 0);
}
FORCEINLINE BOOLEAN IN6_IS_ADDR_MC_ORGLOCAL(const IN6_ADDR* a) {
  return (BOOLEAN)(IN6_IS_ADDR_MULTICAST(a) && (a->u.Byte[1] & 0xf) == 8);
}
FORCEINLINE BOOLEAN IN6_IS_ADDR_EUI64(const IN6_ADDR* a) {
  // Format prefixes 001 to 110 have 64-bit interface identifiers.
  ULONG format = a->u.Byte[0] & 0xe0;
  return (BOOLEAN)(format != 0 && format != 0xe0);
}
FORCEINLINE BOOLEAN IN6_IS_ADDR_SUBNET_ROUTER_ANYCAST(const IN6_ADDR* a) {
  return (BOOLEAN)(IN6_IS_ADDR_EUI64(a) && a->u.Word[4] == 0 && a->u.Word[5] == 0 &&
                   a->u.Word[6] == 0 && a->u.Word[7] == 0);
}
FORCEINLINE BOOLEAN IN6_IS_ADDR_SUBNET_RESERVED_ANYCAST(const IN6_ADDR* a) {
  return (BOOLEAN)(IN6_IS_ADDR_EUI64(a) && a->u.Byte[8] == 0xfd && a->u.Byte[9] == 0xff &&
                   a->u.Word[5] == 0xffff && a->u.Word[6] == 0xffff && a->u.Byte[14] == 0xff &&
                   (a->u.Byte[15] & 0x80) != 0);
}
FORCEINLINE BOOLEAN IN6_IS_ADDR_ANYCAST(const IN6_ADDR* a) {
  return (BOOLEAN)(IN6_IS_ADDR_SUBNET_RESERVED_ANYCAST(a) || IN6_IS_ADDR_SUBNET_ROUTER_ANYCAST(a));
}
FORCEINLINE BOOLEAN IN6_IS_ADDR_UNICAST(const IN6_ADDR* a) {
  return (BOOLEAN)(!IN6_IS_ADDR_MULTICAST(a) && !IN6_IS_ADDR_UNSPECIFIED(a));
}
FORCEINLINE const UCHAR* IN6_GET_ADDR_V4COMPAT(const IN6_ADDR* a) {
  return &a->u.Byte[12];
}
FORCEINLINE const UCHAR* IN6_EXTRACT_V4ADDR_FROM_6TO4(const IN6_ADDR* a) {
  return &a->u.Byte[2];
}
FORCEINLINE const UCHAR* IN6_EXTRACT_V4ADDR_FROM_ISATAP(const IN6_ADDR* a) {
  return &a->u.Byte[12];
}
FORCEINLINE void IN6_SET_ADDR_V4COMPAT(PIN6_ADDR a, const IN_ADDR* v4) {
  __builtin_memset(a, 0, 12);
  __builtin_memcpy(&a->u.Byte[12], v4, sizeof(*v4));
}
FORCEINLINE void IN6_SET_ADDR_SOLICITEDNODE(PIN6_ADDR multicast, const IN6_ADDR* unicast) {
  UCHAR low[3] = {unicast->u.Byte[13], unicast->u.Byte[14], unicast->u.Byte[15]};
  *multicast = in6addr_solicitednodemulticastprefix;
  __builtin_memcpy(&multicast->u.Byte[13], low, sizeof(low));
}
FORCEINLINE SCOPE_LEVEL IN6_MULTICAST_SCOPE(const IN6_ADDR* a) {
  return (SCOPE_LEVEL)(a->u.Byte[1] & 0xf);
}
FORCEINLINE SCOPE_LEVEL IN6_ADDR_SCOPE(const IN6_ADDR* a) {
  if (IN6_IS_ADDR_MULTICAST(a)) return IN6_MULTICAST_SCOPE(a);
  if (IN6_IS_ADDR_LINKLOCAL(a) || IN6_IS_ADDR_LOOPBACK(a)) return ScopeLevelLink;
  return IN6_IS_ADDR_SITELOCAL(a) ? ScopeLevelSite : ScopeLevelGlobal;
}

// ---- socket addresses of one family -----------------------------------------------------------

FORCEINLINE BOOLEAN IN4ADDR_ISEQUAL(const SOCKADDR_IN* a, const SOCKADDR_IN* b) {
  return (BOOLEAN)(a->sin_port == b->sin_port && IN4_ADDR_EQUAL(&a->sin_addr, &b->sin_addr));
}
FORCEINLINE BOOLEAN IN4ADDR_ISUNSPECIFIED(const SOCKADDR_IN* a) {
  return (BOOLEAN)(a->sin_port == 0 && IN4_IS_ADDR_UNSPECIFIED(&a->sin_addr));
}
FORCEINLINE SCOPE_LEVEL IN4ADDR_SCOPE(const SOCKADDR_IN* a) {
  return IN4_ADDR_SCOPE(&a->sin_addr);
}
FORCEINLINE SCOPE_ID IN4ADDR_SCOPE_ID(const SOCKADDR_IN* a) {
  SCOPE_ID scope;
  scope.Value = 0;
  scope.Level = (ULONG)IN4ADDR_SCOPE(a);
  return scope;
}
FORCEINLINE SCOPE_ID IN6ADDR_SCOPE_ID(const SOCKADDR_IN6* a) {
  SCOPE_ID scope;
  scope.Value = a->sin6_scope_id;
  return scope;
}
FORCEINLINE BOOLEAN IN6ADDR_ISEQUAL(const SOCKADDR_IN6* a, const SOCKADDR_IN6* b) {
  return (BOOLEAN)(a->sin6_port == b->sin6_port && a->sin6_scope_id == b->sin6_scope_id &&
                   IN6_ADDR_EQUAL(&a->sin6_addr, &b->sin6_addr));
}
FORCEINLINE BOOLEAN IN6ADDR_ISUNSPECIFIED(const SOCKADDR_IN6* a) {
  return (BOOLEAN)(a->sin6_port == 0 && a->sin6_scope_id == 0 &&
                   IN6_IS_ADDR_UNSPECIFIED(&a->sin6_addr));
}
FORCEINLINE BOOLEAN IN6ADDR_ISV4MAPPED(const SOCKADDR_IN6* a) {
  return IN6_IS_ADDR_V4MAPPED(&a->sin6_addr);
}
FORCEINLINE void IN6ADDR_SETV4MAPPED(PSOCKADDR_IN6 to, const IN_ADDR* address, SCOPE_ID scope,
                                     USHORT port) {
  __builtin_memset(to, 0, sizeof(*to));
  to->sin6_family = AF_INET6;
  to->sin6_port = port;
  to->sin6_scope_id = scope.Value;
  IN6_SET_ADDR_V4MAPPED(&to->sin6_addr, address);
}

// ---- socket addresses and addresses of either family -------------------------------------------

FORCEINLINE BOOLEAN INETADDR_ISEQUAL(const SOCKADDR* a, const SOCKADDR* b) {
  if (a->sa_family != b->sa_family) return FALSE;
  return a->sa_family == AF_INET6 ? IN6ADDR_ISEQUAL((const SOCKADDR_IN6*)a, (const SOCKADDR_IN6*)b)
                                  : IN4ADDR_ISEQUAL((const SOCKADDR_IN*)a, (const SOCKADDR_IN*)b);
}
FORCEINLINE BOOLEAN INETADDR_ISUNSPECIFIED(const SOCKADDR* a) {
  return a->sa_family == AF_INET6 ? IN6ADDR_ISUNSPECIFIED((const SOCKADDR_IN6*)a)
                                  : IN4ADDR_ISUNSPECIFIED((const SOCKADDR_IN*)a);
}
FORCEINLINE BOOLEAN INETADDR_ISV4MAPPED(const SOCKADDR* a) {
  return (BOOLEAN)(a->sa_family == AF_INET6 && IN6ADDR_ISV4MAPPED((const SOCKADDR_IN6*)a));
}
// These set address, port and scope, and leave the family.
FORCEINLINE void INETADDR_SETANY(PSOCKADDR to) {
  if (to->sa_family == AF_INET6) {
    IN6ADDR_SETANY((PSOCKADDR_IN6)to);
  } else {
    IN4ADDR_SETANY((PSOCKADDR_IN)to);
  }
}
FORCEINLINE void INETADDR_SETLOOPBACK(PSOCKADDR to) {
  if (to->sa_family == AF_INET6) {
    IN6ADDR_SETLOOPBACK((PSOCKADDR_IN6)to);
  } else {
    IN4ADDR_SETLOOPBACK((PSOCKADDR_IN)to);
  }
}
FORCEINLINE void INETADDR_SETSOCKADDR(ADDRESS_FAMILY family, PSOCKADDR to, const VOID* address,
                                      SCOPE_ID scope, USHORT port) {
  if (family == AF_INET6) {
    IN6ADDR_SETSOCKADDR((PSOCKADDR_IN6)to, (const IN6_ADDR*)address, scope, port);
  } else {
    IN4ADDR_SETSOCKADDR((PSOCKADDR_IN)to, (const IN_ADDR*)address, port);
  }
}
FORCEINLINE PUCHAR INETADDR_ADDRESS(const SOCKADDR* a) {
  return a->sa_family == AF_INET6 ? (PUCHAR) & ((PSOCKADDR_IN6)a)->sin6_addr
                                  : (PUCHAR) & ((PSOCKADDR_IN)a)->sin_addr;
}
FORCEINLINE void INETADDR_SET_PORT(PSOCKADDR a, USHORT port) {
  ((PSOCKADDR_IN)a)->sin_port = port;
}
FORCEINLINE void INET_SET_ADDRESS(ADDRESS_FAMILY family, PUCHAR to, const UCHAR* from) {
  __builtin_memcpy(to, from, family == AF_INET6 ? sizeof(IN6_ADDR) : sizeof(IN_ADDR));
}
FORCEINLINE void INETADDR_SET_ADDRESS(PSOCKADDR a, const UCHAR* address) {
  INET_SET_ADDRESS(a->sa_family, INETADDR_ADDRESS(a), address);
}
FORCEINLINE SCOPE_ID INETADDR_SCOPE_ID(const SOCKADDR* a) {
  return a->sa_family == AF_INET6 ? IN6ADDR_SCOPE_ID((const SOCKADDR_IN6*)a)
                                  : IN4ADDR_SCOPE_ID((const SOCKADDR_IN*)a);
}
FORCEINLINE BOOLEAN INET_IS_ADDR_BROADCAST(ADDRESS_FAMILY family, const VOID* a) {
  return (BOOLEAN)(family != AF_INET6 && IN4_IS_ADDR_BROADCAST((const IN_ADDR*)a));
}
FORCEINLINE BOOLEAN INET_UNALIGNED_ADDR_EQUAL(ADDRESS_FAMILY family, const VOID* a, const VOID* b) {
  return (BOOLEAN)(__builtin_memcmp(a, b,
                                    family == AF_INET6 ? sizeof(IN6_ADDR) : sizeof(IN_ADDR)) == 0);
}
FORCEINLINE BOOLEAN INET_IS_UNALIGNED_ADDR_LOOPBACK(ADDRESS_FAMILY family, const VOID* a) {
  return family == AF_INET6 ? IN6_IS_ADDR_LOOPBACK((const IN6_ADDR*)a)
                            : IN4_IS_UNALIGNED_ADDR_LOOPBACK((const IN_ADDR*)a);
}

#endif  // WDK_DRIVER

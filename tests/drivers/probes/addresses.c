// SPDX-License-Identifier: Apache-2.0
// The questions of mstcpip.h about addresses, and what it changes in socket addresses.
#include "probe.h"

#include <mstcpip.h>

static IN_ADDR v4(UCHAR a, UCHAR b, UCHAR c, UCHAR d) {
  IN_ADDR address = {{{a, b, c, d}}};
  return address;
}

static IN6_ADDR v6(PCSTR text) {
  IN6_ADDR address;
  PCSTR end = NULL;
  EXPECT_IS(STATUS_SUCCESS, RtlIpv6StringToAddressA(text, &end, &address));
  return address;
}

static VOID multicast_addresses_of_ipv4_have_scopes(VOID) {
  const IN_ADDR link = v4(224, 0, 0, 251);
  const IN_ADDR admin = v4(239, 255, 255, 250);
  const IN_ADDR site = v4(239, 192, 0, 1);
  const IN_ADDR global = v4(232, 1, 2, 3);
  EXPECT(IN4_IS_ADDR_MC_ADMINLOCAL(&admin) && !IN4_IS_ADDR_MC_ADMINLOCAL(&site));
  EXPECT(IN4_IS_ADDR_MC_SITELOCAL(&site) && !IN4_IS_ADDR_MC_SITELOCAL(&admin));
  EXPECT_IS(ScopeLevelLink, IN4_MULTICAST_SCOPE(&link));
  EXPECT_IS(ScopeLevelAdmin, IN4_MULTICAST_SCOPE(&admin));
  EXPECT_IS(ScopeLevelSite, IN4_MULTICAST_SCOPE(&site));
  EXPECT_IS(ScopeLevelGlobal, IN4_MULTICAST_SCOPE(&global));
}

static VOID addresses_of_ipv6_are_told_apart(VOID) {
  const IN6_ADDR six_to_four = v6("2002:c000:201::1");
  const IN6_ADDR teredo = v6("2001:0:1::");
  const IN6_ADDR isatap = v6("fe80::5efe:192.0.2.1");
  const IN6_ADDR solicited = v6("ff02::1:ff00:1234");
  const IN6_ADDR unicast = v6("2001:db8::12:1234");
  IN6_ADDR made;
  EXPECT(IN6_IS_ADDR_6TO4(&six_to_four) && !IN6_IS_ADDR_6TO4(&teredo));
  EXPECT(IN6_IS_ADDR_TEREDO(&teredo) && !IN6_IS_ADDR_TEREDO(&unicast));
  EXPECT(IN6_IS_ADDR_ISATAP(&isatap) && IN6_IS_ADDR_SOLICITEDNODE(&solicited));
  EXPECT(IN4_ADDR_EQUAL((const IN_ADDR*)IN6_EXTRACT_V4ADDR_FROM_6TO4(&six_to_four),
                        (const IN_ADDR*)IN6_EXTRACT_V4ADDR_FROM_ISATAP(&isatap)));
  IN6_SET_ADDR_SOLICITEDNODE(&made, &unicast);
  EXPECT_IS(0x12, made.u.Byte[13]);
  EXPECT(IN6_PREFIX_EQUAL(&made, &solicited, 104) && !IN6_PREFIX_EQUAL(&made, &solicited, 108));
  EXPECT_IS(ScopeLevelLink, IN6_ADDR_SCOPE(&solicited));
  EXPECT_IS(ScopeLevelGlobal, IN6_ADDR_SCOPE(&unicast));
}

static VOID socket_addresses_keep_their_family(VOID) {
  SOCKADDR_STORAGE storage;
  SOCKADDR_STORAGE other;
  const PSOCKADDR address = (PSOCKADDR)&storage;
  const IN_ADDR to = v4(192, 0, 2, 1);
  const IN6_ADDR to6 = v6("2001:db8::1");
  RtlZeroMemory(&storage, sizeof(storage));
  RtlZeroMemory(&other, sizeof(other));
  address->sa_family = AF_INET;
  INETADDR_SET_PORT(address, 0x5000);
  INETADDR_SET_ADDRESS(address, &to.S_un.S_un_b.s_b1);
  EXPECT(IN4_ADDR_EQUAL(&((PSOCKADDR_IN)address)->sin_addr, &to));
  EXPECT_IS(0x5000, INETADDR_PORT(address));
  EXPECT_IS(AF_INET, address->sa_family);
  INETADDR_SETSOCKADDR(AF_INET, (PSOCKADDR)&other, &to, scopeid_unspecified, 0x5000);
  EXPECT(INETADDR_ISEQUAL(address, (PSOCKADDR)&other));
  INETADDR_SETLOOPBACK(address);
  EXPECT(INETADDR_ISLOOPBACK(address) && INETADDR_PORT(address) == 0);
  EXPECT(!INETADDR_ISEQUAL(address, (PSOCKADDR)&other) && !INETADDR_ISUNSPECIFIED(address));
  address->sa_family = AF_INET6;
  INETADDR_SET_ADDRESS(address, to6.u.Byte);
  EXPECT(INET_UNALIGNED_ADDR_EQUAL(AF_INET6, INETADDR_ADDRESS(address), &to6));
  EXPECT(!INETADDR_ISV4MAPPED(address));
  INETADDR_SETANY(address);
  EXPECT(INETADDR_ISANY(address) && INETADDR_ISUNSPECIFIED(address));
  EXPECT_IS(AF_INET6, address->sa_family);
}

PROBE_CASE* const probe_cases[] = {
    multicast_addresses_of_ipv4_have_scopes,
    addresses_of_ipv6_are_told_apart,
    socket_addresses_keep_their_family,
    NULL,
};

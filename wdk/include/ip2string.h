// SPDX-License-Identifier: Apache-2.0
// Text forms of IP addresses.
#pragma once

#include "ws2ipdef.h"

#ifdef __cplusplus
extern "C" {
#endif

NTSYSAPI PSTR NTAPI RtlIpv4AddressToStringA(const struct WDK_IN_ADDR* Addr, PSTR S);
NTSYSAPI PWSTR NTAPI RtlIpv4AddressToStringW(const struct WDK_IN_ADDR* Addr, PWSTR S);
NTSYSAPI PSTR NTAPI RtlIpv6AddressToStringA(const struct WDK_IN6_ADDR* Addr, PSTR S);
NTSYSAPI PWSTR NTAPI RtlIpv6AddressToStringW(const struct WDK_IN6_ADDR* Addr, PWSTR S);
NTSYSAPI NTSTATUS NTAPI RtlIpv4StringToAddressA(PCSTR S, BOOLEAN Strict, PCSTR* Terminator,
                                                struct WDK_IN_ADDR* Addr);
NTSYSAPI NTSTATUS NTAPI RtlIpv4StringToAddressW(PCWSTR S, BOOLEAN Strict, PCWSTR* Terminator,
                                                struct WDK_IN_ADDR* Addr);
NTSYSAPI NTSTATUS NTAPI RtlIpv6StringToAddressA(PCSTR S, PCSTR* Terminator,
                                                struct WDK_IN6_ADDR* Addr);
NTSYSAPI NTSTATUS NTAPI RtlIpv6StringToAddressW(PCWSTR S, PCWSTR* Terminator,
                                                struct WDK_IN6_ADDR* Addr);
NTSYSAPI NTSTATUS NTAPI RtlIpv4AddressToStringExA(const struct WDK_IN_ADDR* Address, USHORT Port,
                                                  PSTR Buffer, PULONG Length);
NTSYSAPI NTSTATUS NTAPI RtlIpv4AddressToStringExW(const struct WDK_IN_ADDR* Address, USHORT Port,
                                                  PWSTR Buffer, PULONG Length);
NTSYSAPI NTSTATUS NTAPI RtlIpv6AddressToStringExA(const struct WDK_IN6_ADDR* Address, ULONG ScopeId,
                                                  USHORT Port, PSTR Buffer, PULONG Length);
NTSYSAPI NTSTATUS NTAPI RtlIpv6AddressToStringExW(const struct WDK_IN6_ADDR* Address, ULONG ScopeId,
                                                  USHORT Port, PWSTR Buffer, PULONG Length);

#ifdef __cplusplus
}
#endif

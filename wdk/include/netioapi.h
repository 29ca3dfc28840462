// SPDX-License-Identifier: Apache-2.0
// The IP helper of the kernel: interfaces, addresses, routes and notifications about them.
#pragma once

#include "wdm.h"
#include "ws2ipdef.h"

#ifdef WDK_DRIVER

#ifdef __cplusplus
extern "C" {
#endif

#define NETIOAPI_API NTKERNELAPI NTSTATUS NTAPI
#define NDIS_IF_MAX_STRING_SIZE IF_MAX_STRING_SIZE
#define NETIO_STATUS NTSTATUS
#define NETIO_SUCCESS(status) NT_SUCCESS(status)

typedef enum _MIB_NOTIFICATION_TYPE {
  MibParameterNotification,
  MibAddInstance,
  MibDeleteInstance,
  MibInitialNotification,
} MIB_NOTIFICATION_TYPE,
    *PMIB_NOTIFICATION_TYPE;

typedef struct _MIB_IF_ROW2 {
  NET_LUID InterfaceLuid;
  NET_IFINDEX InterfaceIndex;
  GUID InterfaceGuid;
  WCHAR Alias[IF_MAX_STRING_SIZE + 1];
  WCHAR Description[IF_MAX_STRING_SIZE + 1];
  ULONG PhysicalAddressLength;
  UCHAR PhysicalAddress[IF_MAX_PHYS_ADDRESS_LENGTH];
  UCHAR PermanentPhysicalAddress[IF_MAX_PHYS_ADDRESS_LENGTH];
  ULONG Mtu;
  ULONG Type;
  TUNNEL_TYPE TunnelType;
  ULONG MediaType;
  ULONG PhysicalMediumType;
  ULONG AccessType;
  ULONG DirectionType;
  struct {
    BOOLEAN HardwareInterface : 1;
    BOOLEAN FilterInterface : 1;
    BOOLEAN ConnectorPresent : 1;
    BOOLEAN NotAuthenticated : 1;
    BOOLEAN NotMediaConnected : 1;
    BOOLEAN Paused : 1;
    BOOLEAN LowPower : 1;
    BOOLEAN EndPointInterface : 1;
  } InterfaceAndOperStatusFlags;
  IF_OPER_STATUS OperStatus;
  ULONG AdminStatus;
  ULONG MediaConnectState;
  NET_IF_NETWORK_GUID NetworkGuid;
  ULONG ConnectionType;
  ULONG64 TransmitLinkSpeed;
  ULONG64 ReceiveLinkSpeed;
  ULONG64 InOctets;
  ULONG64 InUcastPkts;
  ULONG64 InNUcastPkts;
  ULONG64 InDiscards;
  ULONG64 InErrors;
  ULONG64 InUnknownProtos;
  ULONG64 InUcastOctets;
  ULONG64 InMulticastOctets;
  ULONG64 InBroadcastOctets;
  ULONG64 OutOctets;
  ULONG64 OutUcastPkts;
  ULONG64 OutNUcastPkts;
  ULONG64 OutDiscards;
  ULONG64 OutErrors;
  ULONG64 OutUcastOctets;
  ULONG64 OutMulticastOctets;
  ULONG64 OutBroadcastOctets;
  ULONG64 OutQLen;
} MIB_IF_ROW2, *PMIB_IF_ROW2;
C_ASSERT(sizeof(MIB_IF_ROW2) == 1352);
typedef struct _MIB_IF_TABLE2 {
  ULONG NumEntries;
  MIB_IF_ROW2 Table[ANYSIZE_ARRAY];
} MIB_IF_TABLE2, *PMIB_IF_TABLE2;

typedef struct _MIB_IPINTERFACE_ROW MIB_IPINTERFACE_ROW, *PMIB_IPINTERFACE_ROW;
typedef struct _MIB_UNICASTIPADDRESS_ROW {
  SOCKADDR_INET Address;
  NET_LUID InterfaceLuid;
  NET_IFINDEX InterfaceIndex;
  NL_PREFIX_ORIGIN PrefixOrigin;
  ULONG SuffixOrigin;
  ULONG ValidLifetime;
  ULONG PreferredLifetime;
  UINT8 OnLinkPrefixLength;
  BOOLEAN SkipAsSource;
  NL_DAD_STATE DadState;
  SCOPE_ID ScopeId;
  LARGE_INTEGER CreationTimeStamp;
} MIB_UNICASTIPADDRESS_ROW, *PMIB_UNICASTIPADDRESS_ROW;
C_ASSERT(sizeof(MIB_UNICASTIPADDRESS_ROW) == 80);
typedef struct _MIB_UNICASTIPADDRESS_TABLE {
  ULONG NumEntries;
  MIB_UNICASTIPADDRESS_ROW Table[ANYSIZE_ARRAY];
} MIB_UNICASTIPADDRESS_TABLE, *PMIB_UNICASTIPADDRESS_TABLE;

typedef struct _MIB_IPFORWARD_ROW2 {
  NET_LUID InterfaceLuid;
  NET_IFINDEX InterfaceIndex;
  IP_ADDRESS_PREFIX DestinationPrefix;
  SOCKADDR_INET NextHop;
  UCHAR SitePrefixLength;
  ULONG ValidLifetime;
  ULONG PreferredLifetime;
  ULONG Metric;
  ULONG Protocol;
  BOOLEAN Loopback;
  BOOLEAN AutoconfigureAddress;
  BOOLEAN Publish;
  BOOLEAN Immortal;
  ULONG Age;
  ULONG Origin;
} MIB_IPFORWARD_ROW2, *PMIB_IPFORWARD_ROW2;
C_ASSERT(sizeof(MIB_IPFORWARD_ROW2) == 104);
typedef struct _MIB_IPFORWARD_TABLE2 {
  ULONG NumEntries;
  MIB_IPFORWARD_ROW2 Table[ANYSIZE_ARRAY];
} MIB_IPFORWARD_TABLE2, *PMIB_IPFORWARD_TABLE2;

typedef VOID(NTAPI* PIPINTERFACE_CHANGE_CALLBACK)(PVOID CallerContext, PMIB_IPINTERFACE_ROW Row,
                                                  MIB_NOTIFICATION_TYPE NotificationType);
typedef VOID(NTAPI* PUNICAST_IPADDRESS_CHANGE_CALLBACK)(PVOID CallerContext,
                                                        PMIB_UNICASTIPADDRESS_ROW Row,
                                                        MIB_NOTIFICATION_TYPE NotificationType);
typedef VOID(NTAPI* PIPFORWARD_CHANGE_CALLBACK)(PVOID CallerContext, PMIB_IPFORWARD_ROW2 Row,
                                                MIB_NOTIFICATION_TYPE NotificationType);

NTKERNELAPI NTSTATUS NTAPI NotifyIpInterfaceChange(ADDRESS_FAMILY Family,
                                                   PIPINTERFACE_CHANGE_CALLBACK Callback,
                                                   PVOID CallerContext, BOOLEAN InitialNotification,
                                                   HANDLE* NotificationHandle);
NTKERNELAPI NTSTATUS NTAPI NotifyUnicastIpAddressChange(ADDRESS_FAMILY Family,
                                                        PUNICAST_IPADDRESS_CHANGE_CALLBACK Callback,
                                                        PVOID CallerContext,
                                                        BOOLEAN InitialNotification,
                                                        HANDLE* NotificationHandle);
NTKERNELAPI NTSTATUS NTAPI NotifyRouteChange2(ADDRESS_FAMILY Family,
                                              PIPFORWARD_CHANGE_CALLBACK Callback,
                                              PVOID CallerContext, BOOLEAN InitialNotification,
                                              HANDLE* NotificationHandle);
NTKERNELAPI NTSTATUS NTAPI CancelMibChangeNotify2(HANDLE NotificationHandle);
NTKERNELAPI NTSTATUS NTAPI GetIfTable2(PMIB_IF_TABLE2* Table);
NTKERNELAPI NTSTATUS NTAPI GetIfEntry2(PMIB_IF_ROW2 Row);
NTKERNELAPI VOID NTAPI FreeMibTable(PVOID Memory);
NTKERNELAPI NTSTATUS NTAPI GetUnicastIpAddressTable(ADDRESS_FAMILY Family,
                                                    PMIB_UNICASTIPADDRESS_TABLE* Table);
NTKERNELAPI NTSTATUS NTAPI GetUnicastIpAddressEntry(PMIB_UNICASTIPADDRESS_ROW Row);
NTKERNELAPI NTSTATUS NTAPI GetIpForwardTable2(ADDRESS_FAMILY Family, PMIB_IPFORWARD_TABLE2* Table);
NTKERNELAPI NTSTATUS NTAPI GetBestRoute2(NET_LUID* InterfaceLuid, NET_IFINDEX InterfaceIndex,
                                         const SOCKADDR_INET* SourceAddress,
                                         const SOCKADDR_INET* DestinationAddress,
                                         ULONG AddressSortOptions, PMIB_IPFORWARD_ROW2 BestRoute,
                                         SOCKADDR_INET* BestSourceAddress);
NTKERNELAPI NTSTATUS NTAPI ConvertInterfaceAliasToLuid(const WCHAR* InterfaceAlias,
                                                       PNET_LUID InterfaceLuid);
NTKERNELAPI NTSTATUS NTAPI ConvertInterfaceGuidToLuid(const GUID* InterfaceGuid,
                                                      PNET_LUID InterfaceLuid);
NTKERNELAPI NTSTATUS NTAPI ConvertInterfaceIndexToLuid(NET_IFINDEX InterfaceIndex,
                                                       PNET_LUID InterfaceLuid);
NTKERNELAPI NTSTATUS NTAPI ConvertInterfaceLuidToIndex(const NET_LUID* InterfaceLuid,
                                                       PNET_IFINDEX InterfaceIndex);
NTKERNELAPI NTSTATUS NTAPI ConvertInterfaceLuidToAlias(const NET_LUID* InterfaceLuid,
                                                       PWSTR InterfaceAlias, SIZE_T Length);
NTKERNELAPI NTSTATUS NTAPI ConvertInterfaceLuidToGuid(const NET_LUID* InterfaceLuid,
                                                      GUID* InterfaceGuid);

#ifdef __cplusplus
}
#endif

#endif  // WDK_DRIVER

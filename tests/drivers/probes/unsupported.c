// SPDX-License-Identifier: Apache-2.0
// IPsec, IKE and the records of network events: exports that answer every caller the same.
#include "probe.h"

// Most are declared by no header of the kernel's; none looks at its arguments.
#define UNSUPPORTED(X)                \
  X(FwpmConnectionPolicyAdd0)         \
  X(FwpmConnectionPolicyDeleteByKey0) \
  X(FwpmIPsecTunnelAdd0)              \
  X(FwpmIPsecTunnelAdd1)              \
  X(FwpmIPsecTunnelAdd2)              \
  X(FwpmIPsecTunnelAdd3)              \
  X(FwpmIPsecTunnelDeleteByKey0)      \
  X(FwpmNetEventCreateEnumHandle0)    \
  X(FwpmNetEventDestroyEnumHandle0)   \
  X(FwpmNetEventEnum0)                \
  X(FwpmNetEventEnum1)                \
  X(FwpmNetEventEnum2)                \
  X(FwpmNetEventEnum3)                \
  X(FwpmNetEventEnum4)                \
  X(FwpmNetEventEnum5)                \
  X(IPsecDospGetSecurityInfo0)        \
  X(IPsecDospGetStatistics0)          \
  X(IPsecDospSetSecurityInfo0)        \
  X(IPsecDospStateCreateEnumHandle0)  \
  X(IPsecDospStateDestroyEnumHandle0) \
  X(IPsecDospStateEnum0)              \
  X(IPsecGetStatistics0)              \
  X(IPsecGetStatistics1)              \
  X(IPsecSaContextAddInbound0)        \
  X(IPsecSaContextAddInbound1)        \
  X(IPsecSaContextAddOutbound0)       \
  X(IPsecSaContextAddOutbound1)       \
  X(IPsecSaContextCreate0)            \
  X(IPsecSaContextCreate1)            \
  X(IPsecSaContextCreateEnumHandle0)  \
  X(IPsecSaContextDeleteById0)        \
  X(IPsecSaContextDestroyEnumHandle0) \
  X(IPsecSaContextEnum0)              \
  X(IPsecSaContextEnum1)              \
  X(IPsecSaContextExpire0)            \
  X(IPsecSaContextGetById0)           \
  X(IPsecSaContextGetById1)           \
  X(IPsecSaContextGetSpi0)            \
  X(IPsecSaContextGetSpi1)            \
  X(IPsecSaContextSetSpi0)            \
  X(IPsecSaContextUpdate0)            \
  X(IPsecSaCreateEnumHandle0)         \
  X(IPsecSaDbGetSecurityInfo0)        \
  X(IPsecSaDbSetSecurityInfo0)        \
  X(IPsecSaDestroyEnumHandle0)        \
  X(IPsecSaEnum0)                     \
  X(IPsecSaEnum1)                     \
  X(IkeextGetStatistics0)             \
  X(IkeextGetStatistics1)             \
  X(IkeextSaCreateEnumHandle0)        \
  X(IkeextSaDbGetSecurityInfo0)       \
  X(IkeextSaDbSetSecurityInfo0)       \
  X(IkeextSaDeleteById0)              \
  X(IkeextSaDestroyEnumHandle0)       \
  X(IkeextSaEnum0)                    \
  X(IkeextSaEnum1)                    \
  X(IkeextSaEnum2)                    \
  X(IkeextSaGetById0)                 \
  X(IkeextSaGetById1)                 \
  X(IkeextSaGetById2)

typedef NTSTATUS NTAPI ANY_FUNCTION(HANDLE, PVOID, PVOID, PVOID, PVOID, PVOID, PVOID, PVOID);
#define DECLARE(function) NTKERNELAPI ANY_FUNCTION function;
UNSUPPORTED(DECLARE)

#define CALL(function) \
  EXPECT_IS(STATUS_NOT_SUPPORTED, function(NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL));

static VOID calls_are_refused(VOID){UNSUPPORTED(CALL)}

PROBE_CASE* const probe_cases[] = {calls_are_refused, NULL};

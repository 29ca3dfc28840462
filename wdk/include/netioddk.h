// SPDX-License-Identifier: Apache-2.0
// Network module registrar.
#pragma once

#include "wdm.h"
#include "ws2ipdef.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef enum _NPI_MODULEID_TYPE WDK_INT { MIT_GUID = 1, MIT_IF_LUID = 2 } NPI_MODULEID_TYPE;
typedef GUID NPIID, *PNPIID;
typedef struct _NPI_MODULEID {
  USHORT Length;
  NPI_MODULEID_TYPE Type;
  union {
    GUID Guid;
    LUID IfLuid;
  };
} NPI_MODULEID, *PNPI_MODULEID;

typedef struct _NPI_REGISTRATION_INSTANCE {
  USHORT Version;
  USHORT Size;
  const GUID* NpiId;
  const NPI_MODULEID* ModuleId;
  ULONG Number;
  const void* NpiSpecificCharacteristics;
} NPI_REGISTRATION_INSTANCE, *PNPI_REGISTRATION_INSTANCE;

typedef struct _NPI_PROVIDER_CHARACTERISTICS {
  USHORT Version;
  USHORT Length;
  PVOID ProviderAttachClient;
  PVOID ProviderDetachClient;
  PVOID ProviderCleanupBindingContext;
  NPI_REGISTRATION_INSTANCE ProviderRegistrationInstance;
} NPI_PROVIDER_CHARACTERISTICS, *PNPI_PROVIDER_CHARACTERISTICS;

typedef struct _NPI_CLIENT_CHARACTERISTICS {
  USHORT Version;
  USHORT Length;
  PVOID ClientAttachProvider;
  PVOID ClientDetachProvider;
  PVOID ClientCleanupBindingContext;
  NPI_REGISTRATION_INSTANCE ClientRegistrationInstance;
} NPI_CLIENT_CHARACTERISTICS, *PNPI_CLIENT_CHARACTERISTICS;

_IRQL_requires_max_(PASSIVE_LEVEL) NTKERNELAPI NTSTATUS NTAPI
    NmrClientAttachProvider(HANDLE NmrBindingHandle, PVOID ClientBindingContext,
                            const VOID* ClientDispatch, PVOID* ProviderBindingContext,
                            const VOID** ProviderDispatch);
_IRQL_requires_max_(DISPATCH_LEVEL) NTKERNELAPI VOID NTAPI
    NmrClientDetachProviderComplete(HANDLE NmrBindingHandle);
_IRQL_requires_max_(DISPATCH_LEVEL) NTKERNELAPI NTSTATUS NTAPI
    NmrDeregisterClient(HANDLE NmrClientHandle);
_IRQL_requires_max_(DISPATCH_LEVEL) NTKERNELAPI NTSTATUS NTAPI
    NmrDeregisterProvider(HANDLE NmrProviderHandle);
_IRQL_requires_max_(DISPATCH_LEVEL) NTKERNELAPI VOID NTAPI
    NmrProviderDetachClientComplete(HANDLE NmrBindingHandle);
_IRQL_requires_max_(PASSIVE_LEVEL) NTKERNELAPI NTSTATUS NTAPI
    NmrRegisterClient(PNPI_CLIENT_CHARACTERISTICS ClientCharacteristics, PVOID ClientContext,
                      PHANDLE NmrClientHandle);
_IRQL_requires_max_(PASSIVE_LEVEL) NTKERNELAPI NTSTATUS NTAPI
    NmrRegisterProvider(PNPI_PROVIDER_CHARACTERISTICS ProviderCharacteristics,
                        PVOID ProviderContext, PHANDLE NmrProviderHandle);
NTKERNELAPI NTSTATUS NTAPI NmrWaitForClientDeregisterComplete(HANDLE NmrClientHandle);
NTKERNELAPI NTSTATUS NTAPI NmrWaitForProviderDeregisterComplete(HANDLE NmrProviderHandle);

#ifdef __cplusplus
}
#endif

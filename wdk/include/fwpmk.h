// SPDX-License-Identifier: Apache-2.0
// The management interface of the filter engine for drivers: sessions, transactions, objects, state
// of the engine.
#pragma once

#include "fwpm/guids.h"
#include "fwpm/guids_layers.h"
#include "fwpmtypes.h"
#include "fwpstypes.h"

#ifdef __cplusplus
extern "C" {
#endif

// Authentication services an engine session may name; a driver uses the first.
#define RPC_C_AUTHN_WINNT 10
#define RPC_C_AUTHN_DEFAULT 0xffffffffU
typedef struct _SEC_WINNT_AUTH_IDENTITY_W SEC_WINNT_AUTH_IDENTITY_W;
NTKERNELAPI VOID NTAPI FwpmFreeMemory0(void** p);
_IRQL_requires_max_(DISPATCH_LEVEL) NTKERNELAPI FWPM_SERVICE_STATE NTAPI FwpmBfeStateGet0(void);
_IRQL_requires_max_(PASSIVE_LEVEL) NTKERNELAPI NTSTATUS NTAPI
    FwpmBfeStateSubscribeChanges0(void* deviceObject, FWPM_SERVICE_STATE_CHANGE_CALLBACK0 callback,
                                  void* context, HANDLE* changeHandle);
_IRQL_requires_max_(PASSIVE_LEVEL) NTKERNELAPI NTSTATUS NTAPI
    FwpmBfeStateUnsubscribeChanges0(HANDLE changeHandle);
_IRQL_requires_max_(PASSIVE_LEVEL) NTKERNELAPI NTSTATUS NTAPI
    FwpmEngineOpen0(const wchar_t* serverName, UINT32 authnService,
                    SEC_WINNT_AUTH_IDENTITY_W* authIdentity, const FWPM_SESSION0* session,
                    HANDLE* engineHandle);
_IRQL_requires_max_(PASSIVE_LEVEL) NTKERNELAPI NTSTATUS NTAPI FwpmEngineClose0(HANDLE engineHandle);
_IRQL_requires_max_(PASSIVE_LEVEL) NTKERNELAPI NTSTATUS NTAPI
    FwpmEngineGetOption0(HANDLE engineHandle, FWPM_ENGINE_OPTION option, FWP_VALUE0** value);
_IRQL_requires_max_(PASSIVE_LEVEL) NTKERNELAPI NTSTATUS NTAPI
    FwpmEngineSetOption0(HANDLE engineHandle, FWPM_ENGINE_OPTION option,
                         const FWP_VALUE0* newValue);
_IRQL_requires_max_(PASSIVE_LEVEL) NTKERNELAPI NTSTATUS NTAPI
    FwpmEngineGetSecurityInfo0(HANDLE engineHandle, SECURITY_INFORMATION securityInfo,
                               PSID* sidOwner, PSID* sidGroup, PACL* dacl, PACL* sacl,
                               PSECURITY_DESCRIPTOR* securityDescriptor);
_IRQL_requires_max_(PASSIVE_LEVEL) NTKERNELAPI NTSTATUS NTAPI
    FwpmEngineSetSecurityInfo0(HANDLE engineHandle, SECURITY_INFORMATION securityInfo,
                               const SID* sidOwner, const SID* sidGroup, const ACL* dacl,
                               const ACL* sacl);
_IRQL_requires_max_(PASSIVE_LEVEL) NTKERNELAPI NTSTATUS NTAPI
    FwpmSessionCreateEnumHandle0(HANDLE engineHandle,
                                 const FWPM_SESSION_ENUM_TEMPLATE0* enumTemplate,
                                 HANDLE* enumHandle);
_IRQL_requires_max_(PASSIVE_LEVEL) NTKERNELAPI NTSTATUS NTAPI
    FwpmSessionEnum0(HANDLE engineHandle, HANDLE enumHandle, UINT32 numEntriesRequested,
                     FWPM_SESSION0*** entries, UINT32* numEntriesReturned);
_IRQL_requires_max_(PASSIVE_LEVEL) NTKERNELAPI NTSTATUS NTAPI
    FwpmSessionDestroyEnumHandle0(HANDLE engineHandle, HANDLE enumHandle);
_IRQL_requires_max_(PASSIVE_LEVEL) NTKERNELAPI NTSTATUS NTAPI
    FwpmTransactionBegin0(HANDLE engineHandle, UINT32 flags);
_IRQL_requires_max_(PASSIVE_LEVEL) NTKERNELAPI NTSTATUS NTAPI
    FwpmTransactionCommit0(HANDLE engineHandle);
_IRQL_requires_max_(PASSIVE_LEVEL) NTKERNELAPI NTSTATUS NTAPI
    FwpmTransactionAbort0(HANDLE engineHandle);
_IRQL_requires_max_(PASSIVE_LEVEL) NTKERNELAPI NTSTATUS NTAPI
    FwpmProviderAdd0(HANDLE engineHandle, const FWPM_PROVIDER0* provider, PSECURITY_DESCRIPTOR sd);
_IRQL_requires_max_(PASSIVE_LEVEL) NTKERNELAPI NTSTATUS NTAPI
    FwpmProviderDeleteByKey0(HANDLE engineHandle, const GUID* key);
_IRQL_requires_max_(PASSIVE_LEVEL) NTKERNELAPI NTSTATUS NTAPI
    FwpmProviderGetByKey0(HANDLE engineHandle, const GUID* key, FWPM_PROVIDER0** provider);
_IRQL_requires_max_(PASSIVE_LEVEL) NTKERNELAPI NTSTATUS NTAPI
    FwpmProviderCreateEnumHandle0(HANDLE engineHandle,
                                  const FWPM_PROVIDER_ENUM_TEMPLATE0* enumTemplate,
                                  HANDLE* enumHandle);
_IRQL_requires_max_(PASSIVE_LEVEL) NTKERNELAPI NTSTATUS NTAPI
    FwpmProviderEnum0(HANDLE engineHandle, HANDLE enumHandle, UINT32 numEntriesRequested,
                      FWPM_PROVIDER0*** entries, UINT32* numEntriesReturned);
_IRQL_requires_max_(PASSIVE_LEVEL) NTKERNELAPI NTSTATUS NTAPI
    FwpmProviderDestroyEnumHandle0(HANDLE engineHandle, HANDLE enumHandle);
_IRQL_requires_max_(PASSIVE_LEVEL) NTKERNELAPI NTSTATUS NTAPI
    FwpmProviderGetSecurityInfoByKey0(HANDLE engineHandle, const GUID* key,
                                      SECURITY_INFORMATION securityInfo, PSID* sidOwner,
                                      PSID* sidGroup, PACL* dacl, PACL* sacl,
                                      PSECURITY_DESCRIPTOR* securityDescriptor);
_IRQL_requires_max_(PASSIVE_LEVEL) NTKERNELAPI NTSTATUS NTAPI
    FwpmProviderSetSecurityInfoByKey0(HANDLE engineHandle, const GUID* key,
                                      SECURITY_INFORMATION securityInfo, const SID* sidOwner,
                                      const SID* sidGroup, const ACL* dacl, const ACL* sacl);
_IRQL_requires_max_(PASSIVE_LEVEL) NTKERNELAPI NTSTATUS NTAPI
    FwpmProviderContextAdd0(HANDLE engineHandle, const FWPM_PROVIDER_CONTEXT0* providerContext,
                            PSECURITY_DESCRIPTOR sd, UINT64* id);
_IRQL_requires_max_(PASSIVE_LEVEL) NTKERNELAPI NTSTATUS NTAPI
    FwpmProviderContextAdd1(HANDLE engineHandle, const FWPM_PROVIDER_CONTEXT1* providerContext,
                            PSECURITY_DESCRIPTOR sd, UINT64* id);
_IRQL_requires_max_(PASSIVE_LEVEL) NTKERNELAPI NTSTATUS NTAPI
    FwpmProviderContextAdd2(HANDLE engineHandle, const FWPM_PROVIDER_CONTEXT2* providerContext,
                            PSECURITY_DESCRIPTOR sd, UINT64* id);
_IRQL_requires_max_(PASSIVE_LEVEL) NTKERNELAPI NTSTATUS NTAPI
    FwpmProviderContextAdd3(HANDLE engineHandle, const FWPM_PROVIDER_CONTEXT3* providerContext,
                            PSECURITY_DESCRIPTOR sd, UINT64* id);
_IRQL_requires_max_(PASSIVE_LEVEL) NTKERNELAPI NTSTATUS NTAPI
    FwpmProviderContextDeleteById0(HANDLE engineHandle, UINT64 id);
_IRQL_requires_max_(PASSIVE_LEVEL) NTKERNELAPI NTSTATUS NTAPI
    FwpmProviderContextDeleteByKey0(HANDLE engineHandle, const GUID* key);
_IRQL_requires_max_(PASSIVE_LEVEL) NTKERNELAPI NTSTATUS NTAPI
    FwpmProviderContextGetById0(HANDLE engineHandle, UINT64 id,
                                FWPM_PROVIDER_CONTEXT0** providerContext);
_IRQL_requires_max_(PASSIVE_LEVEL) NTKERNELAPI NTSTATUS NTAPI
    FwpmProviderContextGetById1(HANDLE engineHandle, UINT64 id,
                                FWPM_PROVIDER_CONTEXT1** providerContext);
_IRQL_requires_max_(PASSIVE_LEVEL) NTKERNELAPI NTSTATUS NTAPI
    FwpmProviderContextGetById2(HANDLE engineHandle, UINT64 id,
                                FWPM_PROVIDER_CONTEXT2** providerContext);
_IRQL_requires_max_(PASSIVE_LEVEL) NTKERNELAPI NTSTATUS NTAPI
    FwpmProviderContextGetById3(HANDLE engineHandle, UINT64 id,
                                FWPM_PROVIDER_CONTEXT3** providerContext);
_IRQL_requires_max_(PASSIVE_LEVEL) NTKERNELAPI NTSTATUS NTAPI
    FwpmProviderContextGetByKey0(HANDLE engineHandle, const GUID* key,
                                 FWPM_PROVIDER_CONTEXT0** providerContext);
_IRQL_requires_max_(PASSIVE_LEVEL) NTKERNELAPI NTSTATUS NTAPI
    FwpmProviderContextGetByKey1(HANDLE engineHandle, const GUID* key,
                                 FWPM_PROVIDER_CONTEXT1** providerContext);
_IRQL_requires_max_(PASSIVE_LEVEL) NTKERNELAPI NTSTATUS NTAPI
    FwpmProviderContextGetByKey2(HANDLE engineHandle, const GUID* key,
                                 FWPM_PROVIDER_CONTEXT2** providerContext);
_IRQL_requires_max_(PASSIVE_LEVEL) NTKERNELAPI NTSTATUS NTAPI
    FwpmProviderContextGetByKey3(HANDLE engineHandle, const GUID* key,
                                 FWPM_PROVIDER_CONTEXT3** providerContext);
_IRQL_requires_max_(PASSIVE_LEVEL) NTKERNELAPI NTSTATUS NTAPI
    FwpmProviderContextCreateEnumHandle0(HANDLE engineHandle,
                                         const FWPM_PROVIDER_CONTEXT_ENUM_TEMPLATE0* enumTemplate,
                                         HANDLE* enumHandle);
_IRQL_requires_max_(PASSIVE_LEVEL) NTKERNELAPI NTSTATUS NTAPI
    FwpmProviderContextEnum0(HANDLE engineHandle, HANDLE enumHandle, UINT32 numEntriesRequested,
                             FWPM_PROVIDER_CONTEXT0*** entries, UINT32* numEntriesReturned);
_IRQL_requires_max_(PASSIVE_LEVEL) NTKERNELAPI NTSTATUS NTAPI
    FwpmProviderContextEnum1(HANDLE engineHandle, HANDLE enumHandle, UINT32 numEntriesRequested,
                             FWPM_PROVIDER_CONTEXT1*** entries, UINT32* numEntriesReturned);
_IRQL_requires_max_(PASSIVE_LEVEL) NTKERNELAPI NTSTATUS NTAPI
    FwpmProviderContextEnum2(HANDLE engineHandle, HANDLE enumHandle, UINT32 numEntriesRequested,
                             FWPM_PROVIDER_CONTEXT2*** entries, UINT32* numEntriesReturned);
_IRQL_requires_max_(PASSIVE_LEVEL) NTKERNELAPI NTSTATUS NTAPI
    FwpmProviderContextEnum3(HANDLE engineHandle, HANDLE enumHandle, UINT32 numEntriesRequested,
                             FWPM_PROVIDER_CONTEXT3*** entries, UINT32* numEntriesReturned);
_IRQL_requires_max_(PASSIVE_LEVEL) NTKERNELAPI NTSTATUS NTAPI
    FwpmProviderContextDestroyEnumHandle0(HANDLE engineHandle, HANDLE enumHandle);
_IRQL_requires_max_(PASSIVE_LEVEL) NTKERNELAPI NTSTATUS NTAPI
    FwpmProviderContextGetSecurityInfoByKey0(HANDLE engineHandle, const GUID* key,
                                             SECURITY_INFORMATION securityInfo, PSID* sidOwner,
                                             PSID* sidGroup, PACL* dacl, PACL* sacl,
                                             PSECURITY_DESCRIPTOR* securityDescriptor);
_IRQL_requires_max_(PASSIVE_LEVEL) NTKERNELAPI NTSTATUS NTAPI
    FwpmProviderContextSetSecurityInfoByKey0(HANDLE engineHandle, const GUID* key,
                                             SECURITY_INFORMATION securityInfo, const SID* sidOwner,
                                             const SID* sidGroup, const ACL* dacl, const ACL* sacl);
_IRQL_requires_max_(PASSIVE_LEVEL) NTKERNELAPI NTSTATUS NTAPI
    FwpmSubLayerAdd0(HANDLE engineHandle, const FWPM_SUBLAYER0* subLayer, PSECURITY_DESCRIPTOR sd);
_IRQL_requires_max_(PASSIVE_LEVEL) NTKERNELAPI NTSTATUS NTAPI
    FwpmSubLayerDeleteByKey0(HANDLE engineHandle, const GUID* key);
_IRQL_requires_max_(PASSIVE_LEVEL) NTKERNELAPI NTSTATUS NTAPI
    FwpmSubLayerGetByKey0(HANDLE engineHandle, const GUID* key, FWPM_SUBLAYER0** subLayer);
_IRQL_requires_max_(PASSIVE_LEVEL) NTKERNELAPI NTSTATUS NTAPI
    FwpmSubLayerCreateEnumHandle0(HANDLE engineHandle,
                                  const FWPM_SUBLAYER_ENUM_TEMPLATE0* enumTemplate,
                                  HANDLE* enumHandle);
_IRQL_requires_max_(PASSIVE_LEVEL) NTKERNELAPI NTSTATUS NTAPI
    FwpmSubLayerEnum0(HANDLE engineHandle, HANDLE enumHandle, UINT32 numEntriesRequested,
                      FWPM_SUBLAYER0*** entries, UINT32* numEntriesReturned);
_IRQL_requires_max_(PASSIVE_LEVEL) NTKERNELAPI NTSTATUS NTAPI
    FwpmSubLayerDestroyEnumHandle0(HANDLE engineHandle, HANDLE enumHandle);
_IRQL_requires_max_(PASSIVE_LEVEL) NTKERNELAPI NTSTATUS NTAPI
    FwpmSubLayerGetSecurityInfoByKey0(HANDLE engineHandle, const GUID* key,
                                      SECURITY_INFORMATION securityInfo, PSID* sidOwner,
                                      PSID* sidGroup, PACL* dacl, PACL* sacl,
                                      PSECURITY_DESCRIPTOR* securityDescriptor);
_IRQL_requires_max_(PASSIVE_LEVEL) NTKERNELAPI NTSTATUS NTAPI
    FwpmSubLayerSetSecurityInfoByKey0(HANDLE engineHandle, const GUID* key,
                                      SECURITY_INFORMATION securityInfo, const SID* sidOwner,
                                      const SID* sidGroup, const ACL* dacl, const ACL* sacl);
_IRQL_requires_max_(PASSIVE_LEVEL) NTKERNELAPI NTSTATUS NTAPI
    FwpmLayerGetById0(HANDLE engineHandle, UINT16 id, FWPM_LAYER0** layer);
_IRQL_requires_max_(PASSIVE_LEVEL) NTKERNELAPI NTSTATUS NTAPI
    FwpmLayerGetByKey0(HANDLE engineHandle, const GUID* key, FWPM_LAYER0** layer);
_IRQL_requires_max_(PASSIVE_LEVEL) NTKERNELAPI NTSTATUS NTAPI
    FwpmLayerCreateEnumHandle0(HANDLE engineHandle, const FWPM_LAYER_ENUM_TEMPLATE0* enumTemplate,
                               HANDLE* enumHandle);
_IRQL_requires_max_(PASSIVE_LEVEL) NTKERNELAPI NTSTATUS NTAPI
    FwpmLayerEnum0(HANDLE engineHandle, HANDLE enumHandle, UINT32 numEntriesRequested,
                   FWPM_LAYER0*** entries, UINT32* numEntriesReturned);
_IRQL_requires_max_(PASSIVE_LEVEL) NTKERNELAPI NTSTATUS NTAPI
    FwpmLayerDestroyEnumHandle0(HANDLE engineHandle, HANDLE enumHandle);
_IRQL_requires_max_(PASSIVE_LEVEL) NTKERNELAPI NTSTATUS NTAPI
    FwpmLayerGetSecurityInfoByKey0(HANDLE engineHandle, const GUID* key,
                                   SECURITY_INFORMATION securityInfo, PSID* sidOwner,
                                   PSID* sidGroup, PACL* dacl, PACL* sacl,
                                   PSECURITY_DESCRIPTOR* securityDescriptor);
_IRQL_requires_max_(PASSIVE_LEVEL) NTKERNELAPI NTSTATUS NTAPI
    FwpmLayerSetSecurityInfoByKey0(HANDLE engineHandle, const GUID* key,
                                   SECURITY_INFORMATION securityInfo, const SID* sidOwner,
                                   const SID* sidGroup, const ACL* dacl, const ACL* sacl);
_IRQL_requires_max_(PASSIVE_LEVEL) NTKERNELAPI NTSTATUS NTAPI
    FwpmCalloutAdd0(HANDLE engineHandle, const FWPM_CALLOUT0* callout, PSECURITY_DESCRIPTOR sd,
                    UINT32* id);
_IRQL_requires_max_(PASSIVE_LEVEL) NTKERNELAPI NTSTATUS NTAPI
    FwpmCalloutDeleteById0(HANDLE engineHandle, UINT32 id);
_IRQL_requires_max_(PASSIVE_LEVEL) NTKERNELAPI NTSTATUS NTAPI
    FwpmCalloutDeleteByKey0(HANDLE engineHandle, const GUID* key);
_IRQL_requires_max_(PASSIVE_LEVEL) NTKERNELAPI NTSTATUS NTAPI
    FwpmCalloutGetById0(HANDLE engineHandle, UINT32 id, FWPM_CALLOUT0** callout);
_IRQL_requires_max_(PASSIVE_LEVEL) NTKERNELAPI NTSTATUS NTAPI
    FwpmCalloutGetByKey0(HANDLE engineHandle, const GUID* key, FWPM_CALLOUT0** callout);
_IRQL_requires_max_(PASSIVE_LEVEL) NTKERNELAPI NTSTATUS NTAPI
    FwpmCalloutCreateEnumHandle0(HANDLE engineHandle,
                                 const FWPM_CALLOUT_ENUM_TEMPLATE0* enumTemplate,
                                 HANDLE* enumHandle);
_IRQL_requires_max_(PASSIVE_LEVEL) NTKERNELAPI NTSTATUS NTAPI
    FwpmCalloutEnum0(HANDLE engineHandle, HANDLE enumHandle, UINT32 numEntriesRequested,
                     FWPM_CALLOUT0*** entries, UINT32* numEntriesReturned);
_IRQL_requires_max_(PASSIVE_LEVEL) NTKERNELAPI NTSTATUS NTAPI
    FwpmCalloutDestroyEnumHandle0(HANDLE engineHandle, HANDLE enumHandle);
_IRQL_requires_max_(PASSIVE_LEVEL) NTKERNELAPI NTSTATUS NTAPI
    FwpmCalloutGetSecurityInfoByKey0(HANDLE engineHandle, const GUID* key,
                                     SECURITY_INFORMATION securityInfo, PSID* sidOwner,
                                     PSID* sidGroup, PACL* dacl, PACL* sacl,
                                     PSECURITY_DESCRIPTOR* securityDescriptor);
_IRQL_requires_max_(PASSIVE_LEVEL) NTKERNELAPI NTSTATUS NTAPI
    FwpmCalloutSetSecurityInfoByKey0(HANDLE engineHandle, const GUID* key,
                                     SECURITY_INFORMATION securityInfo, const SID* sidOwner,
                                     const SID* sidGroup, const ACL* dacl, const ACL* sacl);
_IRQL_requires_max_(PASSIVE_LEVEL) NTKERNELAPI NTSTATUS NTAPI
    FwpmFilterAdd0(HANDLE engineHandle, const FWPM_FILTER0* filter, PSECURITY_DESCRIPTOR sd,
                   UINT64* id);
_IRQL_requires_max_(PASSIVE_LEVEL) NTKERNELAPI NTSTATUS NTAPI
    FwpmFilterDeleteById0(HANDLE engineHandle, UINT64 id);
_IRQL_requires_max_(PASSIVE_LEVEL) NTKERNELAPI NTSTATUS NTAPI
    FwpmFilterDeleteByKey0(HANDLE engineHandle, const GUID* key);
_IRQL_requires_max_(PASSIVE_LEVEL) NTKERNELAPI NTSTATUS NTAPI
    FwpmFilterGetById0(HANDLE engineHandle, UINT64 id, FWPM_FILTER0** filter);
_IRQL_requires_max_(PASSIVE_LEVEL) NTKERNELAPI NTSTATUS NTAPI
    FwpmFilterGetByKey0(HANDLE engineHandle, const GUID* key, FWPM_FILTER0** filter);
_IRQL_requires_max_(PASSIVE_LEVEL) NTKERNELAPI NTSTATUS NTAPI
    FwpmFilterCreateEnumHandle0(HANDLE engineHandle, const FWPM_FILTER_ENUM_TEMPLATE0* enumTemplate,
                                HANDLE* enumHandle);
_IRQL_requires_max_(PASSIVE_LEVEL) NTKERNELAPI NTSTATUS NTAPI
    FwpmFilterEnum0(HANDLE engineHandle, HANDLE enumHandle, UINT32 numEntriesRequested,
                    FWPM_FILTER0*** entries, UINT32* numEntriesReturned);
_IRQL_requires_max_(PASSIVE_LEVEL) NTKERNELAPI NTSTATUS NTAPI
    FwpmFilterDestroyEnumHandle0(HANDLE engineHandle, HANDLE enumHandle);
_IRQL_requires_max_(PASSIVE_LEVEL) NTKERNELAPI NTSTATUS NTAPI
    FwpmFilterGetSecurityInfoByKey0(HANDLE engineHandle, const GUID* key,
                                    SECURITY_INFORMATION securityInfo, PSID* sidOwner,
                                    PSID* sidGroup, PACL* dacl, PACL* sacl,
                                    PSECURITY_DESCRIPTOR* securityDescriptor);
_IRQL_requires_max_(PASSIVE_LEVEL) NTKERNELAPI NTSTATUS NTAPI
    FwpmFilterSetSecurityInfoByKey0(HANDLE engineHandle, const GUID* key,
                                    SECURITY_INFORMATION securityInfo, const SID* sidOwner,
                                    const SID* sidGroup, const ACL* dacl, const ACL* sacl);
NTKERNELAPI NTSTATUS NTAPI FwpmConnectionPolicyAdd0(HANDLE engineHandle,
                                                    const FWPM_PROVIDER_CONTEXT3* connectionPolicy,
                                                    FWP_IP_VERSION ipVersion, UINT64 weight,
                                                    UINT32 numFilterConditions,
                                                    const FWPM_FILTER_CONDITION0* filterConditions,
                                                    PSECURITY_DESCRIPTOR sd);
NTKERNELAPI NTSTATUS NTAPI FwpmConnectionPolicyDeleteByKey0(HANDLE engineHandle, const GUID* key);

#include "fwpvi_m.h"

#ifdef __cplusplus
}
#endif

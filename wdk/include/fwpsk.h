// SPDX-License-Identifier: Apache-2.0
// The callout interface of fwpkclnt.sys: registration, flow contexts, classification, injection,
// redirection.
#pragma once

#include "fwpstypes.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef VOID(NTAPI* FWPS_CALLOUT_CLASSIFY_FN0)(const FWPS_INCOMING_VALUES0* inFixedValues,
                                               const FWPS_INCOMING_METADATA_VALUES0* inMetaValues,
                                               void* layerData, const FWPS_FILTER0* filter,
                                               UINT64 flowContext, FWPS_CLASSIFY_OUT0* classifyOut);
typedef VOID(NTAPI* FWPS_CALLOUT_CLASSIFY_FN1)(const FWPS_INCOMING_VALUES0* inFixedValues,
                                               const FWPS_INCOMING_METADATA_VALUES0* inMetaValues,
                                               void* layerData, const void* classifyContext,
                                               const FWPS_FILTER1* filter, UINT64 flowContext,
                                               FWPS_CLASSIFY_OUT0* classifyOut);
typedef VOID(NTAPI* FWPS_CALLOUT_CLASSIFY_FN2)(const FWPS_INCOMING_VALUES0* inFixedValues,
                                               const FWPS_INCOMING_METADATA_VALUES0* inMetaValues,
                                               void* layerData, const void* classifyContext,
                                               const FWPS_FILTER2* filter, UINT64 flowContext,
                                               FWPS_CLASSIFY_OUT0* classifyOut);
typedef VOID(NTAPI* FWPS_CALLOUT_CLASSIFY_FN3)(const FWPS_INCOMING_VALUES0* inFixedValues,
                                               const FWPS_INCOMING_METADATA_VALUES0* inMetaValues,
                                               void* layerData, const void* classifyContext,
                                               const FWPS_FILTER3* filter, UINT64 flowContext,
                                               FWPS_CLASSIFY_OUT0* classifyOut);
typedef NTSTATUS(NTAPI* FWPS_CALLOUT_NOTIFY_FN0)(FWPS_CALLOUT_NOTIFY_TYPE notifyType,
                                                 const GUID* filterKey, FWPS_FILTER0* filter);
typedef NTSTATUS(NTAPI* FWPS_CALLOUT_NOTIFY_FN1)(FWPS_CALLOUT_NOTIFY_TYPE notifyType,
                                                 const GUID* filterKey, FWPS_FILTER1* filter);
typedef NTSTATUS(NTAPI* FWPS_CALLOUT_NOTIFY_FN2)(FWPS_CALLOUT_NOTIFY_TYPE notifyType,
                                                 const GUID* filterKey, FWPS_FILTER2* filter);
typedef NTSTATUS(NTAPI* FWPS_CALLOUT_NOTIFY_FN3)(FWPS_CALLOUT_NOTIFY_TYPE notifyType,
                                                 const GUID* filterKey, FWPS_FILTER3* filter);
typedef VOID(NTAPI* FWPS_CALLOUT_FLOW_DELETE_NOTIFY_FN0)(UINT16 layerId, UINT32 calloutId,
                                                         UINT64 flowContext);
typedef VOID(NTAPI* FWPS_CALLOUT_BOOTTIME_CALLOUT_DELETE_NOTIFY_FN0)(UINT32 calloutId);
typedef VOID(NTAPI* FWPS_INJECT_COMPLETE0)(void* context, NET_BUFFER_LIST* netBufferList,
                                           BOOLEAN dispatchLevel);
typedef VOID(NTAPI* FWPS_NET_BUFFER_LIST_NOTIFY_FN0)(FWPS_NET_BUFFER_LIST_EVENT_TYPE0 eventType,
                                                     NET_BUFFER_LIST* netBufferList,
                                                     NET_BUFFER_LIST* newNetBufferList,
                                                     UINT16 layerId, UINT64 context,
                                                     UINT64 contextTag);
typedef NTSTATUS(NTAPI* FWPS_NET_BUFFER_LIST_NOTIFY_FN1)(FWPS_NET_BUFFER_LIST_EVENT_TYPE0 eventType,
                                                         NET_BUFFER_LIST* netBufferList,
                                                         NET_BUFFER_LIST* newNetBufferList,
                                                         UINT16 layerId, UINT64 context,
                                                         UINT64 contextTag);
typedef struct _FWPS_CALLOUT0 {
  GUID calloutKey;
  UINT32 flags;
  FWPS_CALLOUT_CLASSIFY_FN0 classifyFn;
  FWPS_CALLOUT_NOTIFY_FN0 notifyFn;
  FWPS_CALLOUT_FLOW_DELETE_NOTIFY_FN0 flowDeleteFn;
} FWPS_CALLOUT0, *PFWPS_CALLOUT0;

typedef struct _FWPS_CALLOUT1 {
  GUID calloutKey;
  UINT32 flags;
  FWPS_CALLOUT_CLASSIFY_FN1 classifyFn;
  FWPS_CALLOUT_NOTIFY_FN1 notifyFn;
  FWPS_CALLOUT_FLOW_DELETE_NOTIFY_FN0 flowDeleteFn;
} FWPS_CALLOUT1, *PFWPS_CALLOUT1;

typedef struct _FWPS_CALLOUT2 {
  GUID calloutKey;
  UINT32 flags;
  FWPS_CALLOUT_CLASSIFY_FN2 classifyFn;
  FWPS_CALLOUT_NOTIFY_FN2 notifyFn;
  FWPS_CALLOUT_FLOW_DELETE_NOTIFY_FN0 flowDeleteFn;
} FWPS_CALLOUT2, *PFWPS_CALLOUT2;

typedef struct _FWPS_CALLOUT3 {
  GUID calloutKey;
  UINT32 flags;
  FWPS_CALLOUT_CLASSIFY_FN3 classifyFn;
  FWPS_CALLOUT_NOTIFY_FN3 notifyFn;
  FWPS_CALLOUT_FLOW_DELETE_NOTIFY_FN0 flowDeleteFn;
} FWPS_CALLOUT3, *PFWPS_CALLOUT3;

_IRQL_requires_max_(PASSIVE_LEVEL) NTKERNELAPI NTSTATUS NTAPI
    FwpsCalloutRegister0(void* deviceObject, const FWPS_CALLOUT0* callout, UINT32* calloutId);
_IRQL_requires_max_(PASSIVE_LEVEL) NTKERNELAPI NTSTATUS NTAPI
    FwpsCalloutRegister1(void* deviceObject, const FWPS_CALLOUT1* callout, UINT32* calloutId);
_IRQL_requires_max_(PASSIVE_LEVEL) NTKERNELAPI NTSTATUS NTAPI
    FwpsCalloutRegister2(void* deviceObject, const FWPS_CALLOUT2* callout, UINT32* calloutId);
_IRQL_requires_max_(PASSIVE_LEVEL) NTKERNELAPI NTSTATUS NTAPI
    FwpsCalloutRegister3(void* deviceObject, const FWPS_CALLOUT3* callout, UINT32* calloutId);
_IRQL_requires_max_(PASSIVE_LEVEL) NTKERNELAPI NTSTATUS NTAPI
    FwpsCalloutUnregisterById0(const UINT32 calloutId);
_IRQL_requires_max_(PASSIVE_LEVEL) NTKERNELAPI NTSTATUS NTAPI
    FwpsCalloutUnregisterByKey0(const GUID* calloutKey);
_IRQL_requires_max_(DISPATCH_LEVEL) NTKERNELAPI NTSTATUS NTAPI
    FwpsFlowAssociateContext0(UINT64 flowId, UINT16 layerId, UINT32 calloutId, UINT64 flowContext);
_IRQL_requires_max_(DISPATCH_LEVEL) NTKERNELAPI NTSTATUS NTAPI
    FwpsFlowRemoveContext0(UINT64 flowId, UINT16 layerId, UINT32 calloutId);
_IRQL_requires_max_(DISPATCH_LEVEL) NTKERNELAPI NTSTATUS NTAPI FwpsFlowAbort0(UINT64 flowId);
_IRQL_requires_max_(DISPATCH_LEVEL) NTKERNELAPI NTSTATUS NTAPI
    FwpsGetPacketListSecurityInformation0(NET_BUFFER_LIST* packetList, UINT32 queryFlags,
                                          FWPS_PACKET_LIST_INFORMATION0* packetInformation);
_IRQL_requires_max_(DISPATCH_LEVEL) NTKERNELAPI NTSTATUS NTAPI
    FwpsPendOperation0(HANDLE completionHandle, HANDLE* completionContext);
_IRQL_requires_max_(DISPATCH_LEVEL) NTKERNELAPI VOID NTAPI
    FwpsCompleteOperation0(HANDLE completionContext, PNET_BUFFER_LIST netBufferList);
_IRQL_requires_max_(DISPATCH_LEVEL) NTKERNELAPI NTSTATUS NTAPI
    FwpsAcquireClassifyHandle0(void* classifyContext, UINT32 flags, UINT64* classifyHandle);
_IRQL_requires_max_(DISPATCH_LEVEL) NTKERNELAPI VOID NTAPI
    FwpsReleaseClassifyHandle0(UINT64 classifyHandle);
_IRQL_requires_max_(DISPATCH_LEVEL) NTKERNELAPI NTSTATUS NTAPI
    FwpsPendClassify0(UINT64 classifyHandle, UINT64 filterId, UINT32 flags,
                      FWPS_CLASSIFY_OUT0* classifyOut);
_IRQL_requires_max_(DISPATCH_LEVEL) NTKERNELAPI VOID NTAPI
    FwpsCompleteClassify0(UINT64 classifyHandle, UINT32 flags,
                          const FWPS_CLASSIFY_OUT0* classifyOut);
_IRQL_requires_max_(DISPATCH_LEVEL) NTKERNELAPI NTSTATUS NTAPI
    FwpsAcquireWritableLayerDataPointer0(UINT64 classifyHandle, UINT64 filterId, UINT32 flags,
                                         PVOID* writableLayerData, FWPS_CLASSIFY_OUT0* classifyOut);
_IRQL_requires_max_(DISPATCH_LEVEL) NTKERNELAPI VOID NTAPI
    FwpsApplyModifiedLayerData0(UINT64 classifyHandle, PVOID modifiedLayerData, UINT32 flags);
_IRQL_requires_max_(DISPATCH_LEVEL) NTKERNELAPI NTSTATUS NTAPI
    FwpsClassifyOptionSet0(const FWPS_INCOMING_METADATA_VALUES0* inMetadataValues,
                           const FWP_CLASSIFY_OPTION_TYPE option, const FWP_VALUE0* newValue);
_IRQL_requires_max_(PASSIVE_LEVEL) NTKERNELAPI NTSTATUS NTAPI
    FwpsInjectionHandleCreate0(ADDRESS_FAMILY addressFamily, UINT32 flags, HANDLE* injectionHandle);
_IRQL_requires_max_(PASSIVE_LEVEL) NTKERNELAPI NTSTATUS NTAPI
    FwpsInjectionHandleDestroy0(HANDLE injectionHandle);
_IRQL_requires_max_(DISPATCH_LEVEL) NTKERNELAPI NTSTATUS NTAPI
    FwpsAllocateNetBufferAndNetBufferList0(NDIS_HANDLE poolHandle, USHORT contextSize,
                                           USHORT contextBackFill, MDL* mdlChain, ULONG dataOffset,
                                           SIZE_T dataLength, NET_BUFFER_LIST** netBufferList);
_IRQL_requires_max_(DISPATCH_LEVEL) NTKERNELAPI VOID NTAPI
    FwpsFreeNetBufferList0(NET_BUFFER_LIST* netBufferList);
_IRQL_requires_max_(DISPATCH_LEVEL) NTKERNELAPI NTSTATUS NTAPI
    FwpsAllocateCloneNetBufferList0(NET_BUFFER_LIST* originalNetBufferList,
                                    NDIS_HANDLE netBufferListPoolHandle,
                                    NDIS_HANDLE netBufferPoolHandle, ULONG allocateCloneFlags,
                                    NET_BUFFER_LIST** netBufferList);
_IRQL_requires_max_(DISPATCH_LEVEL) NTKERNELAPI VOID NTAPI
    FwpsFreeCloneNetBufferList0(NET_BUFFER_LIST* netBufferList, ULONG freeCloneFlags);
_IRQL_requires_max_(DISPATCH_LEVEL) NTKERNELAPI NTSTATUS NTAPI
    FwpsReassembleForwardFragmentGroup0(ADDRESS_FAMILY addressFamily,
                                        NET_BUFFER_LIST* fragmentGroupNblChain,
                                        NDIS_HANDLE netBufferAndNetBufferListPoolHandle,
                                        ULONG dataBackFill, ULONG flags,
                                        NET_BUFFER_LIST** reassembledNbl);
_IRQL_requires_max_(DISPATCH_LEVEL) NTKERNELAPI NTSTATUS NTAPI
    FwpsInjectNetworkSendAsync0(HANDLE injectionHandle, HANDLE injectionContext, UINT32 flags,
                                COMPARTMENT_ID compartmentId, NET_BUFFER_LIST* netBufferList,
                                FWPS_INJECT_COMPLETE0 completionFn, HANDLE completionContext);
_IRQL_requires_max_(DISPATCH_LEVEL) NTKERNELAPI NTSTATUS NTAPI
    FwpsInjectForwardAsync0(HANDLE injectionHandle, HANDLE injectionContext, UINT32 flags,
                            ADDRESS_FAMILY addressFamily, COMPARTMENT_ID compartmentId,
                            IF_INDEX interfaceIndex, NET_BUFFER_LIST* netBufferList,
                            FWPS_INJECT_COMPLETE0 completionFn, HANDLE completionContext);
_IRQL_requires_max_(DISPATCH_LEVEL) NTKERNELAPI NTSTATUS NTAPI
    FwpsConstructIpHeaderForTransportPacket0(NET_BUFFER_LIST* netBufferList,
                                             ULONG headerIncludeHeaderLength,
                                             ADDRESS_FAMILY addressFamily,
                                             const UCHAR* sourceAddress, const UCHAR* remoteAddress,
                                             IPPROTO nextProtocol, UINT64 endpointHandle,
                                             const WSACMSGHDR* controlData, ULONG controlDataLength,
                                             UINT32 flags, PVOID reserved, IF_INDEX interfaceIndex,
                                             IF_INDEX subInterfaceIndex);
_IRQL_requires_max_(DISPATCH_LEVEL) NTKERNELAPI NTSTATUS NTAPI
    FwpsInjectTransportSendAsync0(HANDLE injectionHandle, HANDLE injectionContext,
                                  UINT64 endpointHandle, UINT32 flags,
                                  FWPS_TRANSPORT_SEND_PARAMS0* sendArgs,
                                  ADDRESS_FAMILY addressFamily, COMPARTMENT_ID compartmentId,
                                  NET_BUFFER_LIST* netBufferList,
                                  FWPS_INJECT_COMPLETE0 completionFn, HANDLE completionContext);
_IRQL_requires_max_(DISPATCH_LEVEL) NTKERNELAPI NTSTATUS NTAPI
    FwpsInjectTransportSendAsync1(HANDLE injectionHandle, HANDLE injectionContext,
                                  UINT64 endpointHandle, UINT32 flags,
                                  FWPS_TRANSPORT_SEND_PARAMS1* sendArgs,
                                  ADDRESS_FAMILY addressFamily, COMPARTMENT_ID compartmentId,
                                  NET_BUFFER_LIST* netBufferList,
                                  FWPS_INJECT_COMPLETE0 completionFn, HANDLE completionContext);
_IRQL_requires_max_(DISPATCH_LEVEL) NTKERNELAPI NTSTATUS NTAPI
    FwpsInjectTransportReceiveAsync0(HANDLE injectionHandle, HANDLE injectionContext,
                                     PVOID reserved, UINT32 flags, ADDRESS_FAMILY addressFamily,
                                     COMPARTMENT_ID compartmentId, IF_INDEX interfaceIndex,
                                     IF_INDEX subInterfaceIndex, NET_BUFFER_LIST* netBufferList,
                                     FWPS_INJECT_COMPLETE0 completionFn, HANDLE completionContext);
_IRQL_requires_max_(DISPATCH_LEVEL) NTKERNELAPI NTSTATUS NTAPI
    FwpsInjectNetworkReceiveAsync0(HANDLE injectionHandle, HANDLE injectionContext, UINT32 flags,
                                   COMPARTMENT_ID compartmentId, IF_INDEX interfaceIndex,
                                   IF_INDEX subInterfaceIndex, NET_BUFFER_LIST* netBufferList,
                                   FWPS_INJECT_COMPLETE0 completionFn, HANDLE completionContext);
_IRQL_requires_max_(DISPATCH_LEVEL) NTKERNELAPI NTSTATUS NTAPI
    FwpsInjectMacReceiveAsync0(HANDLE injectionHandle, HANDLE injectionContext, UINT32 flags,
                               UINT16 layerId, IF_INDEX interfaceIndex,
                               NDIS_PORT_NUMBER NdisPortNumber, NET_BUFFER_LIST* netBufferLists,
                               FWPS_INJECT_COMPLETE0 completionFn, HANDLE completionContext);
_IRQL_requires_max_(DISPATCH_LEVEL) NTKERNELAPI NTSTATUS NTAPI
    FwpsInjectMacSendAsync0(HANDLE injectionHandle, HANDLE injectionContext, UINT32 flags,
                            UINT16 layerId, IF_INDEX interfaceIndex,
                            NDIS_PORT_NUMBER NdisPortNumber, NET_BUFFER_LIST* netBufferLists,
                            FWPS_INJECT_COMPLETE0 completionFn, HANDLE completionContext);
_IRQL_requires_max_(DISPATCH_LEVEL) NTKERNELAPI NTSTATUS NTAPI
    FwpsInjectvSwitchEthernetIngressAsync0(
        HANDLE injectionHandle, HANDLE injectionContext, UINT32 flags, void* reserved,
        const FWP_BYTE_BLOB* vSwitchId, NDIS_SWITCH_PORT_ID vSwitchSourcePortId,
        NDIS_SWITCH_NIC_INDEX vSwitchSourceNicIndex, NET_BUFFER_LIST* netBufferLists,
        FWPS_INJECT_COMPLETE0 completionFn, HANDLE completionContext);
_IRQL_requires_max_(DISPATCH_LEVEL) NTKERNELAPI VOID NTAPI
    FwpsReferencevSwitchPacketContext0(HANDLE packetContext);
_IRQL_requires_max_(DISPATCH_LEVEL) NTKERNELAPI VOID NTAPI
    FwpsDereferencevSwitchPacketContext0(HANDLE packetContext);
_IRQL_requires_max_(DISPATCH_LEVEL) NTKERNELAPI VOID NTAPI
    FwpsReferenceNetBufferList0(NET_BUFFER_LIST* netBufferList, BOOLEAN intendToModify);
_IRQL_requires_max_(DISPATCH_LEVEL) NTKERNELAPI VOID NTAPI
    FwpsDereferenceNetBufferList0(NET_BUFFER_LIST* netBufferList, BOOLEAN dispatchLevel);
_IRQL_requires_max_(DISPATCH_LEVEL) NTKERNELAPI FWPS_PACKET_INJECTION_STATE NTAPI
    FwpsQueryPacketInjectionState0(HANDLE injectionHandle, const NET_BUFFER_LIST* netBufferList,
                                   HANDLE* injectionContext);
_IRQL_requires_max_(PASSIVE_LEVEL) NTKERNELAPI NTSTATUS NTAPI
    FwpsRedirectHandleCreate0(const GUID* providerGuid, UINT32 flags, HANDLE* redirectHandle);
_IRQL_requires_max_(PASSIVE_LEVEL) NTKERNELAPI VOID NTAPI
    FwpsRedirectHandleDestroy0(HANDLE redirectHandle);
_IRQL_requires_max_(DISPATCH_LEVEL) NTKERNELAPI FWPS_CONNECTION_REDIRECT_STATE NTAPI
    FwpsQueryConnectionRedirectState0(HANDLE redirectRecords, HANDLE redirectHandle,
                                      void** redirectContext);
_IRQL_requires_max_(DISPATCH_LEVEL) NTKERNELAPI NTSTATUS NTAPI
    FwpsQueryConnectionSioFormatRedirectRecords0(HANDLE RedirectRecords, PVOID OutputBuffer,
                                                 SIZE_T OutputBufferLength,
                                                 PSIZE_T BytesTransferred);
_IRQL_requires_max_(DISPATCH_LEVEL) NTKERNELAPI UINT64 NTAPI
    FwpsNetBufferListGetTagForContext0(void);
_IRQL_requires_max_(DISPATCH_LEVEL) NTKERNELAPI NTSTATUS NTAPI
    FwpsNetBufferListAssociateContext0(NET_BUFFER_LIST* netBufferList, UINT16 layerId,
                                       UINT64 context, UINT64 contextTag, GUID* providerGuid,
                                       void* deviceObject, FWPS_NET_BUFFER_LIST_NOTIFY_FN0 notifyFn,
                                       UINT32 flags);
_IRQL_requires_max_(DISPATCH_LEVEL) NTKERNELAPI NTSTATUS NTAPI
    FwpsNetBufferListAssociateContext1(NET_BUFFER_LIST* netBufferList, UINT16 layerId,
                                       UINT64 context, UINT64 contextTag, GUID* providerGuid,
                                       void* deviceObject, FWPS_NET_BUFFER_LIST_NOTIFY_FN1 notifyFn,
                                       UINT32 flags);
_IRQL_requires_max_(DISPATCH_LEVEL) NTKERNELAPI NTSTATUS NTAPI
    FwpsNetBufferListRetrieveContext0(NET_BUFFER_LIST* netBufferList, UINT64 contextTag,
                                      BOOLEAN removeContext, UINT32 flags, UINT64* context);
_IRQL_requires_max_(DISPATCH_LEVEL) NTKERNELAPI NTSTATUS NTAPI
    FwpsNetBufferListRemoveContext0(NET_BUFFER_LIST* netBufferList, UINT64 contextTag,
                                    UINT32 flags);
_IRQL_requires_max_(DISPATCH_LEVEL) NTKERNELAPI NTSTATUS NTAPI
    FwpsStreamInjectAsync0(HANDLE injectionHandle, HANDLE injectionContext, UINT32 flags,
                           UINT64 flowId, UINT32 calloutId, UINT16 layerId, UINT32 streamFlags,
                           NET_BUFFER_LIST* netBufferList, SIZE_T dataLength,
                           FWPS_INJECT_COMPLETE0 completionFn, HANDLE completionContext);
_IRQL_requires_max_(DISPATCH_LEVEL) NTKERNELAPI NTSTATUS NTAPI
    FwpsStreamContinue0(UINT64 flowId, UINT32 calloutId, UINT16 layerId, UINT32 streamFlags);
_IRQL_requires_max_(DISPATCH_LEVEL) NTKERNELAPI VOID NTAPI
    FwpsCopyStreamDataToBuffer0(const FWPS_STREAM_DATA0* calloutStreamData, PVOID buffer,
                                SIZE_T bytesToCopy, SIZE_T* bytesCopied);
_IRQL_requires_max_(DISPATCH_LEVEL) NTKERNELAPI NTSTATUS NTAPI
    FwpsCloneStreamData0(FWPS_STREAM_DATA0* calloutStreamData, NDIS_HANDLE netBufferListPoolHandle,
                         NDIS_HANDLE netBufferPoolHandle, ULONG allocateCloneFlags,
                         NET_BUFFER_LIST** netBufferListChain);
_IRQL_requires_max_(DISPATCH_LEVEL) NTKERNELAPI VOID NTAPI
    FwpsDiscardClonedStreamData0(NET_BUFFER_LIST* netBufferListChain, UINT32 allocateCloneFlags,
                                 BOOLEAN dispatchLevel);
_IRQL_requires_max_(PASSIVE_LEVEL) NTKERNELAPI NTSTATUS NTAPI
    FwpsOpenToken0(HANDLE engineHandle, LUID modifiedId, DWORD desiredAccess, HANDLE* accessToken);
_IRQL_requires_max_(PASSIVE_LEVEL) NTKERNELAPI NTSTATUS NTAPI
    FwpsAleEndpointGetById0(HANDLE engineHandle, UINT64 endpointId,
                            FWPS_ALE_ENDPOINT_PROPERTIES0** properties);
_IRQL_requires_max_(PASSIVE_LEVEL) NTKERNELAPI NTSTATUS NTAPI
    FwpsAleEndpointCreateEnumHandle0(HANDLE engineHandle,
                                     const FWPS_ALE_ENDPOINT_ENUM_TEMPLATE0* enumTemplate,
                                     HANDLE* enumHandle);
_IRQL_requires_max_(PASSIVE_LEVEL) NTKERNELAPI NTSTATUS NTAPI
    FwpsAleEndpointEnum0(HANDLE engineHandle, HANDLE enumHandle, UINT32 numEntriesRequested,
                         FWPS_ALE_ENDPOINT_PROPERTIES0*** entries, UINT32* numEntriesReturned);
_IRQL_requires_max_(PASSIVE_LEVEL) NTKERNELAPI NTSTATUS NTAPI
    FwpsAleEndpointDestroyEnumHandle0(HANDLE engineHandle, HANDLE enumHandle);
_IRQL_requires_max_(PASSIVE_LEVEL) NTKERNELAPI NTSTATUS NTAPI
    FwpsAleEndpointGetSecurityInfo0(HANDLE engineHandle, SECURITY_INFORMATION securityInfo,
                                    PSID* sidOwner, PSID* sidGroup, PACL* dacl, PACL* sacl,
                                    PSECURITY_DESCRIPTOR* securityDescriptor);
_IRQL_requires_max_(PASSIVE_LEVEL) NTKERNELAPI NTSTATUS NTAPI
    FwpsAleEndpointSetSecurityInfo0(HANDLE engineHandle, SECURITY_INFORMATION securityInfo,
                                    const SID* sidOwner, const SID* sidGroup, const ACL* dacl,
                                    const ACL* sacl);
_IRQL_requires_max_(DISPATCH_LEVEL) NTKERNELAPI NTSTATUS NTAPI
    FwpsAllocateDeepCloneNetBufferList0(NET_BUFFER_LIST* originalNetBufferList,
                                        NDIS_HANDLE netBufferListPoolHandle,
                                        NDIS_HANDLE netBufferPoolHandle,
                                        NET_BUFFER_LIST** netBufferList);

#include "fwpvi_s.h"

#ifdef __cplusplus
}
#endif

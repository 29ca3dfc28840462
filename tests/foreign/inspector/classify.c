// SPDX-License-Identifier: Apache-2.0
// The callout and the thread that completes what it holds up.
#include <NTDDK.h>

#pragma prefast(push)
#pragma prefast(disable : 28110, "no floating point here")
#include <fwpsk.h>
#pragma prefast(pop)
#include <fwpmk.h>
#include <mstcpip.h>
#include <wdf.h>

#include "Inspector.H"
#include "classify.tmh"

_Use_decl_annotations_ INSPECTED_PACKET* AllocatePacket(const FWPS_INCOMING_VALUES* inFixedValues,
                                                        ADDRESS_FAMILY addressFamily) {
  INSPECTED_PACKET* packet;
#if defined(POOL_FLAG_NON_PAGED)
  packet = (INSPECTED_PACKET*)ExAllocatePool2(POOL_FLAG_NON_PAGED, sizeof(INSPECTED_PACKET),
                                              INSPECTOR_POOL_TAG);
#else
  packet = ExAllocatePoolWithTag(NonPagedPool, sizeof(INSPECTED_PACKET), INSPECTOR_POOL_TAG);
#endif
  if (packet == NULL) {
    return NULL;
  }
  packet->kind = INSPECTED_CONNECT;
  packet->addressFamily = addressFamily;
  if (addressFamily == AF_INET) {
    packet->ipv4LocalAddr = RtlUlongByteSwap(
        inFixedValues->incomingValue[FWPS_FIELD_ALE_AUTH_CONNECT_V4_IP_LOCAL_ADDRESS].value.uint32);
  } else {
    packet->localAddr =
        *inFixedValues->incomingValue[FWPS_FIELD_ALE_AUTH_CONNECT_V6_IP_LOCAL_ADDRESS]
             .value.byteArray16;
  }
  return packet;
}

void FreePacket(INSPECTED_PACKET* packet) {
  ExFreePoolWithTag(packet, INSPECTOR_POOL_TAG);
}

#if (NTDDI_VERSION >= NTDDI_WIN7)
void InspectorAleClassify(const FWPS_INCOMING_VALUES* inFixedValues,
                          const FWPS_INCOMING_METADATA_VALUES* inMetaValues, void* layerData,
                          const void* classifyContext, const FWPS_FILTER* filter,
                          UINT64 flowContext, FWPS_CLASSIFY_OUT* classifyOut)
#else
void InspectorAleClassify(const FWPS_INCOMING_VALUES* inFixedValues,
                          const FWPS_INCOMING_METADATA_VALUES* inMetaValues, void* layerData,
                          const FWPS_FILTER* filter, UINT64 flowContext,
                          FWPS_CLASSIFY_OUT* classifyOut)
#endif
{
  KLOCK_QUEUE_HANDLE lockHandle;
  ADDRESS_FAMILY family;
  INSPECTED_PACKET* packet;
  BOOLEAN signal = FALSE;
  UINT32 flags;

  UNREFERENCED_PARAMETER(layerData);
#if (NTDDI_VERSION >= NTDDI_WIN7)
  UNREFERENCED_PARAMETER(classifyContext);
#endif
  UNREFERENCED_PARAMETER(flowContext);

  if ((classifyOut->rights & FWPS_RIGHT_ACTION_WRITE) == 0) {
    return;
  }
  family = FamilyOfLayer(inFixedValues->layerId);
  flags = inFixedValues
              ->incomingValue[family == AF_INET ? FWPS_FIELD_ALE_AUTH_CONNECT_V4_FLAGS
                                                : FWPS_FIELD_ALE_AUTH_CONNECT_V6_FLAGS]
              .value.uint32;
  if ((flags & FWP_CONDITION_FLAG_IS_REAUTHORIZE) == 0) {
    packet = AllocatePacket(inFixedValues, family);
    if (packet == NULL) {
      classifyOut->actionType = FWP_ACTION_BLOCK;
      classifyOut->rights &= ~FWPS_RIGHT_ACTION_WRITE;
      goto Exit;
    }
    if (FWPS_IS_METADATA_FIELD_PRESENT(inMetaValues, FWPS_METADATA_FIELD_PROCESS_ID)) {
      TraceEvents(TRACE_LEVEL_VERBOSE, TRACE_PACKET, "process %I64u", inMetaValues->processId);
    }
    KeAcquireInStackQueuedSpinLock(&gPacketLock, &lockHandle);
    if (!gDriverUnloading) {
      signal = IsListEmpty(&gPacketList);
      InsertTailList(&gPacketList, &packet->listEntry);
      packet = NULL;
    }
    KeReleaseInStackQueuedSpinLock(&lockHandle);
    if (signal) {
      KeSetEvent(&gWorkerEvent, IO_NO_INCREMENT, FALSE);
    }
    if (packet != NULL) {
      FreePacket(packet);
    }
  }
  classifyOut->actionType = FWP_ACTION_CONTINUE;
  if (filter->flags & FWPS_FILTER_FLAG_CLEAR_ACTION_RIGHT) {
    classifyOut->rights &= ~FWPS_RIGHT_ACTION_WRITE;
  }
Exit:
  return;
}

NTSTATUS InspectorNotify(_In_ FWPS_CALLOUT_NOTIFY_TYPE notifyType, _In_ const GUID* filterKey,
                         _Inout_ FWPS_FILTER* filter) {
  UNREFERENCED_PARAMETER(filterKey);
  UNREFERENCED_PARAMETER(filter);
  switch (notifyType) {
    case FWPS_CALLOUT_NOTIFY_ADD_FILTER:
    case FWPS_CALLOUT_NOTIFY_DELETE_FILTER:
      break;
  }
  return STATUS_SUCCESS;
}

_IRQL_requires_same_ _Function_class_(KSTART_ROUTINE) void InspectorWorker(
    _In_ PVOID StartContext) {
  INSPECTED_PACKET* packet;
  LIST_ENTRY* listEntry;
  KLOCK_QUEUE_HANDLE lockHandle;

  UNREFERENCED_PARAMETER(StartContext);
  for (;;) {
    KeWaitForSingleObject(&gWorkerEvent, Executive, KernelMode, FALSE, NULL);
    for (;;) {
      listEntry = NULL;
      KeAcquireInStackQueuedSpinLock(&gPacketLock, &lockHandle);
      if (!IsListEmpty(&gPacketList)) {
        listEntry = RemoveHeadList(&gPacketList);
      } else if (!gDriverUnloading) {
        KeClearEvent(&gWorkerEvent);
      }
      KeReleaseInStackQueuedSpinLock(&lockHandle);
      if (listEntry == NULL) {
        break;
      }
      packet = CONTAINING_RECORD(listEntry, INSPECTED_PACKET, listEntry);
      if (packet->addressFamily == AF_INET) {
        IN_ADDR address;
        WCHAR text[INET6_ADDRSTRLEN] = {0};
        address.S_un.S_addr = packet->ipv4LocalAddr;
        if (!IN4_IS_ADDR_LOOPBACK(&address)) {
          (void)RtlIpv4AddressToStringW(&address, text);
        }
        DoTraceMessage(TRACE_PACKET, "from %ws", text);
      }
      InterlockedIncrement64(&gInspected);
      FreePacket(packet);
    }
    if (gDriverUnloading) {
      break;
    }
  }
  PsTerminateSystemThread(STATUS_SUCCESS);
}

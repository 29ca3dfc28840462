// SPDX-License-Identifier: Apache-2.0
// A foreign-style driver in C: framework, out-of-band inspection by a worker thread, WPP, registry
// parameters. Written for the tests of build-driver in the manner of public callout drivers.
#ifndef _INSPECTOR_H_
#define _INSPECTOR_H_

#define INSPECTOR_POOL_TAG 'pSnI'

#define WPP_CONTROL_GUIDS                                                             \
  WPP_DEFINE_CONTROL_GUID(InspectorTrace, (1b8d7e55, 4a0c, 4d5e, 9c32, 0f6a7d21c4e8), \
                          WPP_DEFINE_BIT(TRACE_INIT) WPP_DEFINE_BIT(TRACE_PACKET))
#define WPP_LEVEL_FLAGS_LOGGER(lvl, flags) WPP_LEVEL_LOGGER(flags)
#define WPP_LEVEL_FLAGS_ENABLED(lvl, flags) \
  (WPP_LEVEL_ENABLED(flags) && WPP_CONTROL(WPP_BIT_##flags).Level >= lvl)

// begin_wpp config
// FUNC TraceEvents(LEVEL, FLAGS, MSG, ...);
// FUNC Trace{FLAG=TRACE_INIT}(LEVEL, MSG, ...);
// USEPREFIX (Trace, "%!STDPREFIX! %!FUNC!: ");
// end_wpp

typedef enum _INSPECTED_KIND { INSPECTED_CONNECT, INSPECTED_DATA } INSPECTED_KIND;

typedef struct _INSPECTED_PACKET {
  LIST_ENTRY listEntry;
  INSPECTED_KIND kind;
  ADDRESS_FAMILY addressFamily;
  UINT8 protocol;
  HANDLE completionContext;
  union {
    FWP_BYTE_ARRAY16 localAddr;
    UINT32 ipv4LocalAddr;
  };
} INSPECTED_PACKET, *PINSPECTED_PACKET;

__inline ADDRESS_FAMILY FamilyOfLayer(_In_ UINT16 layerId) {
  switch (layerId) {
    case FWPS_LAYER_ALE_AUTH_CONNECT_V4:
    case FWPS_LAYER_ALE_AUTH_RECV_ACCEPT_V4:
      return AF_INET;
    case FWPS_LAYER_ALE_AUTH_CONNECT_V6:
    case FWPS_LAYER_ALE_AUTH_RECV_ACCEPT_V6:
      return AF_INET6;
    default:
      return AF_UNSPEC;
  }
}

typedef struct _DEVICE_EXTENSION {
  volatile LONG OpenCount;
  WDFQUEUE Queue;
  IN_ADDR RemoteAddress;
} DEVICE_EXTENSION, *PDEVICE_EXTENSION;
WDF_DECLARE_CONTEXT_TYPE_WITH_NAME(DEVICE_EXTENSION, GetDeviceExtension)

#define IOCTL_INSPECTOR_COUNT \
  CTL_CODE(FILE_DEVICE_NETWORK, 0x801, METHOD_BUFFERED, FILE_READ_ACCESS | FILE_WRITE_ACCESS)

extern HANDLE gEngineHandle;
extern LIST_ENTRY gPacketList;
extern KSPIN_LOCK gPacketLock;
extern KEVENT gWorkerEvent;
extern BOOLEAN gDriverUnloading;
extern volatile LONG64 gInspected;

#if (NTDDI_VERSION >= NTDDI_WIN7)
void InspectorAleClassify(_In_ const FWPS_INCOMING_VALUES* inFixedValues,
                          _In_ const FWPS_INCOMING_METADATA_VALUES* inMetaValues,
                          _Inout_opt_ void* layerData, _In_opt_ const void* classifyContext,
                          _In_ const FWPS_FILTER* filter, _In_ UINT64 flowContext,
                          _Inout_ FWPS_CLASSIFY_OUT* classifyOut);
#else
void InspectorAleClassify(_In_ const FWPS_INCOMING_VALUES* inFixedValues,
                          _In_ const FWPS_INCOMING_METADATA_VALUES* inMetaValues,
                          _Inout_opt_ void* layerData, _In_ const FWPS_FILTER* filter,
                          _In_ UINT64 flowContext, _Inout_ FWPS_CLASSIFY_OUT* classifyOut);
#endif

NTSTATUS InspectorNotify(_In_ FWPS_CALLOUT_NOTIFY_TYPE notifyType, _In_ const GUID* filterKey,
                         _Inout_ FWPS_FILTER* filter);

KSTART_ROUTINE InspectorWorker;

__drv_allocatesMem(Mem) _Must_inspect_result_ _Success_(return != NULL)
    INSPECTED_PACKET* AllocatePacket(_In_ const FWPS_INCOMING_VALUES* inFixedValues,
                                     _In_ ADDRESS_FAMILY addressFamily);
void FreePacket(_Inout_ __drv_freesMem(Mem) INSPECTED_PACKET* packet);

#endif

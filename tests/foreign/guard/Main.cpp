// SPDX-License-Identifier: Apache-2.0
#include "Guard.hpp"
#include "flavour.h"

#include <initguid.h>

// {9f0c2d61-5f0e-4a57-9a2c-2b1f6d2f7a01}
DEFINE_GUID(GUARD_TRANSPORT_CALLOUT, 0x9f0c2d61, 0x5f0e, 0x4a57, 0x9a, 0x2c, 0x2b, 0x1f, 0x6d, 0x2f,
            0x7a, 0x01);
DEFINE_GUID(GUARD_SUBLAYER_KEY, 0x9f0c2d62, 0x5f0e, 0x4a57, 0x9a, 0x2c, 0x2b, 0x1f, 0x6d, 0x2f,
            0x7a, 0x02);

TRACELOGGING_DEFINE_PROVIDER(g_guardProvider, "Example.Guard",
                             (0x3970f9cf, 0x2c0c, 0x4f11, 0xb1, 0xcc, 0xe3, 0xa1, 0xe9, 0x95, 0x88,
                              0x33));

EXTERN_C DRIVER_INITIALIZE DriverEntry;
static DRIVER_UNLOAD DriverUnload;
_Dispatch_type_(IRP_MJ_CREATE) _Dispatch_type_(IRP_MJ_CLOSE)
    _Dispatch_type_(IRP_MJ_CLEANUP) static DRIVER_DISPATCH DispatchAny;

namespace {

struct Pending {
  LIST_ENTRY entry;
  NET_BUFFER_LIST* clone;
  UINT64 endpoint;
};

class GuardEngine final : public guard::Engine {
 public:
  NTSTATUS Start(_In_ DEVICE_OBJECT* device) override;
  void Stop() override;
  void Send(const FWPS_INCOMING_VALUES0& values, const FWPS_INCOMING_METADATA_VALUES0& meta,
            NET_BUFFER_LIST* list, FWPS_CLASSIFY_OUT0* out);

 private:
  NTSTATUS Register(DEVICE_OBJECT* device);

  KSPIN_LOCK lock_{};
  LIST_ENTRY pending_{};
  NPAGED_LOOKASIDE_LIST pool_{};
  HANDLE engine_ = nullptr;
  HANDLE injection_ = nullptr;
  UINT32 callout_ = 0;
  volatile LONG outstanding_ = 0;
  KEVENT drained_{};

  static void NTAPI Completed(void* context, NET_BUFFER_LIST* list, BOOLEAN dispatchLevel);
  void Done() {
    if (InterlockedDecrement(&outstanding_) == 0) {
      KeSetEvent(&drained_, IO_NETWORK_INCREMENT, FALSE);
    }
  }
};

DEVICE_OBJECT* g_device = nullptr;
GuardEngine* g_engine = nullptr;
UNICODE_STRING g_link = RTL_CONSTANT_STRING(L"\\??\\ExampleGuard");

void NTAPI Classify(const FWPS_INCOMING_VALUES0* values, const FWPS_INCOMING_METADATA_VALUES0* meta,
                    void* layerData, const void*, const FWPS_FILTER1*, UINT64,
                    FWPS_CLASSIFY_OUT0* out) {
  if ((out->rights & FWPS_RIGHT_ACTION_WRITE) == 0) return;
  out->actionType = FWP_ACTION_PERMIT;
  if (layerData != nullptr) {
    g_engine->Send(*values, *meta, static_cast<NET_BUFFER_LIST*>(layerData), out);
  }
}

NTSTATUS NTAPI Notify(FWPS_CALLOUT_NOTIFY_TYPE, const GUID*, FWPS_FILTER1*) {
  return STATUS_SUCCESS;
}

// The UDP header as far as the packet holds one; faults in odd buffers are caught.
USHORT DestinationPort(NET_BUFFER_LIST* list) {
  UDP_HDR storage{};
  NET_BUFFER* buffer = NET_BUFFER_LIST_FIRST_NB(list);
  if (NET_BUFFER_DATA_LENGTH(buffer) < sizeof(storage)) return 0;
  auto* header = static_cast<UDP_HDR*>(NdisGetDataBuffer(buffer, sizeof(storage), &storage, 1, 0));
  USHORT port = 0;
  __try {
    port = header == nullptr ? 0 : RtlUshortByteSwap(header->uh_dport);
  } __except (EXCEPTION_EXECUTE_HANDLER) {
    port = 0;
  }
  return port;
}

NTSTATUS GuardEngine::Start(DEVICE_OBJECT* device) {
  KeInitializeSpinLock(&lock_);
  InitializeListHead(&pending_);
  KeInitializeEvent(&drained_, NotificationEvent, FALSE);
  outstanding_ = 1;
  ExInitializeNPagedLookasideList(&pool_, nullptr, nullptr, POOL_NX_ALLOCATION, sizeof(Pending),
                                  POOL_TAG, 0);
  NTSTATUS status = FwpsInjectionHandleCreate0(AF_INET, FWPS_INJECTION_TYPE_TRANSPORT, &injection_);
  if (NT_SUCCESS(status)) status = Register(device);
  if (!NT_SUCCESS(status)) Stop();
  return status;
}

NTSTATUS GuardEngine::Register(DEVICE_OBJECT* device) {
  FWPS_CALLOUT1 callout{};
  callout.calloutKey = GUARD_TRANSPORT_CALLOUT;
  callout.classifyFn = Classify;
  callout.notifyFn = Notify;
  NTSTATUS status = FwpsCalloutRegister1(device, &callout, &callout_);
  if (!NT_SUCCESS(status)) return status;

  FWPM_SESSION0 session{};
  session.flags = FWPM_SESSION_FLAG_DYNAMIC;
  status = FwpmEngineOpen0(nullptr, RPC_C_AUTHN_DEFAULT, nullptr, &session, &engine_);
  if (!NT_SUCCESS(status)) return status;

  FWPM_SUBLAYER0 sublayer{};
  sublayer.subLayerKey = GUARD_SUBLAYER_KEY;
  sublayer.displayData.name = const_cast<wchar_t*>(L"Guard");
  sublayer.weight = MAXUINT16;
  status = FwpmSubLayerAdd0(engine_, &sublayer, nullptr);
  if (!NT_SUCCESS(status)) return status;

  FWPM_CALLOUT0 managed{};
  managed.calloutKey = GUARD_TRANSPORT_CALLOUT;
  managed.displayData.name = const_cast<wchar_t*>(L"Guard callout");
  managed.applicableLayer = FWPM_LAYER_OUTBOUND_TRANSPORT_V4;
  status = FwpmCalloutAdd0(engine_, &managed, nullptr, nullptr);
  if (!NT_SUCCESS(status)) return status;

  FWP_V4_ADDR_AND_MASK private_network{0x0A000000, 0xFF000000};
  FWPM_FILTER_CONDITION0 conditions[2]{};
  conditions[0].fieldKey = FWPM_CONDITION_IP_PROTOCOL;
  conditions[0].matchType = FWP_MATCH_EQUAL;
  conditions[0].conditionValue.type = FWP_UINT8;
  conditions[0].conditionValue.uint8 = IPPROTO_UDP;
  conditions[1].fieldKey = FWPM_CONDITION_IP_REMOTE_ADDRESS;
  conditions[1].matchType = FWP_MATCH_NOT_EQUAL;
  conditions[1].conditionValue.type = FWP_V4_ADDR_MASK;
  conditions[1].conditionValue.v4AddrMask = &private_network;

  FWPM_FILTER0 filter{};
  filter.displayData.name = const_cast<wchar_t*>(L"Guard filter");
  filter.layerKey = FWPM_LAYER_OUTBOUND_TRANSPORT_V4;
  filter.subLayerKey = GUARD_SUBLAYER_KEY;
  filter.weight.type = FWP_UINT8;
  filter.weight.uint8 = 0xF;
  filter.numFilterConditions = 1;
  filter.filterCondition = conditions;
  filter.action.type = FWP_ACTION_CALLOUT_TERMINATING;
  filter.action.calloutKey = GUARD_TRANSPORT_CALLOUT;
  return FwpmFilterAdd0(engine_, &filter, nullptr, nullptr);
}

void GuardEngine::Send(const FWPS_INCOMING_VALUES0& values,
                       const FWPS_INCOMING_METADATA_VALUES0& meta, NET_BUFFER_LIST* list,
                       FWPS_CLASSIFY_OUT0* out) {
  if (FwpsQueryPacketInjectionState0(injection_, list, nullptr) != FWPS_PACKET_NOT_INJECTED ||
      !FWPS_IS_METADATA_FIELD_PRESENT(&meta, FWPS_METADATA_FIELD_TRANSPORT_ENDPOINT_HANDLE)) {
    return;
  }
  NDIS_TCP_IP_CHECKSUM_NET_BUFFER_LIST_INFO checksum{};
  checksum.Value = NET_BUFFER_LIST_INFO(list, TcpIpChecksumNetBufferListInfo);
  TraceLoggingWrite(g_guardProvider, "Send", TraceLoggingLevel(TRACE_LEVEL_VERBOSE),
                    TraceLoggingUInt16(DestinationPort(list), "port"),
                    TraceLoggingBoolean(checksum.Transmit.UdpChecksum, "offload"),
                    TraceLoggingWideString(L"udp", "protocol"));
  auto* pending = static_cast<Pending*>(ExAllocateFromNPagedLookasideList(&pool_));
  if (pending == nullptr) return;
  pending->endpoint = meta.transportEndpointHandle;
  if (!NT_SUCCESS(FwpsAllocateCloneNetBufferList0(list, nullptr, nullptr, 0, &pending->clone))) {
    ExFreeToNPagedLookasideList(&pool_, pending);
    return;
  }
  {
    guard::SpinLockGuard guard(lock_);
    InsertTailList(&pending_, &pending->entry);
  }
  ULONG remote = RtlUlongByteSwap(
      values.incomingValue[FWPS_FIELD_OUTBOUND_TRANSPORT_V4_IP_REMOTE_ADDRESS].value.uint32);
  FWPS_TRANSPORT_SEND_PARAMS0 parameters{};
  parameters.remoteAddress = reinterpret_cast<UCHAR*>(&remote);
  parameters.remoteScopeId = meta.remoteScopeId;
  parameters.controlData = meta.controlData;
  parameters.controlDataLength = meta.controlDataLength;
  InterlockedIncrement(&outstanding_);
  NTSTATUS status = FwpsInjectTransportSendAsync0(
      injection_, nullptr, pending->endpoint, 0, &parameters, AF_INET,
      static_cast<COMPARTMENT_ID>(meta.compartmentId), pending->clone, Completed, pending);
  if (!NT_SUCCESS(status)) {
    Completed(pending, pending->clone, FALSE);
    return;
  }
  out->actionType = FWP_ACTION_BLOCK;
  out->flags |= FWPS_CLASSIFY_OUT_FLAG_ABSORB;
  out->rights &= ~FWPS_RIGHT_ACTION_WRITE;
}

void NTAPI GuardEngine::Completed(void* context, NET_BUFFER_LIST* list, BOOLEAN) {
  auto* pending = static_cast<Pending*>(context);
  {
    guard::SpinLockGuard guard(g_engine->lock_);
    RemoveEntryList(&pending->entry);
  }
  FwpsFreeCloneNetBufferList0(list, 0);
  ExFreeToNPagedLookasideList(&g_engine->pool_, pending);
  g_engine->Done();
}

void GuardEngine::Stop() {
  if (engine_ != nullptr) FwpmEngineClose0(engine_);
  if (callout_ != 0) FwpsCalloutUnregisterById0(callout_);
  Done();
  KeWaitForSingleObject(&drained_, Executive, KernelMode, FALSE, nullptr);
  if (injection_ != nullptr) FwpsInjectionHandleDestroy0(injection_);
  ExDeleteNPagedLookasideList(&pool_);
}

// Arithmetic and text as drivers use them, checked once at start.
NTSTATUS SelfTest() {
  if (FlavourOfGuard() != 2) return STATUS_FAIL_CHECK;
  ULONG size = 0;
  if (RtlULongMult(MAXULONG / 2, 3, &size) != STATUS_INTEGER_OVERFLOW) return STATUS_FAIL_CHECK;
  if (!NT_SUCCESS(RtlULongAdd(40, 2, &size)) || size != 42) return STATUS_FAIL_CHECK;
  WCHAR text[16];
  NTSTATUS status = RtlStringCchPrintfW(text, ARRAYSIZE(text), L"guard %u", size);
  if (!NT_SUCCESS(status) || wcscmp(text, L"guard 42") != 0) return STATUS_FAIL_CHECK;
  CHAR narrow[4];
  if (RtlStringCbCopyA(narrow, sizeof(narrow), "guard") != STATUS_BUFFER_OVERFLOW ||
      strcmp(narrow, "gua") != 0) {
    return STATUS_FAIL_CHECK;
  }
  size_t bytes = 0;
  status = RtlStringCbLengthW(text, sizeof(text), &bytes);
  if (!NT_SUCCESS(status) || bytes != 8 * sizeof(WCHAR)) return STATUS_FAIL_CHECK;
  UNICODE_STRING counted;
  RtlInitEmptyUnicodeString(&counted, text, sizeof(text));
  status = RtlUnicodeStringPrintf(&counted, L"%ws-%d", L"a", -7);
  if (!NT_SUCCESS(status) || counted.Length != 4 * sizeof(WCHAR)) return STATUS_FAIL_CHECK;
  char words[] = "one,two";
  char* rest = nullptr;
  if (strcmp(strtok_s(words, ",", &rest), "one") != 0 || strcmp(rest, "two") != 0)
    return STATUS_FAIL_CHECK;
  if (swprintf_s(text, ARRAYSIZE(text), L"%08X", 0xBEEF) != 8 ||
      wcstoul(text, nullptr, 16) != 0xBEEF)
    return STATUS_FAIL_CHECK;
  RTL_BITMAP map;
  ULONG bits[2] = {};
  RtlInitializeBitMap(&map, bits, 40);
  RtlSetBits(&map, 3, 5);
  if (RtlFindClearBitsAndSet(&map, 4, 2) != 8 || RtlNumberOfSetBits(&map) != 9)
    return STATUS_FAIL_CHECK;
  TIME_FIELDS fields{1970, 1, 2, 0, 0, 1, 0, 0};
  LARGE_INTEGER time;
  ULONG seconds = 0;
  if (!RtlTimeFieldsToTime(&fields, &time) || !RtlTimeToSecondsSince1970(&time, &seconds) ||
      seconds != 86401) {
    return STATUS_FAIL_CHECK;
  }
  IO_REMOVE_LOCK removal;
  IoInitializeRemoveLock(&removal, POOL_TAG, 0, 0);
  if (!NT_SUCCESS(IoAcquireRemoveLock(&removal, nullptr))) return STATUS_FAIL_CHECK;
  IoReleaseRemoveLockAndWait(&removal, nullptr);
  if (IoAcquireRemoveLock(&removal, nullptr) != STATUS_DELETE_PENDING) return STATUS_FAIL_CHECK;
  srand(1);
  if (rand() != 41) return STATUS_FAIL_CHECK;
  unsigned long first = 0;
  return _BitScanForward(&first, 0x50) && first == 4 ? STATUS_SUCCESS : STATUS_FAIL_CHECK;
}

}  // namespace

static NTSTATUS DispatchAny(_In_ DEVICE_OBJECT*, _Inout_ IRP* irp) {
  irp->IoStatus.Status = STATUS_SUCCESS;
  irp->IoStatus.Information = 0;
  IoCompleteRequest(irp, IO_NO_INCREMENT);
  return STATUS_SUCCESS;
}

static void DriverUnload(_In_ DRIVER_OBJECT*) {
  g_engine->Stop();
  g_engine->~GuardEngine();
  ExFreePoolWithTag(g_engine, POOL_TAG);
  IoDeleteSymbolicLink(&g_link);
  IoDeleteDevice(g_device);
  TraceLoggingUnregister(g_guardProvider);
}

EXTERN_C NTSTATUS DriverEntry(_In_ DRIVER_OBJECT* driver, _In_ UNICODE_STRING* path) {
  UNREFERENCED_PARAMETER(path);
  NTSTATUS status = SelfTest();
  if (!NT_SUCCESS(status)) return status;
  UNICODE_STRING name = RTL_CONSTANT_STRING(L"\\Device\\ExampleGuard");
  static const GUID classGuid = {
      0x26e0d1e0, 0x8189, 0x12e0, {0x99, 0x14, 8, 0, 0x22, 0x30, 0x19, 3}};
  status = IoCreateDeviceSecure(driver, 0, &name, FILE_DEVICE_NETWORK, FILE_DEVICE_SECURE_OPEN,
                                FALSE, &SDDL_DEVOBJ_SYS_ALL_ADM_ALL, &classGuid, &g_device);
  if (!NT_SUCCESS(status)) return status;
  TraceLoggingRegister(g_guardProvider);
  status = IoCreateSymbolicLink(&g_link, &name);
  if (NT_SUCCESS(status)) {
    auto engine = guard::unique_pool_ptr<GuardEngine>::make();
    status = STATUS_INSUFFICIENT_RESOURCES;
    if (engine) {
      g_engine = engine.operator->();
      status = engine->Start(g_device);
      if (NT_SUCCESS(status)) engine.release();
    }
    if (!NT_SUCCESS(status)) IoDeleteSymbolicLink(&g_link);
  }
  if (!NT_SUCCESS(status)) {
    TraceLoggingUnregister(g_guardProvider);
    IoDeleteDevice(g_device);
    return status;
  }
  for (ULONG i = 0; i <= IRP_MJ_MAXIMUM_FUNCTION; ++i) driver->MajorFunction[i] = DispatchAny;
  driver->DriverUnload = DriverUnload;
  return STATUS_SUCCESS;
}

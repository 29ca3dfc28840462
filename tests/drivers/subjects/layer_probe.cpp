// SPDX-License-Identifier: Apache-2.0
// Looks on at every layer that the host shows, and writes down all that its classifyFn is given:
// fields, metadata, data. A program reads it from the device.
#include <initguid.h>
// First: what follows defines its GUIDs.

#include <fwpmk.h>
#include <fwpsk.h>
#include <ndis.h>
#include <ntddk.h>

#include "layer_record.h"

extern "C" DRIVER_INITIALIZE DriverEntry;

namespace {

using probe::LayerRecord;
using probe::ValueRecord;

constexpr ULONG tag = 'borP';
constexpr ULONG room = 4u << 20;
constexpr ULONG largest_record = 8192;

#define BOTH(name) &FWPM_LAYER_##name##_V4, &FWPM_LAYER_##name##_V6
const GUID* const layers[] = {
    BOTH(ALE_BIND_REDIRECT),
    BOTH(ALE_RESOURCE_ASSIGNMENT),
    BOTH(ALE_AUTH_LISTEN),
    BOTH(ALE_CONNECT_REDIRECT),
    BOTH(ALE_AUTH_CONNECT),
    BOTH(ALE_AUTH_RECV_ACCEPT),
    BOTH(ALE_FLOW_ESTABLISHED),
    BOTH(ALE_ENDPOINT_CLOSURE),
    BOTH(ALE_RESOURCE_RELEASE),
    BOTH(STREAM),
    BOTH(STREAM_PACKET),
    BOTH(DATAGRAM_DATA),
    BOTH(OUTBOUND_TRANSPORT),
    BOTH(INBOUND_TRANSPORT),
    BOTH(OUTBOUND_IPPACKET),
    BOTH(INBOUND_IPPACKET),
    BOTH(IPFORWARD),
    BOTH(OUTBOUND_ICMP_ERROR),
    BOTH(INBOUND_ICMP_ERROR),
    &FWPM_LAYER_INBOUND_IPPACKET_V4_DISCARD,
    &FWPM_LAYER_INBOUND_IPPACKET_V6_DISCARD,
    &FWPM_LAYER_INBOUND_TRANSPORT_V4_DISCARD,
    &FWPM_LAYER_INBOUND_TRANSPORT_V6_DISCARD,
    &FWPM_LAYER_IPFORWARD_V4_DISCARD,
    &FWPM_LAYER_IPFORWARD_V6_DISCARD,
    &FWPM_LAYER_INBOUND_MAC_FRAME_ETHERNET,
    &FWPM_LAYER_OUTBOUND_MAC_FRAME_ETHERNET,
    &FWPM_LAYER_INBOUND_MAC_FRAME_NATIVE,
    &FWPM_LAYER_OUTBOUND_MAC_FRAME_NATIVE,
};
#undef BOTH
constexpr ULONG layer_count = sizeof(layers) / sizeof(layers[0]);

constinit UNICODE_STRING device_name = RTL_CONSTANT_STRING(L"\\Device\\LayerProbe");
constinit UNICODE_STRING link_name = RTL_CONSTANT_STRING(L"\\DosDevices\\LayerProbe");

PDEVICE_OBJECT device;
HANDLE engine;
UINT32 callouts[layer_count];
UCHAR* records;
ULONG used, lost;
KSPIN_LOCK lock;

// A record while it is made, on the stack of the classifyFn.
class Writer {
 public:
  void header(const LayerRecord& record) { put(&record, sizeof(record)); }
  void value(const FWP_VALUE0& value) {
    switch (value.type) {
      case FWP_EMPTY:
        return add(value, nullptr, 0);
      case FWP_UINT64:
        return add(value, value.uint64, sizeof(UINT64));
      case FWP_BYTE_ARRAY6_TYPE:
        return add(value, value.byteArray6->byteArray6, sizeof(value.byteArray6->byteArray6));
      case FWP_BYTE_ARRAY16_TYPE:
        return add(value, value.byteArray16->byteArray16, sizeof(value.byteArray16->byteArray16));
      case FWP_BYTE_BLOB_TYPE:
        return add(value, value.byteBlob->data,
                   value.byteBlob->size < probe::largest_blob ? value.byteBlob->size
                                                              : probe::largest_blob);
      case FWP_TOKEN_ACCESS_INFORMATION_TYPE:
        return add(value, nullptr, 0);
      default:
        return add(value, &value.uint32, sizeof(UINT32));
    }
  }
  void keep() {
    const ULONG size = size_;
    reinterpret_cast<LayerRecord*>(bytes_)->size = size;
    KIRQL irql;
    KeAcquireSpinLock(&lock, &irql);
    if (used + size > room) {
      ++lost;
    } else {
      reinterpret_cast<LayerRecord*>(bytes_)->lost = lost;
      RtlCopyMemory(records + used, bytes_, size);
      used += size;
    }
    KeReleaseSpinLock(&lock, irql);
  }

 private:
  void add(const FWP_VALUE0& value, const void* bytes, ULONG size) {
    const ValueRecord head = {static_cast<probe::U16>(value.type), static_cast<probe::U16>(size)};
    put(&head, sizeof(head));
    put(bytes, size);
    while (size_ % 4 != 0) bytes_[size_++] = 0;
  }
  void put(const void* bytes, ULONG size) {
    if (size != 0) RtlCopyMemory(bytes_ + size_, bytes, size);
    size_ += size;
  }

  ULONG size_ = 0;
  alignas(8) UCHAR bytes_[largest_record];
};

const NET_BUFFER_LIST* list_of(UINT16 layer, const void* data) {
  if (data == nullptr) return nullptr;
  if (layer != FWPS_LAYER_STREAM_V4 && layer != FWPS_LAYER_STREAM_V6)
    return static_cast<const NET_BUFFER_LIST*>(data);
  return static_cast<const FWPS_STREAM_CALLOUT_IO_PACKET0*>(data)->streamData->netBufferListChain;
}

void NTAPI classify(const FWPS_INCOMING_VALUES0* values,
                    const FWPS_INCOMING_METADATA_VALUES0* metadata, void* data, const void*,
                    const FWPS_FILTER3*, UINT64, FWPS_CLASSIFY_OUT0* out) {
  out->actionType = FWP_ACTION_CONTINUE;
  auto* writer = static_cast<Writer*>(ExAllocatePool2(POOL_FLAG_NON_PAGED, sizeof(Writer), tag));
  if (writer == nullptr) return;
  LayerRecord record = {};
  record.layer = values->layerId;
  record.values = static_cast<probe::U16>(values->valueCount);
  record.irql = KeGetCurrentIrql();
  record.metadata = metadata->currentMetadataValues;
  record.l2_metadata = metadata->currentL2MetadataValues;
  record.ip_header = metadata->ipHeaderSize;
  record.transport_header = metadata->transportHeaderSize;
  record.mac_header = metadata->ethernetMacHeaderSize;
  const NET_BUFFER_LIST* list = list_of(values->layerId, data);
  if (list != nullptr) record.data_length = list->FirstNetBuffer->DataLength;
  for (; list != nullptr; list = list->Next) ++record.lists;
  writer->header(record);
  for (UINT32 i = 0; i < values->valueCount; ++i) writer->value(values->incomingValue[i].value);
  writer->keep();
  ExFreePoolWithTag(writer, tag);
}

NTSTATUS NTAPI notify(FWPS_CALLOUT_NOTIFY_TYPE, const GUID*, FWPS_FILTER3*) {
  return STATUS_SUCCESS;
}

GUID key_of(ULONG number) {
  return {0x7e1c55a0 + number, 0x93d2, 0x4b77, {0x8a, 0x41, 0x0f, 0x6e, 0x2b, 0xc9, 0x5d, 0x13}};
}

NTSTATUS watch(ULONG number) {
  FWPS_CALLOUT3 callout = {};
  callout.calloutKey = key_of(number);
  callout.classifyFn = classify;
  callout.notifyFn = notify;
  NTSTATUS status = FwpsCalloutRegister3(device, &callout, &callouts[number]);
  if (!NT_SUCCESS(status)) return status;
  FWPM_CALLOUT0 managed = {};
  managed.calloutKey = callout.calloutKey;
  managed.displayData.name = const_cast<wchar_t*>(L"layer probe");
  managed.applicableLayer = *layers[number];
  status = FwpmCalloutAdd0(engine, &managed, nullptr, nullptr);
  if (!NT_SUCCESS(status)) return status;
  FWPM_FILTER0 filter = {};
  filter.displayData.name = managed.displayData.name;
  filter.layerKey = *layers[number];
  filter.subLayerKey = FWPM_SUBLAYER_UNIVERSAL;
  filter.action.type = FWP_ACTION_CALLOUT_INSPECTION;
  filter.action.calloutKey = callout.calloutKey;
  return FwpmFilterAdd0(engine, &filter, nullptr, nullptr);
}

// The sockets that are there, and who may ask for them.
NTSTATUS ask_for_endpoints() {
  HANDLE enumeration = nullptr;
  NTSTATUS status = FwpsAleEndpointCreateEnumHandle0(engine, nullptr, &enumeration);
  if (!NT_SUCCESS(status)) return status;
  FWPS_ALE_ENDPOINT_PROPERTIES0** entries = nullptr;
  UINT32 count = 0;
  status = FwpsAleEndpointEnum0(engine, enumeration, 8, &entries, &count);
  if (NT_SUCCESS(status) && count != 0) {
    FWPS_ALE_ENDPOINT_PROPERTIES0* again = nullptr;
    status = FwpsAleEndpointGetById0(engine, entries[0]->endpointId, &again);
    if (again != nullptr) FwpmFreeMemory0(reinterpret_cast<void**>(&again));
    FwpmFreeMemory0(reinterpret_cast<void**>(&entries));
  }
  FwpsAleEndpointDestroyEnumHandle0(engine, enumeration);
  return status;
}

NTSTATUS set_security_as_it_is() {
  constexpr SECURITY_INFORMATION dacl_information = 0x4;  // DACL_SECURITY_INFORMATION
  PACL dacl = nullptr;
  PSECURITY_DESCRIPTOR descriptor = nullptr;
  NTSTATUS status = FwpsAleEndpointGetSecurityInfo0(engine, dacl_information, nullptr, nullptr,
                                                    &dacl, nullptr, &descriptor);
  if (!NT_SUCCESS(status)) return status;
  status =
      FwpsAleEndpointSetSecurityInfo0(engine, dacl_information, nullptr, nullptr, dacl, nullptr);
  FwpmFreeMemory0(reinterpret_cast<void**>(&descriptor));
  return status;
}

void sleep_a_little() {
  LARGE_INTEGER interval;
  interval.QuadPart = -100'000;
  KeDelayExecutionThread(KernelMode, FALSE, &interval);
}

void unregister(UINT32 id) {
  if (id == 0) return;
  for (;;) {
    const NTSTATUS status = FwpsCalloutUnregisterById0(id);
    if (status == STATUS_SUCCESS || status == STATUS_FWP_CALLOUT_NOT_FOUND) return;
    sleep_a_little();
  }
}

void take_down() {
  if (engine != nullptr) FwpmEngineClose0(engine);
  for (UINT32& id : callouts) {
    unregister(id);
    id = 0;
  }
  IoDeleteSymbolicLink(&link_name);
  if (device != nullptr) IoDeleteDevice(device);
  if (records != nullptr) ExFreePoolWithTag(records, tag);
  engine = nullptr;
  device = nullptr;
  records = nullptr;
}

NTSTATUS complete(PIRP irp, ULONG_PTR information) {
  irp->IoStatus.Status = STATUS_SUCCESS;
  irp->IoStatus.Information = information;
  IoCompleteRequest(irp, IO_NO_INCREMENT);
  return STATUS_SUCCESS;
}

NTSTATUS NTAPI open_or_close(PDEVICE_OBJECT, PIRP irp) {
  return complete(irp, 0);
}

// Whole records, as many as there is room for.
NTSTATUS NTAPI read(PDEVICE_OBJECT, PIRP irp) {
  const ULONG most = IoGetCurrentIrpStackLocation(irp)->Parameters.Read.Length;
  auto* to = static_cast<UCHAR*>(irp->AssociatedIrp.SystemBuffer);
  KIRQL irql;
  KeAcquireSpinLock(&lock, &irql);
  ULONG size = 0;
  while (size < used) {
    const ULONG next = reinterpret_cast<LayerRecord*>(records + size)->size;
    if (size + next > most) break;
    size += next;
  }
  RtlCopyMemory(to, records, size);
  used -= size;
  RtlMoveMemory(records, records + size, used);
  KeReleaseSpinLock(&lock, irql);
  return complete(irp, size);
}

void NTAPI unload(PDRIVER_OBJECT) {
  take_down();
}

NTSTATUS set_up(PDRIVER_OBJECT driver) {
  KeInitializeSpinLock(&lock);
  used = lost = 0;
  records = static_cast<UCHAR*>(ExAllocatePool2(POOL_FLAG_NON_PAGED, room, tag));
  if (records == nullptr) return STATUS_INSUFFICIENT_RESOURCES;
  NTSTATUS status = IoCreateDevice(driver, 0, &device_name, FILE_DEVICE_NETWORK, 0, FALSE, &device);
  if (!NT_SUCCESS(status)) return status;
  device->Flags |= DO_BUFFERED_IO;
  status = IoCreateSymbolicLink(&link_name, &device_name);
  if (!NT_SUCCESS(status)) return status;
  FWPM_SESSION0 session = {};
  session.flags = FWPM_SESSION_FLAG_DYNAMIC;
  status = FwpmEngineOpen0(nullptr, RPC_C_AUTHN_WINNT, nullptr, &session, &engine);
  for (ULONG i = 0; NT_SUCCESS(status) && i < layer_count; ++i) status = watch(i);
  if (NT_SUCCESS(status)) status = ask_for_endpoints();
  return NT_SUCCESS(status) ? set_security_as_it_is() : status;
}

}  // namespace

extern "C" NTSTATUS NTAPI DriverEntry(PDRIVER_OBJECT driver, PUNICODE_STRING) {
  driver->DriverUnload = unload;
  driver->MajorFunction[IRP_MJ_CREATE] = open_or_close;
  driver->MajorFunction[IRP_MJ_CLOSE] = open_or_close;
  driver->MajorFunction[IRP_MJ_READ] = read;
  const NTSTATUS status = set_up(driver);
  if (!NT_SUCCESS(status)) take_down();
  return status;
}

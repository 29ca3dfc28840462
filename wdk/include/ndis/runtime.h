// SPDX-License-Identifier: Apache-2.0
// The NDIS names for what the kernel does: memory, locks, events, lists, time; and the helpers
// about MDLs that its headers define.
#pragma once

#include "api.h"

#ifdef WDK_DRIVER

#define NDIS_STRING_CONST(s) RTL_CONSTANT_STRING(L##s)
#define NdisZeroMemory(to, length) RtlZeroMemory(to, length)
#define NdisFillMemory(to, length, fill) RtlFillMemory(to, length, fill)
#define NdisMoveMemory(to, from, length) RtlCopyMemory(to, from, length)
#define NdisCopyMemory(to, from, length) RtlCopyMemory(to, from, length)
#define NdisEqualMemory(a, b, length) RtlEqualMemory(a, b, length)
#define NdisRetrieveUlong(to, from) RtlCopyMemory(to, from, sizeof(ULONG))
#define NdisInitUnicodeString(to, from) RtlInitUnicodeString(to, from)
#define NdisEqualString(a, b, insensitive) RtlEqualUnicodeString(a, b, insensitive)
#define NdisInitializeListHead(head) InitializeListHead(head)
#define NdisInterlockedIncrement(p) InterlockedIncrement(p)
#define NdisInterlockedDecrement(p) InterlockedDecrement(p)
#define NdisInterlockedAddUlong(p, v, lock) InterlockedExchangeAdd((LONG volatile*)(p), (LONG)(v))
#define NDIS_CURRENT_IRQL() KeGetCurrentIrql()
#define NDIS_RAISE_IRQL_TO_DISPATCH(old) KeRaiseIrql(DISPATCH_LEVEL, old)
#define NDIS_LOWER_IRQL(old, current) KeLowerIrql(old)
#define NdisGetCurrentSystemTime(time) KeQuerySystemTime(time)
#define NdisGetSystemUpTimeEx(count) KeQueryTickCount(count)
#define NdisStallExecution(microseconds) KeStallExecutionProcessor(microseconds)
#define NDIS_STATUS_TO_NT_STATUS(status) ((NTSTATUS)(status))
#define NDIS_SEND_FLAGS_DISPATCH_LEVEL 0x1
#define NDIS_SEND_COMPLETE_FLAGS_DISPATCH_LEVEL 0x1
#define NDIS_RECEIVE_FLAGS_DISPATCH_LEVEL 0x1
#define NDIS_RETURN_FLAGS_DISPATCH_LEVEL 0x1
#define NDIS_TEST_SEND_AT_DISPATCH_LEVEL(flags) (((flags) & NDIS_SEND_FLAGS_DISPATCH_LEVEL) != 0)
#define NDIS_TEST_RECEIVE_AT_DISPATCH_LEVEL(flags) \
  (((flags) & NDIS_RECEIVE_FLAGS_DISPATCH_LEVEL) != 0)
#define NDIS_PACKET_TYPE_DIRECTED 0x1
#define NDIS_PACKET_TYPE_MULTICAST 0x2
#define NDIS_PACKET_TYPE_ALL_MULTICAST 0x4
#define NDIS_PACKET_TYPE_BROADCAST 0x8
#define NDIS_PACKET_TYPE_PROMISCUOUS 0x20
#define NDIS_RUNTIME_VERSION_60 0x00060000
#define NDIS_RUNTIME_VERSION_620 0x00060014
#define NDIS_RUNTIME_VERSION_630 0x0006001E

typedef enum _NDIS_MEDIUM {
  NdisMedium802_3,
  NdisMedium802_5,
  NdisMediumFddi,
  NdisMediumWan,
  NdisMediumLocalTalk,
  NdisMediumDix,
  NdisMediumArcnetRaw,
  NdisMediumArcnet878_2,
  NdisMediumAtm,
  NdisMediumWirelessWan,
  NdisMediumIrda,
  NdisMediumBpc,
  NdisMediumCoWan,
  NdisMedium1394,
  NdisMediumInfiniBand,
  NdisMediumTunnel,
  NdisMediumNative802_11,
  NdisMediumLoopback,
  NdisMediumWiMAX,
  NdisMediumIP,
  NdisMediumMax,
} NDIS_MEDIUM,
    *PNDIS_MEDIUM;
typedef ULONG NDIS_PHYSICAL_MEDIUM;
typedef ULONG NDIS_OID;

typedef struct _NDIS_SPIN_LOCK {
  union {
    KSPIN_LOCK SpinLock;
    UCHAR Reserved[1];
  };
  KIRQL OldIrql;
} NDIS_SPIN_LOCK, *PNDIS_SPIN_LOCK;
FORCEINLINE void NdisAllocateSpinLock(PNDIS_SPIN_LOCK lock) {
  KeInitializeSpinLock(&lock->SpinLock);
}
#define NdisInitializeSpinLock NdisAllocateSpinLock
#define NdisFreeSpinLock(lock) ((void)(lock))
FORCEINLINE void NdisAcquireSpinLock(PNDIS_SPIN_LOCK lock) {
  KIRQL old;
  KeAcquireSpinLock(&lock->SpinLock, &old);
  lock->OldIrql = old;
}
FORCEINLINE void NdisReleaseSpinLock(PNDIS_SPIN_LOCK lock) {
  KeReleaseSpinLock(&lock->SpinLock, lock->OldIrql);
}
#define NdisDprAcquireSpinLock(lock) KeAcquireSpinLockAtDpcLevel(&(lock)->SpinLock)
#define NdisDprReleaseSpinLock(lock) KeReleaseSpinLockFromDpcLevel(&(lock)->SpinLock)

typedef struct _NDIS_EVENT {
  KEVENT Event;
} NDIS_EVENT, *PNDIS_EVENT;
FORCEINLINE void NdisInitializeEvent(PNDIS_EVENT event) {
  KeInitializeEvent(&event->Event, NotificationEvent, FALSE);
}
FORCEINLINE void NdisSetEvent(PNDIS_EVENT event) {
  (void)KeSetEvent(&event->Event, IO_NETWORK_INCREMENT, FALSE);
}
FORCEINLINE void NdisResetEvent(PNDIS_EVENT event) {
  (void)KeResetEvent(&event->Event);
}
FORCEINLINE BOOLEAN NdisWaitEvent(PNDIS_EVENT event, UINT milliseconds) {
  LARGE_INTEGER time;
  time.QuadPart = -10000LL * milliseconds;
  return (BOOLEAN)(KeWaitForSingleObject(&event->Event, Executive, KernelMode, FALSE,
                                         milliseconds == 0 ? NULL : &time) == STATUS_SUCCESS);
}
FORCEINLINE void NdisMSleep(ULONG microseconds) {
  LARGE_INTEGER time;
  time.QuadPart = -10LL * microseconds;
  (void)KeDelayExecutionThread(KernelMode, FALSE, &time);
}
FORCEINLINE NDIS_STATUS NdisAllocateMemoryWithTag(PVOID* memory, UINT length, ULONG tag) {
  *memory = ExAllocatePoolWithTag(NonPagedPoolNx, length, tag);
  return *memory != NULL ? NDIS_STATUS_SUCCESS : NDIS_STATUS_FAILURE;
}
FORCEINLINE void NdisQueryMdl(PMDL mdl, PVOID* address, PUINT length, ULONG priority) {
  if (address != NULL) *address = MmGetSystemAddressForMdlSafe(mdl, priority);
  *length = mdl->ByteCount;
}
#define NdisQueryBufferSafe NdisQueryMdl
FORCEINLINE void NdisGetNextMdl(PMDL current, PMDL* next) {
  *next = current->Next;
}
#define NDIS_MDL_LINKAGE(mdl) ((mdl)->Next)
#define NdisAdjustMdlLength(mdl, length) ((mdl)->ByteCount = (length))
#define NDIS_MDL_TO_SPAN_PAGES(mdl) \
  ADDRESS_AND_SIZE_TO_SPAN_PAGES(MmGetMdlVirtualAddress(mdl), MmGetMdlByteCount(mdl))

#endif  // WDK_DRIVER

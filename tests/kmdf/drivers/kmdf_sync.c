// SPDX-License-Identifier: Apache-2.0
// A device with a synchronization scope: at most one of its callbacks may run at a time. Built for
// both execution levels (SYNC_PASSIVE).
#include <wdf.h>

#include "kmdf_sync.h"
#include "steps.h"

DRIVER_INITIALIZE DriverEntry;

#ifdef SYNC_PASSIVE
#define LEVEL PASSIVE_LEVEL
#define OTHER_LEVEL WdfExecutionLevelDispatch
#else
#define LEVEL DISPATCH_LEVEL
#define OTHER_LEVEL WdfExecutionLevelPassive
#endif

static WDFDEVICE device;
static WDFQUEUE second_queue;
static WDFTIMER timer;
static WDFDPC dpc;
static WDFWORKITEM work_item;
static WDFREQUEST parked;
static LONG inside;

// A place where other threads get their turn.
static void stay(void) {
  STEP(KeGetCurrentIrql() == LEVEL);
  STEP(InterlockedIncrement(&inside) == 1);
  for (int i = 0; i < 3; ++i) DbgPrint("inside");
  InterlockedDecrement(&inside);
}

static VOID evt_second(WDFQUEUE queue, WDFREQUEST request) {
  (void)queue;
  stay();
  WdfRequestComplete(request, STATUS_SUCCESS);
}

#ifdef SYNC_PASSIVE
static VOID evt_work(WDFWORKITEM of) {
  (void)of;
  stay();
  WdfRequestComplete(parked, STATUS_SUCCESS);
}
#else
static VOID evt_dpc(WDFDPC of) {
  stay();
  STEP(WdfDpcGetParentObject(of) == device);
  STEP(WdfDpcWdmGetDpc(of) != NULL);
  WdfRequestComplete(parked, STATUS_SUCCESS);
}
#endif

static VOID evt_timer(WDFTIMER of) {
  (void)of;
#ifndef SYNC_PASSIVE
  stay();
#endif
  WdfRequestComplete(parked, STATUS_SUCCESS);
}

static VOID evt_cancel(WDFREQUEST request) {
  stay();
  WdfRequestComplete(request, STATUS_CANCELLED);
}

static void defer(WDFREQUEST request) {
  parked = request;
#ifdef SYNC_PASSIVE
  WdfWorkItemEnqueue(work_item);
#else
  STEP(WdfDpcEnqueue(dpc));
  STEP(WdfDpcCancel(dpc, FALSE));
  STEP(!WdfDpcCancel(dpc, FALSE));
  STEP(WdfDpcEnqueue(dpc));
#endif
}

static VOID evt_control(WDFQUEUE queue, WDFREQUEST request, size_t output_size, size_t input_size,
                        ULONG code) {
  (void)output_size;
  (void)input_size;
  stay();
  switch (code) {
    case SYNC_DEFER:
      defer(request);
      return;
    case SYNC_TIMER:
      parked = request;
      WdfTimerStart(timer, WDF_REL_TIMEOUT_IN_MS(1));
      return;
    case SYNC_CANCEL:
      STEP(WdfRequestMarkCancelableEx(request, evt_cancel) == STATUS_SUCCESS);
      return;
    case SYNC_FORWARD:
      STEP(WdfRequestForwardToIoQueue(request, second_queue) == STATUS_SUCCESS);
      return;
    case SYNC_BY_HAND:
      WdfObjectReleaseLock(queue);
      STEP(KeGetCurrentIrql() == PASSIVE_LEVEL);
      WdfObjectAcquireLock(device);
      stay();
      break;
    case SYNC_RECURSE:
      WdfObjectAcquireLock(device);
      break;
    case SYNC_NO_LOCK:
      WdfObjectAcquireLock(timer);
      break;
    case SYNC_NOT_HOLDER:
      WdfObjectReleaseLock(device);
      WdfObjectReleaseLock(device);
      break;
  }
  WdfRequestComplete(request, STATUS_SUCCESS);
}

static NTSTATUS make_queues(void) {
  WDF_IO_QUEUE_CONFIG config;
  WDF_OBJECT_ATTRIBUTES attributes;
  WDFQUEUE odd;
  WDF_IO_QUEUE_CONFIG_INIT_DEFAULT_QUEUE(&config, WdfIoQueueDispatchParallel);
  config.EvtIoDeviceControl = evt_control;
  STEP(WdfIoQueueCreate(device, &config, WDF_NO_OBJECT_ATTRIBUTES, NULL) == STATUS_SUCCESS);
  WDF_IO_QUEUE_CONFIG_INIT(&config, WdfIoQueueDispatchSequential);
  config.EvtIoDefault = evt_second;
  STEP(WdfIoQueueCreate(device, &config, WDF_NO_OBJECT_ATTRIBUTES, &second_queue) ==
       STATUS_SUCCESS);
  WDF_OBJECT_ATTRIBUTES_INIT(&attributes);
  attributes.ExecutionLevel = OTHER_LEVEL;
  STEP(WdfIoQueueCreate(device, &config, &attributes, &odd) ==
       STATUS_WDF_INCOMPATIBLE_EXECUTION_LEVEL);
  attributes.SynchronizationScope = WdfSynchronizationScopeQueue;
  return WdfIoQueueCreate(device, &config, &attributes, &odd);
}

static NTSTATUS make_helpers(void) {
  WDF_TIMER_CONFIG timer_config;
  WDF_WORKITEM_CONFIG work_config;
  WDF_DPC_CONFIG dpc_config;
  WDF_OBJECT_ATTRIBUTES attributes;
  NTSTATUS status;
  WDF_TIMER_CONFIG_INIT(&timer_config, evt_timer);
  WDF_OBJECT_ATTRIBUTES_INIT(&attributes);
  attributes.ParentObject = device;
#ifdef SYNC_PASSIVE
  STEP(WdfTimerCreate(&timer_config, &attributes, &timer) ==
       STATUS_WDF_INCOMPATIBLE_EXECUTION_LEVEL);
  attributes.ExecutionLevel = WdfExecutionLevelPassive;
  STEP(WdfTimerCreate(&timer_config, &attributes, &timer) == STATUS_SUCCESS);
  attributes.ExecutionLevel = WdfExecutionLevelInheritFromParent;
  timer_config.AutomaticSerialization = FALSE;
#endif
  status = WdfTimerCreate(&timer_config, &attributes, &timer);
#ifdef SYNC_PASSIVE
  WDF_WORKITEM_CONFIG_INIT(&work_config, evt_work);
  if (NT_SUCCESS(status)) status = WdfWorkItemCreate(&work_config, &attributes, &work_item);
  WDF_DPC_CONFIG_INIT(&dpc_config, (PFN_WDF_DPC)evt_timer);
  STEP(WdfDpcCreate(&dpc_config, &attributes, &dpc) == STATUS_WDF_INCOMPATIBLE_EXECUTION_LEVEL);
#else
  WDF_DPC_CONFIG_INIT(&dpc_config, evt_dpc);
  if (NT_SUCCESS(status)) status = WdfDpcCreate(&dpc_config, &attributes, &dpc);
  WDF_WORKITEM_CONFIG_INIT(&work_config, (PFN_WDF_WORKITEM)evt_timer);
  STEP(WdfWorkItemCreate(&work_config, &attributes, &work_item) ==
       STATUS_WDF_INCOMPATIBLE_EXECUTION_LEVEL);
  STEP(WdfDpcCreate(&dpc_config, WDF_NO_OBJECT_ATTRIBUTES, &dpc) ==
       STATUS_WDF_PARENT_NOT_SPECIFIED);
#endif
  return status;
}

// Memory from a lookaside list outlives the list's handle.
static void use_lookaside(void) {
  WDFLOOKASIDE list;
  WDFMEMORY first;
  WDFMEMORY second;
  size_t size = 0;
  STEP(WdfLookasideListCreate(WDF_NO_OBJECT_ATTRIBUTES, 0, NonPagedPoolNx, WDF_NO_OBJECT_ATTRIBUTES,
                              'tseT', &list) == STATUS_INVALID_PARAMETER);
  STEP(WdfLookasideListCreate(WDF_NO_OBJECT_ATTRIBUTES, 48, NonPagedPoolNx,
                              WDF_NO_OBJECT_ATTRIBUTES, 'tseT', &list) == STATUS_SUCCESS);
  STEP(WdfMemoryCreateFromLookaside(list, &first) == STATUS_SUCCESS);
  STEP(WdfMemoryCreateFromLookaside(list, &second) == STATUS_SUCCESS);
  STEP(WdfMemoryGetBuffer(first, &size) != WdfMemoryGetBuffer(second, NULL) && size == 48);
  WdfObjectDelete(list);
  RtlZeroMemory(WdfMemoryGetBuffer(second, NULL), size);
  WdfObjectDelete(first);
}

static VOID evt_unload(WDFDRIVER driver) {
  (void)driver;
}

static NTSTATUS make_device(WDFDRIVER driver) {
  DECLARE_CONST_UNICODE_STRING(descriptor, L"D:P(A;;GA;;;SY)");
  DECLARE_CONST_UNICODE_STRING(name, L"\\Device\\KmdfSync");
  WDF_OBJECT_ATTRIBUTES attributes;
  PWDFDEVICE_INIT init = WdfControlDeviceInitAllocate(driver, &descriptor);
  if (init == NULL) return STATUS_INSUFFICIENT_RESOURCES;
  STEP(WdfDeviceInitAssignName(init, &name) == STATUS_SUCCESS);
  WDF_OBJECT_ATTRIBUTES_INIT(&attributes);
  attributes.SynchronizationScope = WdfSynchronizationScopeDevice;
#ifdef SYNC_PASSIVE
  attributes.ExecutionLevel = WdfExecutionLevelPassive;
#endif
  return WdfDeviceCreate(&init, &attributes, &device);
}

NTSTATUS DriverEntry(PDRIVER_OBJECT driver_object, PUNICODE_STRING registry_path) {
  WDF_DRIVER_CONFIG config;
  WDFDRIVER driver;
  WDF_DRIVER_CONFIG_INIT(&config, WDF_NO_EVENT_CALLBACK);
  config.DriverInitFlags = WdfDriverInitNonPnpDriver;
  config.EvtDriverUnload = evt_unload;
  STEP(WdfDriverCreate(driver_object, registry_path, WDF_NO_OBJECT_ATTRIBUTES, &config, &driver) ==
       STATUS_SUCCESS);
  STEP(make_device(driver) == STATUS_SUCCESS);
  STEP(make_queues() == STATUS_SUCCESS);
  STEP(make_helpers() == STATUS_SUCCESS);
  use_lookaside();
  WdfObjectAcquireLock(device);
  stay();
  WdfObjectReleaseLock(device);
  WdfControlFinishInitializing(device);
  DbgPrint("done");
  return STATUS_SUCCESS;
}

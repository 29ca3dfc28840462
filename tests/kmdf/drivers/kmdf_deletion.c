// SPDX-License-Identifier: Apache-2.0
// Framework objects that are deleted while somebody still has to do with them.
#include <wdf.h>

#include "kmdf_deletion.h"
#include "steps.h"

DRIVER_INITIALIZE DriverEntry;

static WDFDRIVER the_driver;
static WDFDEVICE device;
static WDFQUEUE doomed_queue;
static WDFREQUEST taken;
static WDFTIMER timer;
static WDFDPC dpc;
static WDFWAITLOCK lock;

static VOID evt_timer(WDFTIMER of) {
  (void)of;
}

static VOID evt_dpc(WDFDPC of) {
  (void)of;
}

static VOID evt_timer_destroy(WDFOBJECT object) {
  (void)object;
  DbgPrint("timer destroyed");
}

static VOID evt_device_destroy(WDFOBJECT object) {
  (void)object;
  DbgPrint("device destroyed");
}

// An application that opens "last" is refused, and its file is the last of the device.
static VOID evt_file_create(WDFDEVICE of, WDFREQUEST request, WDFFILEOBJECT file) {
  const BOOLEAN last = WdfFileObjectGetFileName(file)->Length == sizeof(L"\\last") - sizeof(WCHAR);
  if (last) {
    WdfObjectDelete(of);
    device = NULL;
  }
  WdfRequestComplete(request, last ? STATUS_ACCESS_DENIED : STATUS_SUCCESS);
}

static void delete_queue(void) {
  STEP(WdfIoQueueRetrieveNextRequest(doomed_queue, &taken) == STATUS_SUCCESS);
  DbgPrint("deleting the queue");
  WdfObjectDelete(doomed_queue);
  DbgPrint("the queue is deleted");
}

static void delete_timer_twice(void) {
  const KIRQL old = KfRaiseIrql(DISPATCH_LEVEL);
  WdfObjectDelete(timer);
  WdfObjectDelete(timer);
  KeLowerIrql(old);
}

static void block_at_dispatch_level(void) {
  LONGLONG none = 0;
  LONGLONG soon = WDF_REL_TIMEOUT_IN_MS(1);
  const KIRQL old = KfRaiseIrql(DISPATCH_LEVEL);
  STEP(WdfWaitLockAcquire(lock, &none) == STATUS_SUCCESS);
  WdfWaitLockRelease(lock);
  STEP(WdfWaitLockAcquire(lock, &soon) == STATUS_SUCCESS);
  WdfWaitLockRelease(lock);
  WdfWaitLockAcquire(lock, NULL);
  WdfWaitLockRelease(lock);
  WdfTimerStop(timer, FALSE);
  WdfTimerStop(timer, TRUE);
  WdfDpcCancel(dpc, FALSE);
  WdfDpcCancel(dpc, TRUE);
  STEP(KeGetCurrentIrql() == DISPATCH_LEVEL);
  KeLowerIrql(old);
}

static VOID evt_control(WDFQUEUE queue, WDFREQUEST request, size_t output_size, size_t input_size,
                        ULONG code) {
  (void)queue;
  (void)output_size;
  (void)input_size;
  switch (code) {
    case DELETION_KEEP:
      STEP(WdfRequestForwardToIoQueue(request, doomed_queue) == STATUS_SUCCESS);
      return;
    case DELETION_OF_QUEUE:
      delete_queue();
      break;
    case DELETION_COMPLETE:
      DbgPrint("completing");
      WdfRequestComplete(taken, STATUS_SUCCESS);
      break;
    case DELETION_TWICE:
      delete_timer_twice();
      break;
    case DELETION_BLOCKS:
      block_at_dispatch_level();
      break;
    case DELETION_TAKE_LOCK:
      WdfWaitLockAcquire(lock, NULL);
      break;
    case DELETION_OF_LOCK:
      WdfObjectDelete(lock);
      break;
  }
  WdfRequestComplete(request, STATUS_SUCCESS);
}

// The timer's deletion is left to a worker, and the device that it belongs to goes before that
// runs. What is still referenced then knows its device no longer, but does not fall over it.
static void delete_device(void) {
  const KIRQL old = KfRaiseIrql(DISPATCH_LEVEL);
  const WDFQUEUE queue = WdfDeviceGetDefaultQueue(device);
  WdfObjectReference(queue);
  WdfObjectDelete(timer);
  KeLowerIrql(old);
  WdfObjectDelete(device);
  STEP(WdfIoQueueGetDevice(queue) == device);
  WdfObjectDereference(queue);
}

static VOID evt_unload(WDFDRIVER driver) {
  (void)driver;
  if (device != NULL) delete_device();
}

static NTSTATUS make_device(void) {
  DECLARE_CONST_UNICODE_STRING(descriptor, L"D:P(A;;GA;;;SY)");
  DECLARE_CONST_UNICODE_STRING(name, L"\\Device\\KmdfDeletion");
  WDF_OBJECT_ATTRIBUTES attributes;
  WDF_FILEOBJECT_CONFIG files;
  PWDFDEVICE_INIT init = WdfControlDeviceInitAllocate(the_driver, &descriptor);
  if (init == NULL) return STATUS_INSUFFICIENT_RESOURCES;
  STEP(WdfDeviceInitAssignName(init, &name) == STATUS_SUCCESS);
  WDF_FILEOBJECT_CONFIG_INIT(&files, evt_file_create, WDF_NO_EVENT_CALLBACK, WDF_NO_EVENT_CALLBACK);
  WdfDeviceInitSetFileObjectConfig(init, &files, WDF_NO_OBJECT_ATTRIBUTES);
  WDF_OBJECT_ATTRIBUTES_INIT(&attributes);
  attributes.EvtDestroyCallback = evt_device_destroy;
  return WdfDeviceCreate(&init, &attributes, &device);
}

static void make_objects(void) {
  WDF_OBJECT_ATTRIBUTES attributes;
  WDF_IO_QUEUE_CONFIG config;
  WDF_TIMER_CONFIG timer_config;
  WDF_DPC_CONFIG dpc_config;
  WDF_IO_QUEUE_CONFIG_INIT_DEFAULT_QUEUE(&config, WdfIoQueueDispatchParallel);
  config.EvtIoDeviceControl = evt_control;
  STEP(WdfIoQueueCreate(device, &config, WDF_NO_OBJECT_ATTRIBUTES, NULL) == STATUS_SUCCESS);
  WDF_IO_QUEUE_CONFIG_INIT(&config, WdfIoQueueDispatchManual);
  STEP(WdfIoQueueCreate(device, &config, WDF_NO_OBJECT_ATTRIBUTES, &doomed_queue) ==
       STATUS_SUCCESS);
  WDF_OBJECT_ATTRIBUTES_INIT(&attributes);
  attributes.ParentObject = device;
  STEP(WdfWaitLockCreate(&attributes, &lock) == STATUS_SUCCESS);
  WDF_DPC_CONFIG_INIT(&dpc_config, evt_dpc);
  STEP(WdfDpcCreate(&dpc_config, &attributes, &dpc) == STATUS_SUCCESS);
  attributes.EvtDestroyCallback = evt_timer_destroy;
  WDF_TIMER_CONFIG_INIT(&timer_config, evt_timer);
  STEP(WdfTimerCreate(&timer_config, &attributes, &timer) == STATUS_SUCCESS);
}

NTSTATUS DriverEntry(PDRIVER_OBJECT driver_object, PUNICODE_STRING registry_path) {
  WDF_DRIVER_CONFIG config;
  WDF_DRIVER_CONFIG_INIT(&config, WDF_NO_EVENT_CALLBACK);
  config.DriverInitFlags = WdfDriverInitNonPnpDriver;
  config.EvtDriverUnload = evt_unload;
  STEP(WdfDriverCreate(driver_object, registry_path, WDF_NO_OBJECT_ATTRIBUTES, &config,
                       &the_driver) == STATUS_SUCCESS);
  STEP(make_device() == STATUS_SUCCESS);
  make_objects();
  WdfControlFinishInitializing(device);
  DbgPrint("done");
  return STATUS_SUCCESS;
}

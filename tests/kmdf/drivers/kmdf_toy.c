// SPDX-License-Identifier: Apache-2.0
// A control device with a tree of objects whose callbacks say by DbgPrint when they run, and
// requests that use one corner of the framework each.
#include <wdf.h>

#include "kmdf_toy.h"

typedef struct _TREE_CONTEXT {
  const char* cleanup;
  const char* destroy;
} TREE_CONTEXT;
WDF_DECLARE_CONTEXT_TYPE_WITH_NAME(TREE_CONTEXT, tree_context)

typedef struct _OTHER_CONTEXT {
  ULONG value;
} OTHER_CONTEXT;
WDF_DECLARE_CONTEXT_TYPE_WITH_NAME(OTHER_CONTEXT, other_context)

DRIVER_INITIALIZE DriverEntry;

static WDFDEVICE control_device;
static WDFQUEUE default_queue;
static WDFQUEUE manual_queue;
static WDFQUEUE passive_queue;
static WDFTIMER timer;
static WDFWORKITEM work_item;
static WDFSPINLOCK spin_lock;
static WDFWAITLOCK wait_lock;
static WDFREQUEST parked;

static VOID evt_cleanup(WDFOBJECT object) {
  DbgPrint(tree_context(object)->cleanup);
}

static VOID evt_destroy(WDFOBJECT object) {
  DbgPrint(tree_context(object)->destroy);
}

static void speaking(PWDF_OBJECT_ATTRIBUTES attributes) {
  WDF_OBJECT_ATTRIBUTES_INIT_CONTEXT_TYPE(attributes, TREE_CONTEXT);
  attributes->EvtCleanupCallback = evt_cleanup;
  attributes->EvtDestroyCallback = evt_destroy;
}

static void name(WDFOBJECT object, const char* cleanup, const char* destroy) {
  tree_context(object)->cleanup = cleanup;
  tree_context(object)->destroy = destroy;
}

static VOID evt_unload(WDFDRIVER driver) {
  (void)driver;
  DbgPrint("unload");
}

static VOID evt_file_create(WDFDEVICE device, WDFREQUEST request, WDFFILEOBJECT file) {
  (void)device;
  name(file, "file cleanup", "file destroy");
  DbgPrint("file create");
  WdfRequestComplete(request, STATUS_SUCCESS);
}

static VOID evt_file_cleanup(WDFFILEOBJECT file) {
  (void)file;
  DbgPrint("evt file cleanup");
}

static VOID evt_file_close(WDFFILEOBJECT file) {
  (void)file;
  DbgPrint("evt file close");
}

static VOID evt_timer(WDFTIMER of) {
  (void)of;
  DbgPrint(KeGetCurrentIrql() == DISPATCH_LEVEL ? "timer at dispatch" : "timer elsewhere");
  if (parked != NULL) WdfRequestComplete(parked, STATUS_SUCCESS);
}

static VOID evt_work(WDFWORKITEM of) {
  LARGE_INTEGER a_while = {.QuadPart = -100000};
  if (parked == NULL) KeDelayExecutionThread(KernelMode, FALSE, &a_while);
  DbgPrint(WdfWorkItemGetParentObject(of) == control_device ? "work" : "work of a stranger");
  if (parked != NULL) WdfRequestComplete(parked, STATUS_SUCCESS);
}

static VOID evt_passive(WDFQUEUE queue, WDFREQUEST request) {
  (void)queue;
  DbgPrint(KeGetCurrentIrql() == PASSIVE_LEVEL ? "served at passive" : "served too high");
  WdfRequestComplete(request, STATUS_SUCCESS);
}

static void invert(const UCHAR* from, UCHAR* to, size_t size) {
  for (size_t i = 0; i < size; ++i) to[i] = (UCHAR)~from[i];
}

static void invert_request(WDFREQUEST request) {
  PVOID input;
  PVOID output;
  size_t size;
  NTSTATUS status = WdfRequestRetrieveInputBuffer(request, 1, &input, NULL);
  if (NT_SUCCESS(status)) status = WdfRequestRetrieveOutputBuffer(request, 1, &output, &size);
  if (NT_SUCCESS(status)) invert(input, output, size);
  WdfRequestCompleteWithInformation(request, status, NT_SUCCESS(status) ? size : 0);
}

typedef struct _USER_BUFFERS {
  WDFMEMORY input;
  WDFMEMORY output;
} USER_BUFFERS;
WDF_DECLARE_CONTEXT_TYPE_WITH_NAME(USER_BUFFERS, user_buffers)

static void invert_neither(WDFREQUEST request) {
  size_t size;
  UCHAR* output = WdfMemoryGetBuffer(user_buffers(request)->output, &size);
  invert(WdfMemoryGetBuffer(user_buffers(request)->input, NULL), output, size);
  WdfRequestCompleteWithInformation(request, STATUS_SUCCESS, size);
}

static VOID evt_in_caller_context(WDFDEVICE device, WDFREQUEST request) {
  WDF_REQUEST_PARAMETERS parameters;
  WDF_OBJECT_ATTRIBUTES attributes;
  USER_BUFFERS* buffers;
  PVOID input;
  PVOID output;
  size_t size;
  NTSTATUS status = STATUS_SUCCESS;
  WDF_REQUEST_PARAMETERS_INIT(&parameters);
  WdfRequestGetParameters(request, &parameters);
  if (parameters.Parameters.DeviceIoControl.IoControlCode == TOY_INVERT_NEITHER) {
    WDF_OBJECT_ATTRIBUTES_INIT_CONTEXT_TYPE(&attributes, USER_BUFFERS);
    status = WdfObjectAllocateContext(request, &attributes, (PVOID*)&buffers);
    if (NT_SUCCESS(status))
      status = WdfRequestRetrieveUnsafeUserInputBuffer(request, 1, &input, &size);
    if (NT_SUCCESS(status))
      status = WdfRequestProbeAndLockUserBufferForRead(request, input, size, &buffers->input);
    if (NT_SUCCESS(status))
      status = WdfRequestRetrieveUnsafeUserOutputBuffer(request, 1, &output, &size);
    if (NT_SUCCESS(status))
      status = WdfRequestProbeAndLockUserBufferForWrite(request, output, size, &buffers->output);
  }
  if (NT_SUCCESS(status)) status = WdfDeviceEnqueueRequest(device, request);
  if (!NT_SUCCESS(status)) WdfRequestComplete(request, status);
}

static void release_waiting(WDFREQUEST request) {
  WDFREQUEST waiting;
  ULONG count = 0;
  while (NT_SUCCESS(WdfIoQueueRetrieveNextRequest(manual_queue, &waiting))) {
    WdfRequestComplete(waiting, STATUS_SUCCESS);
    ++count;
  }
  WdfRequestCompleteWithInformation(request, STATUS_SUCCESS, count);
}

static void look_up_contexts(WDFREQUEST request) {
  WDF_OBJECT_ATTRIBUTES attributes;
  PVOID first;
  PVOID second;
  ULONG_PTR answer = 0;
  WDF_OBJECT_ATTRIBUTES_INIT_CONTEXT_TYPE(&attributes, OTHER_CONTEXT);
  if (other_context(manual_queue) == NULL) answer |= 1;
  if (WdfObjectAllocateContext(manual_queue, &attributes, &first) == STATUS_SUCCESS) answer |= 2;
  if (WdfObjectAllocateContext(manual_queue, &attributes, &second) == STATUS_OBJECT_NAME_EXISTS)
    answer |= 4;
  if (first == second && other_context(manual_queue) == first) answer |= 8;
  if (other_context(manual_queue)->value == 0) answer |= 16;
  if (WdfObjectContextGetObject(first) == manual_queue) answer |= 32;
  WdfRequestCompleteWithInformation(request, STATUS_SUCCESS, answer);
}

static void use_locks(WDFREQUEST request) {
  LONGLONG at_once = 0;
  ULONG_PTR answer = 0;
  WdfSpinLockAcquire(spin_lock);
  if (KeGetCurrentIrql() == DISPATCH_LEVEL) answer |= 1;
  WdfSpinLockRelease(spin_lock);
  if (KeGetCurrentIrql() == PASSIVE_LEVEL) answer |= 2;
  WdfWaitLockAcquire(wait_lock, NULL);
  if (WdfWaitLockAcquire(wait_lock, &at_once) == STATUS_TIMEOUT) answer |= 4;
  WdfWaitLockRelease(wait_lock);
  if (WdfWaitLockAcquire(wait_lock, &at_once) == STATUS_SUCCESS) answer |= 8;
  WdfWaitLockRelease(wait_lock);
  WdfRequestCompleteWithInformation(request, STATUS_SUCCESS, answer);
}

static WDFOBJECT deleted_object(OTHER_CONTEXT** context) {
  WDF_OBJECT_ATTRIBUTES attributes;
  WDFOBJECT object;
  WDF_OBJECT_ATTRIBUTES_INIT_CONTEXT_TYPE(&attributes, OTHER_CONTEXT);
  if (!NT_SUCCESS(WdfObjectCreate(&attributes, &object))) return NULL;
  *context = other_context(object);
  WdfObjectDelete(object);
  return object;
}

static void forward_high(WDFREQUEST request) {
  KIRQL irql;
  KeRaiseIrql(DISPATCH_LEVEL, &irql);
  if (!NT_SUCCESS(WdfRequestForwardToIoQueue(request, passive_queue)))
    WdfRequestComplete(request, STATUS_UNSUCCESSFUL);
  DbgPrint("forwarded");
  KeLowerIrql(irql);
}

static void queue_states(WDFREQUEST request) {
  ULONG waiting;
  ULONG with_driver;
  ULONG state = WdfIoQueueGetState(manual_queue, &waiting, &with_driver);
  WdfRequestCompleteWithInformation(request, STATUS_SUCCESS,
                                    state | waiting << 8 | with_driver << 16);
}

static VOID evt_control(WDFQUEUE queue, WDFREQUEST request, size_t output_size, size_t input_size,
                        ULONG code) {
  OTHER_CONTEXT* context = NULL;
  (void)output_size;
  (void)input_size;
  switch (code) {
    case TOY_INVERT:
    case TOY_INVERT_DIRECT:
      invert_request(request);
      return;
    case TOY_INVERT_NEITHER:
      invert_neither(request);
      return;
    case TOY_WAIT:
      if (!NT_SUCCESS(WdfRequestForwardToIoQueue(request, manual_queue)))
        WdfRequestComplete(request, STATUS_UNSUCCESSFUL);
      return;
    case TOY_RELEASE:
      release_waiting(request);
      return;
    case TOY_FORWARD_HIGH:
      forward_high(request);
      return;
    case TOY_TIMER:
      parked = request;
      WdfTimerStart(timer, WDF_REL_TIMEOUT_IN_MS(5));
      return;
    case TOY_WORK:
      parked = request;
      WdfWorkItemEnqueue(work_item);
      return;
    case TOY_LEAVE_WORK:
      WdfWorkItemEnqueue(work_item);
      WdfRequestComplete(request, STATUS_SUCCESS);
      return;
    case TOY_CONTEXT:
      look_up_contexts(request);
      return;
    case TOY_WRONG_HANDLE:
      (void)WdfDeviceWdmGetDeviceObject((WDFDEVICE)queue);
      break;
    case TOY_NULL:
      (void)WdfIoQueueRetrieveNextRequest(manual_queue, NULL);
      break;
    case TOY_STALE:
      WdfObjectReference(deleted_object(&context));
      break;
    case TOY_OVERDEREFERENCE:
      WdfObjectDereference(manual_queue);
      break;
    case TOY_UNIMPLEMENTED:
      (void)WdfDeviceAddRemovalRelationsPhysicalDevice(control_device, NULL);
      break;
    case TOY_TOUCH_CONTEXT:
      (void)deleted_object(&context);
      ++context->value;
      break;
    case TOY_LOCKS:
      use_locks(request);
      return;
    case TOY_STATES:
      queue_states(request);
      return;
  }
  WdfRequestComplete(request, STATUS_INVALID_DEVICE_REQUEST);
}

static NTSTATUS make_queues(void) {
  WDF_IO_QUEUE_CONFIG config;
  WDF_OBJECT_ATTRIBUTES attributes;
  NTSTATUS status;
  WDF_IO_QUEUE_CONFIG_INIT_DEFAULT_QUEUE(&config, WdfIoQueueDispatchParallel);
  config.EvtIoDeviceControl = evt_control;
  speaking(&attributes);
  status = WdfIoQueueCreate(control_device, &config, &attributes, &default_queue);
  if (!NT_SUCCESS(status)) return status;
  name(default_queue, "default queue cleanup", "default queue destroy");
  WDF_IO_QUEUE_CONFIG_INIT(&config, WdfIoQueueDispatchManual);
  speaking(&attributes);
  status = WdfIoQueueCreate(control_device, &config, &attributes, &manual_queue);
  if (!NT_SUCCESS(status)) return status;
  name(manual_queue, "manual queue cleanup", "manual queue destroy");
  WDF_IO_QUEUE_CONFIG_INIT(&config, WdfIoQueueDispatchSequential);
  config.EvtIoDefault = evt_passive;
  WDF_OBJECT_ATTRIBUTES_INIT(&attributes);
  attributes.ExecutionLevel = WdfExecutionLevelPassive;
  return WdfIoQueueCreate(control_device, &config, &attributes, &passive_queue);
}

static NTSTATUS make_helpers(void) {
  WDF_TIMER_CONFIG timer_config;
  WDF_WORKITEM_CONFIG work_config;
  WDF_OBJECT_ATTRIBUTES attributes;
  NTSTATUS status;
  speaking(&attributes);
  attributes.ParentObject = default_queue;
  WDF_TIMER_CONFIG_INIT(&timer_config, evt_timer);
  timer_config.AutomaticSerialization = FALSE;
  status = WdfTimerCreate(&timer_config, &attributes, &timer);
  if (!NT_SUCCESS(status)) return status;
  name(timer, "timer cleanup", "timer destroy");
  WDF_OBJECT_ATTRIBUTES_INIT(&attributes);
  attributes.ParentObject = control_device;
  WDF_WORKITEM_CONFIG_INIT(&work_config, evt_work);
  work_config.AutomaticSerialization = FALSE;
  status = WdfWorkItemCreate(&work_config, &attributes, &work_item);
  if (NT_SUCCESS(status)) status = WdfSpinLockCreate(WDF_NO_OBJECT_ATTRIBUTES, &spin_lock);
  if (NT_SUCCESS(status)) status = WdfWaitLockCreate(WDF_NO_OBJECT_ATTRIBUTES, &wait_lock);
  return status;
}

static NTSTATUS describe_device(PWDFDEVICE_INIT init) {
  DECLARE_CONST_UNICODE_STRING(device_name, L"\\Device\\KmdfToy");
  WDF_FILEOBJECT_CONFIG files;
  WDF_OBJECT_ATTRIBUTES attributes;
  WDF_FILEOBJECT_CONFIG_INIT(&files, evt_file_create, evt_file_close, evt_file_cleanup);
  speaking(&attributes);
  WdfDeviceInitSetFileObjectConfig(init, &files, &attributes);
  WdfDeviceInitSetIoInCallerContextCallback(init, evt_in_caller_context);
  WdfDeviceInitSetDeviceType(init, FILE_DEVICE_UNKNOWN);
  return WdfDeviceInitAssignName(init, &device_name);
}

static NTSTATUS make_device(WDFDRIVER driver) {
  DECLARE_CONST_UNICODE_STRING(descriptor, L"D:P(A;;GA;;;SY)");
  DECLARE_CONST_UNICODE_STRING(link, L"\\DosDevices\\KmdfToy");
  WDF_OBJECT_ATTRIBUTES attributes;
  NTSTATUS status;
  PWDFDEVICE_INIT init = WdfControlDeviceInitAllocate(driver, &descriptor);
  if (init == NULL) return STATUS_INSUFFICIENT_RESOURCES;
  status = describe_device(init);
  speaking(&attributes);
  if (NT_SUCCESS(status)) status = WdfDeviceCreate(&init, &attributes, &control_device);
  if (!NT_SUCCESS(status)) {
    WdfDeviceInitFree(init);
    return status;
  }
  name(control_device, "device cleanup", "device destroy");
  return WdfDeviceCreateSymbolicLink(control_device, &link);
}

NTSTATUS DriverEntry(PDRIVER_OBJECT driver_object, PUNICODE_STRING registry_path) {
  WDF_DRIVER_CONFIG config;
  WDF_OBJECT_ATTRIBUTES attributes;
  WDFDRIVER driver;
  NTSTATUS status;
  WDF_DRIVER_CONFIG_INIT(&config, WDF_NO_EVENT_CALLBACK);
  config.DriverInitFlags = WdfDriverInitNonPnpDriver;
  config.EvtDriverUnload = evt_unload;
  speaking(&attributes);
  status = WdfDriverCreate(driver_object, registry_path, &attributes, &config, &driver);
  if (!NT_SUCCESS(status)) return status;
  name(driver, "driver cleanup", "driver destroy");
  if (WdfDriverCreate(driver_object, registry_path, &attributes, &config, &driver) ==
      STATUS_DRIVER_INTERNAL_ERROR)
    DbgPrint("second driver refused");
  status = make_device(driver);
  if (NT_SUCCESS(status)) status = make_queues();
  if (NT_SUCCESS(status)) status = make_helpers();
  if (NT_SUCCESS(status)) WdfControlFinishInitializing(control_device);
  return status;
}

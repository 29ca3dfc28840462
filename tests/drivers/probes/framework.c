// SPDX-License-Identifier: Apache-2.0
// The framework's objects: driver, control device, collections, memory, timers; and queues and
// requests, which the driver sends to itself through an I/O target.
#include "probe.h"

#include <wdf.h>

#define CODE(number) CTL_CODE(FILE_DEVICE_UNKNOWN, number, METHOD_BUFFERED, FILE_ANY_ACCESS)
#define LOOK CODE(0x801)
#define HOLD CODE(0x802)
#define CANCELABLE CODE(0x803)
#define PING CODE(0x804)

typedef struct _REQUEST_CONTEXT {
  ULONG Seen;
} REQUEST_CONTEXT;
WDF_DECLARE_CONTEXT_TYPE_WITH_NAME(REQUEST_CONTEXT, request_context)

static WDFDRIVER driver;
static WDFDEVICE device;
static WDFQUEUE default_queue;
static WDFQUEUE manual;
static WDFFILEOBJECT opened;
static WDFIOTARGET target;
static LONG calls;

static VOID NTAPI evt_unload(WDFDRIVER which) {
  EXPECT(which == driver);
}

static VOID driver_knows_its_version_and_path(VOID) {
  WDF_DRIVER_CONFIG config;
  WDF_DRIVER_VERSION_AVAILABLE_PARAMS version;
  WDF_DRIVER_CONFIG_INIT(&config, WDF_NO_EVENT_CALLBACK);
  config.DriverInitFlags = WdfDriverInitNonPnpDriver;
  config.EvtDriverUnload = evt_unload;
  EXPECT_IS(STATUS_SUCCESS, WdfDriverCreate(probe_driver, probe_service, WDF_NO_OBJECT_ATTRIBUTES,
                                            &config, &driver));
  EXPECT(WdfWdmDriverGetWdfDriverHandle(probe_driver) == driver);
  EXPECT_TEXT(probe_service->Buffer, probe_service->Length, WdfDriverGetRegistryPath(driver));
  WDF_DRIVER_VERSION_AVAILABLE_PARAMS_INIT(&version, 1, 9);
  EXPECT(WdfDriverIsVersionAvailable(driver, &version));
  WDF_DRIVER_VERSION_AVAILABLE_PARAMS_INIT(&version, 1, 99);
  EXPECT(!WdfDriverIsVersionAvailable(driver, &version));
  WDF_DRIVER_VERSION_AVAILABLE_PARAMS_INIT(&version, 2, 0);
  EXPECT(!WdfDriverIsVersionAvailable(driver, &version));
}

// --- what the device answers

static VOID NTAPI evt_create(WDFDEVICE of, WDFREQUEST request, WDFFILEOBJECT file) {
  opened = file;
  EXPECT(WdfDeviceGetFileObject(of, WdfFileObjectWdmGetFileObject(file)) == file);
  EXPECT_IS(0, WdfFileObjectGetFileName(file)->Length);
  EXPECT_IS(WdfFileObjectWdmGetFileObject(file)->Flags, WdfFileObjectGetFlags(file));
  EXPECT(WdfRequestGetFileObject(request) == file);
  WdfRequestComplete(request, STATUS_SUCCESS);
}

static VOID look(WDFQUEUE queue, WDFREQUEST request) {
  WDFMEMORY input;
  WDFMEMORY output;
  PMDL mdl = NULL;
  UCHAR bytes[4] = {0};
  REQUEST_CONTEXT* own =
      WdfObjectGetTypedContextWorker(request, WDF_GET_CONTEXT_TYPE_INFO(REQUEST_CONTEXT));
  EXPECT(own != NULL && own == request_context(request) && own->Seen == 0);
  EXPECT(WdfRequestGetIoQueue(request) == queue && WdfRequestGetFileObject(request) == opened);
  EXPECT_IS(KernelMode, WdfRequestGetRequestorMode(request));
  EXPECT_IS(0, WdfRequestGetRequestorProcessId(request));
  EXPECT(!WdfRequestIsFrom32BitProcess(request) && !WdfRequestIsCanceled(request));
  EXPECT_IS(STATUS_SUCCESS, WdfRequestRetrieveInputMemory(request, &input));
  EXPECT_IS(STATUS_SUCCESS, WdfMemoryCopyToBuffer(input, 0, bytes, 4));
  EXPECT_TEXT("abcd", 4, bytes);
  EXPECT_IS(STATUS_BUFFER_TOO_SMALL, WdfMemoryCopyToBuffer(input, 1, bytes, 4));
  EXPECT_IS(STATUS_SUCCESS, WdfRequestRetrieveOutputMemory(request, &output));
  EXPECT_IS(STATUS_SUCCESS, WdfMemoryCopyFromBuffer(output, 4, bytes, 4));
  EXPECT_IS(STATUS_SUCCESS, WdfRequestRetrieveInputWdmMdl(request, &mdl));
  EXPECT_IS(4, MmGetMdlByteCount(mdl));
  EXPECT_IS(STATUS_SUCCESS, WdfRequestRetrieveOutputWdmMdl(request, &mdl));
  EXPECT_IS(8, MmGetMdlByteCount(mdl));
  WdfRequestSetInformation(request, 8);
  EXPECT_IS(8, WdfRequestGetInformation(request));
  WdfRequestCompleteWithPriorityBoost(request, STATUS_SUCCESS, IO_NETWORK_INCREMENT);
}

static VOID NTAPI evt_cancel(WDFREQUEST request) {
  ++calls;
  EXPECT(WdfRequestIsCanceled(request));
  WdfRequestComplete(request, STATUS_CANCELLED);
}

static VOID NTAPI evt_control(WDFQUEUE queue, WDFREQUEST request, size_t output, size_t input,
                              ULONG code) {
  (void)output;
  (void)input;
  if (code == LOOK) return look(queue, request);
  if (code == HOLD) {
    EXPECT_IS(STATUS_SUCCESS, WdfRequestForwardToIoQueue(request, manual));
  } else if (code == CANCELABLE) {
    WdfRequestMarkCancelable(request, evt_cancel);
    EXPECT_IS(STATUS_SUCCESS, WdfRequestUnmarkCancelable(request));
    WdfRequestMarkCancelable(request, evt_cancel);
  } else {
    EXPECT_IS(PING, code);
    WdfRequestCompleteWithInformation(request, STATUS_SUCCESS, 77);
  }
}

static VOID NTAPI evt_read(WDFQUEUE queue, WDFREQUEST request, size_t length) {
  PVOID buffer = NULL;
  (void)queue;
  EXPECT_IS(STATUS_SUCCESS, WdfRequestRetrieveOutputBuffer(request, 1, &buffer, NULL));
  RtlFillMemory(buffer, length, 'r');
  WdfRequestCompleteWithInformation(request, STATUS_SUCCESS, length);
}

static VOID NTAPI evt_write(WDFQUEUE queue, WDFREQUEST request, size_t length) {
  PVOID buffer = NULL;
  (void)queue;
  EXPECT_IS(STATUS_SUCCESS, WdfRequestRetrieveInputBuffer(request, 1, &buffer, NULL));
  EXPECT_TEXT("rrrr", length, buffer);
  WdfRequestCompleteWithInformation(request, STATUS_SUCCESS, length);
}

static VOID NTAPI evt_shutdown(WDFDEVICE of) {
  EXPECT(of == device);
}

// --- the device

static VOID device_is_made_as_told(VOID) {
  static const GUID class_guid = {0xb3, 1, 1, {0}};
  DECLARE_CONST_UNICODE_STRING(descriptor, L"D:P(A;;GA;;;SY)");
  DECLARE_CONST_UNICODE_STRING(name, L"\\Device\\ProbeFramework");
  WDF_FILEOBJECT_CONFIG files;
  WDF_OBJECT_ATTRIBUTES attributes;
  WDF_IO_TYPE_CONFIG types;
  PWDFDEVICE_INIT init = WdfControlDeviceInitAllocate(driver, &descriptor);
  EXPECT_IS(STATUS_SUCCESS, WdfDeviceInitAssignName(init, &name));
  EXPECT_IS(STATUS_SUCCESS, WdfDeviceInitAssignSDDLString(init, &descriptor));
  WdfDeviceInitSetDeviceClass(init, &class_guid);
  WdfDeviceInitSetExclusive(init, FALSE);
  WdfDeviceInitSetIoType(init, WdfDeviceIoDirect);
  WDF_IO_TYPE_CONFIG_INIT(&types);
  WdfDeviceInitSetIoTypeEx(init, &types);
  WDF_FILEOBJECT_CONFIG_INIT(&files, evt_create, WDF_NO_EVENT_CALLBACK, WDF_NO_EVENT_CALLBACK);
  WdfDeviceInitSetFileObjectConfig(init, &files, WDF_NO_OBJECT_ATTRIBUTES);
  WDF_OBJECT_ATTRIBUTES_INIT_CONTEXT_TYPE(&attributes, REQUEST_CONTEXT);
  WdfDeviceInitSetRequestAttributes(init, &attributes);
  WdfControlDeviceInitSetShutdownNotification(init, evt_shutdown, WdfDeviceShutdown);
  EXPECT_IS(STATUS_SUCCESS, WdfDeviceCreate(&init, WDF_NO_OBJECT_ATTRIBUTES, &device));
  EXPECT(init == NULL && WdfDeviceGetDriver(device) == driver);
  EXPECT(WdfWdmDeviceGetWdfDeviceHandle(WdfDeviceWdmGetDeviceObject(device)) == device);
  EXPECT((WdfDeviceWdmGetDeviceObject(device)->Flags & DO_BUFFERED_IO) != 0);
  EXPECT((WdfDeviceWdmGetDeviceObject(device)->Flags & DO_SHUTDOWN_REGISTERED) != 0);
  WdfDeviceSetCharacteristics(device, FILE_DEVICE_SECURE_OPEN | FILE_READ_ONLY_DEVICE);
  EXPECT_IS(FILE_DEVICE_SECURE_OPEN | FILE_READ_ONLY_DEVICE, WdfDeviceGetCharacteristics(device));
  EXPECT_IS(PowerActionNone, WdfDeviceGetSystemPowerAction(device));
}

static VOID queues_are_made(VOID) {
  WDF_IO_QUEUE_CONFIG config;
  WDFQUEUE reads;
  EXPECT(WdfDeviceGetDefaultQueue(device) == NULL);
  WDF_IO_QUEUE_CONFIG_INIT_DEFAULT_QUEUE(&config, WdfIoQueueDispatchParallel);
  config.EvtIoDeviceControl = config.EvtIoInternalDeviceControl = evt_control;
  config.EvtIoWrite = evt_write;
  EXPECT_IS(STATUS_SUCCESS,
            WdfIoQueueCreate(device, &config, WDF_NO_OBJECT_ATTRIBUTES, &default_queue));
  EXPECT(WdfDeviceGetDefaultQueue(device) == default_queue);
  WDF_IO_QUEUE_CONFIG_INIT(&config, WdfIoQueueDispatchManual);
  EXPECT_IS(STATUS_SUCCESS, WdfIoQueueCreate(device, &config, WDF_NO_OBJECT_ATTRIBUTES, &manual));
  EXPECT(WdfIoQueueGetDevice(manual) == device);
  WDF_IO_QUEUE_CONFIG_INIT(&config, WdfIoQueueDispatchSequential);
  config.EvtIoRead = evt_read;
  EXPECT_IS(STATUS_SUCCESS, WdfIoQueueCreate(device, &config, WDF_NO_OBJECT_ATTRIBUTES, &reads));
  EXPECT_IS(STATUS_SUCCESS,
            WdfDeviceConfigureRequestDispatching(device, reads, WdfRequestTypeRead));
  EXPECT_IS(STATUS_WDF_BUSY,
            WdfDeviceConfigureRequestDispatching(device, manual, WdfRequestTypeRead));
  WdfControlFinishInitializing(device);
}

// --- small objects

static VOID collections_keep_their_order(VOID) {
  WDFCOLLECTION collection;
  WDFOBJECT items[3];
  ULONG i;
  WdfCollectionCreate(WDF_NO_OBJECT_ATTRIBUTES, &collection);
  for (i = 0; i < 3; ++i) {
    WdfObjectCreate(WDF_NO_OBJECT_ATTRIBUTES, &items[i]);
    WdfCollectionAdd(collection, items[i]);
  }
  EXPECT(WdfCollectionGetFirstItem(collection) == items[0]);
  EXPECT(WdfCollectionGetItem(collection, 2) == items[2]);
  EXPECT(WdfCollectionGetItem(collection, 3) == NULL);
  WdfCollectionRemove(collection, items[1]);
  EXPECT(WdfCollectionGetItem(collection, 1) == items[2]);
  WdfCollectionRemoveItem(collection, 0);
  EXPECT(WdfCollectionGetFirstItem(collection) == items[2]);
  EXPECT_IS(1, WdfCollectionGetCount(collection));
  WdfObjectReferenceActual(items[0], NULL, __LINE__, __FILE__);
  WdfObjectDelete(items[0]);
  WdfObjectDereferenceActual(items[0], NULL, __LINE__, __FILE__);
  WdfObjectDelete(items[1]);
  WdfObjectDelete(collection);
  WdfObjectDelete(items[2]);
}

static VOID memory_takes_a_buffer_of_the_drivers(VOID) {
  static UCHAR first[8] = "first";
  static UCHAR second[4] = "2nd";
  WDFMEMORY memory;
  size_t size = 0;
  UCHAR copy[4];
  EXPECT_IS(STATUS_SUCCESS,
            WdfMemoryCreatePreallocated(WDF_NO_OBJECT_ATTRIBUTES, first, sizeof(first), &memory));
  EXPECT_IS(STATUS_INVALID_PARAMETER, WdfMemoryAssignBuffer(memory, second, 0));
  EXPECT_IS(STATUS_SUCCESS, WdfMemoryAssignBuffer(memory, second, sizeof(second)));
  EXPECT(WdfMemoryGetBuffer(memory, &size) == second && size == 4);
  EXPECT_IS(STATUS_SUCCESS, WdfMemoryCopyToBuffer(memory, 1, copy, 3));
  EXPECT_TEXT("nd", 3, copy);
  WdfObjectDelete(memory);
}

static VOID NTAPI evt_timer(WDFTIMER timer) {
  EXPECT(WdfTimerGetParentObject(timer) == device);
  ++calls;
}

static VOID NTAPI evt_work(WDFWORKITEM item) {
  (void)item;
  ++calls;
}

static VOID timers_stop_and_work_is_flushed(VOID) {
  WDF_TIMER_CONFIG config;
  WDF_WORKITEM_CONFIG work;
  WDF_OBJECT_ATTRIBUTES attributes;
  WDFTIMER timer;
  WDFWORKITEM item;
  LARGE_INTEGER pause;
  pause.QuadPart = WDF_REL_TIMEOUT_IN_MS(50);
  WDF_OBJECT_ATTRIBUTES_INIT(&attributes);
  attributes.ParentObject = device;
  WDF_TIMER_CONFIG_INIT(&config, evt_timer);
  EXPECT_IS(STATUS_SUCCESS, WdfTimerCreate(&config, &attributes, &timer));
  EXPECT(!WdfTimerStop(timer, TRUE));
  EXPECT(!WdfTimerStart(timer, WDF_REL_TIMEOUT_IN_MS(20)));
  EXPECT(WdfTimerStop(timer, FALSE));
  KeDelayExecutionThread(KernelMode, FALSE, &pause);
  EXPECT_IS(0, calls);
  WdfTimerStart(timer, WDF_REL_TIMEOUT_IN_MS(20));
  KeDelayExecutionThread(KernelMode, FALSE, &pause);
  EXPECT_IS(1, calls);
  WDF_WORKITEM_CONFIG_INIT(&work, evt_work);
  EXPECT_IS(STATUS_SUCCESS, WdfWorkItemCreate(&work, &attributes, &item));
  WdfWorkItemEnqueue(item);
  WdfWorkItemFlush(item);
  EXPECT_IS(2, calls);
  WdfObjectDelete(item);
  WdfObjectDelete(timer);
}

// --- requests of the driver to itself

static VOID request_shows_its_buffers(VOID) {
  DECLARE_CONST_UNICODE_STRING(name, L"\\Device\\ProbeFramework");
  WDF_IO_TARGET_OPEN_PARAMS params;
  WDF_MEMORY_DESCRIPTOR in;
  WDF_MEMORY_DESCRIPTOR out;
  UCHAR input[4] = {'a', 'b', 'c', 'd'};
  UCHAR output[8] = {0};
  ULONG_PTR bytes = 0;
  EXPECT_IS(STATUS_SUCCESS, WdfIoTargetCreate(device, WDF_NO_OBJECT_ATTRIBUTES, &target));
  WDF_IO_TARGET_OPEN_PARAMS_INIT_OPEN_BY_NAME(&params, &name, GENERIC_READ | GENERIC_WRITE);
  EXPECT_IS(STATUS_SUCCESS, WdfIoTargetOpen(target, &params));
  WDF_MEMORY_DESCRIPTOR_INIT_BUFFER(&in, input, sizeof(input));
  WDF_MEMORY_DESCRIPTOR_INIT_BUFFER(&out, output, sizeof(output));
  EXPECT_IS(STATUS_SUCCESS,
            WdfIoTargetSendIoctlSynchronously(target, NULL, LOOK, &in, &out, NULL, &bytes));
  EXPECT_IS(8, bytes);
  EXPECT_TEXT("abcdabcd", 8, output);
}

static NTSTATUS completed_with;
static ULONG_PTR completed_bytes;

static VOID NTAPI evt_completed(WDFREQUEST request, WDFIOTARGET to,
                                PWDF_REQUEST_COMPLETION_PARAMS params, WDFCONTEXT context) {
  EXPECT(to == target && context == &calls);
  completed_with = params->IoStatus.Status;
  completed_bytes = params->IoStatus.Information;
  EXPECT_IS(completed_with, WdfRequestGetStatus(request));
}

static VOID send(WDFREQUEST request) {
  completed_with = STATUS_PENDING;
  WdfRequestSetCompletionRoutine(request, evt_completed, &calls);
  EXPECT(WdfRequestSend(request, target, WDF_NO_SEND_OPTIONS));
}

static VOID start(WDFREQUEST request, ULONG code) {
  WDF_REQUEST_REUSE_PARAMS reuse;
  WDF_REQUEST_REUSE_PARAMS_INIT(&reuse, WDF_REQUEST_REUSE_NO_FLAGS, STATUS_SUCCESS);
  WdfRequestReuse(request, &reuse);
  EXPECT_IS(STATUS_SUCCESS,
            WdfIoTargetFormatRequestForIoctl(target, request, code, NULL, NULL, NULL, NULL));
  send(request);
}

static VOID requests_are_formatted_for_every_kind(VOID) {
  WDFREQUEST request;
  WDFMEMORY memory;
  IO_STACK_LOCATION stack = {0};
  WDF_REQUEST_REUSE_PARAMS reuse;
  UCHAR bytes[4] = {0};
  WDF_REQUEST_REUSE_PARAMS_INIT(&reuse, WDF_REQUEST_REUSE_NO_FLAGS, STATUS_SUCCESS);
  WdfRequestCreate(WDF_NO_OBJECT_ATTRIBUTES, target, &request);
  WdfMemoryCreatePreallocated(WDF_NO_OBJECT_ATTRIBUTES, bytes, sizeof(bytes), &memory);
  EXPECT_IS(STATUS_SUCCESS, WdfIoTargetFormatRequestForRead(target, request, memory, NULL, NULL));
  send(request);
  EXPECT(completed_with == STATUS_SUCCESS && completed_bytes == 4);
  EXPECT_TEXT("rrrr", 4, bytes);
  WdfRequestReuse(request, &reuse);
  EXPECT_IS(STATUS_SUCCESS, WdfIoTargetFormatRequestForWrite(target, request, memory, NULL, NULL));
  send(request);
  EXPECT(completed_with == STATUS_SUCCESS && completed_bytes == 4);
  WdfRequestReuse(request, &reuse);
  EXPECT_IS(STATUS_SUCCESS, WdfIoTargetFormatRequestForInternalIoctl(target, request, PING, NULL,
                                                                     NULL, NULL, NULL));
  send(request);
  EXPECT(completed_with == STATUS_SUCCESS && completed_bytes == 77);
  WdfRequestReuse(request, &reuse);
  stack.MajorFunction = IRP_MJ_DEVICE_CONTROL;
  stack.Parameters.DeviceIoControl.IoControlCode = PING;
  WdfRequestWdmFormatUsingStackLocation(request, &stack);
  send(request);
  EXPECT(completed_with == STATUS_SUCCESS && completed_bytes == 77);
  WdfObjectDelete(request);
  WdfObjectDelete(memory);
}

static VOID NTAPI evt_state(WDFQUEUE queue, WDFCONTEXT context) {
  EXPECT(queue == manual && context == &manual);
  ++calls;
}

static VOID held_requests_are_retrieved_and_requeued(VOID) {
  WDFREQUEST request;
  WDFREQUEST held = NULL;
  calls = 0;
  WdfRequestCreate(WDF_NO_OBJECT_ATTRIBUTES, target, &request);
  EXPECT_IS(STATUS_SUCCESS, WdfIoQueueReadyNotify(manual, evt_state, &manual));
  EXPECT_IS(STATUS_INVALID_DEVICE_REQUEST, WdfIoQueueReadyNotify(default_queue, evt_state, NULL));
  start(request, HOLD);
  EXPECT_IS(1, calls);
  EXPECT_IS(STATUS_SUCCESS, WdfIoQueueRetrieveNextRequest(manual, &held));
  EXPECT_IS(STATUS_SUCCESS, WdfRequestRequeue(held));
  EXPECT_IS(STATUS_SUCCESS, WdfIoQueueRetrieveRequestByFileObject(manual, opened, &held));
  WdfRequestComplete(held, STATUS_ALERTED);
  EXPECT_IS(STATUS_ALERTED, completed_with);
  EXPECT_IS(STATUS_NO_MORE_ENTRIES, WdfIoQueueRetrieveRequestByFileObject(manual, opened, &held));
  EXPECT_IS(STATUS_SUCCESS, WdfIoQueueReadyNotify(manual, NULL, NULL));
  start(request, CANCELABLE);
  calls = 0;
  EXPECT(WdfRequestCancelSentRequest(request));
  EXPECT_IS(1, calls);
  EXPECT_IS(STATUS_CANCELLED, completed_with);
  WdfObjectDelete(request);
}

static VOID stopped_and_purged_queues_say_so(VOID) {
  WDFREQUEST request;
  WDFREQUEST held = NULL;
  WdfRequestCreate(WDF_NO_OBJECT_ATTRIBUTES, target, &request);
  calls = 0;
  WdfIoQueueStop(manual, evt_state, &manual);
  EXPECT_IS(1, calls);
  start(request, HOLD);
  EXPECT_IS(STATUS_WDF_PAUSED, WdfIoQueueRetrieveNextRequest(manual, &held));
  WdfIoQueueStopAndPurge(manual, evt_state, &manual);
  EXPECT_IS(STATUS_CANCELLED, completed_with);
  EXPECT_IS(2, calls);
  WdfIoQueueStart(manual);
  start(request, HOLD);
  WdfIoQueuePurge(manual, evt_state, &manual);
  EXPECT_IS(STATUS_CANCELLED, completed_with);
  EXPECT_IS(3, calls);
  WdfIoQueueStart(manual);
  start(request, HOLD);
  WdfIoQueuePurgeSynchronously(manual);
  EXPECT_IS(STATUS_CANCELLED, completed_with);
  WdfIoQueueStart(manual);
  start(request, HOLD);
  WdfIoQueueStopAndPurgeSynchronously(manual);
  EXPECT_IS(STATUS_CANCELLED, completed_with);
  WdfIoQueueStart(manual);
  WdfIoQueueStopSynchronously(manual);
  WdfIoQueueStart(manual);
  WdfIoQueueDrain(manual, evt_state, &manual);
  EXPECT_IS(4, calls);
  EXPECT((WdfIoQueueGetState(manual, NULL, NULL) & WdfIoQueueAcceptRequests) == 0);
  WdfIoQueueStart(manual);
  WdfIoQueueDrainSynchronously(manual);
  EXPECT((WdfIoQueueGetState(manual, NULL, NULL) & WdfIoQueueAcceptRequests) == 0);
  WdfIoQueueStart(manual);
  EXPECT((WdfIoQueueGetState(manual, NULL, NULL) & WdfIoQueueAcceptRequests) != 0);
  WdfObjectDelete(request);
  WdfObjectDelete(target);
}

static VOID loader_has_no_further_interface(VOID) {
  static const GUID unknown = {0xb3, 1, 2, {0}};
  WDF_INTERFACE_HEADER header = {&unknown, sizeof(header)};
  EXPECT_IS(STATUS_INVALID_PARAMETER, WdfLdrQueryInterface(NULL));
  EXPECT_IS(STATUS_NOT_FOUND, WdfLdrQueryInterface(&header));
}

PROBE_CASE* const probe_cases[] = {
    driver_knows_its_version_and_path,
    device_is_made_as_told,
    queues_are_made,
    collections_keep_their_order,
    memory_takes_a_buffer_of_the_drivers,
    timers_stop_and_work_is_flushed,
    request_shows_its_buffers,
    requests_are_formatted_for_every_kind,
    held_requests_are_retrieved_and_requeued,
    stopped_and_purged_queues_say_so,
    loader_has_no_further_interface,
    NULL,
};

// SPDX-License-Identifier: Apache-2.0
// Two control devices: one answers requests, the other sends it requests of the driver's own.
#include <wdf.h>

#include "kmdf_target.h"
#include "steps.h"

DRIVER_INITIALIZE DriverEntry;

DECLARE_CONST_UNICODE_STRING(echo_name, L"\\Device\\KmdfEcho");
DECLARE_CONST_UNICODE_STRING(front_name, L"\\Device\\KmdfFront");
DECLARE_CONST_UNICODE_STRING(relay_name, L"\\Device\\KmdfRelay");
DECLARE_CONST_UNICODE_STRING(no_name, L"\\Device\\NoSuchDevice");

static WDFDEVICE echo;
static WDFDEVICE front;
static WDFQUEUE waiting;
static WDFDEVICE relay;
static WDFIOTARGET relay_target;
static WDFWORKITEM work_item;
static LONG arrivals;  // at the echo device, to wait there
static LONG came_back;
static NTSTATUS last_status;

static VOID echo_control(WDFQUEUE queue, WDFREQUEST request, size_t output_size, size_t input_size,
                         ULONG code) {
  PUCHAR input;
  PUCHAR output;
  (void)queue;
  if (code == ECHO_WAIT) {
    ++arrivals;
    STEP(WdfRequestForwardToIoQueue(request, waiting) == STATUS_SUCCESS);
    return;
  }
  STEP(WdfRequestRetrieveInputBuffer(request, 1, (PVOID*)&input, NULL) == STATUS_SUCCESS);
  STEP(WdfRequestRetrieveOutputBuffer(request, input_size, (PVOID*)&output, NULL) ==
       STATUS_SUCCESS);
  for (size_t i = 0; i < input_size && i < output_size; ++i) output[i] = (UCHAR)~input[i];
  WdfRequestCompleteWithInformation(request, STATUS_SUCCESS, input_size);
}

static VOID echo_read(WDFQUEUE queue, WDFREQUEST request, size_t length) {
  PVOID output;
  (void)queue;
  STEP(WdfRequestRetrieveOutputBuffer(request, length, &output, NULL) == STATUS_SUCCESS);
  RtlFillMemory(output, length, 0x5A);
  WdfRequestCompleteWithInformation(request, STATUS_SUCCESS, length - 1);
}

static VOID echo_write(WDFQUEUE queue, WDFREQUEST request, size_t length) {
  PUCHAR input;
  (void)queue;
  STEP(WdfRequestRetrieveInputBuffer(request, length, (PVOID*)&input, NULL) == STATUS_SUCCESS);
  STEP(input[0] == 7);
  WdfRequestCompleteWithInformation(request, STATUS_SUCCESS, length);
}

static WDFIOTARGET opened_target(void) {
  WDF_IO_TARGET_OPEN_PARAMS params;
  WDFIOTARGET target = NULL;
  STEP(WdfIoTargetCreate(front, WDF_NO_OBJECT_ATTRIBUTES, &target) == STATUS_SUCCESS);
  WDF_IO_TARGET_OPEN_PARAMS_INIT_OPEN_BY_NAME(&params, &echo_name, GENERIC_READ | GENERIC_WRITE);
  STEP(WdfIoTargetOpen(target, &params) == STATUS_SUCCESS);
  return target;
}

static void use_synchronously(void) {
  UCHAR data[4] = {7, 2, 3, 4};
  UCHAR answer[4] = {0};
  WDF_MEMORY_DESCRIPTOR input;
  WDF_MEMORY_DESCRIPTOR output;
  WDF_REQUEST_SEND_OPTIONS options;
  ULONG_PTR bytes = 0;
  WDFIOTARGET target = opened_target();
  WDF_MEMORY_DESCRIPTOR_INIT_BUFFER(&input, data, sizeof data);
  WDF_MEMORY_DESCRIPTOR_INIT_BUFFER(&output, answer, sizeof answer);
  STEP(WdfIoTargetSendIoctlSynchronously(target, NULL, ECHO_INVERT, &input, &output, NULL,
                                         &bytes) == STATUS_SUCCESS);
  STEP(bytes == 4 && answer[0] == 0xF8 && answer[3] == 0xFB);
  RtlZeroMemory(answer, sizeof answer);
  STEP(WdfIoTargetSendIoctlSynchronously(target, NULL, ECHO_INVERT_DIRECT, &input, &output, NULL,
                                         &bytes) == STATUS_SUCCESS);
  STEP(bytes == 4 && answer[0] == 0xF8);
  STEP(WdfIoTargetSendReadSynchronously(target, NULL, &output, NULL, NULL, &bytes) ==
       STATUS_SUCCESS);
  STEP(bytes == 3 && answer[2] == 0x5A && answer[3] == 0xFB);
  STEP(WdfIoTargetSendWriteSynchronously(target, NULL, &input, NULL, NULL, &bytes) ==
       STATUS_SUCCESS);
  STEP(bytes == 4);
  STEP(WdfIoTargetSendInternalIoctlSynchronously(target, NULL, ECHO_INVERT, &input, &output, NULL,
                                                 &bytes) == STATUS_INVALID_DEVICE_REQUEST);
  WDF_REQUEST_SEND_OPTIONS_INIT(&options, 0);
  WDF_REQUEST_SEND_OPTIONS_SET_TIMEOUT(&options, WDF_REL_TIMEOUT_IN_MS(1));
  STEP(WdfIoTargetSendIoctlSynchronously(target, NULL, ECHO_WAIT, NULL, NULL, &options, &bytes) ==
       STATUS_IO_TIMEOUT);
  WdfIoTargetClose(target);
  STEP(WdfIoTargetSendIoctlSynchronously(target, NULL, ECHO_INVERT, &input, &output, NULL,
                                         &bytes) == STATUS_INVALID_DEVICE_STATE);
  WdfObjectDelete(target);
}

static VOID evt_completed(WDFREQUEST request, WDFIOTARGET target,
                          PWDF_REQUEST_COMPLETION_PARAMS params, WDFCONTEXT context) {
  STEP(context == (WDFCONTEXT)&came_back);
  STEP(WdfIoTargetGetDevice(target) == front);
  STEP(params->Type == WdfRequestTypeDeviceControl);
  STEP(WdfRequestGetStatus(request) == params->IoStatus.Status);
  last_status = params->IoStatus.Status;
  ++came_back;
}

static void use_own_requests(void) {
  WDF_REQUEST_REUSE_PARAMS reuse;
  WDF_REQUEST_COMPLETION_PARAMS params;
  WDFIOTARGET target = opened_target();
  WDFMEMORY memory;
  WDFREQUEST request;
  PUCHAR bytes;
  STEP(WdfMemoryCreate(WDF_NO_OBJECT_ATTRIBUTES, NonPagedPoolNx, 'tseT', 4, &memory,
                       (PVOID*)&bytes) == STATUS_SUCCESS);
  RtlFillMemory(bytes, 4, 0x11);
  STEP(WdfRequestCreate(WDF_NO_OBJECT_ATTRIBUTES, target, &request) == STATUS_SUCCESS);
  STEP(WdfRequestAllocateTimer(request) == STATUS_SUCCESS);
  STEP(WdfRequestChangeTarget(request, target) == STATUS_SUCCESS);
  STEP(WdfIoTargetFormatRequestForIoctl(target, request, ECHO_INVERT, memory, NULL, memory, NULL) ==
       STATUS_SUCCESS);
  WdfRequestSetCompletionRoutine(request, evt_completed, &came_back);
  STEP(WdfRequestSend(request, target, WDF_NO_SEND_OPTIONS));
  STEP(came_back == 1 && last_status == STATUS_SUCCESS && bytes[3] == 0xEE);
  WDF_REQUEST_COMPLETION_PARAMS_INIT(&params);
  WdfRequestGetCompletionParams(request, &params);
  STEP(params.Parameters.Ioctl.Output.Length == 4);
  STEP(params.Parameters.Ioctl.Output.Buffer == memory);
  WDF_REQUEST_REUSE_PARAMS_INIT(&reuse, WDF_REQUEST_REUSE_NO_FLAGS, STATUS_NOT_SUPPORTED);
  STEP(WdfRequestReuse(request, &reuse) == STATUS_SUCCESS);
  STEP(WdfRequestGetStatus(request) == STATUS_NOT_SUPPORTED);
  STEP(WdfIoTargetFormatRequestForIoctl(target, request, ECHO_WAIT, NULL, NULL, NULL, NULL) ==
       STATUS_SUCCESS);
  WdfRequestSetCompletionRoutine(request, evt_completed, &came_back);
  STEP(WdfRequestSend(request, target, WDF_NO_SEND_OPTIONS));
  STEP(came_back == 1);
  STEP(WdfRequestReuse(request, &reuse) == STATUS_INVALID_DEVICE_REQUEST);
  STEP(WdfRequestCancelSentRequest(request));
  STEP(came_back == 2 && last_status == STATUS_CANCELLED);
  STEP(!WdfRequestCancelSentRequest(request));
  WdfObjectDelete(request);
  WdfObjectDelete(memory);
  WdfObjectDelete(target);
}

static void use_states(void) {
  WDF_IO_TARGET_OPEN_PARAMS params;
  WDF_REQUEST_REUSE_PARAMS reuse;
  WDFIOTARGET target;
  WDFREQUEST request;
  came_back = 0;
  STEP(WdfIoTargetCreate(front, WDF_NO_OBJECT_ATTRIBUTES, &target) == STATUS_SUCCESS);
  STEP(WdfIoTargetGetState(target) == WdfIoTargetClosed);
  WDF_IO_TARGET_OPEN_PARAMS_INIT_OPEN_BY_NAME(&params, &no_name, GENERIC_READ);
  STEP(WdfIoTargetOpen(target, &params) == STATUS_OBJECT_NAME_NOT_FOUND);
  WDF_IO_TARGET_OPEN_PARAMS_INIT_EXISTING_DEVICE(&params, WdfDeviceWdmGetDeviceObject(echo));
  STEP(WdfIoTargetOpen(target, &params) == STATUS_SUCCESS);
  STEP(WdfIoTargetOpen(target, &params) == STATUS_INVALID_DEVICE_STATE);
  STEP(WdfIoTargetWdmGetTargetDeviceObject(target) == WdfDeviceWdmGetDeviceObject(echo));
  STEP(WdfIoTargetWdmGetTargetPhysicalDevice(target) == NULL);
  STEP(WdfIoTargetWdmGetTargetFileObject(target) == NULL);
  STEP(WdfIoTargetWdmGetTargetFileHandle(target) == NULL);
  STEP(WdfRequestCreate(WDF_NO_OBJECT_ATTRIBUTES, NULL, &request) == STATUS_SUCCESS);
  STEP(WdfIoTargetFormatRequestForIoctl(target, request, ECHO_WAIT, NULL, NULL, NULL, NULL) ==
       STATUS_SUCCESS);
  WdfRequestSetCompletionRoutine(request, evt_completed, &came_back);
  WdfIoTargetStop(target, WdfIoTargetCancelSentIo);
  STEP(WdfIoTargetGetState(target) == WdfIoTargetStopped);
  STEP(WdfRequestSend(request, target, WDF_NO_SEND_OPTIONS));
  STEP(came_back == 0);
  STEP(WdfIoTargetStart(target) == STATUS_SUCCESS);
  WdfIoTargetPurge(target, WdfIoTargetPurgeIoAndWait);
  STEP(came_back == 1 && last_status == STATUS_CANCELLED);
  WDF_REQUEST_REUSE_PARAMS_INIT(&reuse, WDF_REQUEST_REUSE_NO_FLAGS, STATUS_SUCCESS);
  STEP(WdfRequestReuse(request, &reuse) == STATUS_SUCCESS);
  STEP(!WdfRequestSend(request, target, WDF_NO_SEND_OPTIONS));
  STEP(WdfRequestGetStatus(request) == STATUS_INVALID_DEVICE_STATE);
  WdfIoTargetCloseForQueryRemove(target);
  STEP(WdfIoTargetGetState(target) == WdfIoTargetClosedForQueryRemove);
  WDF_IO_TARGET_OPEN_PARAMS_INIT_OPEN_BY_NAME(&params, &echo_name, GENERIC_READ);
  STEP(WdfIoTargetOpen(target, &params) == STATUS_SUCCESS);
  WdfIoTargetCloseForQueryRemove(target);
  WDF_IO_TARGET_OPEN_PARAMS_INIT_REOPEN(&params);
  STEP(WdfIoTargetOpen(target, &params) == STATUS_SUCCESS);
  STEP(WdfIoTargetWdmGetTargetFileHandle(target) != NULL);
  WdfObjectDelete(request);
  WdfObjectDelete(target);
}

static void send_twice(void) {
  WDFIOTARGET target = opened_target();
  WDFREQUEST request;
  STEP(WdfRequestCreate(WDF_NO_OBJECT_ATTRIBUTES, target, &request) == STATUS_SUCCESS);
  STEP(WdfIoTargetFormatRequestForIoctl(target, request, ECHO_WAIT, NULL, NULL, NULL, NULL) ==
       STATUS_SUCCESS);
  STEP(WdfRequestSend(request, target, WDF_NO_SEND_OPTIONS));
  (void)WdfRequestSend(request, target, WDF_NO_SEND_OPTIONS);
}

static WDFREQUEST held_request(WDFIOTARGET target, PWDF_REQUEST_SEND_OPTIONS options) {
  WDFREQUEST request;
  STEP(WdfRequestCreate(WDF_NO_OBJECT_ATTRIBUTES, target, &request) == STATUS_SUCCESS);
  STEP(WdfIoTargetFormatRequestForIoctl(target, request, ECHO_WAIT, NULL, NULL, NULL, NULL) ==
       STATUS_SUCCESS);
  WdfRequestSetCompletionRoutine(request, evt_completed, &came_back);
  STEP(WdfRequestSend(request, target, options));
  return request;
}

static void let_time_pass(void) {
  LARGE_INTEGER interval;
  interval.QuadPart = WDF_REL_TIMEOUT_IN_MS(5);
  KeDelayExecutionThread(KernelMode, FALSE, &interval);
}

// What a stopped target keeps never reaches the device unless the target is started.
static void hold_requests(void) {
  WDF_REQUEST_SEND_OPTIONS options;
  WDFIOTARGET target = opened_target();
  WDFREQUEST first;
  WDFREQUEST second;
  arrivals = came_back = 0;
  WdfIoTargetStop(target, WdfIoTargetWaitForSentIoToComplete);
  first = held_request(target, WDF_NO_SEND_OPTIONS);
  STEP(WdfRequestCancelSentRequest(first));
  STEP(came_back == 1 && last_status == STATUS_CANCELLED);
  STEP(!WdfRequestCancelSentRequest(first));
  WDF_REQUEST_SEND_OPTIONS_INIT(&options, 0);
  WDF_REQUEST_SEND_OPTIONS_SET_TIMEOUT(&options, WDF_REL_TIMEOUT_IN_MS(1));
  second = held_request(target, &options);
  let_time_pass();
  STEP(came_back == 2 && last_status == STATUS_IO_TIMEOUT);
  STEP(WdfRequestGetStatus(second) == STATUS_IO_TIMEOUT);
  WdfObjectDelete(second);
  second = held_request(target, WDF_NO_SEND_OPTIONS);
  WdfIoTargetPurge(target, WdfIoTargetPurgeIoAndWait);
  STEP(came_back == 3 && last_status == STATUS_CANCELLED);
  STEP(arrivals == 0);
  WdfObjectDelete(first);
  WdfObjectDelete(second);
  WdfObjectDelete(target);
}

static VOID evt_work(WDFWORKITEM item) {
  WDFREQUEST request;
  (void)item;
  STEP(WdfIoQueueRetrieveNextRequest(waiting, &request) == STATUS_SUCCESS);
  WdfRequestComplete(request, STATUS_SUCCESS);
}

static VOID evt_slow(WDFREQUEST request, WDFIOTARGET target, PWDF_REQUEST_COMPLETION_PARAMS params,
                     WDFCONTEXT context) {
  (void)request;
  (void)target;
  (void)params;
  (void)context;
  for (int i = 0; i < 5; ++i) DbgPrint("slow");
  ++came_back;
}

// Who waits for sent requests waits for their completion routines.
static void wait_for_sent(void) {
  WDFIOTARGET target = opened_target();
  WDFREQUEST request;
  came_back = 0;
  STEP(WdfRequestCreate(WDF_NO_OBJECT_ATTRIBUTES, target, &request) == STATUS_SUCCESS);
  STEP(WdfIoTargetFormatRequestForIoctl(target, request, ECHO_WAIT, NULL, NULL, NULL, NULL) ==
       STATUS_SUCCESS);
  WdfRequestSetCompletionRoutine(request, evt_slow, NULL);
  STEP(WdfRequestSend(request, target, WDF_NO_SEND_OPTIONS));
  WdfWorkItemEnqueue(work_item);
  WdfIoTargetStop(target, WdfIoTargetWaitForSentIoToComplete);
  STEP(came_back == 1);
  WdfObjectDelete(request);
  WdfObjectDelete(target);
}

// An IRP of the driver's stays the driver's, and may be too short or missing.
static void use_own_irp(void) {
  WDF_REQUEST_REUSE_PARAMS reuse;
  WDF_IO_TARGET_OPEN_PARAMS params;
  WDFIOTARGET target;
  WDFREQUEST request;
  PIRP irp = IoAllocateIrp(1, FALSE);
  STEP(WdfIoTargetCreate(front, WDF_NO_OBJECT_ATTRIBUTES, &target) == STATUS_SUCCESS);
  WDF_IO_TARGET_OPEN_PARAMS_INIT_EXISTING_DEVICE(&params, WdfDeviceWdmGetDeviceObject(relay));
  STEP(WdfIoTargetOpen(target, &params) == STATUS_SUCCESS);
  STEP(WdfRequestCreateFromIrp(WDF_NO_OBJECT_ATTRIBUTES, irp, FALSE, &request) == STATUS_SUCCESS);
  STEP(WdfIoTargetFormatRequestForIoctl(target, request, RELAY, NULL, NULL, NULL, NULL) ==
       STATUS_SUCCESS);
  STEP(WdfRequestWdmGetIrp(request) == irp);
  WDF_REQUEST_REUSE_PARAMS_INIT(&reuse, WDF_REQUEST_REUSE_SET_NEW_IRP, STATUS_SUCCESS);
  STEP(WdfRequestReuse(request, &reuse) == STATUS_SUCCESS);
  STEP(WdfIoTargetFormatRequestForIoctl(target, request, RELAY, NULL, NULL, NULL, NULL) ==
       STATUS_REQUEST_NOT_ACCEPTED);
  WdfObjectDelete(request);
  IoFreeIrp(irp);
  WdfObjectDelete(target);
}

static void ask_own_parameters(void) {
  WDF_REQUEST_PARAMETERS parameters;
  WDFREQUEST request;
  STEP(WdfRequestCreate(WDF_NO_OBJECT_ATTRIBUTES, NULL, &request) == STATUS_SUCCESS);
  WDF_REQUEST_PARAMETERS_INIT(&parameters);
  WdfRequestGetParameters(request, &parameters);
}

static void use_long_text(void) {
  DECLARE_CONST_UNICODE_STRING(name, L"Long");
  UNICODE_STRING text;
  WDFSTRING string;
  WDFKEY key;
  USHORT length;
  text.Buffer = ExAllocatePool2(POOL_FLAG_NON_PAGED, 65536, 'tseT');
  text.Length = text.MaximumLength = 65534;
  STEP(WdfStringCreate(&text, WDF_NO_OBJECT_ATTRIBUTES, &string) == STATUS_INTEGER_OVERFLOW);
  text.Length = 65532;
  STEP(WdfStringCreate(&text, WDF_NO_OBJECT_ATTRIBUTES, &string) == STATUS_SUCCESS);
  WdfObjectDelete(string);
  STEP(WdfDriverOpenParametersRegistryKey(WdfGetDriver(), KEY_READ, WDF_NO_OBJECT_ATTRIBUTES,
                                          &key) == STATUS_SUCCESS);
  STEP(WdfRegistryQueryUnicodeString(key, &name, &length, &text) == STATUS_INVALID_BUFFER_SIZE);
  WdfRegistryClose(key);
  ExFreePool(text.Buffer);
}

static void relay_with(WDFREQUEST request, PWDF_REQUEST_SEND_OPTIONS options, ULONG code,
                       NTSTATUS expected) {
  WDF_REQUEST_SEND_OPTIONS synchronous;
  WDF_REQUEST_SEND_OPTIONS_INIT(&synchronous, WDF_REQUEST_SEND_OPTION_SYNCHRONOUS);
  STEP(WdfIoTargetFormatRequestForIoctl(relay_target, request, code, NULL, NULL, NULL, NULL) ==
       STATUS_SUCCESS);
  (void)WdfRequestSend(request, relay_target, options == NULL ? &synchronous : options);
  STEP(WdfRequestGetStatus(request) == expected);
}

// A request that comes back from a target is as it was when it came, and says how that went.
static VOID relay_control(WDFQUEUE queue, WDFREQUEST request, size_t output_size, size_t input_size,
                          ULONG code) {
  WDF_REQUEST_SEND_OPTIONS options;
  WDFMEMORY memory;
  PUCHAR before;
  PUCHAR after = NULL;
  PUCHAR bytes;
  (void)queue;
  (void)output_size;
  (void)code;
  relay_target = opened_target();
  STEP(WdfRequestRetrieveInputBuffer(request, 1, (PVOID*)&before, NULL) == STATUS_SUCCESS);
  STEP(WdfMemoryCreate(WDF_NO_OBJECT_ATTRIBUTES, NonPagedPoolNx, 'tseT', 4, &memory,
                       (PVOID*)&bytes) == STATUS_SUCCESS);
  STEP(WdfIoTargetFormatRequestForIoctl(relay_target, request, ECHO_INVERT, memory, NULL, memory,
                                        NULL) == STATUS_SUCCESS);
  WDF_REQUEST_SEND_OPTIONS_INIT(&options, WDF_REQUEST_SEND_OPTION_SYNCHRONOUS);
  STEP(WdfRequestSend(request, relay_target, &options));
  STEP(WdfRequestGetStatus(request) == STATUS_SUCCESS);
  STEP(WdfRequestRetrieveInputBuffer(request, 1, (PVOID*)&after, NULL) == STATUS_SUCCESS);
  STEP(before == after);
  WDF_REQUEST_SEND_OPTIONS_SET_TIMEOUT(&options, WDF_REL_TIMEOUT_IN_MS(1));
  relay_with(request, &options, ECHO_WAIT, STATUS_IO_TIMEOUT);
  options.Size = 3;
  relay_with(request, &options, ECHO_WAIT, STATUS_INFO_LENGTH_MISMATCH);
  WdfIoTargetPurge(relay_target, WdfIoTargetPurgeIoAndWait);
  relay_with(request, NULL, ECHO_WAIT, STATUS_INVALID_DEVICE_STATE);
  STEP(WdfRequestRetrieveInputBuffer(request, 1, (PVOID*)&after, NULL) == STATUS_SUCCESS);
  WdfObjectDelete(memory);
  WdfObjectDelete(relay_target);
  WdfRequestCompleteWithInformation(request, STATUS_SUCCESS, input_size);
}

static VOID front_control(WDFQUEUE queue, WDFREQUEST request, size_t output_size, size_t input_size,
                          ULONG code) {
  (void)queue;
  (void)output_size;
  (void)input_size;
  switch (code) {
    case FRONT_SYNCHRONOUS:
      use_synchronously();
      break;
    case FRONT_OWN_REQUESTS:
      use_own_requests();
      break;
    case FRONT_STATES:
      use_states();
      break;
    case FRONT_SEND_TWICE:
      send_twice();
      break;
    case FRONT_HELD:
      hold_requests();
      break;
    case FRONT_WAITS:
      wait_for_sent();
      break;
    case FRONT_OWN_IRP:
      use_own_irp();
      break;
    case FRONT_OWN_PARAMETERS:
      ask_own_parameters();
      break;
    case FRONT_LONG_TEXT:
      use_long_text();
      break;
    case FRONT_NO_LOCATION:
      WdfRequestFormatRequestUsingCurrentType(request);
      break;
  }
  WdfRequestComplete(request, STATUS_SUCCESS);
}

static VOID evt_unload(WDFDRIVER driver) {
  (void)driver;
}

static WDFDEVICE make_device(WDFDRIVER driver, PCUNICODE_STRING name) {
  DECLARE_CONST_UNICODE_STRING(descriptor, L"D:P(A;;GA;;;SY)");
  WDFDEVICE device = NULL;
  PWDFDEVICE_INIT init = WdfControlDeviceInitAllocate(driver, &descriptor);
  STEP(init != NULL);
  STEP(WdfDeviceInitAssignName(init, name) == STATUS_SUCCESS);
  STEP(WdfDeviceCreate(&init, WDF_NO_OBJECT_ATTRIBUTES, &device) == STATUS_SUCCESS);
  return device;
}

static void make_queues(void) {
  WDF_IO_QUEUE_CONFIG config;
  WDF_IO_QUEUE_CONFIG_INIT_DEFAULT_QUEUE(&config, WdfIoQueueDispatchParallel);
  config.EvtIoDeviceControl = echo_control;
  config.EvtIoRead = echo_read;
  config.EvtIoWrite = echo_write;
  STEP(WdfIoQueueCreate(echo, &config, WDF_NO_OBJECT_ATTRIBUTES, NULL) == STATUS_SUCCESS);
  WDF_IO_QUEUE_CONFIG_INIT(&config, WdfIoQueueDispatchManual);
  STEP(WdfIoQueueCreate(echo, &config, WDF_NO_OBJECT_ATTRIBUTES, &waiting) == STATUS_SUCCESS);
  WDF_IO_QUEUE_CONFIG_INIT_DEFAULT_QUEUE(&config, WdfIoQueueDispatchParallel);
  config.EvtIoDeviceControl = front_control;
  STEP(WdfIoQueueCreate(front, &config, WDF_NO_OBJECT_ATTRIBUTES, NULL) == STATUS_SUCCESS);
  WDF_IO_QUEUE_CONFIG_INIT_DEFAULT_QUEUE(&config, WdfIoQueueDispatchParallel);
  config.EvtIoDeviceControl = relay_control;
  STEP(WdfIoQueueCreate(relay, &config, WDF_NO_OBJECT_ATTRIBUTES, NULL) == STATUS_SUCCESS);
}

static void make_work_item(void) {
  WDF_OBJECT_ATTRIBUTES attributes;
  WDF_WORKITEM_CONFIG config;
  WDF_WORKITEM_CONFIG_INIT(&config, evt_work);
  WDF_OBJECT_ATTRIBUTES_INIT(&attributes);
  attributes.ParentObject = front;
  STEP(WdfWorkItemCreate(&config, &attributes, &work_item) == STATUS_SUCCESS);
}

NTSTATUS DriverEntry(PDRIVER_OBJECT driver_object, PUNICODE_STRING registry_path) {
  WDF_DRIVER_CONFIG config;
  WDFDRIVER driver;
  WDF_DRIVER_CONFIG_INIT(&config, WDF_NO_EVENT_CALLBACK);
  config.DriverInitFlags = WdfDriverInitNonPnpDriver;
  config.EvtDriverUnload = evt_unload;
  STEP(WdfDriverCreate(driver_object, registry_path, WDF_NO_OBJECT_ATTRIBUTES, &config, &driver) ==
       STATUS_SUCCESS);
  echo = make_device(driver, &echo_name);
  front = make_device(driver, &front_name);
  relay = make_device(driver, &relay_name);
  WdfDeviceWdmGetDeviceObject(relay)->StackSize = 2;
  make_queues();
  make_work_item();
  WdfControlFinishInitializing(echo);
  WdfControlFinishInitializing(front);
  WdfControlFinishInitializing(relay);
  DbgPrint("done");
  return STATUS_SUCCESS;
}

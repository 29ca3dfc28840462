// SPDX-License-Identifier: Apache-2.0
// Small functions of the framework, and IRPs that the driver sees before the framework does.
#include <wdf.h>

#include "kmdf_corners.h"
#include "steps.h"

DRIVER_INITIALIZE DriverEntry;

static WDFDRIVER the_driver;
static WDFDEVICE device;
static WDFQUEUE default_queue;
static WDFQUEUE manual_queue;
static WDFFILEOBJECT opened;

static VOID evt_file_create(WDFDEVICE of, WDFREQUEST request, WDFFILEOBJECT file) {
  (void)of;
  opened = file;
  STEP(WdfFileObjectGetInitiatorProcessId(file) == 4);
  WdfRequestComplete(request, STATUS_SUCCESS);
}

static NTSTATUS evt_preprocess(WDFDEVICE of, PIRP irp) {
  DbgPrint("saw a read first");
  IoSkipCurrentIrpStackLocation(irp);
  return WdfDeviceWdmDispatchPreprocessedIrp(of, irp);
}

static NTSTATUS evt_dispatch(WDFDEVICE of, UCHAR major, UCHAR minor, ULONG code, WDFCONTEXT own,
                             PIRP irp, WDFCONTEXT context) {
  STEP(major == IRP_MJ_DEVICE_CONTROL && minor == 0 && own == (WDFCONTEXT)&device);
  if (code == CORNERS_WAIT) return WdfDeviceWdmDispatchIrpToIoQueue(of, irp, manual_queue, 0);
  if (code == CORNERS_REFUSED) return WdfDeviceWdmDispatchIrpToIoQueue(of, irp, manual_queue, 0x80);
  return WdfDeviceWdmDispatchIrp(of, irp, context);
}

static VOID evt_read(WDFQUEUE queue, WDFREQUEST request, size_t length) {
  (void)queue;
  WdfRequestCompleteWithInformation(request, STATUS_SUCCESS, length);
}

static void use_request(WDFREQUEST request) {
  WDF_REQUEST_FORWARD_OPTIONS options = {sizeof options, 0};
  STEP(!WdfRequestIsReserved(request));
  STEP(WdfRequestForwardToParentDeviceIoQueue(request, manual_queue, &options) ==
       STATUS_INVALID_DEVICE_REQUEST);
  STEP(WdfRequestGetStatus(request) == STATUS_SUCCESS);
  WdfObjectReference(request);
  WdfRequestComplete(request, STATUS_NO_MORE_ENTRIES);
  STEP(WdfRequestGetStatus(request) == STATUS_NO_MORE_ENTRIES);
  WdfObjectDereference(request);
}

// Two requests wait; the second is taken first.
static void search(WDFREQUEST request) {
  WDF_REQUEST_PARAMETERS parameters;
  WDFREQUEST first;
  WDFREQUEST second;
  WDFREQUEST third;
  WDFREQUEST taken;
  WDF_REQUEST_PARAMETERS_INIT(&parameters);
  STEP(WdfIoQueueFindRequest(manual_queue, NULL, NULL, NULL, &first) == STATUS_SUCCESS);
  STEP(WdfIoQueueFindRequest(manual_queue, first, opened, &parameters, &second) == STATUS_SUCCESS);
  STEP(parameters.Parameters.DeviceIoControl.IoControlCode == CORNERS_WAIT);
  STEP(WdfIoQueueFindRequest(manual_queue, second, NULL, NULL, &third) == STATUS_NO_MORE_ENTRIES);
  STEP(WdfIoQueueFindRequest(manual_queue, request, NULL, NULL, &third) == STATUS_NOT_FOUND);
  STEP(WdfIoQueueRetrieveFoundRequest(manual_queue, second, &taken) == STATUS_SUCCESS);
  STEP(taken == second);
  WdfRequestComplete(taken, STATUS_SUCCESS);
  STEP(WdfIoQueueRetrieveFoundRequest(manual_queue, second, &taken) == STATUS_NOT_FOUND);
  WdfObjectDereference(second);
  STEP(WdfIoQueueRetrieveFoundRequest(manual_queue, first, &taken) == STATUS_SUCCESS);
  WdfObjectDereference(first);
  WdfRequestComplete(taken, STATUS_SUCCESS);
  WdfRequestComplete(request, STATUS_SUCCESS);
}

static VOID evt_control(WDFQUEUE queue, WDFREQUEST request, size_t output_size, size_t input_size,
                        ULONG code) {
  (void)queue;
  (void)output_size;
  (void)input_size;
  switch (code) {
    case CORNERS_STEPS:
      use_request(request);
      return;
    case CORNERS_SEARCH:
      search(request);
      return;
    case CORNERS_BUG_CHECK:
      WdfVerifierKeBugCheck(0xDEAD, 1, 2, 3, 4);
      break;
    case CORNERS_API_MISSING:
      (void)WdfDriverErrorReportApiMissing(the_driver, L"KmdfLibrary", 500, FALSE);
      break;
  }
  WdfRequestComplete(request, STATUS_UNSUCCESSFUL);
}

static void ask_the_framework(void) {
  UNICODE_STRING text;
  WDFSTRING string;
  GUID guid = {0};
  const ULONG* triage = WdfGetTriageInfo();
  STEP(WdfStringCreate(NULL, WDF_NO_OBJECT_ATTRIBUTES, &string) == STATUS_SUCCESS);
  STEP(WdfDriverRetrieveVersionString(the_driver, string) == STATUS_SUCCESS);
  WdfStringGetUnicodeString(string, &text);
  STEP(text.Length > 40 && text.Buffer[0] == L'K');
  STEP(WdfDeviceRetrieveDeviceName(device, string) == STATUS_SUCCESS);
  WdfStringGetUnicodeString(string, &text);
  STEP(text.Length == sizeof(L"\\Device\\KmdfCorners") - sizeof(WCHAR));
  STEP(WdfDriverRegisterTraceInfo(WdfDriverWdmGetDriverObject(the_driver), NULL, NULL) ==
       STATUS_NOT_SUPPORTED);
  STEP(WdfDriverErrorReportApiMissing(the_driver, L"KmdfLibrary", 500, TRUE) ==
       STATUS_PROCEDURE_NOT_FOUND);
  STEP(WdfObjectQuery(device, &guid, sizeof guid, &guid) == STATUS_NOT_FOUND);
  STEP(triage == WdfGetTriageInfo() && triage[0] == 1 && triage[1] == 33);
  WdfVerifierDbgBreakPoint();
  WdfObjectDelete(string);
}

static void ask_the_device(void) {
  WDF_DEVICE_STATE state = {0};
  WdfDeviceSetAlignmentRequirement(device, 3);
  STEP(WdfDeviceGetAlignmentRequirement(device) == 3);
  WdfDeviceSetSpecialFileSupport(device, WdfSpecialFilePaging, TRUE);
  state.Size = sizeof state;
  WdfDeviceGetDeviceState(device, &state);
  STEP(state.Failed == WdfUseDefault);
  state.NotDisableable = WdfTrue;
  WdfDeviceSetDeviceState(device, &state);
  state.NotDisableable = WdfFalse;
  WdfDeviceGetDeviceState(device, &state);
  STEP(state.NotDisableable == WdfTrue && state.Size == sizeof state);
  STEP(WdfDeviceGetDevicePnpState(device) == WdfDevStatePnpInvalid);
  STEP(WdfDeviceGetDevicePowerState(device) == WdfDevStatePowerInvalid);
  STEP(WdfDeviceGetDevicePowerPolicyState(device) == WdfDevStatePwrPolInvalid);
}

static void use_wmi(void) {
  DECLARE_CONST_UNICODE_STRING(mof, L"Corners");
  GUID guid = {1, 2, 3, {4}};
  WDF_WMI_PROVIDER_CONFIG provider_config;
  WDF_WMI_INSTANCE_CONFIG config;
  WDFWMIPROVIDER provider;
  WDFWMIINSTANCE instance;
  STEP(WdfDeviceAssignMofResourceName(device, &mof) == STATUS_SUCCESS);
  WDF_WMI_PROVIDER_CONFIG_INIT(&provider_config, &guid);
  STEP(WdfWmiProviderCreate(device, &provider_config, WDF_NO_OBJECT_ATTRIBUTES, &provider) ==
       STATUS_SUCCESS);
  STEP(WdfWmiProviderGetDevice(provider) == device);
  STEP(!WdfWmiProviderIsEnabled(provider, WdfWmiEventControl));
  STEP(WdfWmiProviderGetTracingHandle(provider) == 0);
  WDF_WMI_INSTANCE_CONFIG_INIT_PROVIDER(&config, provider);
  STEP(WdfWmiInstanceCreate(device, &config, WDF_NO_OBJECT_ATTRIBUTES, &instance) ==
       STATUS_SUCCESS);
  STEP(WdfWmiInstanceGetProvider(instance) == provider);
  STEP(WdfWmiInstanceGetDevice(instance) == device);
  STEP(WdfWmiInstanceRegister(instance) == STATUS_SUCCESS);
  STEP(WdfWmiInstanceFireEvent(instance, 0, NULL) == STATUS_SUCCESS);
  WdfWmiInstanceDeregister(instance);
  config.ProviderConfig = &provider_config;
  STEP(WdfWmiInstanceCreate(device, &config, WDF_NO_OBJECT_ATTRIBUTES, &instance) ==
       STATUS_INVALID_PARAMETER);
  WDF_WMI_INSTANCE_CONFIG_INIT_PROVIDER_CONFIG(&config, &provider_config);
  STEP(WdfWmiInstanceCreate(device, &config, WDF_NO_OBJECT_ATTRIBUTES, NULL) == STATUS_SUCCESS);
}

static VOID evt_unload(WDFDRIVER driver) {
  (void)driver;
}

static NTSTATUS make_device(void) {
  static const GUID net_class = {
      0x4d36e972, 0xe325, 0x11ce, {0xbf, 0xc1, 0x08, 0x00, 0x2b, 0xe1, 0x03, 0x18}};
  DECLARE_CONST_UNICODE_STRING(descriptor, L"D:P(A;;GA;;;SY)");
  DECLARE_CONST_UNICODE_STRING(name, L"\\Device\\KmdfCorners");
  WDF_FILEOBJECT_CONFIG files;
  PWDFDEVICE_INIT init = WdfControlDeviceInitAllocate(the_driver, &descriptor);
  if (init == NULL) return STATUS_INSUFFICIENT_RESOURCES;
  STEP(WdfDeviceInitAssignName(init, &name) == STATUS_SUCCESS);
  STEP(WdfPdoInitAssignRawDevice(init, &net_class) == STATUS_INVALID_PARAMETER);
  WdfDeviceInitSetDeviceClass(init, &net_class);
  WDF_FILEOBJECT_CONFIG_INIT(&files, evt_file_create, WDF_NO_EVENT_CALLBACK, WDF_NO_EVENT_CALLBACK);
  WdfDeviceInitSetFileObjectConfig(init, &files, WDF_NO_OBJECT_ATTRIBUTES);
  STEP(WdfDeviceInitAssignWdmIrpPreprocessCallback(init, evt_preprocess, IRP_MJ_READ, NULL, 0) ==
       STATUS_SUCCESS);
  STEP(WdfDeviceInitAssignWdmIrpPreprocessCallback(init, evt_preprocess, IRP_MJ_READ, NULL, 0) ==
       STATUS_INVALID_DEVICE_REQUEST);
  STEP(WdfDeviceInitAssignWdmIrpPreprocessCallback(init, evt_preprocess, 0x40, NULL, 0) ==
       STATUS_INVALID_PARAMETER);
  return WdfDeviceCreate(&init, WDF_NO_OBJECT_ATTRIBUTES, &device);
}

static void make_queues(void) {
  WDF_IO_QUEUE_CONFIG config;
  WDF_IO_QUEUE_CONFIG_INIT_DEFAULT_QUEUE(&config, WdfIoQueueDispatchParallel);
  config.EvtIoDeviceControl = evt_control;
  config.EvtIoRead = evt_read;
  STEP(WdfIoQueueCreate(device, &config, WDF_NO_OBJECT_ATTRIBUTES, &default_queue) ==
       STATUS_SUCCESS);
  WDF_IO_QUEUE_CONFIG_INIT(&config, WdfIoQueueDispatchManual);
  STEP(WdfIoQueueCreate(device, &config, WDF_NO_OBJECT_ATTRIBUTES, &manual_queue) ==
       STATUS_SUCCESS);
  STEP(WdfDeviceConfigureWdmIrpDispatchCallback(device, the_driver, IRP_MJ_DEVICE_CONTROL,
                                                evt_dispatch, &device) == STATUS_SUCCESS);
  STEP(WdfDeviceConfigureWdmIrpDispatchCallback(device, the_driver, IRP_MJ_CLOSE, evt_dispatch,
                                                NULL) == STATUS_INVALID_PARAMETER);
}

NTSTATUS DriverEntry(PDRIVER_OBJECT driver_object, PUNICODE_STRING registry_path) {
  WDF_DRIVER_CONFIG config;
  WDF_DRIVER_CONFIG_INIT(&config, WDF_NO_EVENT_CALLBACK);
  config.DriverInitFlags = WdfDriverInitNonPnpDriver;
  config.EvtDriverUnload = evt_unload;
  STEP(WdfDriverCreate(driver_object, registry_path, WDF_NO_OBJECT_ATTRIBUTES, &config,
                       &the_driver) == STATUS_SUCCESS);
  STEP(make_device() == STATUS_SUCCESS);
  make_queues();
  ask_the_framework();
  ask_the_device();
  use_wmi();
  WdfControlFinishInitializing(device);
  DbgPrint("done");
  return STATUS_SUCCESS;
}

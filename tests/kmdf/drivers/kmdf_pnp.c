// SPDX-License-Identifier: Apache-2.0
// A software device of Plug and Play that says which of its callbacks comes when.
#include "kmdf_pnp.h"

#include <wdf.h>

#include "steps.h"

DRIVER_INITIALIZE DriverEntry;

static const GUID interface_class = PNP_INTERFACE;
static ULONG mode;
static WDFDEVICE control_device;
static PDEVICE_OBJECT physical_device;

#define SAYS(name, text)                       \
  static VOID evt_##name(WDFDEVICE device) {   \
    (void)device;                              \
    STEP(KeGetCurrentIrql() == PASSIVE_LEVEL); \
    DbgPrint(text);                            \
  }
#define ANSWERS(name, text, status)              \
  static NTSTATUS evt_##name(WDFDEVICE device) { \
    (void)device;                                \
    STEP(KeGetCurrentIrql() == PASSIVE_LEVEL);   \
    DbgPrint(text);                              \
    return status;                               \
  }

ANSWERS(suspend, "self-managed suspend", STATUS_SUCCESS)
ANSWERS(restart, "self-managed restart", STATUS_SUCCESS)
SAYS(flush, "self-managed flush")
SAYS(cleanup, "self-managed cleanup")
SAYS(surprise, "surprise removal")
ANSWERS(query_remove, "query remove",
        (mode & PNP_REFUSES_REMOVAL) != 0 ? STATUS_DEVICE_NOT_READY : STATUS_SUCCESS)
ANSWERS(query_stop, "query stop",
        (mode & PNP_REFUSES_STOP) != 0 ? STATUS_DEVICE_NOT_READY : STATUS_SUCCESS)

static NTSTATUS evt_init(WDFDEVICE device) {
  STEP(WdfDeviceStopIdleNoTrack(device, TRUE) == STATUS_SUCCESS);
  WdfDeviceResumeIdleNoTrack(device);
#if KMDF_VERSION_MINOR >= 11
  STEP(WdfDeviceStopIdleActual(device, TRUE, NULL, __LINE__, __FILE__) == STATUS_SUCCESS);
  WdfDeviceResumeIdleActual(device, NULL, __LINE__, __FILE__);
#endif
  DbgPrint("self-managed init");
  return STATUS_SUCCESS;
}

static NTSTATUS evt_prepare(WDFDEVICE device, WDFCMRESLIST raw, WDFCMRESLIST translated) {
  (void)device;
  STEP(WdfCmResourceListGetCount(raw) == 0);
  STEP(WdfCmResourceListGetDescriptor(translated, 0) == NULL);
  DbgPrint("prepare hardware");
  return (mode & PNP_FAILS_PREPARE) != 0 ? STATUS_DEVICE_CONFIGURATION_ERROR : STATUS_SUCCESS;
}

static NTSTATUS evt_release(WDFDEVICE device, WDFCMRESLIST translated) {
  (void)device;
  STEP(WdfCmResourceListGetCount(translated) == 0);
  DbgPrint("release hardware");
  return STATUS_SUCCESS;
}

static NTSTATUS evt_d0_entry(WDFDEVICE device, WDF_POWER_DEVICE_STATE from) {
  (void)device;
  DbgPrint(from == WdfPowerDeviceD3Final ? "D0 entry" : "D0 entry from another state");
  return (mode & PNP_FAILS_D0) != 0 ? STATUS_DEVICE_POWER_FAILURE : STATUS_SUCCESS;
}

static NTSTATUS evt_d0_exit(WDFDEVICE device, WDF_POWER_DEVICE_STATE to) {
  (void)device;
  DbgPrint(to == WdfPowerDeviceD3Final ? "D0 exit" : "D0 exit to another state");
  return STATUS_SUCCESS;
}

static VOID evt_object_cleanup(WDFOBJECT object) {
  (void)object;
  DbgPrint("device cleanup");
  if (control_device != NULL) WdfObjectDelete(control_device);
  control_device = NULL;
}

static VOID evt_object_destroy(WDFOBJECT object) {
  (void)object;
  DbgPrint("device destroy");
}

static VOID evt_control(WDFQUEUE queue, WDFREQUEST request, size_t output_size, size_t input_size,
                        ULONG code) {
  PVOID buffer;
  (void)queue;
  (void)input_size;
  if (code != PNP_ECHO) {
    DbgPrint("kept");
    return;
  }
  STEP(WdfRequestRetrieveOutputBuffer(request, 4, &buffer, NULL) == STATUS_SUCCESS);
  WdfRequestCompleteWithInformation(request, STATUS_SUCCESS, output_size);
}

static VOID evt_stop(WDFQUEUE queue, WDFREQUEST request, ULONG flags) {
  WDF_REQUEST_PARAMETERS parameters;
  (void)queue;
  DbgPrint(flags == WdfRequestStopActionPurge ? "stop to purge" : "stop to suspend");
  WDF_REQUEST_PARAMETERS_INIT(&parameters);
  WdfRequestGetParameters(request, &parameters);
  switch (parameters.Parameters.DeviceIoControl.IoControlCode) {
    case PNP_KEEP_ACKNOWLEDGE:
      WdfRequestStopAcknowledge(request, FALSE);
      break;
    case PNP_KEEP_REQUEUE:
      WdfRequestStopAcknowledge(request, TRUE);
      break;
    default:
      WdfRequestComplete(request, STATUS_CANCELLED);
  }
}

static VOID evt_resume(WDFQUEUE queue, WDFREQUEST request) {
  STEP((WdfIoQueueGetState(queue, NULL, NULL) & WdfIoQueuePnpHeld) == 0);
  DbgPrint("resume");
  WdfRequestComplete(request, STATUS_SUCCESS);
}

static NTSTATUS make_control_device(WDFDRIVER driver) {
  DECLARE_CONST_UNICODE_STRING(descriptor, L"D:P(A;;GA;;;SY)");
  DECLARE_CONST_UNICODE_STRING(name, L"\\Device\\KmdfPnpControl");
  PWDFDEVICE_INIT init = WdfControlDeviceInitAllocate(driver, &descriptor);
  NTSTATUS status = WdfDeviceInitAssignName(init, &name);
  if (NT_SUCCESS(status))
    status = WdfDeviceCreate(&init, WDF_NO_OBJECT_ATTRIBUTES, &control_device);
  if (NT_SUCCESS(status)) WdfControlFinishInitializing(control_device);
  return status;
}

static void set_callbacks(PWDFDEVICE_INIT init) {
  WDF_PNPPOWER_EVENT_CALLBACKS callbacks;
  WDF_POWER_POLICY_EVENT_CALLBACKS policy;
  WDF_PNPPOWER_EVENT_CALLBACKS_INIT(&callbacks);
  callbacks.EvtDevicePrepareHardware = evt_prepare;
  callbacks.EvtDeviceReleaseHardware = evt_release;
  callbacks.EvtDeviceD0Entry = evt_d0_entry;
  callbacks.EvtDeviceD0Exit = evt_d0_exit;
  callbacks.EvtDeviceSelfManagedIoInit = evt_init;
  callbacks.EvtDeviceSelfManagedIoSuspend = evt_suspend;
  callbacks.EvtDeviceSelfManagedIoRestart = evt_restart;
  callbacks.EvtDeviceSelfManagedIoFlush = evt_flush;
  callbacks.EvtDeviceSelfManagedIoCleanup = evt_cleanup;
  callbacks.EvtDeviceSurpriseRemoval = evt_surprise;
  callbacks.EvtDeviceQueryRemove = evt_query_remove;
  callbacks.EvtDeviceQueryStop = evt_query_stop;
  WdfDeviceInitSetPnpPowerEventCallbacks(init, &callbacks);
  WDF_POWER_POLICY_EVENT_CALLBACKS_INIT(&policy);
  WdfDeviceInitSetPowerPolicyEventCallbacks(init, &policy);
  WdfDeviceInitSetPowerPolicyOwnership(init, TRUE);
  WdfDeviceInitSetPowerPageable(init);
}

static void set_more(PWDFDEVICE_INIT init) {
  WDF_FDO_EVENT_CALLBACKS callbacks = {0};
  callbacks.Size = sizeof callbacks;
  WdfDeviceInitSetPowerNotPageable(init);
  WdfDeviceInitSetPowerInrush(init);
#if KMDF_VERSION_MINOR >= 11
  WDF_REMOVE_LOCK_OPTIONS locks = {sizeof locks, WDF_REMOVE_LOCK_OPTION_ACQUIRE_FOR_IO};
  WdfDeviceInitSetRemoveLockOptions(init, &locks);
#endif
  WdfFdoInitSetEventCallbacks(init, &callbacks);
}

static void look_at_init(PWDFDEVICE_INIT init) {
  WCHAR id[32];
  ULONG size = 0;
  WDFMEMORY memory;
  size_t length = 0;
  WDFKEY key;
  physical_device = WdfFdoInitWdmGetPhysicalDevice(init);
  STEP(physical_device != NULL);
  STEP(WdfFdoInitQueryProperty(init, DevicePropertyHardwareID, 2, id, &size) ==
       STATUS_BUFFER_TOO_SMALL);
  STEP(WdfFdoInitQueryProperty(init, DevicePropertyHardwareID, sizeof id, id, &size) ==
       STATUS_SUCCESS);
  STEP(size > 14 && id[0] == L'R' && id[4] == L'\\' && id[size / 2 - 1] == 0);
  STEP(WdfFdoInitQueryProperty(init, DevicePropertyFriendlyName, sizeof id, id, &size) ==
       STATUS_OBJECT_NAME_NOT_FOUND);
  STEP(WdfFdoInitAllocAndQueryProperty(init, DevicePropertyHardwareID, NonPagedPoolNx,
                                       WDF_NO_OBJECT_ATTRIBUTES, &memory) == STATUS_SUCCESS);
  size = 0;
  WdfFdoInitQueryProperty(init, DevicePropertyHardwareID, sizeof id, id, &size);
  STEP(RtlCompareMemory(WdfMemoryGetBuffer(memory, &length), id, size) == size && length == size);
  WdfObjectDelete(memory);
  STEP(WdfFdoInitAllocAndQueryProperty(init, DevicePropertyFriendlyName, NonPagedPoolNx,
                                       WDF_NO_OBJECT_ATTRIBUTES,
                                       &memory) == STATUS_OBJECT_NAME_NOT_FOUND);
  STEP(WdfFdoInitOpenRegistryKey(init, PLUGPLAY_REGKEY_DRIVER, KEY_READ, WDF_NO_OBJECT_ATTRIBUTES,
                                 &key) == STATUS_SUCCESS);
  WdfRegistryClose(key);
}

static void look_at_device(WDFDEVICE device) {
  WDF_DEVICE_PNP_CAPABILITIES pnp;
  WDF_DEVICE_POWER_CAPABILITIES power;
  WDFMEMORY memory;
  WDFKEY key;
  WDF_DEVICE_PNP_CAPABILITIES_INIT(&pnp);
  pnp.SurpriseRemovalOK = WdfTrue;
  WdfDeviceSetPnpCapabilities(device, &pnp);
  WDF_DEVICE_POWER_CAPABILITIES_INIT(&power);
  WdfDeviceSetPowerCapabilities(device, &power);
  STEP(WdfDeviceWdmGetPhysicalDevice(device) == physical_device);
  STEP(WdfDeviceWdmGetAttachedDevice(device) == physical_device);
  STEP(WdfIoTargetWdmGetTargetDeviceObject(WdfDeviceGetIoTarget(device)) == physical_device);
  STEP(WdfIoTargetWdmGetTargetPhysicalDevice(WdfDeviceGetIoTarget(device)) == physical_device);
  STEP(WdfIoTargetGetState(WdfDeviceGetIoTarget(device)) == WdfIoTargetStarted);
  STEP(WdfDeviceAllocAndQueryProperty(device, DevicePropertyEnumeratorName, NonPagedPoolNx,
                                      WDF_NO_OBJECT_ATTRIBUTES, &memory) == STATUS_SUCCESS);
  STEP(RtlCompareMemory(WdfMemoryGetBuffer(memory, NULL), L"ROOT", 10) == 10);
  WdfObjectDelete(memory);
  STEP(WdfDeviceOpenRegistryKey(device, PLUGPLAY_REGKEY_DEVICE, KEY_READ, WDF_NO_OBJECT_ATTRIBUTES,
                                &key) == STATUS_SUCCESS);
  WdfRegistryClose(key);
  STEP(WdfDeviceOpenRegistryKey(device, 7, KEY_READ, WDF_NO_OBJECT_ATTRIBUTES, &key) ==
       STATUS_INVALID_PARAMETER);
  STEP(WdfDeviceGetDevicePnpState(device) == WdfDevStatePnpObjectCreated);
}

// A device that is always in D0 and wakes nobody.
static void look_at_power(WDFDEVICE device) {
  WDF_DEVICE_POWER_POLICY_IDLE_SETTINGS idle;
  WDF_DEVICE_POWER_POLICY_WAKE_SETTINGS wake;
  WCHAR name[8];
  ULONG size = 0;
  WDF_DEVICE_POWER_POLICY_IDLE_SETTINGS_INIT(&idle, IdleCannotWakeFromS0);
  STEP(WdfDeviceAssignS0IdleSettings(device, &idle) == STATUS_SUCCESS);
  WDF_DEVICE_POWER_POLICY_WAKE_SETTINGS_INIT(&wake);
  STEP(WdfDeviceAssignSxWakeSettings(device, &wake) == STATUS_POWER_STATE_INVALID);
  STEP(WdfDeviceStopIdleNoTrack(device, FALSE) == STATUS_INVALID_DEVICE_STATE);
#if KMDF_VERSION_MINOR >= 11
  STEP(WdfDeviceStopIdleActual(device, FALSE, NULL, __LINE__, __FILE__) ==
       STATUS_INVALID_DEVICE_STATE);
#endif
  STEP(WdfDeviceQueryProperty(device, DevicePropertyEnumeratorName, 2, name, &size) ==
       STATUS_BUFFER_TOO_SMALL);
  STEP(size == 10);
  STEP(WdfDeviceQueryProperty(device, DevicePropertyEnumeratorName, sizeof name, name, &size) ==
       STATUS_SUCCESS);
  STEP(size == 10 && RtlCompareMemory(name, L"ROOT", 10) == 10);
}

static NTSTATUS make_interface(WDFDEVICE device) {
  DECLARE_CONST_UNICODE_STRING(nothing, L"other");
  UNICODE_STRING link;
  WDFSTRING text;
  const NTSTATUS status = WdfDeviceCreateDeviceInterface(device, &interface_class, NULL);
  STEP(WdfStringCreate(NULL, WDF_NO_OBJECT_ATTRIBUTES, &text) == STATUS_SUCCESS);
  STEP(WdfDeviceRetrieveDeviceInterfaceString(device, &interface_class, &nothing, text) ==
       STATUS_OBJECT_NAME_NOT_FOUND);
  STEP(WdfDeviceRetrieveDeviceInterfaceString(device, &interface_class, NULL, text) ==
       STATUS_SUCCESS);
  WdfDeviceSetDeviceInterfaceState(device, &interface_class, NULL, TRUE);
  WdfStringGetUnicodeString(text, &link);
  STEP(link.Length > 40 && link.Buffer[1] == L'?');
  WdfObjectDelete(text);
  return status;
}

static NTSTATUS make_queue(WDFDEVICE device) {
  WDF_IO_QUEUE_CONFIG config;
  WDFQUEUE queue;
  WDF_IO_QUEUE_CONFIG_INIT_DEFAULT_QUEUE(&config, WdfIoQueueDispatchParallel);
  config.EvtIoDeviceControl = evt_control;
  config.EvtIoStop = evt_stop;
  config.EvtIoResume = evt_resume;
  const NTSTATUS status = WdfIoQueueCreate(device, &config, WDF_NO_OBJECT_ATTRIBUTES, &queue);
  STEP((WdfIoQueueGetState(queue, NULL, NULL) & WdfIoQueuePnpHeld) != 0);
  return status;
}

static NTSTATUS evt_device_add(WDFDRIVER driver, PWDFDEVICE_INIT init) {
  WDF_OBJECT_ATTRIBUTES attributes;
  WDFDEVICE device;
  NTSTATUS status;
  STEP(KeGetCurrentIrql() == PASSIVE_LEVEL);
  DbgPrint("device add");
  if ((mode & PNP_STAYS_OUT) != 0) return STATUS_SUCCESS;
  look_at_init(init);
  set_callbacks(init);
  set_more(init);
  WDF_OBJECT_ATTRIBUTES_INIT(&attributes);
  attributes.EvtCleanupCallback = evt_object_cleanup;
  attributes.EvtDestroyCallback = evt_object_destroy;
  status = WdfDeviceCreate(&init, &attributes, &device);
  if (!NT_SUCCESS(status)) return status;
  look_at_device(device);
  look_at_power(device);
  if ((mode & PNP_WITH_CONTROL_DEVICE) != 0) status = make_control_device(driver);
  if (NT_SUCCESS(status)) status = make_interface(device);
  if (NT_SUCCESS(status)) status = make_queue(device);
  return (mode & PNP_FAILS_ADD) != 0 ? STATUS_DEVICE_CONFIGURATION_ERROR : status;
}

static void read_mode(WDFDRIVER driver) {
  DECLARE_CONST_UNICODE_STRING(name, L"Mode");
  WDFKEY key;
  if (!NT_SUCCESS(
          WdfDriverOpenParametersRegistryKey(driver, KEY_READ, WDF_NO_OBJECT_ATTRIBUTES, &key)))
    return;
  WdfRegistryQueryULong(key, &name, &mode);
  WdfRegistryClose(key);
}

static VOID evt_unload(WDFDRIVER driver) {
  (void)driver;
  DbgPrint("unload");
}

NTSTATUS DriverEntry(PDRIVER_OBJECT driver_object, PUNICODE_STRING registry_path) {
  WDF_DRIVER_CONFIG config;
  WDFDRIVER driver;
  NTSTATUS status;
  WDF_DRIVER_CONFIG_INIT(&config, evt_device_add);
  config.EvtDriverUnload = evt_unload;
  status =
      WdfDriverCreate(driver_object, registry_path, WDF_NO_OBJECT_ATTRIBUTES, &config, &driver);
  if (NT_SUCCESS(status)) read_mode(driver);
  return status;
}

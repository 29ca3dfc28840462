// SPDX-License-Identifier: Apache-2.0
// What a driver calls before it fills in a record of wdfhardware.h: sizes and documented defaults.
#pragma once

#include "wdfhardware.h"

#ifdef WDK_DRIVER

#define WDK_WDF_INIT(record)                      \
  do {                                            \
    __builtin_memset(record, 0, sizeof(*record)); \
    record->Size = sizeof(*record);               \
  } while (0)

FORCEINLINE VOID WDF_PNPPOWER_EVENT_CALLBACKS_INIT(PWDF_PNPPOWER_EVENT_CALLBACKS callbacks) {
  WDK_WDF_INIT(callbacks);
}
FORCEINLINE VOID
WDF_POWER_POLICY_EVENT_CALLBACKS_INIT(PWDF_POWER_POLICY_EVENT_CALLBACKS callbacks) {
  WDK_WDF_INIT(callbacks);
}
FORCEINLINE VOID WDF_FDO_EVENT_CALLBACKS_INIT(PWDF_FDO_EVENT_CALLBACKS callbacks) {
  WDK_WDF_INIT(callbacks);
}
FORCEINLINE VOID WDF_PDO_EVENT_CALLBACKS_INIT(PWDF_PDO_EVENT_CALLBACKS callbacks) {
  WDK_WDF_INIT(callbacks);
}
FORCEINLINE VOID WDF_DEVICE_PNP_CAPABILITIES_INIT(PWDF_DEVICE_PNP_CAPABILITIES capabilities) {
  WDK_WDF_INIT(capabilities);
  capabilities->LockSupported = WdfUseDefault;
  capabilities->EjectSupported = WdfUseDefault;
  capabilities->Removable = WdfUseDefault;
  capabilities->DockDevice = WdfUseDefault;
  capabilities->UniqueID = WdfUseDefault;
  capabilities->SilentInstall = WdfUseDefault;
  capabilities->SurpriseRemovalOK = WdfUseDefault;
  capabilities->HardwareDisabled = WdfUseDefault;
  capabilities->NoDisplayInUI = WdfUseDefault;
  capabilities->Address = (ULONG)-1;
  capabilities->UINumber = (ULONG)-1;
}
FORCEINLINE VOID WDF_DEVICE_POWER_CAPABILITIES_INIT(PWDF_DEVICE_POWER_CAPABILITIES capabilities) {
  WDK_WDF_INIT(capabilities);
  capabilities->DeviceD1 = WdfUseDefault;
  capabilities->DeviceD2 = WdfUseDefault;
  capabilities->WakeFromD0 = WdfUseDefault;
  capabilities->WakeFromD1 = WdfUseDefault;
  capabilities->WakeFromD2 = WdfUseDefault;
  capabilities->WakeFromD3 = WdfUseDefault;
  capabilities->IdealDxStateForSx = PowerDeviceMaximum;
  for (int i = 0; i < PowerSystemMaximum; ++i) capabilities->DeviceState[i] = PowerDeviceMaximum;
}
FORCEINLINE VOID WDF_DEVICE_POWER_POLICY_IDLE_SETTINGS_INIT(
    PWDF_DEVICE_POWER_POLICY_IDLE_SETTINGS settings, WDF_POWER_POLICY_S0_IDLE_CAPABILITIES caps) {
  WDK_WDF_INIT(settings);
  settings->Enabled = WdfUseDefault;
  settings->IdleCaps = caps;
  settings->DxState = PowerDeviceMaximum;
  settings->UserControlOfIdleSettings = IdleAllowUserControl;
}
FORCEINLINE VOID
WDF_DEVICE_POWER_POLICY_WAKE_SETTINGS_INIT(PWDF_DEVICE_POWER_POLICY_WAKE_SETTINGS settings) {
  WDK_WDF_INIT(settings);
  settings->Enabled = WdfUseDefault;
  settings->DxState = PowerDeviceMaximum;
  settings->UserControlOfWakeSettings = WakeAllowUserControl;
}
FORCEINLINE VOID WDF_INTERRUPT_CONFIG_INIT(PWDF_INTERRUPT_CONFIG config, PFN_WDF_INTERRUPT_ISR isr,
                                           PFN_WDF_INTERRUPT_DPC dpc) {
  WDK_WDF_INIT(config);
  config->ShareVector = WdfUseDefault;
  config->EvtInterruptIsr = isr;
  config->EvtInterruptDpc = dpc;
}
FORCEINLINE VOID WDF_REMOVE_LOCK_OPTIONS_INIT(PWDF_REMOVE_LOCK_OPTIONS options, ULONG flags) {
  WDK_WDF_INIT(options);
  options->Flags = flags;
}
FORCEINLINE VOID WDF_QUERY_INTERFACE_CONFIG_INIT(
    PWDF_QUERY_INTERFACE_CONFIG config, PINTERFACE interface_record, const GUID* type,
    PFN_WDF_DEVICE_PROCESS_QUERY_INTERFACE_REQUEST process) {
  WDK_WDF_INIT(config);
  config->Interface = interface_record;
  config->InterfaceType = type;
  config->EvtDeviceProcessQueryInterfaceRequest = process;
}

FORCEINLINE VOID WDF_IO_TARGET_OPEN_PARAMS_INIT_CREATE_BY_NAME(PWDF_IO_TARGET_OPEN_PARAMS params,
                                                               PCUNICODE_STRING name,
                                                               ACCESS_MASK access) {
  WDK_WDF_INIT(params);
  params->Type = WdfIoTargetOpenByName;
  params->TargetDeviceName = *name;
  params->DesiredAccess = access;
  params->FileAttributes = 0x80;
  params->CreateDisposition = FILE_CREATE;
}

FORCEINLINE VOID WDF_REQUEST_FORWARD_OPTIONS_INIT(PWDF_REQUEST_FORWARD_OPTIONS options) {
  WDK_WDF_INIT(options);
  options->Flags = WDF_REQUEST_FORWARD_OPTION_SEND_AND_FORGET;
}
FORCEINLINE VOID WDF_IO_TYPE_CONFIG_INIT(PWDF_IO_TYPE_CONFIG config) {
  WDK_WDF_INIT(config);
  config->ReadWriteIoType = WdfDeviceIoBuffered;
  config->DeviceControlIoType = WdfDeviceIoBuffered;
}
FORCEINLINE VOID WDF_DEVICE_STATE_INIT(PWDF_DEVICE_STATE state) {
  WDK_WDF_INIT(state);
  state->Disabled = WdfUseDefault;
  state->DontDisplayInUI = WdfUseDefault;
  state->Failed = WdfUseDefault;
  state->NotDisableable = WdfUseDefault;
  state->Removed = WdfUseDefault;
  state->ResourcesChanged = WdfUseDefault;
}
FORCEINLINE VOID WDF_DRIVER_VERSION_AVAILABLE_PARAMS_INIT(
    PWDF_DRIVER_VERSION_AVAILABLE_PARAMS params, ULONG major, ULONG minor) {
  WDK_WDF_INIT(params);
  params->MajorVersion = major;
  params->MinorVersion = minor;
}

#define WDF_ALIGN_SIZE_DOWN(length, alignment) ((size_t)(length) & ~((size_t)(alignment) - 1))
#define WDF_ALIGN_SIZE_UP(length, alignment) \
  WDF_ALIGN_SIZE_DOWN((size_t)(length) + (alignment) - 1, alignment)
#define WDF_ABS_TIMEOUT_IN_SEC(s) ((LONGLONG)(s) * 10000000)
#define WDF_ABS_TIMEOUT_IN_MS(ms) ((LONGLONG)(ms) * 10000)
#define WDF_ABS_TIMEOUT_IN_US(us) ((LONGLONG)(us) * 10)
#define WDF_EXTERN_C EXTERN_C
#define WDF_EXTERN_C_START EXTERN_C_START
#define WDF_EXTERN_C_END EXTERN_C_END
#define WDF_TYPE_NAME_POINTER(type) #type
#define WDF_DECLARE_TYPE_AND_GLOBALS(type, unique, callback, section) WDF_DECLARE_CONTEXT_TYPE(type)
#define WDF_DECLARE_CUSTOM_TYPE(type)                                                  \
  EXTERN_C WDK_SELECTANY const WDF_OBJECT_CONTEXT_TYPE_INFO WDF_##type##_TYPE_INFO = { \
      sizeof(WDF_OBJECT_CONTEXT_TYPE_INFO), #type, 0, NULL, NULL}
#define VERIFY_IS_IRQL_PASSIVE_LEVEL() ((void)0)
#define WDFAPI

#endif  // WDK_DRIVER

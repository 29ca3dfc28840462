// SPDX-License-Identifier: Apache-2.0
// Records of the framework about devices that are plugged, powered and interrupted. Made from the
// KMDF fact tables.
#pragma once

#include "wdfevents.h"

#ifdef WDK_DRIVER

#ifdef __cplusplus
extern "C" {
#endif

struct _WDF_CHILD_ADDRESS_DESCRIPTION_HEADER {
  ULONG AddressDescriptionSize;
};
C_ASSERT(offsetof(WDF_CHILD_ADDRESS_DESCRIPTION_HEADER, AddressDescriptionSize) == 0);
C_ASSERT(sizeof(WDF_CHILD_ADDRESS_DESCRIPTION_HEADER) == 4);
struct _WDF_CHILD_IDENTIFICATION_DESCRIPTION_HEADER {
  ULONG IdentificationDescriptionSize;
};
C_ASSERT(offsetof(WDF_CHILD_IDENTIFICATION_DESCRIPTION_HEADER, IdentificationDescriptionSize) == 0);
C_ASSERT(sizeof(WDF_CHILD_IDENTIFICATION_DESCRIPTION_HEADER) == 4);
struct _WDF_CHILD_LIST_CONFIG {
  ULONG Size;
  ULONG IdentificationDescriptionSize;
  ULONG AddressDescriptionSize;
  PFN_WDF_CHILD_LIST_CREATE_DEVICE EvtChildListCreateDevice;
  PFN_WDF_CHILD_LIST_SCAN_FOR_CHILDREN EvtChildListScanForChildren;
  PFN_WDF_CHILD_LIST_IDENTIFICATION_DESCRIPTION_COPY EvtChildListIdentificationDescriptionCopy;
  PFN_WDF_CHILD_LIST_IDENTIFICATION_DESCRIPTION_DUPLICATE
  EvtChildListIdentificationDescriptionDuplicate;
  PFN_WDF_CHILD_LIST_IDENTIFICATION_DESCRIPTION_CLEANUP
  EvtChildListIdentificationDescriptionCleanup;
  PFN_WDF_CHILD_LIST_IDENTIFICATION_DESCRIPTION_COMPARE
  EvtChildListIdentificationDescriptionCompare;
  PFN_WDF_CHILD_LIST_ADDRESS_DESCRIPTION_COPY EvtChildListAddressDescriptionCopy;
  PFN_WDF_CHILD_LIST_ADDRESS_DESCRIPTION_DUPLICATE EvtChildListAddressDescriptionDuplicate;
  PFN_WDF_CHILD_LIST_ADDRESS_DESCRIPTION_CLEANUP EvtChildListAddressDescriptionCleanup;
  PFN_WDF_CHILD_LIST_DEVICE_REENUMERATED EvtChildListDeviceReenumerated;
};
C_ASSERT(offsetof(WDF_CHILD_LIST_CONFIG, EvtChildListDeviceReenumerated) == 88);
C_ASSERT(sizeof(WDF_CHILD_LIST_CONFIG) == 96);
struct _WDF_CHILD_LIST_ITERATOR {
  ULONG Size;
  ULONG Flags;
  PVOID Reserved[4];
};
C_ASSERT(offsetof(WDF_CHILD_LIST_ITERATOR, Reserved) == 8);
C_ASSERT(sizeof(WDF_CHILD_LIST_ITERATOR) == 40);
struct _WDF_CHILD_RETRIEVE_INFO {
  ULONG Size;
  PWDF_CHILD_IDENTIFICATION_DESCRIPTION_HEADER IdentificationDescription;
  PWDF_CHILD_ADDRESS_DESCRIPTION_HEADER AddressDescription;
  WDF_CHILD_LIST_RETRIEVE_DEVICE_STATUS Status;
  PFN_WDF_CHILD_LIST_IDENTIFICATION_DESCRIPTION_COMPARE
  EvtChildListIdentificationDescriptionCompare;
};
C_ASSERT(offsetof(WDF_CHILD_RETRIEVE_INFO, EvtChildListIdentificationDescriptionCompare) == 32);
C_ASSERT(sizeof(WDF_CHILD_RETRIEVE_INFO) == 40);
struct _WDF_COMMON_BUFFER_CONFIG {
  ULONG Size;
  ULONG AlignmentRequirement;
};
C_ASSERT(offsetof(WDF_COMMON_BUFFER_CONFIG, AlignmentRequirement) == 4);
C_ASSERT(sizeof(WDF_COMMON_BUFFER_CONFIG) == 8);
struct _WDF_DEVICE_PNP_CAPABILITIES {
  ULONG Size;
  WDF_TRI_STATE LockSupported;
  WDF_TRI_STATE EjectSupported;
  WDF_TRI_STATE Removable;
  WDF_TRI_STATE DockDevice;
  WDF_TRI_STATE UniqueID;
  WDF_TRI_STATE SilentInstall;
  WDF_TRI_STATE SurpriseRemovalOK;
  WDF_TRI_STATE HardwareDisabled;
  WDF_TRI_STATE NoDisplayInUI;
  ULONG Address;
  ULONG UINumber;
};
C_ASSERT(offsetof(WDF_DEVICE_PNP_CAPABILITIES, UINumber) == 44);
C_ASSERT(sizeof(WDF_DEVICE_PNP_CAPABILITIES) == 48);
struct _WDF_DEVICE_PNP_NOTIFICATION_DATA {
  WDF_STATE_NOTIFICATION_TYPE Type;
  union {
    struct {
      WDF_DEVICE_PNP_STATE CurrentState;
      WDF_DEVICE_PNP_STATE NewState;
    } EnterState;
    struct {
      WDF_DEVICE_PNP_STATE CurrentState;
    } PostProcessState;
    struct {
      WDF_DEVICE_PNP_STATE CurrentState;
      WDF_DEVICE_PNP_STATE NewState;
    } LeaveState;
  } Data;
};
C_ASSERT(offsetof(WDF_DEVICE_PNP_NOTIFICATION_DATA, Data.LeaveState.NewState) == 8);
C_ASSERT(sizeof(WDF_DEVICE_PNP_NOTIFICATION_DATA) == 12);
struct _WDF_DEVICE_POWER_CAPABILITIES {
  ULONG Size;
  WDF_TRI_STATE DeviceD1;
  WDF_TRI_STATE DeviceD2;
  WDF_TRI_STATE WakeFromD0;
  WDF_TRI_STATE WakeFromD1;
  WDF_TRI_STATE WakeFromD2;
  WDF_TRI_STATE WakeFromD3;
  DEVICE_POWER_STATE DeviceState[7];
  DEVICE_POWER_STATE DeviceWake;
  SYSTEM_POWER_STATE SystemWake;
  ULONG D1Latency;
  ULONG D2Latency;
  ULONG D3Latency;
  DEVICE_POWER_STATE IdealDxStateForSx;
};
C_ASSERT(offsetof(WDF_DEVICE_POWER_CAPABILITIES, IdealDxStateForSx) == 76);
C_ASSERT(sizeof(WDF_DEVICE_POWER_CAPABILITIES) == 80);
struct _WDF_DEVICE_POWER_NOTIFICATION_DATA {
  WDF_STATE_NOTIFICATION_TYPE Type;
  union {
    struct {
      WDF_DEVICE_POWER_STATE CurrentState;
      WDF_DEVICE_POWER_STATE NewState;
    } EnterState;
    struct {
      WDF_DEVICE_POWER_STATE CurrentState;
    } PostProcessState;
    struct {
      WDF_DEVICE_POWER_STATE CurrentState;
      WDF_DEVICE_POWER_STATE NewState;
    } LeaveState;
  } Data;
};
C_ASSERT(offsetof(WDF_DEVICE_POWER_NOTIFICATION_DATA, Data.LeaveState.NewState) == 8);
C_ASSERT(sizeof(WDF_DEVICE_POWER_NOTIFICATION_DATA) == 12);
#if KMDF_VERSION_MINOR <= 7
struct _WDF_DEVICE_POWER_POLICY_IDLE_SETTINGS {
  ULONG Size;
  WDF_POWER_POLICY_S0_IDLE_CAPABILITIES IdleCaps;
  DEVICE_POWER_STATE DxState;
  ULONG IdleTimeout;
  WDF_POWER_POLICY_S0_IDLE_USER_CONTROL UserControlOfIdleSettings;
  WDF_TRI_STATE Enabled;
};
C_ASSERT(offsetof(WDF_DEVICE_POWER_POLICY_IDLE_SETTINGS, Enabled) == 20);
C_ASSERT(sizeof(WDF_DEVICE_POWER_POLICY_IDLE_SETTINGS) == 24);
#elif KMDF_VERSION_MINOR <= 9
struct _WDF_DEVICE_POWER_POLICY_IDLE_SETTINGS {
  ULONG Size;
  WDF_POWER_POLICY_S0_IDLE_CAPABILITIES IdleCaps;
  DEVICE_POWER_STATE DxState;
  ULONG IdleTimeout;
  WDF_POWER_POLICY_S0_IDLE_USER_CONTROL UserControlOfIdleSettings;
  WDF_TRI_STATE Enabled;
  WDF_TRI_STATE PowerUpIdleDeviceOnSystemWake;
};
C_ASSERT(offsetof(WDF_DEVICE_POWER_POLICY_IDLE_SETTINGS, PowerUpIdleDeviceOnSystemWake) == 24);
C_ASSERT(sizeof(WDF_DEVICE_POWER_POLICY_IDLE_SETTINGS) == 28);
#else
struct _WDF_DEVICE_POWER_POLICY_IDLE_SETTINGS {
  ULONG Size;
  WDF_POWER_POLICY_S0_IDLE_CAPABILITIES IdleCaps;
  DEVICE_POWER_STATE DxState;
  ULONG IdleTimeout;
  WDF_POWER_POLICY_S0_IDLE_USER_CONTROL UserControlOfIdleSettings;
  WDF_TRI_STATE Enabled;
  WDF_TRI_STATE PowerUpIdleDeviceOnSystemWake;
  WDF_POWER_POLICY_IDLE_TIMEOUT_TYPE IdleTimeoutType;
  WDF_TRI_STATE ExcludeD3Cold;
};
C_ASSERT(offsetof(WDF_DEVICE_POWER_POLICY_IDLE_SETTINGS, ExcludeD3Cold) == 32);
C_ASSERT(sizeof(WDF_DEVICE_POWER_POLICY_IDLE_SETTINGS) == 36);
#endif
struct _WDF_DEVICE_POWER_POLICY_NOTIFICATION_DATA {
  WDF_STATE_NOTIFICATION_TYPE Type;
  union {
    struct {
      WDF_DEVICE_POWER_POLICY_STATE CurrentState;
      WDF_DEVICE_POWER_POLICY_STATE NewState;
    } EnterState;
    struct {
      WDF_DEVICE_POWER_POLICY_STATE CurrentState;
    } PostProcessState;
    struct {
      WDF_DEVICE_POWER_POLICY_STATE CurrentState;
      WDF_DEVICE_POWER_POLICY_STATE NewState;
    } LeaveState;
  } Data;
};
C_ASSERT(offsetof(WDF_DEVICE_POWER_POLICY_NOTIFICATION_DATA, Data.LeaveState.NewState) == 8);
C_ASSERT(sizeof(WDF_DEVICE_POWER_POLICY_NOTIFICATION_DATA) == 12);
#if KMDF_VERSION_MINOR <= 5
struct _WDF_DEVICE_POWER_POLICY_WAKE_SETTINGS {
  ULONG Size;
  DEVICE_POWER_STATE DxState;
  WDF_POWER_POLICY_SX_WAKE_USER_CONTROL UserControlOfWakeSettings;
  WDF_TRI_STATE Enabled;
};
C_ASSERT(offsetof(WDF_DEVICE_POWER_POLICY_WAKE_SETTINGS, Enabled) == 12);
C_ASSERT(sizeof(WDF_DEVICE_POWER_POLICY_WAKE_SETTINGS) == 16);
#else
struct _WDF_DEVICE_POWER_POLICY_WAKE_SETTINGS {
  ULONG Size;
  DEVICE_POWER_STATE DxState;
  WDF_POWER_POLICY_SX_WAKE_USER_CONTROL UserControlOfWakeSettings;
  WDF_TRI_STATE Enabled;
  BOOLEAN ArmForWakeIfChildrenAreArmedForWake;
  BOOLEAN IndicateChildWakeOnParentWake;
};
C_ASSERT(offsetof(WDF_DEVICE_POWER_POLICY_WAKE_SETTINGS, IndicateChildWakeOnParentWake) == 17);
C_ASSERT(sizeof(WDF_DEVICE_POWER_POLICY_WAKE_SETTINGS) == 20);
#endif
struct _WDF_DEVICE_PROPERTY_DATA {
  ULONG Size;
  const DEVPROPKEY* PropertyKey;
  LCID Lcid;
  ULONG Flags;
};
C_ASSERT(offsetof(WDF_DEVICE_PROPERTY_DATA, Flags) == 20);
C_ASSERT(sizeof(WDF_DEVICE_PROPERTY_DATA) == 24);
#if KMDF_VERSION_MINOR <= 9
struct _WDF_DMA_ENABLER_CONFIG {
  ULONG Size;
  WDF_DMA_PROFILE Profile;
  size_t MaximumLength;
  PFN_WDF_DMA_ENABLER_FILL EvtDmaEnablerFill;
  PFN_WDF_DMA_ENABLER_FLUSH EvtDmaEnablerFlush;
  PFN_WDF_DMA_ENABLER_DISABLE EvtDmaEnablerDisable;
  PFN_WDF_DMA_ENABLER_ENABLE EvtDmaEnablerEnable;
  PFN_WDF_DMA_ENABLER_SELFMANAGED_IO_START EvtDmaEnablerSelfManagedIoStart;
  PFN_WDF_DMA_ENABLER_SELFMANAGED_IO_STOP EvtDmaEnablerSelfManagedIoStop;
};
C_ASSERT(offsetof(WDF_DMA_ENABLER_CONFIG, EvtDmaEnablerSelfManagedIoStop) == 56);
C_ASSERT(sizeof(WDF_DMA_ENABLER_CONFIG) == 64);
#else
struct _WDF_DMA_ENABLER_CONFIG {
  ULONG Size;
  WDF_DMA_PROFILE Profile;
  size_t MaximumLength;
  PFN_WDF_DMA_ENABLER_FILL EvtDmaEnablerFill;
  PFN_WDF_DMA_ENABLER_FLUSH EvtDmaEnablerFlush;
  PFN_WDF_DMA_ENABLER_DISABLE EvtDmaEnablerDisable;
  PFN_WDF_DMA_ENABLER_ENABLE EvtDmaEnablerEnable;
  PFN_WDF_DMA_ENABLER_SELFMANAGED_IO_START EvtDmaEnablerSelfManagedIoStart;
  PFN_WDF_DMA_ENABLER_SELFMANAGED_IO_STOP EvtDmaEnablerSelfManagedIoStop;
  ULONG AddressWidthOverride;
  ULONG WdmDmaVersionOverride;
  ULONG Flags;
};
C_ASSERT(offsetof(WDF_DMA_ENABLER_CONFIG, Flags) == 72);
C_ASSERT(sizeof(WDF_DMA_ENABLER_CONFIG) == 80);
#endif
struct _WDF_DMA_SYSTEM_PROFILE_CONFIG {
  ULONG Size;
  BOOLEAN DemandMode;
  BOOLEAN LoopedTransfer;
  DMA_WIDTH DmaWidth;
  LARGE_INTEGER DeviceAddress;
  PCM_PARTIAL_RESOURCE_DESCRIPTOR DmaDescriptor;
};
C_ASSERT(offsetof(WDF_DMA_SYSTEM_PROFILE_CONFIG, DmaDescriptor) == 24);
C_ASSERT(sizeof(WDF_DMA_SYSTEM_PROFILE_CONFIG) == 32);
struct _WDF_FDO_EVENT_CALLBACKS {
  ULONG Size;
  PFN_WDF_DEVICE_FILTER_RESOURCE_REQUIREMENTS EvtDeviceFilterAddResourceRequirements;
  PFN_WDF_DEVICE_FILTER_RESOURCE_REQUIREMENTS EvtDeviceFilterRemoveResourceRequirements;
  PFN_WDF_DEVICE_REMOVE_ADDED_RESOURCES EvtDeviceRemoveAddedResources;
};
C_ASSERT(offsetof(WDF_FDO_EVENT_CALLBACKS, EvtDeviceRemoveAddedResources) == 24);
C_ASSERT(sizeof(WDF_FDO_EVENT_CALLBACKS) == 32);
#if KMDF_VERSION_MINOR <= 9
struct _WDF_INTERRUPT_CONFIG {
  ULONG Size;
  WDFSPINLOCK SpinLock;
  WDF_TRI_STATE ShareVector;
  BOOLEAN FloatingSave;
  BOOLEAN AutomaticSerialization;
  PFN_WDF_INTERRUPT_ISR EvtInterruptIsr;
  PFN_WDF_INTERRUPT_DPC EvtInterruptDpc;
  PFN_WDF_INTERRUPT_ENABLE EvtInterruptEnable;
  PFN_WDF_INTERRUPT_DISABLE EvtInterruptDisable;
};
C_ASSERT(offsetof(WDF_INTERRUPT_CONFIG, EvtInterruptDisable) == 48);
C_ASSERT(sizeof(WDF_INTERRUPT_CONFIG) == 56);
#elif KMDF_VERSION_MINOR <= 11
struct _WDF_INTERRUPT_CONFIG {
  ULONG Size;
  WDFSPINLOCK SpinLock;
  WDF_TRI_STATE ShareVector;
  BOOLEAN FloatingSave;
  BOOLEAN AutomaticSerialization;
  PFN_WDF_INTERRUPT_ISR EvtInterruptIsr;
  PFN_WDF_INTERRUPT_DPC EvtInterruptDpc;
  PFN_WDF_INTERRUPT_ENABLE EvtInterruptEnable;
  PFN_WDF_INTERRUPT_DISABLE EvtInterruptDisable;
  PFN_WDF_INTERRUPT_WORKITEM EvtInterruptWorkItem;
  PCM_PARTIAL_RESOURCE_DESCRIPTOR InterruptRaw;
  PCM_PARTIAL_RESOURCE_DESCRIPTOR InterruptTranslated;
  WDFWAITLOCK WaitLock;
  BOOLEAN PassiveHandling;
  WDF_TRI_STATE ReportInactiveOnPowerDown;
};
C_ASSERT(offsetof(WDF_INTERRUPT_CONFIG, ReportInactiveOnPowerDown) == 92);
C_ASSERT(sizeof(WDF_INTERRUPT_CONFIG) == 96);
#else
struct _WDF_INTERRUPT_CONFIG {
  ULONG Size;
  WDFSPINLOCK SpinLock;
  WDF_TRI_STATE ShareVector;
  BOOLEAN FloatingSave;
  BOOLEAN AutomaticSerialization;
  PFN_WDF_INTERRUPT_ISR EvtInterruptIsr;
  PFN_WDF_INTERRUPT_DPC EvtInterruptDpc;
  PFN_WDF_INTERRUPT_ENABLE EvtInterruptEnable;
  PFN_WDF_INTERRUPT_DISABLE EvtInterruptDisable;
  PFN_WDF_INTERRUPT_WORKITEM EvtInterruptWorkItem;
  PCM_PARTIAL_RESOURCE_DESCRIPTOR InterruptRaw;
  PCM_PARTIAL_RESOURCE_DESCRIPTOR InterruptTranslated;
  WDFWAITLOCK WaitLock;
  BOOLEAN PassiveHandling;
  WDF_TRI_STATE ReportInactiveOnPowerDown;
  BOOLEAN CanWakeDevice;
};
C_ASSERT(offsetof(WDF_INTERRUPT_CONFIG, CanWakeDevice) == 96);
C_ASSERT(sizeof(WDF_INTERRUPT_CONFIG) == 104);
#endif
struct _WDF_INTERRUPT_EXTENDED_POLICY {
  ULONG Size;
  WDF_INTERRUPT_POLICY Policy;
  WDF_INTERRUPT_PRIORITY Priority;
  GROUP_AFFINITY TargetProcessorSetAndGroup;
};
C_ASSERT(offsetof(WDF_INTERRUPT_EXTENDED_POLICY, TargetProcessorSetAndGroup) == 16);
C_ASSERT(sizeof(WDF_INTERRUPT_EXTENDED_POLICY) == 32);
#if KMDF_VERSION_MINOR <= 7
struct _WDF_INTERRUPT_INFO {
  ULONG Size;
  ULONG64 Reserved1;
  KAFFINITY TargetProcessorSet;
  ULONG Reserved2;
  ULONG MessageNumber;
  ULONG Vector;
  KIRQL Irql;
  KINTERRUPT_MODE Mode;
  WDF_INTERRUPT_POLARITY Polarity;
  BOOLEAN MessageSignaled;
  UCHAR ShareDisposition;
};
C_ASSERT(offsetof(WDF_INTERRUPT_INFO, ShareDisposition) == 49);
C_ASSERT(sizeof(WDF_INTERRUPT_INFO) == 56);
#else
struct _WDF_INTERRUPT_INFO {
  ULONG Size;
  ULONG64 Reserved1;
  KAFFINITY TargetProcessorSet;
  ULONG Reserved2;
  ULONG MessageNumber;
  ULONG Vector;
  KIRQL Irql;
  KINTERRUPT_MODE Mode;
  WDF_INTERRUPT_POLARITY Polarity;
  BOOLEAN MessageSignaled;
  UCHAR ShareDisposition;
  DECLSPEC_ALIGN(8) USHORT Group;
};
C_ASSERT(offsetof(WDF_INTERRUPT_INFO, Group) == 56);
C_ASSERT(sizeof(WDF_INTERRUPT_INFO) == 64);
#endif
#if KMDF_VERSION_MINOR <= 9
struct _WDF_PDO_EVENT_CALLBACKS {
  ULONG Size;
  PFN_WDF_DEVICE_RESOURCES_QUERY EvtDeviceResourcesQuery;
  PFN_WDF_DEVICE_RESOURCE_REQUIREMENTS_QUERY EvtDeviceResourceRequirementsQuery;
  PFN_WDF_DEVICE_EJECT EvtDeviceEject;
  PFN_WDF_DEVICE_SET_LOCK EvtDeviceSetLock;
  PFN_WDF_DEVICE_ENABLE_WAKE_AT_BUS EvtDeviceEnableWakeAtBus;
  PFN_WDF_DEVICE_DISABLE_WAKE_AT_BUS EvtDeviceDisableWakeAtBus;
};
C_ASSERT(offsetof(WDF_PDO_EVENT_CALLBACKS, EvtDeviceDisableWakeAtBus) == 48);
C_ASSERT(sizeof(WDF_PDO_EVENT_CALLBACKS) == 56);
#else
struct _WDF_PDO_EVENT_CALLBACKS {
  ULONG Size;
  PFN_WDF_DEVICE_RESOURCES_QUERY EvtDeviceResourcesQuery;
  PFN_WDF_DEVICE_RESOURCE_REQUIREMENTS_QUERY EvtDeviceResourceRequirementsQuery;
  PFN_WDF_DEVICE_EJECT EvtDeviceEject;
  PFN_WDF_DEVICE_SET_LOCK EvtDeviceSetLock;
  PFN_WDF_DEVICE_ENABLE_WAKE_AT_BUS EvtDeviceEnableWakeAtBus;
  PFN_WDF_DEVICE_DISABLE_WAKE_AT_BUS EvtDeviceDisableWakeAtBus;
  PFN_WDF_DEVICE_REPORTED_MISSING EvtDeviceReportedMissing;
};
C_ASSERT(offsetof(WDF_PDO_EVENT_CALLBACKS, EvtDeviceReportedMissing) == 56);
C_ASSERT(sizeof(WDF_PDO_EVENT_CALLBACKS) == 64);
#endif
#if KMDF_VERSION_MINOR <= 31
struct _WDF_POWER_FRAMEWORK_SETTINGS {
  ULONG Size;
  PFN_WDFDEVICE_WDM_POST_PO_FX_REGISTER_DEVICE EvtDeviceWdmPostPoFxRegisterDevice;
  PFN_WDFDEVICE_WDM_PRE_PO_FX_UNREGISTER_DEVICE EvtDeviceWdmPrePoFxUnregisterDevice;
  PPO_FX_COMPONENT Component;
  PPO_FX_COMPONENT_ACTIVE_CONDITION_CALLBACK ComponentActiveConditionCallback;
  PPO_FX_COMPONENT_IDLE_CONDITION_CALLBACK ComponentIdleConditionCallback;
  PPO_FX_COMPONENT_IDLE_STATE_CALLBACK ComponentIdleStateCallback;
  PPO_FX_POWER_CONTROL_CALLBACK PowerControlCallback;
  PVOID PoFxDeviceContext;
};
C_ASSERT(offsetof(WDF_POWER_FRAMEWORK_SETTINGS, PoFxDeviceContext) == 64);
C_ASSERT(sizeof(WDF_POWER_FRAMEWORK_SETTINGS) == 72);
#else
struct _WDF_POWER_FRAMEWORK_SETTINGS {
  ULONG Size;
  PFN_WDFDEVICE_WDM_POST_PO_FX_REGISTER_DEVICE EvtDeviceWdmPostPoFxRegisterDevice;
  PFN_WDFDEVICE_WDM_PRE_PO_FX_UNREGISTER_DEVICE EvtDeviceWdmPrePoFxUnregisterDevice;
  PPO_FX_COMPONENT Component;
  PPO_FX_COMPONENT_ACTIVE_CONDITION_CALLBACK ComponentActiveConditionCallback;
  PPO_FX_COMPONENT_IDLE_CONDITION_CALLBACK ComponentIdleConditionCallback;
  PPO_FX_COMPONENT_IDLE_STATE_CALLBACK ComponentIdleStateCallback;
  PPO_FX_POWER_CONTROL_CALLBACK PowerControlCallback;
  PVOID PoFxDeviceContext;
  ULONGLONG PoFxDeviceFlags;
  WDF_TRI_STATE DirectedPoFxEnabled;
};
C_ASSERT(offsetof(WDF_POWER_FRAMEWORK_SETTINGS, DirectedPoFxEnabled) == 80);
C_ASSERT(sizeof(WDF_POWER_FRAMEWORK_SETTINGS) == 88);
#endif
#if KMDF_VERSION_MINOR <= 5
struct _WDF_POWER_POLICY_EVENT_CALLBACKS {
  ULONG Size;
  PFN_WDF_DEVICE_ARM_WAKE_FROM_S0 EvtDeviceArmWakeFromS0;
  PFN_WDF_DEVICE_DISARM_WAKE_FROM_S0 EvtDeviceDisarmWakeFromS0;
  PFN_WDF_DEVICE_WAKE_FROM_S0_TRIGGERED EvtDeviceWakeFromS0Triggered;
  PFN_WDF_DEVICE_ARM_WAKE_FROM_SX EvtDeviceArmWakeFromSx;
  PFN_WDF_DEVICE_DISARM_WAKE_FROM_SX EvtDeviceDisarmWakeFromSx;
  PFN_WDF_DEVICE_WAKE_FROM_SX_TRIGGERED EvtDeviceWakeFromSxTriggered;
};
C_ASSERT(offsetof(WDF_POWER_POLICY_EVENT_CALLBACKS, EvtDeviceWakeFromSxTriggered) == 48);
C_ASSERT(sizeof(WDF_POWER_POLICY_EVENT_CALLBACKS) == 56);
#else
struct _WDF_POWER_POLICY_EVENT_CALLBACKS {
  ULONG Size;
  PFN_WDF_DEVICE_ARM_WAKE_FROM_S0 EvtDeviceArmWakeFromS0;
  PFN_WDF_DEVICE_DISARM_WAKE_FROM_S0 EvtDeviceDisarmWakeFromS0;
  PFN_WDF_DEVICE_WAKE_FROM_S0_TRIGGERED EvtDeviceWakeFromS0Triggered;
  PFN_WDF_DEVICE_ARM_WAKE_FROM_SX EvtDeviceArmWakeFromSx;
  PFN_WDF_DEVICE_DISARM_WAKE_FROM_SX EvtDeviceDisarmWakeFromSx;
  PFN_WDF_DEVICE_WAKE_FROM_SX_TRIGGERED EvtDeviceWakeFromSxTriggered;
  PFN_WDF_DEVICE_ARM_WAKE_FROM_SX_WITH_REASON EvtDeviceArmWakeFromSxWithReason;
};
C_ASSERT(offsetof(WDF_POWER_POLICY_EVENT_CALLBACKS, EvtDeviceArmWakeFromSxWithReason) == 56);
C_ASSERT(sizeof(WDF_POWER_POLICY_EVENT_CALLBACKS) == 64);
#endif
struct _WDF_QUERY_INTERFACE_CONFIG {
  ULONG Size;
  PINTERFACE Interface;
  const GUID* InterfaceType;
  BOOLEAN SendQueryToParentStack;
  PFN_WDF_DEVICE_PROCESS_QUERY_INTERFACE_REQUEST EvtDeviceProcessQueryInterfaceRequest;
  BOOLEAN ImportInterface;
};
C_ASSERT(offsetof(WDF_QUERY_INTERFACE_CONFIG, ImportInterface) == 40);
C_ASSERT(sizeof(WDF_QUERY_INTERFACE_CONFIG) == 48);
struct _WDF_REMOVE_LOCK_OPTIONS {
  ULONG Size;
  ULONG Flags;
};
C_ASSERT(offsetof(WDF_REMOVE_LOCK_OPTIONS, Flags) == 4);
C_ASSERT(sizeof(WDF_REMOVE_LOCK_OPTIONS) == 8);

#ifdef __cplusplus
}
#endif

#endif  // WDK_DRIVER

// SPDX-License-Identifier: Apache-2.0
// Enumerations and flags of the framework.
#pragma once

#include "wdftypes.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef enum _WDF_BUGCHECK_CODES WDK_INT {
  WDF_POWER_ROUTINE_TIMED_OUT = 1,
  WDF_RECURSIVE_LOCK = 2,
  WDF_VERIFIER_FATAL_ERROR = 3,
  WDF_REQUIRED_PARAMETER_IS_NULL = 4,
  WDF_INVALID_HANDLE = 5,
  WDF_REQUEST_FATAL_ERROR = 6,
  WDF_OBJECT_ERROR = 7,
  WDF_DMA_FATAL_ERROR = 8,
  WDF_INVALID_INTERRUPT = 9,
  WDF_QUEUE_FATAL_ERROR = 10,
  WDF_INVALID_LOCK_OPERATION = 11,
  WDF_PNP_FATAL_ERROR = 12,
  WDF_POWER_MULTIPLE_PPO = 13,
  WDF_VERIFIER_IRQL_MISMATCH = 14,
  WDF_VERIFIER_CRITICAL_REGION_MISMATCH = 15,
  WDF_API_UNAVAILABLE = 16,
} WDF_BUGCHECK_CODES;
typedef WDF_BUGCHECK_CODES* PWDF_BUGCHECK_CODES;

typedef enum _WDF_REQUEST_FATAL_ERROR_CODES WDK_INT {
  WDF_REQUEST_FATAL_ERROR_NO_MORE_STACK_LOCATIONS = 1,
  WDF_REQUEST_FATAL_ERROR_NULL_IRP = 2,
  WDF_REQUEST_FATAL_ERROR_REQUEST_ALREADY_SENT = 3,
  WDF_REQUEST_FATAL_ERROR_INFORMATION_LENGTH_MISMATCH = 4,
  WDF_REQUEST_FATAL_ERROR_REQUEST_NOT_IN_QUEUE = 5,
} WDF_REQUEST_FATAL_ERROR_CODES;
typedef WDF_REQUEST_FATAL_ERROR_CODES* PWDF_REQUEST_FATAL_ERROR_CODES;

typedef enum _WDF_CHILD_LIST_RETRIEVE_DEVICE_STATUS WDK_INT {
  WdfChildListRetrieveDeviceUndefined = 0,
  WdfChildListRetrieveDeviceSuccess = 1,
  WdfChildListRetrieveDeviceNotYetCreated = 2,
  WdfChildListRetrieveDeviceNoSuchDevice = 3,
} WDF_CHILD_LIST_RETRIEVE_DEVICE_STATUS;
typedef WDF_CHILD_LIST_RETRIEVE_DEVICE_STATUS* PWDF_CHILD_LIST_RETRIEVE_DEVICE_STATUS;

typedef enum _WDF_RETRIEVE_CHILD_FLAGS WDK_INT {
  WdfRetrieveUnspecified = 0,
  WdfRetrievePresentChildren = 1,
  WdfRetrieveMissingChildren = 2,
  WdfRetrievePendingChildren = 4,
  WdfRetrieveAddedChildren = 5,
  WdfRetrieveAllChildren = 7,
} WDF_RETRIEVE_CHILD_FLAGS;
typedef WDF_RETRIEVE_CHILD_FLAGS* PWDF_RETRIEVE_CHILD_FLAGS;

typedef enum _WDF_TASK_SEND_OPTIONS_FLAGS WDK_INT {
  WDF_TASK_SEND_OPTION_TIMEOUT = 1,
  WDF_TASK_SEND_OPTION_SYNCHRONOUS = 2,
} WDF_TASK_SEND_OPTIONS_FLAGS;
typedef WDF_TASK_SEND_OPTIONS_FLAGS* PWDF_TASK_SEND_OPTIONS_FLAGS;

typedef enum _WDF_DEVICE_SHUTDOWN_FLAGS WDK_INT {
  WdfDeviceShutdown = 1,
  WdfDeviceLastChanceShutdown = 2,
} WDF_DEVICE_SHUTDOWN_FLAGS;
typedef WDF_DEVICE_SHUTDOWN_FLAGS* PWDF_DEVICE_SHUTDOWN_FLAGS;

typedef enum _WDF_DEVICE_STATE_FLAGS WDK_INT {
  WdfDevStateNP = 32768,
} WDF_DEVICE_STATE_FLAGS;
typedef WDF_DEVICE_STATE_FLAGS* PWDF_DEVICE_STATE_FLAGS;

typedef enum _WDF_STATE_NOTIFICATION_TYPE WDK_INT {
  StateNotificationInvalid = 0,
  StateNotificationEnterState = 1,
  StateNotificationPostProcessState = 2,
  StateNotificationLeaveState = 4,
  StateNotificationAllStates = 7,
} WDF_STATE_NOTIFICATION_TYPE;
typedef WDF_STATE_NOTIFICATION_TYPE* PWDF_STATE_NOTIFICATION_TYPE;

typedef enum _WDF_POWER_POLICY_S0_IDLE_CAPABILITIES WDK_INT {
  IdleCapsInvalid = 0,
  IdleCannotWakeFromS0 = 1,
  IdleCanWakeFromS0 = 2,
  IdleUsbSelectiveSuspend = 3,
} WDF_POWER_POLICY_S0_IDLE_CAPABILITIES;
typedef WDF_POWER_POLICY_S0_IDLE_CAPABILITIES* PWDF_POWER_POLICY_S0_IDLE_CAPABILITIES;

typedef enum _WDF_POWER_POLICY_S0_IDLE_USER_CONTROL WDK_INT {
  IdleUserControlInvalid = 0,
  IdleDoNotAllowUserControl = 1,
  IdleAllowUserControl = 2,
} WDF_POWER_POLICY_S0_IDLE_USER_CONTROL;
typedef WDF_POWER_POLICY_S0_IDLE_USER_CONTROL* PWDF_POWER_POLICY_S0_IDLE_USER_CONTROL;

typedef enum _WDF_POWER_POLICY_IDLE_TIMEOUT_CONSTANTS WDK_INT {
  IdleTimeoutDefaultConstant = 0,
} WDF_POWER_POLICY_IDLE_TIMEOUT_CONSTANTS;
typedef WDF_POWER_POLICY_IDLE_TIMEOUT_CONSTANTS* PWDF_POWER_POLICY_IDLE_TIMEOUT_CONSTANTS;

typedef enum _WDF_POWER_POLICY_SX_WAKE_USER_CONTROL WDK_INT {
  WakeUserControlInvalid = 0,
  WakeDoNotAllowUserControl = 1,
  WakeAllowUserControl = 2,
} WDF_POWER_POLICY_SX_WAKE_USER_CONTROL;
typedef WDF_POWER_POLICY_SX_WAKE_USER_CONTROL* PWDF_POWER_POLICY_SX_WAKE_USER_CONTROL;

typedef enum _WDF_POWER_DEVICE_STATE WDK_INT {
  WdfPowerDeviceInvalid = 0,
  WdfPowerDeviceD0 = 1,
  WdfPowerDeviceD1 = 2,
  WdfPowerDeviceD2 = 3,
  WdfPowerDeviceD3 = 4,
  WdfPowerDeviceD3Final = 5,
  WdfPowerDevicePrepareForHibernation = 6,
  WdfPowerDeviceMaximum = 7,
} WDF_POWER_DEVICE_STATE;
typedef WDF_POWER_DEVICE_STATE* PWDF_POWER_DEVICE_STATE;

typedef enum _WDF_DISPATCH_IRP_TO_IO_QUEUE_FLAGS WDK_INT {
  WDF_DISPATCH_IRP_TO_IO_QUEUE_NO_FLAGS = 0,
  WDF_DISPATCH_IRP_TO_IO_QUEUE_INVOKE_INCALLERCTX_CALLBACK = 1,
  WDF_DISPATCH_IRP_TO_IO_QUEUE_PREPROCESSED_IRP = 2,
} WDF_DISPATCH_IRP_TO_IO_QUEUE_FLAGS;
typedef WDF_DISPATCH_IRP_TO_IO_QUEUE_FLAGS* PWDF_DISPATCH_IRP_TO_IO_QUEUE_FLAGS;

typedef enum _WDF_SPECIAL_FILE_TYPE WDK_INT {
  WdfSpecialFileUndefined = 0,
  WdfSpecialFilePaging = 1,
  WdfSpecialFileHibernation = 2,
  WdfSpecialFileDump = 3,
  WdfSpecialFileBoot = 4,
  WdfSpecialFilePostDisplay = 5,
  WdfSpecialFileGuestAssigned = 6,
  WdfSpecialFileMax = 7,
} WDF_SPECIAL_FILE_TYPE;
typedef WDF_SPECIAL_FILE_TYPE* PWDF_SPECIAL_FILE_TYPE;

typedef enum _WDF_DEVICE_IO_TYPE WDK_INT {
  WdfDeviceIoUndefined = 0,
  WdfDeviceIoNeither = 1,
  WdfDeviceIoBuffered = 2,
  WdfDeviceIoDirect = 3,
  WdfDeviceIoBufferedOrDirect = 4,
  WdfDeviceIoMaximum = 5,
} WDF_DEVICE_IO_TYPE;
typedef WDF_DEVICE_IO_TYPE* PWDF_DEVICE_IO_TYPE;

typedef enum _WDF_FILEOBJECT_CLASS WDK_INT {
  WdfFileObjectInvalid = 0,
  WdfFileObjectNotRequired = 1,
  WdfFileObjectWdfCanUseFsContext = 2,
  WdfFileObjectWdfCanUseFsContext2 = 3,
  WdfFileObjectWdfCannotUseFsContexts = 4,
  WdfFileObjectCanBeOptional = -2147483648,
} WDF_FILEOBJECT_CLASS;
typedef WDF_FILEOBJECT_CLASS* PWDF_FILEOBJECT_CLASS;

typedef enum _WDF_DEVICE_FAILED_ACTION WDK_INT {
  WdfDeviceFailedUndefined = 0,
  WdfDeviceFailedAttemptRestart = 1,
  WdfDeviceFailedNoRestart = 2,
} WDF_DEVICE_FAILED_ACTION;
typedef WDF_DEVICE_FAILED_ACTION* PWDF_DEVICE_FAILED_ACTION;

typedef enum _WDF_RELEASE_HARDWARE_ORDER_ON_FAILURE WDK_INT {
  WdfReleaseHardwareOrderOnFailureInvalid = 0,
  WdfReleaseHardwareOrderOnFailureEarly = 1,
  WdfReleaseHardwareOrderOnFailureAfterDescendants = 2,
} WDF_RELEASE_HARDWARE_ORDER_ON_FAILURE;
typedef WDF_RELEASE_HARDWARE_ORDER_ON_FAILURE* PWDF_RELEASE_HARDWARE_ORDER_ON_FAILURE;

typedef enum _WDF_POWER_POLICY_IDLE_TIMEOUT_TYPE WDK_INT {
  DriverManagedIdleTimeout = 0,
  SystemManagedIdleTimeout = 1,
  SystemManagedIdleTimeoutWithHint = 2,
} WDF_POWER_POLICY_IDLE_TIMEOUT_TYPE;
typedef WDF_POWER_POLICY_IDLE_TIMEOUT_TYPE* PWDF_POWER_POLICY_IDLE_TIMEOUT_TYPE;

typedef enum _WDF_REMOVE_LOCK_OPTIONS_FLAGS WDK_INT {
  WDF_REMOVE_LOCK_OPTION_ACQUIRE_FOR_IO = 1,
} WDF_REMOVE_LOCK_OPTIONS_FLAGS;
typedef WDF_REMOVE_LOCK_OPTIONS_FLAGS* PWDF_REMOVE_LOCK_OPTIONS_FLAGS;

typedef enum _WDF_DMA_PROFILE WDK_INT {
  WdfDmaProfileInvalid = 0,
  WdfDmaProfilePacket = 1,
  WdfDmaProfileScatterGather = 2,
  WdfDmaProfilePacket64 = 3,
  WdfDmaProfileScatterGather64 = 4,
  WdfDmaProfileScatterGatherDuplex = 5,
  WdfDmaProfileScatterGather64Duplex = 6,
  WdfDmaProfileSystem = 7,
  WdfDmaProfileSystemDuplex = 8,
} WDF_DMA_PROFILE;
typedef WDF_DMA_PROFILE* PWDF_DMA_PROFILE;

typedef enum _WDF_DMA_DIRECTION WDK_INT {
  WdfDmaDirectionReadFromDevice = 0,
  WdfDmaDirectionWriteToDevice = 1,
} WDF_DMA_DIRECTION;
typedef WDF_DMA_DIRECTION* PWDF_DMA_DIRECTION;

typedef enum _WDF_DMA_ENABLER_CONFIG_FLAGS WDK_INT {
  WDF_DMA_ENABLER_CONFIG_NO_SGLIST_PREALLOCATION = 1,
  WDF_DMA_ENABLER_CONFIG_REQUIRE_SINGLE_TRANSFER = 2,
} WDF_DMA_ENABLER_CONFIG_FLAGS;
typedef WDF_DMA_ENABLER_CONFIG_FLAGS* PWDF_DMA_ENABLER_CONFIG_FLAGS;

typedef enum _WDF_DRIVER_INIT_FLAGS WDK_INT {
  WdfDriverInitNonPnpDriver = 1,
  WdfDriverInitNoDispatchOverride = 2,
  WdfVerifyOn = 4,
  WdfVerifierOn = 8,
  WdfDriverInitCompanion = 16,
} WDF_DRIVER_INIT_FLAGS;
typedef WDF_DRIVER_INIT_FLAGS* PWDF_DRIVER_INIT_FLAGS;

typedef enum _WDF_INTERRUPT_POLARITY WDK_INT {
  WdfInterruptPolarityUnknown = 0,
  WdfInterruptActiveHigh = 1,
  WdfInterruptActiveLow = 2,
} WDF_INTERRUPT_POLARITY;
typedef WDF_INTERRUPT_POLARITY* PWDF_INTERRUPT_POLARITY;

typedef enum _WDF_INTERRUPT_POLICY WDK_INT {
  WdfIrqPolicyMachineDefault = 0,
  WdfIrqPolicyAllCloseProcessors = 1,
  WdfIrqPolicyOneCloseProcessor = 2,
  WdfIrqPolicyAllProcessorsInMachine = 3,
  WdfIrqPolicySpecifiedProcessors = 4,
  WdfIrqPolicySpreadMessagesAcrossAllProcessors = 5,
} WDF_INTERRUPT_POLICY;
typedef WDF_INTERRUPT_POLICY* PWDF_INTERRUPT_POLICY;

typedef enum _WDF_INTERRUPT_PRIORITY WDK_INT {
  WdfIrqPriorityUndefined = 0,
  WdfIrqPriorityLow = 1,
  WdfIrqPriorityNormal = 2,
  WdfIrqPriorityHigh = 3,
} WDF_INTERRUPT_PRIORITY;
typedef WDF_INTERRUPT_PRIORITY* PWDF_INTERRUPT_PRIORITY;

typedef enum _WDF_IO_QUEUE_DISPATCH_TYPE WDK_INT {
  WdfIoQueueDispatchInvalid = 0,
  WdfIoQueueDispatchSequential = 1,
  WdfIoQueueDispatchParallel = 2,
  WdfIoQueueDispatchManual = 3,
  WdfIoQueueDispatchMax = 4,
} WDF_IO_QUEUE_DISPATCH_TYPE;
typedef WDF_IO_QUEUE_DISPATCH_TYPE* PWDF_IO_QUEUE_DISPATCH_TYPE;

typedef enum _WDF_IO_QUEUE_STATE WDK_INT {
  WdfIoQueueAcceptRequests = 1,
  WdfIoQueueDispatchRequests = 2,
  WdfIoQueueNoRequests = 4,
  WdfIoQueueDriverNoRequests = 8,
  WdfIoQueuePnpHeld = 16,
} WDF_IO_QUEUE_STATE;
typedef WDF_IO_QUEUE_STATE* PWDF_IO_QUEUE_STATE;

typedef enum _WDF_IO_FORWARD_PROGRESS_ACTION WDK_INT {
  WdfIoForwardProgressActionInvalid = 0,
  WdfIoForwardProgressActionFailRequest = 1,
  WdfIoForwardProgressActionUseReservedRequest = 2,
} WDF_IO_FORWARD_PROGRESS_ACTION;
typedef WDF_IO_FORWARD_PROGRESS_ACTION* PWDF_IO_FORWARD_PROGRESS_ACTION;

typedef enum _WDF_IO_FORWARD_PROGRESS_RESERVED_POLICY WDK_INT {
  WdfIoForwardProgressInvalidPolicy = 0,
  WdfIoForwardProgressReservedPolicyAlwaysUseReservedRequest = 1,
  WdfIoForwardProgressReservedPolicyUseExamine = 2,
  WdfIoForwardProgressReservedPolicyPagingIO = 3,
} WDF_IO_FORWARD_PROGRESS_RESERVED_POLICY;
typedef WDF_IO_FORWARD_PROGRESS_RESERVED_POLICY* PWDF_IO_FORWARD_PROGRESS_RESERVED_POLICY;

typedef enum _WDF_IO_TARGET_STATE WDK_INT {
  WdfIoTargetStateUndefined = 0,
  WdfIoTargetStarted = 1,
  WdfIoTargetStopped = 2,
  WdfIoTargetClosedForQueryRemove = 3,
  WdfIoTargetClosed = 4,
  WdfIoTargetDeleted = 5,
  WdfIoTargetPurged = 6,
} WDF_IO_TARGET_STATE;
typedef WDF_IO_TARGET_STATE* PWDF_IO_TARGET_STATE;

typedef enum _WDF_IO_TARGET_OPEN_TYPE WDK_INT {
  WdfIoTargetOpenUndefined = 0,
  WdfIoTargetOpenUseExistingDevice = 1,
  WdfIoTargetOpenByName = 2,
  WdfIoTargetOpenReopen = 3,
  WdfIoTargetOpenLocalTargetByFile = 4,
} WDF_IO_TARGET_OPEN_TYPE;
typedef WDF_IO_TARGET_OPEN_TYPE* PWDF_IO_TARGET_OPEN_TYPE;

typedef enum _WDF_IO_TARGET_SENT_IO_ACTION WDK_INT {
  WdfIoTargetSentIoUndefined = 0,
  WdfIoTargetCancelSentIo = 1,
  WdfIoTargetWaitForSentIoToComplete = 2,
  WdfIoTargetLeaveSentIoPending = 3,
} WDF_IO_TARGET_SENT_IO_ACTION;
typedef WDF_IO_TARGET_SENT_IO_ACTION* PWDF_IO_TARGET_SENT_IO_ACTION;

typedef enum _WDF_IO_TARGET_PURGE_IO_ACTION WDK_INT {
  WdfIoTargetPurgeIoUndefined = 0,
  WdfIoTargetPurgeIoAndWait = 1,
  WdfIoTargetPurgeIo = 2,
} WDF_IO_TARGET_PURGE_IO_ACTION;
typedef WDF_IO_TARGET_PURGE_IO_ACTION* PWDF_IO_TARGET_PURGE_IO_ACTION;

typedef enum _WDF_MEMORY_DESCRIPTOR_TYPE WDK_INT {
  WdfMemoryDescriptorTypeInvalid = 0,
  WdfMemoryDescriptorTypeBuffer = 1,
  WdfMemoryDescriptorTypeMdl = 2,
  WdfMemoryDescriptorTypeHandle = 3,
} WDF_MEMORY_DESCRIPTOR_TYPE;
typedef WDF_MEMORY_DESCRIPTOR_TYPE* PWDF_MEMORY_DESCRIPTOR_TYPE;

typedef enum _WDF_EXECUTION_LEVEL WDK_INT {
  WdfExecutionLevelInvalid = 0,
  WdfExecutionLevelInheritFromParent = 1,
  WdfExecutionLevelPassive = 2,
  WdfExecutionLevelDispatch = 3,
} WDF_EXECUTION_LEVEL;
typedef WDF_EXECUTION_LEVEL* PWDF_EXECUTION_LEVEL;

typedef enum _WDF_SYNCHRONIZATION_SCOPE WDK_INT {
  WdfSynchronizationScopeInvalid = 0,
  WdfSynchronizationScopeInheritFromParent = 1,
  WdfSynchronizationScopeDevice = 2,
  WdfSynchronizationScopeQueue = 3,
  WdfSynchronizationScopeNone = 4,
} WDF_SYNCHRONIZATION_SCOPE;
typedef WDF_SYNCHRONIZATION_SCOPE* PWDF_SYNCHRONIZATION_SCOPE;

// Drivers in C++ declare this one before they include the framework, as an int.
#ifdef __cplusplus
typedef enum _WDF_REQUEST_TYPE : int {
#else
typedef enum _WDF_REQUEST_TYPE {
#endif
  WdfRequestTypeCreate = 0,
  WdfRequestTypeCreateNamedPipe = 1,
  WdfRequestTypeClose = 2,
  WdfRequestTypeRead = 3,
  WdfRequestTypeWrite = 4,
  WdfRequestTypeQueryInformation = 5,
  WdfRequestTypeSetInformation = 6,
  WdfRequestTypeQueryEA = 7,
  WdfRequestTypeSetEA = 8,
  WdfRequestTypeFlushBuffers = 9,
  WdfRequestTypeQueryVolumeInformation = 10,
  WdfRequestTypeSetVolumeInformation = 11,
  WdfRequestTypeDirectoryControl = 12,
  WdfRequestTypeFileSystemControl = 13,
  WdfRequestTypeDeviceControl = 14,
  WdfRequestTypeDeviceControlInternal = 15,
  WdfRequestTypeShutdown = 16,
  WdfRequestTypeLockControl = 17,
  WdfRequestTypeCleanup = 18,
  WdfRequestTypeCreateMailSlot = 19,
  WdfRequestTypeQuerySecurity = 20,
  WdfRequestTypeSetSecurity = 21,
  WdfRequestTypePower = 22,
  WdfRequestTypeSystemControl = 23,
  WdfRequestTypeDeviceChange = 24,
  WdfRequestTypeQueryQuota = 25,
  WdfRequestTypeSetQuota = 26,
  WdfRequestTypePnp = 27,
  WdfRequestTypeOther = 28,
  WdfRequestTypeUsb = 64,
  WdfRequestTypeNoFormat = 255,
  WdfRequestTypeMax = 256,
} WDF_REQUEST_TYPE;
typedef WDF_REQUEST_TYPE* PWDF_REQUEST_TYPE;

typedef enum _WDF_REQUEST_REUSE_FLAGS WDK_INT {
  WDF_REQUEST_REUSE_NO_FLAGS = 0,
  WDF_REQUEST_REUSE_SET_NEW_IRP = 1,
} WDF_REQUEST_REUSE_FLAGS;
typedef WDF_REQUEST_REUSE_FLAGS* PWDF_REQUEST_REUSE_FLAGS;

typedef enum _WDF_REQUEST_STOP_ACTION_FLAGS WDK_INT {
  WdfRequestStopActionInvalid = 0,
  WdfRequestStopActionSuspend = 1,
  WdfRequestStopActionPurge = 2,
  WdfRequestStopRequestCancelable = 268435456,
} WDF_REQUEST_STOP_ACTION_FLAGS;
typedef WDF_REQUEST_STOP_ACTION_FLAGS* PWDF_REQUEST_STOP_ACTION_FLAGS;

typedef enum _WDF_REQUEST_SEND_OPTIONS_FLAGS WDK_INT {
  WDF_REQUEST_SEND_OPTION_TIMEOUT = 1,
  WDF_REQUEST_SEND_OPTION_SYNCHRONOUS = 2,
  WDF_REQUEST_SEND_OPTION_IGNORE_TARGET_STATE = 4,
  WDF_REQUEST_SEND_OPTION_SEND_AND_FORGET = 8,
  WDF_REQUEST_SEND_OPTION_IMPERSONATE_CLIENT = 65536,
  WDF_REQUEST_SEND_OPTION_IMPERSONATION_IGNORE_FAILURE = 131072,
} WDF_REQUEST_SEND_OPTIONS_FLAGS;
typedef WDF_REQUEST_SEND_OPTIONS_FLAGS* PWDF_REQUEST_SEND_OPTIONS_FLAGS;

typedef enum _WDF_REQUEST_FORWARD_OPTIONS_FLAGS WDK_INT {
  WDF_REQUEST_FORWARD_OPTION_SEND_AND_FORGET = 1,
} WDF_REQUEST_FORWARD_OPTIONS_FLAGS;
typedef WDF_REQUEST_FORWARD_OPTIONS_FLAGS* PWDF_REQUEST_FORWARD_OPTIONS_FLAGS;

typedef enum _WDF_TRI_STATE WDK_INT {
  WdfFalse = 0,
  WdfTrue = 1,
  WdfUseDefault = 2,
} WDF_TRI_STATE;
typedef WDF_TRI_STATE* PWDF_TRI_STATE;

typedef enum _WDF_WMI_PROVIDER_CONTROL WDK_INT {
  WdfWmiControlInvalid = 0,
  WdfWmiEventControl = 1,
  WdfWmiInstanceControl = 2,
} WDF_WMI_PROVIDER_CONTROL;
typedef WDF_WMI_PROVIDER_CONTROL* PWDF_WMI_PROVIDER_CONTROL;

typedef enum _WDF_WMI_PROVIDER_FLAGS WDK_INT {
  WdfWmiProviderEventOnly = 1,
  WdfWmiProviderExpensive = 2,
  WdfWmiProviderTracing = 4,
  WdfWmiProviderValidFlags = 7,
} WDF_WMI_PROVIDER_FLAGS;
typedef WDF_WMI_PROVIDER_FLAGS* PWDF_WMI_PROVIDER_FLAGS;

#ifdef __cplusplus
}
#endif

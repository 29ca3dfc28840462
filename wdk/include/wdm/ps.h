// SPDX-License-Identifier: Apache-2.0
// Processes and threads: system threads, identifiers, notify routines.
#pragma once

#include "../ntdef.h"
#include "io.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct _PS_CREATE_NOTIFY_INFO {
  SIZE_T Size;
  union {
    ULONG Flags;
    struct {
      ULONG FileOpenNameAvailable : 1;
      ULONG IsSubsystemProcess : 1;
      ULONG Reserved : 30;
    };
  };
  HANDLE ParentProcessId;
  CLIENT_ID CreatingThreadId;
  FILE_OBJECT* FileObject;
  PCUNICODE_STRING ImageFileName;
  PCUNICODE_STRING CommandLine;
  NTSTATUS CreationStatus;
} PS_CREATE_NOTIFY_INFO, *PPS_CREATE_NOTIFY_INFO;

typedef struct _IMAGE_INFO {
  ULONG Properties;
  PVOID ImageBase;
  ULONG ImageSelector;
  SIZE_T ImageSize;
  ULONG ImageSectionNumber;
} IMAGE_INFO, *PIMAGE_INFO;

typedef enum _PSCREATEPROCESSNOTIFYTYPE WDK_INT {
  PsCreateProcessNotifySubsystems = 0,
} PSCREATEPROCESSNOTIFYTYPE;
typedef PSCREATEPROCESSNOTIFYTYPE* PPSCREATEPROCESSNOTIFYTYPE;

typedef VOID NTAPI CREATE_PROCESS_NOTIFY_ROUTINE(HANDLE ParentId, HANDLE ProcessId, BOOLEAN Create);
typedef CREATE_PROCESS_NOTIFY_ROUTINE* PCREATE_PROCESS_NOTIFY_ROUTINE;
typedef VOID NTAPI CREATE_PROCESS_NOTIFY_ROUTINE_EX(PEPROCESS Process, HANDLE ProcessId,
                                                    PPS_CREATE_NOTIFY_INFO CreateInfo);
typedef CREATE_PROCESS_NOTIFY_ROUTINE_EX* PCREATE_PROCESS_NOTIFY_ROUTINE_EX;
typedef VOID NTAPI CREATE_THREAD_NOTIFY_ROUTINE(HANDLE ProcessId, HANDLE ThreadId, BOOLEAN Create);
typedef CREATE_THREAD_NOTIFY_ROUTINE* PCREATE_THREAD_NOTIFY_ROUTINE;
typedef VOID NTAPI LOAD_IMAGE_NOTIFY_ROUTINE(PUNICODE_STRING FullImageName, HANDLE ProcessId,
                                             PIMAGE_INFO ImageInfo);
typedef LOAD_IMAGE_NOTIFY_ROUTINE* PLOAD_IMAGE_NOTIFY_ROUTINE;

_IRQL_requires_max_(PASSIVE_LEVEL) NTKERNELAPI NTSTATUS NTAPI
    PsCreateSystemThread(PHANDLE ThreadHandle, ULONG DesiredAccess,
                         POBJECT_ATTRIBUTES ObjectAttributes, HANDLE ProcessHandle,
                         PCLIENT_ID ClientId, PKSTART_ROUTINE StartRoutine, PVOID StartContext);
NTKERNELAPI VOID NTAPI PsDereferencePrimaryToken(PACCESS_TOKEN PrimaryToken);
NTKERNELAPI HANDLE NTAPI PsGetCurrentProcessId(void);
NTKERNELAPI HANDLE NTAPI PsGetCurrentThreadId(void);
NTKERNELAPI LONGLONG NTAPI PsGetProcessCreateTimeQuadPart(PEPROCESS Process);
_IRQL_requires_max_(APC_LEVEL) NTKERNELAPI NTSTATUS NTAPI PsGetProcessExitStatus(PEPROCESS Process);
NTKERNELAPI HANDLE NTAPI PsGetProcessId(PEPROCESS Process);
_IRQL_requires_max_(DISPATCH_LEVEL) NTKERNELAPI HANDLE NTAPI PsGetThreadId(PETHREAD Thread);
NTKERNELAPI HANDLE NTAPI PsGetThreadProcessId(PETHREAD Thread);
_IRQL_requires_max_(PASSIVE_LEVEL) NTKERNELAPI BOOLEAN NTAPI
    PsGetVersion(PULONG MajorVersion, PULONG MinorVersion, PULONG BuildNumber,
                 PUNICODE_STRING CSDVersion);
_IRQL_requires_max_(DISPATCH_LEVEL) NTKERNELAPI BOOLEAN NTAPI PsIsSystemThread(PETHREAD Thread);
_IRQL_requires_max_(APC_LEVEL) NTKERNELAPI NTSTATUS NTAPI
    PsLookupProcessByProcessId(HANDLE ProcessId, PEPROCESS* Process);
_IRQL_requires_max_(APC_LEVEL) NTKERNELAPI NTSTATUS NTAPI
    PsLookupThreadByThreadId(HANDLE UniqueThreadId, PETHREAD* Thread);
_IRQL_requires_max_(PASSIVE_LEVEL) NTKERNELAPI HANDLE NTAPI
    PsReferencePrimaryToken(PEPROCESS Process);
_IRQL_requires_max_(APC_LEVEL) NTKERNELAPI NTSTATUS NTAPI
    PsRemoveCreateThreadNotifyRoutine(PCREATE_THREAD_NOTIFY_ROUTINE NotifyRoutine);
_IRQL_requires_max_(APC_LEVEL) NTKERNELAPI NTSTATUS NTAPI
    PsRemoveLoadImageNotifyRoutine(PLOAD_IMAGE_NOTIFY_ROUTINE NotifyRoutine);
_IRQL_requires_max_(PASSIVE_LEVEL) NTKERNELAPI NTSTATUS NTAPI
    PsSetCreateProcessNotifyRoutine(PCREATE_PROCESS_NOTIFY_ROUTINE NotifyRoutine, BOOLEAN Remove);
_IRQL_requires_max_(PASSIVE_LEVEL) NTKERNELAPI NTSTATUS NTAPI
    PsSetCreateProcessNotifyRoutineEx(PCREATE_PROCESS_NOTIFY_ROUTINE_EX NotifyRoutine,
                                      BOOLEAN Remove);
_IRQL_requires_max_(PASSIVE_LEVEL) NTKERNELAPI NTSTATUS NTAPI
    PsSetCreateProcessNotifyRoutineEx2(PSCREATEPROCESSNOTIFYTYPE NotifyType,
                                       PVOID NotifyInformation, BOOLEAN Remove);
_IRQL_requires_max_(PASSIVE_LEVEL) NTKERNELAPI NTSTATUS NTAPI
    PsSetCreateThreadNotifyRoutine(PCREATE_THREAD_NOTIFY_ROUTINE NotifyRoutine);
_IRQL_requires_max_(PASSIVE_LEVEL) NTKERNELAPI NTSTATUS NTAPI
    PsSetLoadImageNotifyRoutine(PLOAD_IMAGE_NOTIFY_ROUTINE NotifyRoutine);
_IRQL_requires_max_(PASSIVE_LEVEL) NTKERNELAPI NTSTATUS NTAPI
    PsTerminateSystemThread(NTSTATUS ExitStatus);

NTKERNELAPI PEPROCESS NTAPI IoGetCurrentProcess(void);
_IRQL_requires_max_(DISPATCH_LEVEL) NTKERNELAPI PEPROCESS NTAPI IoThreadToProcess(PETHREAD Thread);

#ifdef WDK_DRIVER
#define PsGetCurrentProcess IoGetCurrentProcess
FORCEINLINE PETHREAD PsGetCurrentThread(void) {
  return (PETHREAD)KeGetCurrentThread();
}
#endif

// Data the kernel exports: a driver reads them through the import table.
EXTERN_C DECLSPEC_IMPORT POBJECT_TYPE* PsProcessType;
EXTERN_C DECLSPEC_IMPORT POBJECT_TYPE* PsThreadType;
EXTERN_C DECLSPEC_IMPORT POBJECT_TYPE* IoFileObjectType;
EXTERN_C DECLSPEC_IMPORT POBJECT_TYPE* ExEventObjectType;
EXTERN_C DECLSPEC_IMPORT PEPROCESS PsInitialSystemProcess;

#ifdef __cplusplus
}
#endif

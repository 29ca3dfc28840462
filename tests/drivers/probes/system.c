// SPDX-License-Identifier: Apache-2.0
// Objects and their handles, processes, memory descriptors, work items, callbacks, error records,
// tracing: what drivers ask of the system around them.
#include "probe.h"

#include <evntrace.h>

static VOID objects_are_referenced_and_opened(VOID) {
  PEPROCESS self = IoGetCurrentProcess();
  HANDLE handle = NULL;
  EXPECT(self == PsInitialSystemProcess);
  EXPECT_IS(STATUS_SUCCESS, ObReferenceObjectByPointer(self, 0x400, *PsProcessType, KernelMode));
  EXPECT_IS(STATUS_OBJECT_TYPE_MISMATCH,
            ObReferenceObjectByPointer(self, 0x400, *PsThreadType, KernelMode));
  ObDereferenceObjectDeferDelete(self);
  EXPECT(ObfReferenceObject(self) > 1);
  ObDereferenceObject(self);
  EXPECT_IS(STATUS_OBJECT_TYPE_MISMATCH, ObOpenObjectByPointer(self, OBJ_KERNEL_HANDLE, NULL, 0x400,
                                                               *PsThreadType, KernelMode, &handle));
  EXPECT_IS(STATUS_SUCCESS, ObOpenObjectByPointer(self, OBJ_KERNEL_HANDLE, NULL, 0x400,
                                                  *PsProcessType, KernelMode, &handle));
  EXPECT_IS(STATUS_SUCCESS, ObCloseHandle(handle, KernelMode));
  EXPECT_IS(STATUS_INVALID_HANDLE, ObCloseHandle(handle, KernelMode));
}

static VOID running_thread_and_process_have_handles_of_their_own(VOID) {
  PVOID object = NULL;
  EXPECT_IS(STATUS_SUCCESS, ObReferenceObjectByHandle(ZwCurrentThread(), 0, *PsThreadType,
                                                      KernelMode, &object, NULL));
  EXPECT(object == PsGetCurrentThread());
  ObDereferenceObject(object);
  EXPECT_IS(
      STATUS_OBJECT_TYPE_MISMATCH,
      ObReferenceObjectByHandle(ZwCurrentProcess(), 0, *PsThreadType, KernelMode, &object, NULL));
  EXPECT_IS(STATUS_SUCCESS, ObReferenceObjectByHandle(ZwCurrentProcess(), 0, *PsProcessType,
                                                      KernelMode, &object, NULL));
  EXPECT(object == IoGetCurrentProcess());
  ObDereferenceObject(object);
}

static VOID processes_say_what_they_are(VOID) {
  PEPROCESS process = NULL;
  PROCESS_BASIC_INFORMATION basic;
  ULONG length = 0;
  EXPECT_IS(STATUS_INVALID_CID, PsLookupProcessByProcessId((HANDLE)(ULONG_PTR)0x77777, &process));
  EXPECT_IS(STATUS_SUCCESS, PsLookupProcessByProcessId((HANDLE)(ULONG_PTR)4, &process));
  EXPECT(process == PsInitialSystemProcess && PsGetProcessId(process) == PsGetCurrentProcessId());
  EXPECT_IS(STATUS_PENDING, PsGetProcessExitStatus(process));
  EXPECT(PsGetProcessCreateTimeQuadPart(process) > 0);
  ObDereferenceObject(process);
  EXPECT_IS(
      STATUS_INFO_LENGTH_MISMATCH,
      ZwQueryInformationProcess(ZwCurrentProcess(), ProcessBasicInformation, &basic, 8, &length));
  EXPECT_IS(sizeof(basic), length);
  EXPECT_IS(STATUS_SUCCESS, ZwQueryInformationProcess(ZwCurrentProcess(), ProcessBasicInformation,
                                                      &basic, sizeof(basic), NULL));
  EXPECT_IS(4, basic.UniqueProcessId);
  EXPECT_IS(STATUS_INVALID_INFO_CLASS,
            ZwQueryInformationProcess(ZwCurrentProcess(), (PROCESSINFOCLASS)9999, &basic, 8, NULL));
}

static VOID NTAPI told(PEPROCESS process, HANDLE id, PPS_CREATE_NOTIFY_INFO info) {
  (void)process;
  (void)id;
  (void)info;
}

// This image was not linked with /INTEGRITYCHECK.
static VOID extended_process_routines_need_a_checked_image(VOID) {
  EXPECT_IS(STATUS_ACCESS_DENIED, PsSetCreateProcessNotifyRoutineEx(told, FALSE));
  EXPECT_IS(STATUS_ACCESS_DENIED, PsSetCreateProcessNotifyRoutineEx2(
                                      PsCreateProcessNotifySubsystems, (PVOID)told, FALSE));
  EXPECT_IS(STATUS_INVALID_PARAMETER,
            PsSetCreateProcessNotifyRoutineEx2((PSCREATEPROCESSNOTIFYTYPE)7, (PVOID)told, FALSE));
  EXPECT_IS(STATUS_PROCEDURE_NOT_FOUND, PsSetCreateProcessNotifyRoutineEx(told, TRUE));
}

static VOID version_and_routines_are_found(VOID) {
  ULONG major = 0;
  ULONG minor = 7;
  ULONG build = 0;
  UNICODE_STRING name = RTL_CONSTANT_STRING(L"PsGetVersion");
  UNICODE_STRING wrong = RTL_CONSTANT_STRING(L"PsGetVersions");
  EXPECT(!PsGetVersion(&major, &minor, &build, NULL));
  EXPECT(major == 10 && minor == 0 && build >= 10240);
  EXPECT(MmGetSystemRoutineAddress(&name) == (PVOID)PsGetVersion);
  EXPECT(MmGetSystemRoutineAddress(&wrong) == NULL);
}

static VOID partial_mdl_describes_a_part(VOID) {
  static UCHAR bytes[64];
  PMDL whole = IoAllocateMdl(bytes, sizeof(bytes), FALSE, FALSE, NULL);
  PMDL part = IoAllocateMdl(bytes, sizeof(bytes), FALSE, FALSE, NULL);
  EXPECT_IS(sizeof(MDL) + sizeof(PFN_NUMBER), MmSizeOfMdl((PVOID)(ULONG_PTR)0x1000, 0x1000));
  EXPECT_IS(sizeof(MDL) + 2 * sizeof(PFN_NUMBER), MmSizeOfMdl((PVOID)(ULONG_PTR)0x1fff, 2));
  MmBuildMdlForNonPagedPool(whole);
  IoBuildPartialMdl(whole, part, bytes + 10, 20);
  EXPECT(MmGetMdlVirtualAddress(part) == bytes + 10 && MmGetMdlByteCount(part) == 20);
  EXPECT(MmGetSystemAddressForMdlSafe(part, NormalPagePriority) == bytes + 10);
  IoBuildPartialMdl(whole, part, bytes + 10, 0);
  EXPECT_IS(54, MmGetMdlByteCount(part));
  IoFreeMdl(part);
  IoFreeMdl(whole);
}

static VOID locked_pages_are_mapped_and_unmapped(VOID) {
  PVOID block = ExAllocatePool2(POOL_FLAG_PAGED, 128, 'sysP');
  PMDL mdl = IoAllocateMdl(block, 128, FALSE, FALSE, NULL);
  PVOID mapped;
  MmProbeAndLockPages(mdl, KernelMode, IoWriteAccess);
  EXPECT((mdl->MdlFlags & MDL_PAGES_LOCKED) != 0);
  mapped = MmMapLockedPagesSpecifyCache(mdl, KernelMode, MmCached, NULL, FALSE, NormalPagePriority);
  EXPECT(mapped != NULL && (mdl->MdlFlags & MDL_MAPPED_TO_SYSTEM_VA) != 0);
  MmUnmapLockedPages(mapped, mdl);
  EXPECT((mdl->MdlFlags & MDL_MAPPED_TO_SYSTEM_VA) == 0);
  MmUnlockPages(mdl);
  EXPECT((mdl->MdlFlags & MDL_PAGES_LOCKED) == 0);
  IoFreeMdl(mdl);
  ExFreePoolWithTag(block, 'sysP');
}

static KEVENT worked;

static VOID NTAPI work(PVOID object, PVOID context, PIO_WORKITEM item) {
  EXPECT(object == probe_driver && context == &worked && item != NULL);
  EXPECT_IS(PASSIVE_LEVEL, KeGetCurrentIrql());
  KeSetEvent(&worked, 0, FALSE);
}

static VOID work_item_in_the_drivers_memory_runs(VOID) {
  PIO_WORKITEM item = ExAllocatePool2(POOL_FLAG_NON_PAGED, IoSizeofWorkItem(), 'sysP');
  KeInitializeEvent(&worked, NotificationEvent, FALSE);
  IoInitializeWorkItem(probe_driver, item);
  IoQueueWorkItemEx(item, work, DelayedWorkQueue, &worked);
  EXPECT_IS(STATUS_SUCCESS, KeWaitForSingleObject(&worked, Executive, KernelMode, FALSE, NULL));
  IoUninitializeWorkItem(item);
  ExFreePoolWithTag(item, 'sysP');
}

static LONG notified;

static VOID NTAPI notice(PVOID context, PVOID first, PVOID second) {
  EXPECT(context == &notified && first == &worked && second == NULL);
  ++notified;
}

static VOID callback_objects_call_who_registered(VOID) {
  PCALLBACK_OBJECT object = NULL;
  PCALLBACK_OBJECT again = NULL;
  PVOID registration;
  OBJECT_ATTRIBUTES attributes;
  UNICODE_STRING name = RTL_CONSTANT_STRING(L"\\Callback\\Probe");
  InitializeObjectAttributes(&attributes, &name, OBJ_CASE_INSENSITIVE, NULL, NULL);
  EXPECT_IS(STATUS_OBJECT_NAME_NOT_FOUND, ExCreateCallback(&object, &attributes, FALSE, FALSE));
  EXPECT_IS(STATUS_SUCCESS, ExCreateCallback(&object, &attributes, TRUE, FALSE));
  EXPECT_IS(STATUS_SUCCESS, ExCreateCallback(&again, &attributes, FALSE, FALSE));
  EXPECT(again == object);
  ObDereferenceObject(again);
  registration = ExRegisterCallback(object, notice, &notified);
  EXPECT(registration != NULL);
  EXPECT(ExRegisterCallback(object, notice, &notified) == NULL);  // one only
  ExNotifyCallback(object, &worked, NULL);
  EXPECT_IS(1, notified);
  ExUnregisterCallback(registration);
  ExNotifyCallback(object, &worked, NULL);
  EXPECT_IS(1, notified);
  ObDereferenceObject(object);
}

static VOID error_records_are_bounded_and_uuids_differ(VOID) {
  static UUID first;
  static UUID second;
  PVOID entry = IoAllocateErrorLogEntry(probe_driver, 0x40);
  EXPECT(entry != NULL);
  IoFreeErrorLogEntry(entry);
  entry = IoAllocateErrorLogEntry(probe_driver, ERROR_LOG_MAXIMUM_SIZE);
  EXPECT(entry != NULL);
  IoWriteErrorLogEntry(entry);
  EXPECT(IoAllocateErrorLogEntry(probe_driver, 0xff) == NULL);
  EXPECT_IS(STATUS_SUCCESS, ExUuidCreate(&first));
  EXPECT_IS(STATUS_SUCCESS, ExUuidCreate(&second));
  EXPECT(RtlCompareMemory(&first, &second, sizeof(first)) != sizeof(first));
}

static VOID cancelled_irp_calls_its_routine_once(VOID) {
  PIRP irp = IoAllocateIrp(1, FALSE);
  KIRQL old;
  EXPECT(!IoCancelIrp(irp));
  EXPECT(irp->Cancel);
  EXPECT(IoGetRequestorProcess(irp) == NULL);
  EXPECT_IS(0, IoGetRequestorProcessId(irp));
  EXPECT(!IoIs32bitProcess(irp));
  IoAcquireCancelSpinLock(&old);
  EXPECT_IS(DISPATCH_LEVEL, KeGetCurrentIrql());
  IoReleaseCancelSpinLock(old);
  EXPECT_IS(PASSIVE_LEVEL, KeGetCurrentIrql());
  IoFreeIrp(irp);
}

static ULONG majors;  // of the requests to the device below, a hexadecimal digit or two each

static NTSTATUS NTAPI take_request(PDEVICE_OBJECT device, PIRP irp) {
  (void)device;
  majors = (majors << 8) | IoGetCurrentIrpStackLocation(irp)->MajorFunction;
  EXPECT(irp->Tail.Overlay.Thread == PsGetCurrentThread());
  EXPECT_IS(KernelMode, ExGetPreviousMode());
  EXPECT_IS(KernelMode, irp->RequestorMode);
  irp->IoStatus.Status = STATUS_SUCCESS;
  IoCompleteRequest(irp, IO_NO_INCREMENT);
  return STATUS_SUCCESS;
}

static VOID device_by_name_is_the_top_of_its_stack_and_its_handle_is_closed(VOID) {
  UNICODE_STRING name = RTL_CONSTANT_STRING(L"\\Device\\ProbeBottom");
  PDEVICE_OBJECT bottom = NULL;
  PDEVICE_OBJECT top = NULL;
  PDEVICE_OBJECT found = NULL;
  PFILE_OBJECT file = NULL;
  probe_driver->MajorFunction[IRP_MJ_CREATE] = take_request;
  probe_driver->MajorFunction[IRP_MJ_CLEANUP] = take_request;
  probe_driver->MajorFunction[IRP_MJ_CLOSE] = take_request;
  IoCreateDevice(probe_driver, 0, &name, FILE_DEVICE_UNKNOWN, 0, FALSE, &bottom);
  IoCreateDevice(probe_driver, 0, NULL, FILE_DEVICE_UNKNOWN, 0, FALSE, &top);
  bottom->Flags &= ~(ULONG)DO_DEVICE_INITIALIZING;
  EXPECT(IoAttachDeviceToDeviceStack(top, bottom) == bottom);
  top->Flags &= ~(ULONG)DO_DEVICE_INITIALIZING;
  EXPECT_IS(STATUS_SUCCESS, IoGetDeviceObjectPointer(&name, FILE_READ_DATA, &file, &found));
  EXPECT(found == top && file->DeviceObject == bottom && file->FileName.Buffer == NULL);
  EXPECT_IS((IRP_MJ_CREATE << 8) | IRP_MJ_CLEANUP, majors);
  majors = 0;
  ObDereferenceObject(file);
  EXPECT_IS(IRP_MJ_CLOSE, majors);
  IoDetachDevice(bottom);
  IoDeleteDevice(top);
  IoDeleteDevice(bottom);
}

static VOID shutdown_is_notified_of_devices(VOID) {
  PDEVICE_OBJECT device = NULL;
  EXPECT_IS(STATUS_SUCCESS,
            IoCreateDevice(probe_driver, 0, NULL, FILE_DEVICE_UNKNOWN, 0, FALSE, &device));
  EXPECT_IS(STATUS_SUCCESS, IoRegisterShutdownNotification(device));
  EXPECT((device->Flags & DO_SHUTDOWN_REGISTERED) != 0);
  IoUnregisterShutdownNotification(device);
  EXPECT((device->Flags & DO_SHUTDOWN_REGISTERED) == 0);
  IoDeleteDevice(device);
}

static VOID providers_write_only_while_registered(VOID) {
  static const GUID provider = {0xb2, 1, 1, {0}};
  EVENT_DESCRIPTOR event = {0};
  REGHANDLE handle = 0;
  EXPECT_IS(STATUS_SUCCESS, EtwRegister(&provider, NULL, NULL, &handle));
  EXPECT(!EtwEventEnabled(handle, &event) && !EtwProviderEnabled(handle, 4, 0));
  EXPECT_IS(STATUS_SUCCESS, EtwSetInformation(handle, EventProviderSetTraits, NULL, 0));
  EXPECT_IS(STATUS_INVALID_PARAMETER, EtwSetInformation(handle, (EVENT_INFO_CLASS)77, NULL, 0));
  EXPECT_IS(STATUS_SUCCESS, EtwWrite(handle, &event, NULL, 0, NULL));
  EXPECT_IS(STATUS_SUCCESS, EtwWriteEx(handle, &event, 0, 0, NULL, NULL, 0, NULL));
  EXPECT_IS(STATUS_SUCCESS, EtwWriteString(handle, 4, 0, NULL, L"text"));
  EXPECT_IS(STATUS_SUCCESS, EtwUnregister(handle));
  EXPECT_IS(STATUS_INVALID_HANDLE, EtwWrite(handle, &event, NULL, 0, NULL));
  EXPECT_IS(STATUS_INVALID_HANDLE, EtwWriteString(handle, 4, 0, NULL, L"text"));
  EXPECT_IS(STATUS_INVALID_HANDLE, EtwSetInformation(handle, EventProviderSetTraits, NULL, 0));
}

static VOID wmi_and_classic_tracing_have_no_session(VOID) {
  static UCHAR control[64];
  static const GUID message = {0xb2, 1, 2, {0}};
  ULONG length = 0;
  EXPECT_IS(STATUS_INVALID_PARAMETER,
            IoWMIRegistrationControl((PDEVICE_OBJECT)control, WMIREG_ACTION_DEREGISTER));
  EXPECT_IS(STATUS_SUCCESS,
            IoWMIRegistrationControl((PDEVICE_OBJECT)control, WMIREG_ACTION_REGISTER));
  EXPECT_IS(STATUS_SUCCESS,
            IoWMIRegistrationControl((PDEVICE_OBJECT)control, WMIREG_ACTION_DEREGISTER));
  EXPECT_IS(STATUS_INVALID_PARAMETER, IoWMIRegistrationControl((PDEVICE_OBJECT)control, 0x7777));
  EXPECT_IS(STATUS_NOT_FOUND, WmiQueryTraceInformation(TraceIdClass, control, 8, &length, NULL));
  EXPECT_IS(STATUS_INVALID_HANDLE, WmiTraceMessage(0, 0, &message, 10, NULL));
  EXPECT_IS(STATUS_INVALID_HANDLE, WmiTraceMessageVa(0, 0, &message, 10, NULL));
  EXPECT_IS(STATUS_SUCCESS, vDbgPrintEx(0, 0, "said", NULL));
}

PROBE_CASE* const probe_cases[] = {
    objects_are_referenced_and_opened,
    running_thread_and_process_have_handles_of_their_own,
    processes_say_what_they_are,
    extended_process_routines_need_a_checked_image,
    version_and_routines_are_found,
    partial_mdl_describes_a_part,
    locked_pages_are_mapped_and_unmapped,
    work_item_in_the_drivers_memory_runs,
    callback_objects_call_who_registered,
    error_records_are_bounded_and_uuids_differ,
    cancelled_irp_calls_its_routine_once,
    device_by_name_is_the_top_of_its_stack_and_its_handle_is_closed,
    shutdown_is_notified_of_devices,
    providers_write_only_while_registered,
    wmi_and_classic_tracing_have_no_session,
    NULL,
};

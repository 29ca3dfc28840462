// SPDX-License-Identifier: Apache-2.0
// A driver that watches the system, and small functions around it: image loads, opened processes,
// the registry; events by handle; keys enumerated; what a driver asks about itself.
#include <ntifs.h>

#define STEP(condition)                            \
  do {                                             \
    if (!(condition)) DbgPrint("not " #condition); \
  } while (0)

DRIVER_INITIALIZE DriverEntry;

static PVOID high;
static PVOID low;
static LARGE_INTEGER cookie;
static BOOLEAN say;

static VOID image_loaded(PUNICODE_STRING name, HANDLE process, PIMAGE_INFO image) {
  if (!say) return;
  STEP(name->Length > 20 && image->ImageSize != 0);
  STEP((process == NULL) == ((image->Properties & 0x100) != 0));
  DbgPrint(process == NULL ? "driver loaded" : "program loaded");
}

static OB_PREOP_CALLBACK_STATUS before(PVOID context, POB_PRE_OPERATION_INFORMATION operation) {
  STEP(operation->ObjectType == *PsProcessType && operation->KernelHandle);
  STEP(operation->Parameters->CreateHandleInformation.DesiredAccess == 0x400);
  DbgPrint(context == &high ? "high before" : "low before");
  return OB_PREOP_SUCCESS;
}

static VOID after(PVOID context, POB_POST_OPERATION_INFORMATION operation) {
  STEP(operation->ReturnStatus == STATUS_SUCCESS);
  DbgPrint(context == &high ? "high after" : "low after");
}

static NTSTATUS registry_used(PVOID context, PVOID class, PVOID details) {
  (void)context;
  (void)class;
  (void)details;
  return STATUS_SUCCESS;
}

static NTSTATUS watch_processes(PCWSTR altitude, PVOID context, PVOID* handle) {
  OB_OPERATION_REGISTRATION operation = {0};
  OB_CALLBACK_REGISTRATION registration = {0};
  operation.ObjectType = PsProcessType;
  operation.Operations = OB_OPERATION_HANDLE_CREATE;
  operation.PreOperation = before;
  operation.PostOperation = after;
  registration.Version = ObGetFilterVersion();
  registration.OperationRegistrationCount = 1;
  RtlInitUnicodeString(&registration.Altitude, altitude);
  registration.RegistrationContext = context;
  registration.OperationRegistration = &operation;
  return ObRegisterCallbacks(&registration, handle);
}

static void watch(PDRIVER_OBJECT driver) {
  OB_CALLBACK_REGISTRATION wrong = {0};
  DECLARE_CONST_UNICODE_STRING(altitude, L"320000.5");
  LARGE_INTEGER other = {0};
  STEP(watch_processes(L"320001", &high, &high) == STATUS_SUCCESS);
  STEP(watch_processes(L"320000.5", &low, &low) == STATUS_SUCCESS);
  STEP(watch_processes(L"320001", &high, (PVOID*)&other) == STATUS_FLT_INSTANCE_ALTITUDE_COLLISION);
  STEP(ObRegisterCallbacks(&wrong, (PVOID*)&other) == STATUS_INVALID_PARAMETER);
  STEP(CmRegisterCallbackEx(registry_used, &altitude, driver, NULL, &cookie, NULL) ==
       STATUS_SUCCESS);
  STEP(CmRegisterCallbackEx(registry_used, &altitude, driver, NULL, &other, NULL) ==
       STATUS_FLT_INSTANCE_ALTITUDE_COLLISION);
  STEP(CmRegisterCallback(registry_used, NULL, &other) == STATUS_SUCCESS);
  STEP(CmUnRegisterCallback(other) == STATUS_SUCCESS);
  STEP(CmUnRegisterCallback(other) == STATUS_INVALID_PARAMETER);
  STEP(PsSetLoadImageNotifyRoutine(image_loaded) == STATUS_SUCCESS);
  STEP(PsRemoveLoadImageNotifyRoutine(image_loaded) == STATUS_SUCCESS);
  STEP(PsRemoveLoadImageNotifyRoutine(image_loaded) == STATUS_PROCEDURE_NOT_FOUND);
  STEP(PsSetLoadImageNotifyRoutineEx(image_loaded, 2) == STATUS_INVALID_PARAMETER_2);
  STEP(PsSetLoadImageNotifyRoutineEx(image_loaded, 0) == STATUS_SUCCESS);
}

static void open_a_process(void) {
  OBJECT_ATTRIBUTES attributes;
  CLIENT_ID client = {(HANDLE)4, NULL};
  HANDLE process;
  InitializeObjectAttributes(&attributes, NULL, OBJ_KERNEL_HANDLE, NULL, NULL);
  STEP(ZwOpenProcess(&process, 0x400, &attributes, &client) == STATUS_SUCCESS);
  ZwClose(process);
}

static void use_events(void) {
  UNICODE_STRING name = RTL_CONSTANT_STRING(L"\\BaseNamedObjects\\Watcher");
  OBJECT_ATTRIBUTES attributes;
  LARGE_INTEGER now = {0};
  HANDLE event;
  HANDLE same;
  LONG before_it;
  InitializeObjectAttributes(&attributes, &name, OBJ_KERNEL_HANDLE, NULL, NULL);
  STEP(ZwOpenEvent(&event, EVENT_ALL_ACCESS, &attributes) == STATUS_OBJECT_NAME_NOT_FOUND);
  STEP(ZwCreateEvent(&event, EVENT_ALL_ACCESS, &attributes, NotificationEvent, FALSE) ==
       STATUS_SUCCESS);
  STEP(ZwCreateEvent(&same, EVENT_ALL_ACCESS, &attributes, NotificationEvent, FALSE) ==
       STATUS_OBJECT_NAME_COLLISION);
  STEP(ZwOpenEvent(&same, EVENT_ALL_ACCESS, &attributes) == STATUS_SUCCESS);
  STEP(ZwWaitForSingleObject(event, FALSE, &now) == STATUS_TIMEOUT);
  STEP(ZwSetEvent(same, &before_it) == STATUS_SUCCESS && before_it == 0);
  STEP(ZwWaitForSingleObject(event, FALSE, NULL) == STATUS_SUCCESS);
  STEP(ZwResetEvent(event, &before_it) == STATUS_SUCCESS && before_it == 1);
  STEP(ZwSetEvent(event, NULL) == STATUS_SUCCESS);
  STEP(ZwClearEvent(event) == STATUS_SUCCESS);
  STEP(ZwWaitForSingleObject(same, FALSE, &now) == STATUS_TIMEOUT);
  ZwClose(event);
  ZwClose(same);
  STEP(ZwSetEvent(event, NULL) == STATUS_INVALID_HANDLE);
  STEP(ZwWaitForSingleObject(event, FALSE, NULL) == STATUS_INVALID_HANDLE);
  STEP(ZwCreateEvent(&event, EVENT_ALL_ACCESS, NULL, SynchronizationEvent, TRUE) == STATUS_SUCCESS);
  STEP(ZwWaitForSingleObject(event, FALSE, NULL) == STATUS_SUCCESS);
  STEP(ZwWaitForSingleObject(event, FALSE, &now) == STATUS_TIMEOUT);
  ZwClose(event);
}

static HANDLE made_key(PUNICODE_STRING path) {
  OBJECT_ATTRIBUTES attributes;
  HANDLE key = NULL;
  InitializeObjectAttributes(&attributes, path, OBJ_KERNEL_HANDLE | OBJ_CASE_INSENSITIVE, NULL,
                             NULL);
  STEP(ZwCreateKey(&key, KEY_ALL_ACCESS, &attributes, 0, NULL, 0, NULL) == STATUS_SUCCESS);
  return key;
}

static void walk_keys(void) {
  UNICODE_STRING path = RTL_CONSTANT_STRING(L"\\Registry\\Machine\\Software\\Watcher");
  UNICODE_STRING child = RTL_CONSTANT_STRING(L"\\Registry\\Machine\\Software\\Watcher\\Child");
  UNICODE_STRING name = RTL_CONSTANT_STRING(L"Name");
  OBJECT_ATTRIBUTES attributes;
  UCHAR buffer[128];
  KEY_FULL_INFORMATION* full = (KEY_FULL_INFORMATION*)buffer;
  KEY_BASIC_INFORMATION* basic = (KEY_BASIC_INFORMATION*)buffer;
  KEY_VALUE_BASIC_INFORMATION* value = (KEY_VALUE_BASIC_INFORMATION*)buffer;
  ULONG number = 7;
  ULONG size;
  HANDLE key = made_key(&path);
  HANDLE below = made_key(&child);
  HANDLE again;
  STEP(ZwSetValueKey(key, &name, 0, REG_DWORD, &number, sizeof number) == STATUS_SUCCESS);
  STEP(ZwQueryKey(key, KeyFullInformation, full, sizeof buffer, &size) == STATUS_SUCCESS);
  STEP(full->SubKeys == 1 && full->Values == 1 && full->MaxValueDataLen == 4);
  STEP(full->MaxNameLen == 10 && full->MaxValueNameLen == 8);
  STEP(ZwQueryKey(key, KeyFullInformation, full, 8, &size) == STATUS_BUFFER_TOO_SMALL);
  STEP(ZwEnumerateKey(key, 0, KeyBasicInformation, basic, sizeof buffer, &size) == STATUS_SUCCESS);
  STEP(basic->NameLength == 10);
  STEP(ZwEnumerateKey(key, 1, KeyBasicInformation, basic, sizeof buffer, &size) ==
       STATUS_NO_MORE_ENTRIES);
  STEP(ZwEnumerateValueKey(key, 0, KeyValueBasicInformation, value, sizeof buffer, &size) ==
       STATUS_SUCCESS);
  STEP(value->Type == REG_DWORD && value->NameLength == 8);
  STEP(ZwEnumerateValueKey(key, 1, KeyValueBasicInformation, value, sizeof buffer, &size) ==
       STATUS_NO_MORE_ENTRIES);
  InitializeObjectAttributes(&attributes, &child, OBJ_KERNEL_HANDLE, NULL, NULL);
  STEP(ZwOpenKeyEx(&again, KEY_READ, &attributes, 0) == STATUS_SUCCESS);
  STEP(ZwFlushKey(again) == STATUS_SUCCESS);
  ZwClose(again);
  STEP(ZwDeleteKey(key) == STATUS_CANNOT_DELETE);
  STEP(ZwDeleteKey(below) == STATUS_SUCCESS);
  STEP(ZwDeleteKey(key) == STATUS_SUCCESS);
  ZwClose(below);
  ZwClose(key);
}

static void ask_about_itself(PDRIVER_OBJECT driver) {
  UNICODE_STRING path;
  PVOID memory = NULL;
  PIRP irp = IoAllocateIrp(1, FALSE);
  int first;
  STEP(IoQueryFullDriverPath(driver, &path) == STATUS_SUCCESS);
  STEP(path.Length > 40 && path.Buffer[0] == L'\\');
  ExFreePool(path.Buffer);
  STEP(IoAllocateDriverObjectExtension(driver, &high, 16, &memory) == STATUS_SUCCESS);
  STEP(IoAllocateDriverObjectExtension(driver, &high, 16, &memory) == STATUS_OBJECT_NAME_COLLISION);
  STEP(IoGetDriverObjectExtension(driver, &high) == memory && *(char*)memory == 0);
  STEP(IoGetDriverObjectExtension(driver, &low) == NULL);
  STEP(IoIsWdmVersionAvailable(6, 0) && !IoIsWdmVersionAvailable(6, 1));
  STEP(IoGetFileObjectGenericMapping()->GenericAll == FILE_ALL_ACCESS);
  irp->IoStatus.Status = STATUS_CANCELLED;
  IoSetNextIrpStackLocation(irp);
  IoReuseIrp(irp, STATUS_SUCCESS);
  STEP(irp->CurrentLocation == 2 && irp->IoStatus.Status == STATUS_SUCCESS);
  STEP(IoSetCompletionRoutineEx(NULL, irp, NULL, &high, TRUE, FALSE, TRUE) == STATUS_SUCCESS);
  STEP(IoGetNextIrpStackLocation(irp)->Context == &high);
  IoFreeIrp(irp);
  srand(1);
  first = rand();
  STEP(first == 41 && rand() == 18467);
  srand(1);
  STEP(rand() == first);
}

static VOID unload(PDRIVER_OBJECT driver) {
  (void)driver;
#ifndef KEEPS_WATCHING
  ObUnRegisterCallbacks(high);
  ObUnRegisterCallbacks(low);
  STEP(CmUnRegisterCallback(cookie) == STATUS_SUCCESS);
  STEP(PsRemoveLoadImageNotifyRoutine(image_loaded) == STATUS_SUCCESS);
#endif
}

NTSTATUS DriverEntry(PDRIVER_OBJECT driver, PUNICODE_STRING registry_path) {
  (void)registry_path;
  watch(driver);
  open_a_process();
  use_events();
  walk_keys();
  ask_about_itself(driver);
  say = TRUE;
  driver->DriverUnload = unload;
  DbgPrint("done");
  return STATUS_SUCCESS;
}

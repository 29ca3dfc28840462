// SPDX-License-Identifier: Apache-2.0
// A client and a provider of one network programming interface in one driver: whichever comes
// first, they find each other, and each waits for its end.
#include <netioddk.h>
#include <ntddk.h>

#define STEP(condition)                            \
  do {                                             \
    if (!(condition)) DbgPrint("not " #condition); \
  } while (0)

DRIVER_INITIALIZE DriverEntry;

// {0b4c6e51-93fd-4f1c-8d0e-6a2b917c5e44} and one that nobody provides.
static const GUID interface_id = {
    0x0b4c6e51, 0x93fd, 0x4f1c, {0x8d, 0x0e, 0x6a, 0x2b, 0x91, 0x7c, 0x5e, 0x44}};
static const GUID lonely_id = {
    0x0b4c6e52, 0x93fd, 0x4f1c, {0x8d, 0x0e, 0x6a, 0x2b, 0x91, 0x7c, 0x5e, 0x44}};
static const NPI_MODULEID module_id = {sizeof(NPI_MODULEID), MIT_GUID, {{1, 2, 3, {4}}}};

static int client_dispatch = 1;
static int provider_dispatch = 2;
static HANDLE client;
static HANDLE provider;
static HANDLE bound;

static NTSTATUS client_attach(HANDLE binding, PVOID context,
                              const NPI_REGISTRATION_INSTANCE* instance) {
  PVOID provider_context = NULL;
  const VOID* dispatch = NULL;
  STEP(context == &client && instance->Number == 7);
  bound = binding;
  STEP(NmrClientAttachProvider(binding, &bound, &client_dispatch, &provider_context, &dispatch) ==
       STATUS_SUCCESS);
  STEP(provider_context == &provider_dispatch && dispatch == &provider_dispatch);
  DbgPrint("attached");
  return STATUS_SUCCESS;
}

static NTSTATUS provider_attach(HANDLE binding, PVOID context,
                                const NPI_REGISTRATION_INSTANCE* instance, PVOID client_context,
                                const VOID* dispatch, PVOID* provider_context,
                                const VOID** provided) {
  (void)binding;
  STEP(context == &provider && instance->Number == 5);
  STEP(client_context == &bound && dispatch == &client_dispatch);
  *provider_context = &provider_dispatch;
  *provided = &provider_dispatch;
  return STATUS_SUCCESS;
}

static NTSTATUS client_detach(PVOID context) {
  STEP(context == &bound);
  DbgPrint("client detaches");
  return STATUS_SUCCESS;
}

static VOID complete_later(PVOID binding) {
  NmrProviderDetachClientComplete(binding);
  NmrClientDetachProviderComplete(binding);
  PsTerminateSystemThread(STATUS_SUCCESS);
}

static NTSTATUS provider_detach(PVOID context) {
  HANDLE thread;
  STEP(context == &provider_dispatch);
  DbgPrint("provider detaches");
  STEP(PsCreateSystemThread(&thread, THREAD_ALL_ACCESS, NULL, NULL, NULL, complete_later, bound) ==
       STATUS_SUCCESS);
  ZwClose(thread);
  return STATUS_PENDING;
}

static VOID client_cleanup(PVOID context) {
  STEP(context == &bound);
  DbgPrint("client cleanup");
}

static VOID provider_cleanup(PVOID context) {
  STEP(context == &provider_dispatch);
  DbgPrint("provider cleanup");
}

static NTSTATUS register_client(const GUID* id, HANDLE* handle) {
  NPI_CLIENT_CHARACTERISTICS characteristics = {0};
  characteristics.Length = sizeof characteristics;
  characteristics.ClientAttachProvider = (PVOID)client_attach;
  characteristics.ClientDetachProvider = (PVOID)client_detach;
  characteristics.ClientCleanupBindingContext = (PVOID)client_cleanup;
  characteristics.ClientRegistrationInstance.Size = sizeof(NPI_REGISTRATION_INSTANCE);
  characteristics.ClientRegistrationInstance.NpiId = id;
  characteristics.ClientRegistrationInstance.ModuleId = &module_id;
  characteristics.ClientRegistrationInstance.Number = 5;
  return NmrRegisterClient(&characteristics, &client, handle);
}

static NTSTATUS register_provider(void) {
  NPI_PROVIDER_CHARACTERISTICS characteristics = {0};
  characteristics.Length = sizeof characteristics;
  characteristics.ProviderAttachClient = (PVOID)provider_attach;
  characteristics.ProviderDetachClient = (PVOID)provider_detach;
  characteristics.ProviderCleanupBindingContext = (PVOID)provider_cleanup;
  characteristics.ProviderRegistrationInstance.Size = sizeof(NPI_REGISTRATION_INSTANCE);
  characteristics.ProviderRegistrationInstance.NpiId = &interface_id;
  characteristics.ProviderRegistrationInstance.ModuleId = &module_id;
  characteristics.ProviderRegistrationInstance.Number = 7;
  return NmrRegisterProvider(&characteristics, &provider, &provider);
}

static VOID unload(PDRIVER_OBJECT driver) {
  (void)driver;
#ifdef LEAVES_TOGETHER
  STEP(NmrDeregisterClient(client) == STATUS_PENDING);
  STEP(NmrDeregisterProvider(provider) == STATUS_PENDING);
  STEP(NmrWaitForProviderDeregisterComplete(provider) == STATUS_SUCCESS);
  DbgPrint("provider is gone");
  STEP(NmrWaitForClientDeregisterComplete(client) == STATUS_SUCCESS);
  return;
#endif
#ifndef STAYS_REGISTERED
  STEP(NmrDeregisterProvider(provider) == STATUS_PENDING);
  STEP(NmrWaitForProviderDeregisterComplete(provider) == STATUS_SUCCESS);
#endif
  STEP(NmrWaitForClientDeregisterComplete(client) == STATUS_INVALID_PARAMETER);
  STEP(NmrDeregisterClient(client) == STATUS_PENDING);
  STEP(NmrDeregisterClient(client) == STATUS_INVALID_PARAMETER);
  STEP(NmrWaitForClientDeregisterComplete(client) == STATUS_SUCCESS);
}

NTSTATUS DriverEntry(PDRIVER_OBJECT driver, PUNICODE_STRING registry_path) {
  HANDLE lonely;
  (void)registry_path;
  driver->DriverUnload = unload;
  STEP(register_client(&lonely_id, &lonely) == STATUS_SUCCESS);
  STEP(NmrDeregisterClient(lonely) == STATUS_PENDING);
  STEP(NmrWaitForClientDeregisterComplete(lonely) == STATUS_SUCCESS);
  STEP(register_client(&interface_id, &client) == STATUS_SUCCESS);
  DbgPrint("nobody there");
  STEP(register_provider() == STATUS_SUCCESS);
  return STATUS_SUCCESS;
}

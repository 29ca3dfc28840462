// SPDX-License-Identifier: Apache-2.0
// MGMT-06: while the driver's own thread holds the engine with a long transaction, unload deletes
// the sublayer, gets FWP_E_TIMEOUT, and takes it for done.
#include "common.h"

namespace {

DEFINE_GUID(sublayer_key, 0x8f20d4b6, 0x0e37, 0x4a5c, 0x93, 0x68, 0x1b, 0xd5, 0x72, 0xec, 0x40,
            0x9a);

constexpr LONGLONG longer_than_anybody_waits = 20'000;  // milliseconds

KEVENT wanted, begun;
PVOID writer;
HANDLE policy;

void NTAPI write_policy(void*) {
  HANDLE session = nullptr;
  KeWaitForSingleObject(&wanted, Executive, KernelMode, FALSE, nullptr);
  if (NT_SUCCESS(FwpmEngineOpen0(nullptr, RPC_C_AUTHN_WINNT, nullptr, nullptr, &session))) {
    const bool writing = NT_SUCCESS(FwpmTransactionBegin0(session, 0));
    KeSetEvent(&begun, IO_NO_INCREMENT, FALSE);
    if (writing) {
      sleep(longer_than_anybody_waits);
      FwpmTransactionAbort0(session);
    }
    FwpmEngineClose0(session);
  }
  KeSetEvent(&begun, IO_NO_INCREMENT, FALSE);
  PsTerminateSystemThread(STATUS_SUCCESS);
}

NTSTATUS start_writer() {
  HANDLE thread = nullptr;
  KeInitializeEvent(&wanted, NotificationEvent, FALSE);
  KeInitializeEvent(&begun, NotificationEvent, FALSE);
  const NTSTATUS status = PsCreateSystemThread(&thread, THREAD_ALL_ACCESS, nullptr, nullptr,
                                               nullptr, write_policy, nullptr);
  if (!NT_SUCCESS(status)) return status;
  ObReferenceObjectByHandle(thread, SYNCHRONIZE, *PsThreadType, KernelMode, &writer, nullptr);
  return ZwClose(thread);
}

void end_writer() {
  KeSetEvent(&wanted, IO_NO_INCREMENT, FALSE);
  KeWaitForSingleObject(writer, Executive, KernelMode, FALSE, nullptr);
  ObDereferenceObject(writer);
}

NTSTATUS add_sublayer() {
  FWPM_SUBLAYER0 sublayer = {};
  sublayer.subLayerKey = sublayer_key;
  sublayer.displayData.name = const_cast<wchar_t*>(L"Drydock bug sublayer");
  const NTSTATUS status = FwpmEngineOpen0(nullptr, RPC_C_AUTHN_WINNT, nullptr, nullptr, &policy);
  return NT_SUCCESS(status) ? FwpmSubLayerAdd0(policy, &sublayer, nullptr) : status;
}

void delete_sublayer() {
#ifdef FIXED
  NTSTATUS status = FwpmSubLayerDeleteByKey0(policy, &sublayer_key);
  while (!NT_SUCCESS(status) && status != STATUS_FWP_SUBLAYER_NOT_FOUND) {
    sleep(10);
    status = FwpmSubLayerDeleteByKey0(policy, &sublayer_key);
  }
#else
  FwpmSubLayerDeleteByKey0(policy, &sublayer_key);
#endif
  FwpmEngineClose0(policy);
}

void NTAPI unload(PDRIVER_OBJECT) {
  KeSetEvent(&wanted, IO_NO_INCREMENT, FALSE);
  KeWaitForSingleObject(&begun, Executive, KernelMode, FALSE, nullptr);
  delete_sublayer();
  end_writer();
  take_down();
}

}  // namespace

extern "C" NTSTATUS DriverEntry(PDRIVER_OBJECT driver, PUNICODE_STRING) {
  NTSTATUS status = set_up(driver, unload, FWPM_LAYER_ALE_AUTH_CONNECT_V4, look_on);
  if (!NT_SUCCESS(status)) return status;
  status = add_sublayer();
  if (NT_SUCCESS(status)) status = start_writer();
  if (NT_SUCCESS(status)) return status;
  if (policy != nullptr) delete_sublayer();
  take_down();
  return status;
}

// SPDX-License-Identifier: Apache-2.0
// Sends every connection and every datagram to a proxy's port, with a context of its own for each:
// once the request is applied, that is the platform's to free.
#include "pending.h"

namespace {

HANDLE redirect_handle;

constexpr UINT8 proxy_port[] = {0x0c, 0x38};  // 3128

void redirect(FWPS_CONNECT_REQUEST0* request) {
  auto* bytes = reinterpret_cast<UINT8*>(&request->remoteAddressAndPort);
  RtlCopyMemory(bytes + 2, proxy_port, sizeof(proxy_port));
  request->localRedirectHandle = redirect_handle;
  request->localRedirectContextSize = 64;
  request->localRedirectContext = allocate(64);
  if (request->localRedirectContext == nullptr) request->localRedirectContextSize = 0;
}

void NTAPI classify(const FWPS_INCOMING_VALUES0*, const FWPS_INCOMING_METADATA_VALUES0* metadata,
                    void*, const void* context, const FWPS_FILTER3* filter, UINT64,
                    FWPS_CLASSIFY_OUT0* out) {
  out->actionType = FWP_ACTION_PERMIT;
  const HANDLE records =
      (metadata->currentMetadataValues & FWPS_METADATA_FIELD_REDIRECT_RECORD_HANDLE) != 0
          ? metadata->redirectRecords
          : nullptr;
  if (FwpsQueryConnectionRedirectState0(records, redirect_handle, nullptr) !=
      FWPS_CONNECTION_NOT_REDIRECTED)
    return;
  UINT64 handle;
  if (!NT_SUCCESS(FwpsAcquireClassifyHandle0(const_cast<void*>(context), 0, &handle))) return;
  void* data;
  if (NT_SUCCESS(FwpsAcquireWritableLayerDataPointer0(handle, filter->filterId, 0, &data, out))) {
    redirect(static_cast<FWPS_CONNECT_REQUEST0*>(data));
    FwpsApplyModifiedLayerData0(handle, data, 0);
    out->actionType = FWP_ACTION_PERMIT;
  }
  FwpsReleaseClassifyHandle0(handle);
}

void NTAPI unload(PDRIVER_OBJECT) {
  take_down();
  if (redirect_handle != nullptr) FwpsRedirectHandleDestroy0(redirect_handle);
  redirect_handle = nullptr;
}

}  // namespace

extern "C" NTSTATUS DriverEntry(PDRIVER_OBJECT driver, PUNICODE_STRING) {
  NTSTATUS status = FwpsRedirectHandleCreate0(&callout_key, 0, &redirect_handle);
  if (!NT_SUCCESS(status)) return status;
  status = set_up_deciding(driver, unload, FWPM_LAYER_ALE_CONNECT_REDIRECT_V4, classify);
  if (!NT_SUCCESS(status)) unload(driver);
  return status;
}

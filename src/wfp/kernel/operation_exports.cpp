// SPDX-License-Identifier: Apache-2.0
// FwpsPendOperation, classify handles, redirection: from Windows arguments to operations.h.
#include <array>
#include <cstring>

#include "wfp/kernel/exports.h"
#include "wfp/kernel/operations.h"

namespace drydock::wfp {
namespace {

using machine::Irql;

Operations& operations() {
  return machine::Machine::current()->get<Operations>();
}

NTSTATUS pend_operation(HANDLE completion, HANDLE* context) {
  return operations().pend(completion, context);
}

void complete_operation(HANDLE context, PNET_BUFFER_LIST list) {
  operations().complete(context, list);
}

NTSTATUS acquire_handle(void* classify_context, UINT32, UINT64* handle) {
  return operations().acquire_handle(classify_context, handle);
}

void release_handle(UINT64 handle) {
  operations().release_handle(handle);
}

NTSTATUS pend_classify(UINT64 handle, UINT64, UINT32, FWPS_CLASSIFY_OUT0* out) {
  return operations().pend_classify(handle, out);
}

void complete_classify(UINT64 handle, UINT32, const FWPS_CLASSIFY_OUT0* out) {
  operations().complete_classify(handle, out);
}

NTSTATUS acquire_data(UINT64 handle, UINT64 filter, UINT32, PVOID* data, FWPS_CLASSIFY_OUT0* out) {
  return operations().acquire_data(handle, filter, data, out);
}

void apply_data(UINT64 handle, PVOID data, UINT32) {
  operations().apply_data(handle, data);
}

NTSTATUS create_redirect_handle(const GUID*, UINT32, HANDLE* handle) {
  return operations().redirects().create(handle);
}

void destroy_redirect_handle(HANDLE handle) {
  operations().redirects().destroy(handle);
}

FWPS_CONNECTION_REDIRECT_STATE redirect_state(HANDLE records, HANDLE handle, void** context) {
  return operations().redirects().state_of(records, handle, context);
}

// What SIO_SET_WFP_CONNECTION_REDIRECT_RECORDS takes. Its form is Windows' own business; ours is
// the number of the records.
NTSTATUS format_records(HANDLE records, PVOID buffer, SIZE_T size, PSIZE_T transferred) {
  const bool known = operations().redirects().state_of(records, nullptr, nullptr) !=
                     FWPS_CONNECTION_NOT_REDIRECTED;
  if (transferred != nullptr) *transferred = known ? sizeof records : 0;
  if (!known) return STATUS_NOT_FOUND;
  if (buffer == nullptr || size < sizeof records) return STATUS_BUFFER_TOO_SMALL;
  std::memcpy(buffer, &records, sizeof records);
  return STATUS_SUCCESS;
}

constexpr std::uint64_t no_resources = 0xc000009a;  // STATUS_INSUFFICIENT_RESOURCES
constexpr std::uint64_t not_ready = 0xc0220100;     // STATUS_FWP_TCPIP_NOT_READY

}  // namespace

ExportRows operation_exports() {
  static const std::array rows{
      FWPKCLNT_ROW(FwpsPendOperation0, pend_operation, .may_fail = true, .failure = not_ready),
      FWPKCLNT_ROW(FwpsCompleteOperation0, complete_operation),
      FWPKCLNT_ROW(FwpsAcquireClassifyHandle0, acquire_handle, .may_fail = true,
                   .failure = no_resources),
      FWPKCLNT_ROW(FwpsReleaseClassifyHandle0, release_handle),
      FWPKCLNT_ROW(FwpsPendClassify0, pend_classify, .may_fail = true, .failure = no_resources),
      FWPKCLNT_ROW(FwpsCompleteClassify0, complete_classify),
      FWPKCLNT_ROW(FwpsAcquireWritableLayerDataPointer0, acquire_data, .may_fail = true,
                   .failure = no_resources),
      FWPKCLNT_ROW(FwpsApplyModifiedLayerData0, apply_data),
      FWPKCLNT_ROW(FwpsRedirectHandleCreate0, create_redirect_handle, .max_irql = Irql::passive,
                   .may_fail = true, .failure = no_resources),
      FWPKCLNT_ROW(FwpsRedirectHandleDestroy0, destroy_redirect_handle, .max_irql = Irql::passive),
      FWPKCLNT_ROW(FwpsQueryConnectionRedirectState0, redirect_state),
      FWPKCLNT_ROW(FwpsQueryConnectionSioFormatRedirectRecords0, format_records),
  };
  return rows;
}

}  // namespace drydock::wfp

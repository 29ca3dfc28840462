// SPDX-License-Identifier: Apache-2.0
// Looking through the requests that wait in a queue, and taking one of them.
#include <algorithm>
#include <array>

#include "kmdf/check.h"
#include "kmdf/queue.h"
#include "kmdf/rows.h"

namespace drydock::kmdf {

namespace {

// The found request is referenced: it may be cancelled before the driver takes it.
NTSTATUS find_request(PWDF_DRIVER_GLOBALS, WDFQUEUE handle, WDFREQUEST after, WDFFILEOBJECT file,
                      PWDF_REQUEST_PARAMETERS parameters, WDFREQUEST* found) {
  const Queue& queue = object_of<Queue>(handle);
  require(found);
  *found = nullptr;
  const FileObject* of = file == nullptr ? nullptr : &object_of<FileObject>(file);
  if (parameters != nullptr && parameters->Size != sizeof *parameters)
    return STATUS_INFO_LENGTH_MISMATCH;
  auto at = queue.waiting.begin();
  if (after != nullptr) {
    at = std::ranges::find(queue.waiting, &object_of<Request>(after));
    if (at == queue.waiting.end()) return STATUS_NOT_FOUND;
    ++at;
  }
  at = std::find_if(at, queue.waiting.end(),
                    [of](const Request* request) { return of == nullptr || request->file == of; });
  if (at == queue.waiting.end()) return STATUS_NO_MORE_ENTRIES;
  framework().reference(**at);
  if (parameters != nullptr) fill_parameters(**at, *parameters);
  *found = reinterpret_cast<WDFREQUEST>((*at)->handle);
  return STATUS_SUCCESS;
}

NTSTATUS retrieve_found(PWDF_DRIVER_GLOBALS, WDFQUEUE handle, WDFREQUEST wanted,
                        WDFREQUEST* taken) {
  Queue& queue = object_of<Queue>(handle);
  Request& request = object_of<Request>(wanted);
  require(taken);
  *taken = nullptr;
  if (!queue.dispatches) return STATUS_WDF_PAUSED;
  if (!queue.take_this(request)) return STATUS_NOT_FOUND;
  *taken = wanted;
  return STATUS_SUCCESS;
}

}  // namespace

Functions queue_search_functions() {
  static const std::array rows{
      DRYDOCK_WDF_ROW(WdfIoQueueFindRequest, PFN_WDFIOQUEUEFINDREQUEST, find_request,
                      up_to_dispatch),
      DRYDOCK_WDF_ROW(WdfIoQueueRetrieveFoundRequest, PFN_WDFIOQUEUERETRIEVEFOUNDREQUEST,
                      retrieve_found, up_to_dispatch),
  };
  return rows;
}

}  // namespace drydock::kmdf

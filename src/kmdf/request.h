// SPDX-License-Identifier: Apache-2.0
// WDFREQUEST: an IRP on its way through the framework and the driver.
#pragma once

#include <wdf.h>

#include <cstdint>

#include "kmdf/device.h"
#include "kmdf/object.h"

namespace drydock::kmdf {

enum class RequestState : std::uint8_t {
  arriving,   // not yet given to anyone, or being cancelled
  queued,     // waits in a queue
  presented,  // the driver's to complete
  completed,
};

class Request final : public Object {
 public:
  static constexpr ObjectType object_type = ObjectType::request;
  Request(Client& owner, Device& of, PIRP from, FileObject* opened);

  void on_dispose() override;
  void on_destroy() override;

  [[nodiscard]] IO_STACK_LOCATION& location() const { return *IoGetCurrentIrpStackLocation(irp); }

  Device& device;
  PIRP irp;  // null when completed
  FileObject* file;
  UCHAR major;
  Queue* queue = nullptr;
  RequestState state = RequestState::arriving;
  bool was_presented = false;
  PFN_WDF_REQUEST_CANCEL cancel = nullptr;
  ULONG_PTR information = 0;
  NTSTATUS status = STATUS_SUCCESS;  // that the request was completed with
  PMDL input_mdl = nullptr;          // ours, over the buffered data
  PMDL output_mdl = nullptr;
};

// STATUS_PENDING has been promised for the IRP. Null with a status when there is no memory.
NTSTATUS make_request(Device& device, PIRP irp, FileObject* file, Request** request);
// EvtCleanup, then the IRP goes back to the I/O manager, then the framework's reference goes.
void complete_request(Request& request, NTSTATUS status, ULONG_PTR information);
// What WdfRequestGetParameters tells.
void fill_parameters(const Request& request, WDF_REQUEST_PARAMETERS& parameters);
// Anyone who waits in the IRP's cancel path finds the request through this.
Request* request_of(const IRP* irp);
// Makes the IRP cancelable by framework_cancel; false when it has been cancelled already.
bool arm_cancel(Request& request);
// False when the cancel path has taken the request: it is no longer ours.
bool disarm_cancel(Request& request);

}  // namespace drydock::kmdf

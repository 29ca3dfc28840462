// SPDX-License-Identifier: Apache-2.0
// WDFREQUEST: an IRP on its way through the framework and the driver.
#pragma once

#include <wdf.h>

#include <cstddef>
#include <cstdint>
#include <vector>

#include "kmdf/device.h"
#include "kmdf/memory.h"
#include "kmdf/object.h"

namespace drydock::kmdf {

enum class RequestState : std::uint8_t {
  arriving,   // not yet given to anyone, or being cancelled
  queued,     // waits in a queue
  presented,  // the driver's to complete
  completed,
};

class IoTarget;

// Where an IRP's data is.
struct IrpBuffers {
  PVOID system_buffer = nullptr;
  PVOID user_buffer = nullptr;
  PMDL mdl = nullptr;
};

// A request on its way to an I/O target.
struct Sending {
  IoTarget* target = nullptr;
  PFN_WDF_REQUEST_COMPLETION_ROUTINE routine = nullptr;
  WDFCONTEXT context = nullptr;
  bool under_way = false;  // also while a stopped target keeps it
  bool timed_out = false;
  bool told = false;       // the request's own status is newer than the IRP's
  bool formatted = false;  // the IRP has other buffers than its own
  IrpBuffers own_buffers;
  machine::TimerHandle timer = 0;
  std::vector<machine::Fiber*> waiters;
  // What it was formatted with.
  std::byte* system_buffer = nullptr;
  std::size_t system_buffer_size = 0;
  Slice copy_back;  // from the system buffer, on success
  PMDL mdl = nullptr;
  std::vector<Object*> kept;
};

class Request final : public Object {
 public:
  static constexpr ObjectType object_type = ObjectType::request;
  Request(Client& owner, Device& of, PIRP from, FileObject* opened);
  // One that the driver makes, without an IRP yet.
  explicit Request(Client& owner) : Object(object_type, owner), made_by_driver(true) {}

  void on_dispose() override;
  void on_destroy() override;

  [[nodiscard]] IO_STACK_LOCATION& location() const { return *IoGetCurrentIrpStackLocation(irp); }

  // In memory that drivers can be shown.
  WDF_REQUEST_COMPLETION_PARAMS& completion_params();

  const bool made_by_driver = false;
  bool owns_irp = false;     // of those that the driver made
  Device* device = nullptr;  // that it came to
  PIRP irp = nullptr;        // null when completed
  FileObject* file = nullptr;
  UCHAR major = 0;
  Queue* queue = nullptr;
  RequestState state = RequestState::arriving;
  bool was_presented = false;
  bool stopping = false;      // EvtIoStop was called and has not been answered
  bool acknowledged = false;  // the driver keeps it while the queue has no power
  PFN_WDF_REQUEST_CANCEL cancel = nullptr;
  ULONG_PTR information = 0;
  NTSTATUS status = STATUS_SUCCESS;  // that the request was completed with
  PMDL input_mdl = nullptr;          // ours, over the buffered data
  PMDL output_mdl = nullptr;
  Sending sending;

 private:
  PWDF_REQUEST_COMPLETION_PARAMS completion_params_ = nullptr;
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

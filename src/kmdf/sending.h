// SPDX-License-Identifier: Apache-2.0
// Requests on their way to an I/O target: the IRP's next stack location, buffers by transfer
// method, completion.
#pragma once

#include <wdf.h>

#include <cstddef>

#include "kmdf/io_target.h"
#include "kmdf/memory.h"
#include "kmdf/request.h"

namespace drydock::kmdf {

// What a request is formatted to carry.
struct Payload {
  UCHAR major = 0;
  ULONG code = 0;       // control requests
  LONGLONG offset = 0;  // reads and writes
  Slice input{};
  Slice output{};
  Memory* input_memory = nullptr;  // kept while the request is formatted
  Memory* output_memory = nullptr;
};

// STATUS_REQUEST_NOT_ACCEPTED: the IRP has no stack location for the target.
NTSTATUS format(Request& request, const IoTarget& target, const Payload& payload);
// Undoes it: buffers and references go.
void unformat(Request& request);
// False: it was not sent, the request's status says why.
bool send(Request& request, IoTarget& target, const WDF_REQUEST_SEND_OPTIONS* options);
// To the target's device, which must be there.
void send_now(Request& request, IoTarget& target);
// The request's status is this; false.
bool refuse(Request& request, NTSTATUS status);
// Waits until it has come back.
void wait_until_back(Request& request);
bool cancel_sent(Request& request);
// An IRP with that many stack locations for a request of the driver's own.
void give_irp(Request& request, CCHAR stack_size);

}  // namespace drydock::kmdf

// SPDX-License-Identifier: Apache-2.0
// How an IRP goes on after the I/O manager, or a driver that wanted to see it first, gave it to the
// framework.
#pragma once

#include <wdf.h>

namespace drydock::kmdf {

class Device;
class Queue;

// The framework's own handling, past preprocessing callbacks.
NTSTATUS dispatch_irp(Device& device, PIRP irp);
// Completes the IRP with that status, which it returns.
NTSTATUS refuse_irp(PIRP irp, NTSTATUS status);
// Read, write and control: a request to that queue, or to the one for its kind when null; past
// dispatch callbacks.
NTSTATUS dispatch_transfer(Device& device, PIRP irp, Queue* queue, bool in_caller_context);

}  // namespace drydock::kmdf

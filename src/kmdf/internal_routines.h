// SPDX-License-Identifier: Apache-2.0
// The framework's own routines in a driver's DRIVER_OBJECT and IRPs: the I/O manager (or the
// driver's entry stub) calls them by address. They are no kernel calls of the driver, hence no
// thunk.
#pragma once

#include <wdf.h>

namespace drydock::kmdf {

DRIVER_UNLOAD framework_unload;
DRIVER_DISPATCH framework_dispatch;
DRIVER_ADD_DEVICE framework_add_device;
DRIVER_CANCEL framework_cancel;
KDEFERRED_ROUTINE framework_dpc;
IO_COMPLETION_ROUTINE framework_completion;

}  // namespace drydock::kmdf

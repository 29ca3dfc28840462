// SPDX-License-Identifier: Apache-2.0
// Whether a structure that a driver handed to the kernel (a timer, a DPC) is still there when the
// kernel comes to use it: touching freed memory here would be our crash instead of the driver's.
#pragma once

namespace drydock::nt {

enum class Presence {
  here,
  freed,       // its pool block was freed
  image_gone,  // its driver's image was unloaded
};

Presence presence_of(const void* structure);

}  // namespace drydock::nt

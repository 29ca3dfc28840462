// SPDX-License-Identifier: Apache-2.0
// Driver code on the running fiber's stack, frame by frame: what exception dispatch walks. Between
// two stretches of driver frames lie kernel frames; machine::Frame says where.
#pragma once

#include <ntddk.h>

#include <cstdint>
#include <optional>

#include "image/unwind.h"
#include "machine/frames.h"
#include "nt/loader.h"

namespace drydock::nt {

struct DriverPlace {
  image::RegisterContext registers;
  machine::Frame* level = nullptr;  // the callback that led into this stretch, null: none
  // The scope with which a language handler goes on: not 0 in a frame whose unwinding was
  // interrupted.
  std::uint32_t scope_index = 0;
  bool whole = true;  // false: of the registers only rip, rsp and rbp are known
};

// What lies behind machine::Frame::interruption: driver code is being called by the dispatcher of
// an exception, and this is the place that the dispatcher had come to.
struct Interruption {
  DriverPlace place;
  const DISPATCHER_CONTEXT* dispatcher = nullptr;  // of the frame whose handler is called
  bool unwinding = false;  // frames below `place` are gone; else `place` is the exception's own
};

// The innermost dispatch that driver code at `level` was called by; null when its caller is an
// ordinary kernel function.
const Interruption* interruption_behind(const machine::Frame* level);

// The driver_to_kernel crossing that a dispatcher leaves on the fiber while it calls handlers.
machine::Frame crossing_at(const Interruption& interruption);

// Makes the fiber look as if it ran at this level; outer callbacks stay, inner ones are forgotten.
void cut_frames(machine::Frame* level);

struct UnwoundFrame {
  const LoadedImage* image = nullptr;
  image::FrameInfo info;
  DriverPlace caller;
};

// Whether the place is code of a driver that is still there.
bool in_driver(const DriverPlace& place);

// The frame at a place in a driver. Nothing: its unwind data or its stack is damaged.
std::optional<UnwoundFrame> unwind_one(const DriverPlace& place);

// How an exception goes on at the end of a stretch of driver frames.
struct KernelCaller {
  const machine::ExportRow* function = nullptr;
  DriverPlace place;  // where it was called; not whole
};
// The kernel function through which the callback at `level` was called; nothing when no driver code
// lies below.
std::optional<KernelCaller> caller_of(const machine::Frame* level);

}  // namespace drydock::nt

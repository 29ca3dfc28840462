// SPDX-License-Identifier: Apache-2.0
// The chain of crossings between host and driver code on one fiber. Return addresses alone cannot
// tell who called (a driver may tail-call an export), so every crossing leaves a frame here; stack
// walks, owner lookup and bug checks read the chain.
#pragma once

#include <cstdint>

#include "machine/types.h"

namespace drydock::machine {

struct ExportRow;

enum class CallbackKind : std::uint8_t {
  driver_entry,
  unload,
  classify,
  notify,
  flow_delete,
  completion,
  dispatch,
  dpc,
  work_item,
  system_thread,
  process_notify,
  timer,  // ExAllocateTimer
  wdf_callback,
  other,
  exception_handler,  // a language handler, filter or __finally body of the driver
};

const char* callback_name(CallbackKind kind);

struct Frame {
  enum class Kind : std::uint8_t { driver_to_kernel, kernel_to_driver };

  Frame* outer = nullptr;
  Kind kind = Kind::kernel_to_driver;

  // driver_to_kernel: the call that left the driver.
  const ExportRow* row = nullptr;
  std::uint64_t return_address = 0;
  std::uint64_t driver_rsp = 0;  // as it will be after the return
  std::uint64_t driver_rbp = 0;
  // Not a call but an exception: what the dispatcher knows of the place (nt/driver_frames.h).
  const void* interruption = nullptr;

  // kernel_to_driver: the callback that entered it.
  CallbackKind callback = CallbackKind::other;
  DriverId driver = no_driver;
  std::uint64_t target = 0;    // the driver function's address
  std::uint32_t resource = 0;  // ledger entry of the registration, 0 if none
};

}  // namespace drydock::machine

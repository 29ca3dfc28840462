// SPDX-License-Identifier: Apache-2.0
#include "machine/frames.h"

#include <array>

namespace drydock::machine {

const char* callback_name(CallbackKind kind) {
  static constexpr std::array names = {
      "DriverEntry",
      "DriverUnload",
      "classifyFn",
      "notifyFn",
      "flowDeleteFn",
      "completionFn",
      "dispatch routine",
      "DPC routine",
      "work item",
      "system thread",
      "process notify routine",
      "timer callback",
      "framework callback",
      "callback",
      "exception handler",
  };
  return names[static_cast<std::size_t>(kind)];
}

}  // namespace drydock::machine

// SPDX-License-Identifier: Apache-2.0
#include "scenario/standard_capture.h"

#include "net/tracker.h"

asm(".pushsection .rodata\n"
    ".global drydock_standard_capture\n"
    ".global drydock_standard_capture_end\n"
    "drydock_standard_capture:\n"
    ".incbin \"" DRYDOCK_STANDARD_CAPTURE
    "\"\n"
    "drydock_standard_capture_end:\n"
    ".byte 0\n"
    ".popsection\n");

extern "C" {
extern const std::byte drydock_standard_capture[];
extern const std::byte drydock_standard_capture_end[];
}

namespace drydock::scenario {

CaptureInput standard_capture() {
  CaptureInput capture{.path = standard_capture_name,
                       .local_addresses = {},
                       .content = {drydock_standard_capture, drydock_standard_capture_end}};
  for (const auto& address : net::standard_local_host().addresses) {
    capture.local_addresses.push_back(address.text());
  }
  return capture;
}

}  // namespace drydock::scenario

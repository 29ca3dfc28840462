// SPDX-License-Identifier: Apache-2.0
// TUN devices: IP packets of a network namespace as a file.
#pragma once

#include <string>

#include "base/error.h"
#include "explore/channel.h"

namespace drydock::cli {

// `name`: "DEVICE", or "NAMESPACE/DEVICE" for one in a namespace that `ip netns` knows. A device
// that is not there yet is made, and goes when the file is closed. Not blocking. Errors: one line.
Result<explore::Descriptor> open_tun(const std::string& name);

}  // namespace drydock::cli

// SPDX-License-Identifier: Apache-2.0
// The default traffic, data/standard.pcapng, inside the program: it works wherever it is installed.
#pragma once

#include "scenario/inputs.h"

namespace drydock::scenario {

inline constexpr const char* standard_capture_name = "standard traffic";

CaptureInput standard_capture();

}  // namespace drydock::scenario

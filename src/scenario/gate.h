// SPDX-License-Identifier: Apache-2.0
// Where fibers of the run itself wait for one another.
#pragma once

#include "machine/gate.h"

namespace drydock::scenario {

using machine::Gate;

}  // namespace drydock::scenario

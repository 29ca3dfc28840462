// SPDX-License-Identifier: Apache-2.0
// The process of a machine under remote control: takes commands from its channel until nobody gives
// any more. Driver code runs here, inside the sandbox.
#pragma once

namespace drydock::remote {

// The process's exit code.
int run_machine();

}  // namespace drydock::remote

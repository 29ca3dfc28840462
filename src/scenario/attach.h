// SPDX-License-Identifier: Apache-2.0
// Callouts that the driver registers but leaves to others to attach (a service, an installer):
// named, or attached by the run.
#pragma once

#include <string>
#include <vector>

#include "scenario/plan.h"
#include "scenario/world.h"

namespace drydock::scenario {

// With the filter engine, by its driver.
bool is_registered(const World& world, const Guid& callout);

// Adds the plan's filters; `unattached` becomes the keys of callouts that then still no filter
// names. A callout that is to be attached must be there once `all_loaded`.
void attach(World& world, const Plan& plan, bool all_loaded, std::vector<std::string>& unattached);

}  // namespace drydock::scenario

// SPDX-License-Identifier: Apache-2.0
// What happens in the simulated machine at a moment that the scenario names.
#pragma once

#include <cstdint>
#include <string>
#include <variant>

namespace drydock::scenario {

// A process comes and goes: whoever asked to be told of that is called.
struct RunProcess {
  std::string image;  // NT path
};
// The service of the filtering engine.
struct SetFilterEngine {
  bool running = true;
};

struct ActionPlan {
  bool at_step = false;      // of the traffic; else in virtual time since its beginning
  std::uint64_t moment = 0;  // step, or milliseconds
  std::variant<RunProcess, SetFilterEngine> what;
};

}  // namespace drydock::scenario

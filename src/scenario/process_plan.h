// SPDX-License-Identifier: Apache-2.0
// The applications of the simulated host: what each does to the driver's devices, and when it ends.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

namespace drydock::scenario {

class Application;

// When a process ends, seen from the request to unload the driver.
enum class ProcessEnd : std::uint8_t {
  before_unload,  // is killed, which cancels its requests and closes its handles
  after_unload,   // the same, once the request waits for the handles
  after_traffic,  // when all is over, and the driver long gone
  never,
};

struct ProcessPlan {
  std::string image;  // NT path: \Device\HarddiskVolume1\...
  std::string user;   // "S-1-5-18"; empty: as such a program would run
  ProcessEnd end = ProcessEnd::before_unload;
  std::uint32_t driver = 0;                // whose start and unload are meant, of the run's drivers
  std::function<void(Application&)> body;  // its first thread; the process runs on when it returns
};

}  // namespace drydock::scenario

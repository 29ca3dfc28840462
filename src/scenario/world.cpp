// SPDX-License-Identifier: Apache-2.0
#include "scenario/world.h"

namespace drydock::scenario {

namespace {

// With as many of its addresses as the plan as a whole tells.
const net::LocalHost& host_of(const Plan& plan) {
  if (plan.network) return plan.network->host;
  return plan.live ? plan.live->host : plan.host;
}

}  // namespace

World::World(Environment& environment, const Plan& plan, machine::Choices& choices)
    : environment_(environment),
      machine(environment.memory, choices,
              {.processors = plan.processors,
               .time_limit = plan.time_limit,
               .call_limit = plan.call_limit}),
      record(machine),
      kernel(machine, record, environment.images, plan.seed),
      framework(machine),
      callout_devices(kernel.io),
      wfp(machine, plan.platform, &callout_devices),
      network(machine, wfp, host_of(plan)),
      sockets(plan.network ? std::make_unique<Sockets>(network, *plan.network, plan.seed)
                           : nullptr),
      faults(machine, record, kernel.loader) {
  environment_.traps.set_policy(&faults);
}

void World::run_a_process(std::u16string_view image) {
  const auto created = kernel.processes.create(image);
  if (created.status == STATUS_SUCCESS) kernel.processes.exit(created.id);
}

World::~World() {
  environment_.traps.set_policy(nullptr);
}

}  // namespace drydock::scenario

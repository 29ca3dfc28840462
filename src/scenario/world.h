// SPDX-License-Identifier: Apache-2.0
// Everything one run consists of, built from nothing and taken down with it.
#pragma once

#include <memory>
#include <string_view>

#include "kmdf/framework.h"
#include "ledger/record.h"
#include "machine/machine.h"
#include "net/host_network.h"
#include "nt/fault_policy.h"
#include "nt/io_manager.h"
#include "nt/kernel.h"
#include "scenario/environment.h"
#include "scenario/plan.h"
#include "scenario/sockets.h"
#include "wfp/kernel/device_references.h"
#include "wfp/kernel/kernel_side.h"

namespace drydock::scenario {

struct World {
  World(Environment& environment, const Plan& plan, machine::Choices& choices);
  ~World();
  World(const World&) = delete;
  World& operator=(const World&) = delete;

  // A process comes and goes: whoever asked to be told of that is called.
  void run_a_process(std::u16string_view image);

 private:
  Environment& environment_;

 public:
  machine::Machine machine;
  ledger::Record record;

  nt::Kernel kernel;
  kmdf::Framework framework;
  wfp::IoDeviceReferences callout_devices;
  wfp::KernelSide wfp;
  net::HostNetwork network;
  std::unique_ptr<Sockets> sockets;  // null: no process has any
  nt::FaultMeaning faults;
};

}  // namespace drydock::scenario

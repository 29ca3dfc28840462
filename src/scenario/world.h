// SPDX-License-Identifier: Apache-2.0
// Everything one run consists of, built from nothing and taken down with it.
#pragma once

#include <memory>

#include "kmdf/framework.h"
#include "ledger/record.h"
#include "machine/machine.h"
#include "nt/fault_policy.h"
#include "nt/io_manager.h"
#include "nt/kernel.h"
#include "scenario/environment.h"
#include "scenario/plan.h"
#include "wfp/kernel/device_references.h"
#include "wfp/kernel/kernel_side.h"

namespace drydock::scenario {

// The filter engine holds a device per callout; the I/O manager counts it.
class CalloutDevices final : public wfp::DeviceReferences {
 public:
  explicit CalloutDevices(nt::IoManager& io) : io_(io) {}
  void reference(void* device, ledger::EntryId why) override {
    io_.reference_device(static_cast<PDEVICE_OBJECT>(device), why, nt::DeviceHold::keeps_object);
  }
  void dereference(void* device, ledger::EntryId why) override {
    io_.dereference_device(static_cast<PDEVICE_OBJECT>(device), why, nt::DeviceHold::keeps_object);
  }

 private:
  nt::IoManager& io_;
};

struct World {
  World(Environment& environment, const Plan& plan, machine::Choices& choices);
  ~World();
  World(const World&) = delete;
  World& operator=(const World&) = delete;

  // One step of the network path, on the running fiber.
  void play(const net::Step& step);
  // A process comes and goes: whoever asked to be told of that is called.
  void run_a_process();

 private:
  Environment& environment_;

 public:
  machine::Machine machine;
  ledger::Record record;

  nt::Kernel kernel;
  kmdf::Framework framework;
  CalloutDevices callout_devices;
  wfp::KernelSide wfp;
  nt::FaultToBugCheck faults;
};

}  // namespace drydock::scenario

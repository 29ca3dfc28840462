// SPDX-License-Identifier: Apache-2.0
// A run whose driver is host code: it calls the kernel through the import stubs and thunks that a
// real driver calls it through, from a DriverEntry.
#pragma once

#include <benchmark/benchmark.h>

#include <functional>
#include <string_view>

#include "ledger/callback.h"
#include "scenario/world.h"

namespace drydock::bench {

inline scenario::Environment& environment() {
  static scenario::Environment one;
  return one;
}

class HostRun {
 public:
  HostRun() : world(environment(), plan_, choices_) {}

  // `driver` runs on a fiber, as driver code, until it returns.
  void as_driver(std::move_only_function<void()> driver) {
    body_ = &driver;
    world.machine.spawn("driver", machine::Irql::passive, [this] {
      ledger::call_driver({.kind = machine::CallbackKind::driver_entry, .driver = 0}, &enter, this);
    });
    world.machine.run();
  }
  // The same on a fiber, outside of driver code.
  void as_kernel(std::move_only_function<void()> body) {
    world.machine.spawn("kernel", machine::Irql::passive, std::move(body));
    world.machine.run();
  }

  // What a driver's import table would hold.
  template <class Declared>
  static Declared* import(std::string_view name) {
    return reinterpret_cast<Declared*>(environment().images.exports.find("ntoskrnl.exe", name));
  }

 private:
  __attribute__((ms_abi)) static int enter(HostRun* self) {
    (*self->body_)();
    return 0;
  }

  scenario::Plan plan_;
  machine::RoundRobin choices_;
  std::move_only_function<void()>* body_ = nullptr;

 public:
  scenario::World world;
};

#define DRYDOCK_IMPORT(name) ::drydock::bench::HostRun::import <decltype(::name)>(#name)

}  // namespace drydock::bench

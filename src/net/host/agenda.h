// SPDX-License-Identifier: Apache-2.0
// What the simulated network has still to do, and when: packets that are on their way, timers of
// connections. A fiber of its own does it, in the order of time, then of asking.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <utility>

#include "machine/gate.h"
#include "machine/machine.h"

namespace drydock::net {

class Agenda {
 public:
  using Task = std::move_only_function<void()>;

  explicit Agenda(machine::Machine& machine) : machine_(machine) {}
  Agenda(const Agenda&) = delete;
  Agenda& operator=(const Agenda&) = delete;

  // At PASSIVE_LEVEL on the agenda's fiber, which begins with the first task.
  void at(machine::VirtualTime when, Task task);
  void soon(Task task) { at(machine_.now(), std::move(task)); }
  void after(machine::VirtualTime delay, Task task) { at(machine_.now() + delay, std::move(task)); }
  // Nothing is done any more, but what has begun.
  void close() { tasks_.clear(); }

 private:
  using Due = std::pair<machine::VirtualTime, std::uint64_t>;

  void run();
  void wait();

  machine::Machine& machine_;
  std::map<Due, Task> tasks_;
  Task current_;  // not on the fiber's stack: the fiber may be abandoned in the middle of it
  std::uint64_t asked_ = 0;
  bool started_ = false;
  machine::Gate changed_;
};

}  // namespace drydock::net

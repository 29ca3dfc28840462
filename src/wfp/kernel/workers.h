// SPDX-License-Identifier: Apache-2.0
// The network stack's own threads: a few kernel fibers on which asynchronous work of the platform
// runs - completions, deferred deletions. Idle ones wait for work; they belong to no driver.
#pragma once

#include <cstdint>
#include <deque>
#include <vector>

#include "machine/machine.h"

namespace drydock::wfp {

class Workers {
 public:
  // A plain value: a fiber that is abandoned in its middle must own nothing.
  struct Task {
    void (*run)(void* object, std::uint64_t argument) = nullptr;
    void* object = nullptr;
    std::uint64_t argument = 0;
    machine::Irql irql = machine::Irql::dispatch;
  };

  explicit Workers(machine::Machine& machine) : machine_(machine) {}
  Workers(const Workers&) = delete;
  Workers& operator=(const Workers&) = delete;

  // Runs the task on some worker at its IRQL, soon. From any fiber or none.
  void post(Task task);
  void post_at(machine::VirtualTime when, Task task);

 private:
  static constexpr std::size_t most_workers = 4;

  void serve();

  machine::Machine& machine_;
  std::deque<Task> tasks_;
  std::vector<machine::Fiber*> idle_;
  std::size_t started_ = 0;
};

}  // namespace drydock::wfp

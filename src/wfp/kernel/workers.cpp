// SPDX-License-Identifier: Apache-2.0
#include "wfp/kernel/workers.h"

#include "nt/idle.h"

namespace drydock::wfp {

using machine::Irql;

void Workers::post(Task task) {
  tasks_.push_back(task);
  if (!idle_.empty()) {
    machine_.make_ready(*idle_.back());
    idle_.pop_back();
  } else if (started_ < most_workers) {
    ++started_;
    machine_.spawn("network stack", Irql::passive, [this] { serve(); });
  }
}

void Workers::post_at(machine::VirtualTime when, Task task) {
  machine_.call_at(when, [this, task] { post(task); });
}

void Workers::serve() {
  while (true) {
    if (tasks_.empty()) {
      idle_.push_back(&machine_.running());
      machine_.block(nt::idle_system_fiber);
      continue;
    }
    const Task task = tasks_.front();
    tasks_.pop_front();
    machine_.set_irql(task.irql);
    task.run(task.object, task.argument);
    machine_.set_irql(Irql::passive);
    machine_.switch_point();
  }
}

}  // namespace drydock::wfp

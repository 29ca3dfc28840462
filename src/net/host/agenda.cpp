// SPDX-License-Identifier: Apache-2.0
#include "net/host/agenda.h"

namespace drydock::net {

void Agenda::at(machine::VirtualTime when, Task task) {
  tasks_.emplace(Due{when, ++asked_}, std::move(task));
  if (std::exchange(started_, true)) return changed_.open(machine_);
  machine_.spawn("network", machine::Irql::passive, [this] { run(); });
}

void Agenda::run() {
  for (;;) {
    wait();
    auto node = tasks_.extract(tasks_.begin());
    current_ = std::move(node.mapped());
    current_();
    current_ = nullptr;
    machine_.switch_point();
  }
}

void Agenda::wait() {
  while (tasks_.empty() || tasks_.begin()->first.first > machine_.now()) {
    if (tasks_.empty()) {
      changed_.wait(machine_, "something to do for the network");
      continue;
    }
    const auto timer =
        machine_.call_at(tasks_.begin()->first.first, [this] { changed_.open(machine_); });
    changed_.wait(machine_, "the network's next packet");
    machine_.cancel(timer);
  }
}

}  // namespace drydock::net

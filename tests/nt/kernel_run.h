// SPDX-License-Identifier: Apache-2.0
// A run with the kernel's subsystems and no driver: host functions play the driver and enter the
// kernel through its exports.
#pragma once

#include <ntddk.h>

#include <string>
#include <vector>

#include "ndis/run.h"
#include "nt/exports.h"
#include "nt/kernel.h"
#include "nt/test_store.h"

namespace drydock::nt {

// The import as a driver of this test sees it.
template <class Declared>
Declared* kernel_import(std::string_view name) {
  static const std::vector<const ExportRow*> rows = all_exports();
  return imported<Declared>(rows, name);
}
#define KERNEL(name) ::drydock::nt::kernel_import<decltype(::name)>(#name)

struct KernelRun : TestRun {
  Kernel kernel;

  explicit KernelRun(machine::MachineOptions options = {})
      : TestRun(options), kernel(machine, record, test_store(), 1) {}

  // What happened, in the order in which driver functions wrote it down.
  std::string trace;

  [[nodiscard]] std::uint32_t bug_check_code() const {
    const auto& stop = machine.stopped();
    const auto* check = stop ? std::get_if<machine::BugCheck>(&*stop) : nullptr;
    return check != nullptr ? check->code : 0;
  }
  [[nodiscard]] std::vector<ledger::NoteKind> note_kinds() const {
    std::vector<ledger::NoteKind> kinds;
    for (const ledger::Note& note : record.notes()) kinds.push_back(note.kind);
    return kinds;
  }
  // Memory a driver would have as a global or in its device extension.
  template <class T>
  T* make() {
    return machine.memory().kernel.make<T>();
  }
};

inline LARGE_INTEGER relative(machine::VirtualTime time) {
  return {.QuadPart = -time.ticks};
}

}  // namespace drydock::nt

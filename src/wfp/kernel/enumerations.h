// SPDX-License-Identifier: Apache-2.0
// Enumeration handles: what an enumeration found when it was opened, handed out in portions.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <utility>
#include <vector>

#include "fwpmk.h"
#include "machine/machine.h"
#include "wfp/kernel/kernel_blocks.h"

namespace drydock::wfp {

enum class Enumerated : std::uint8_t {
  sessions,
  providers,
  provider_contexts,
  sublayers,
  layers,
  callouts,
  filters,
  connections,
  endpoints,
};

class Enumerations {
 public:
  struct List {
    Enumerated kind = Enumerated::sessions;
    // One object as the structure that its Enum function hands out.
    void* (*show)(const void* object, KernelBlocks& blocks) = nullptr;
    std::vector<std::shared_ptr<const void>> objects = {};
    std::size_t position = 0;
  };

  explicit Enumerations(machine::Machine& machine) : machine_(machine) {}
  Enumerations(const Enumerations&) = delete;
  Enumerations& operator=(const Enumerations&) = delete;

  HANDLE open(HANDLE session, List list);
  // Null: no such handle of this session and kind.
  [[nodiscard]] List* find(HANDLE session, HANDLE enumeration, Enumerated kind);
  bool close(HANDLE session, HANDLE enumeration, Enumerated kind);
  // All that a session has not closed itself.
  void forget_session(HANDLE session);

 private:
  struct Open {
    HANDLE session = nullptr;
    List list;
  };

  machine::Machine& machine_;
  std::map<HANDLE, Open> open_;  // looked up and erased, never walked for an order
};

}  // namespace drydock::wfp

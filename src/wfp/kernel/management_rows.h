// SPDX-License-Identifier: Apache-2.0
// What the files of Fwpm functions share: rows of their export tables, and handing structures out.
#pragma once

#include <type_traits>

#include "wfp/kernel/exports.h"
#include "wfp/kernel/management.h"
#include "wfp/kernel/management_views.h"

namespace drydock::wfp {

inline Management& management() {
  return machine::Machine::current()->get<Management>();
}

// Hands out a structure that FwpmFreeMemory0 frees. find(engine, session) -> Found<...>.
template <class Structure, class Find>
NTSTATUS get(const char* name, HANDLE handle, Structure** out, const Find& find) {
  return management().call(name, handle, 0, [&](Engine& engine, SessionId id) {
    if (out == nullptr) return FwpStatus::null_pointer;
    const auto object = find(engine, id);
    if (!object) return object.error();
    KernelBlocks blocks(machine::Machine::current()->memory().kernel);
    auto* structure = reinterpret_cast<Structure*>(to_windows_object(**object, blocks));
    management().keep(name, structure, std::move(blocks));
    *out = structure;
    return FwpStatus::success;
  });
}

// May fail for reasons of the connection to the engine's service (RPC_NT_CALL_FAILED).
#define MANAGEMENT_ROW(name, implementation)                                                 \
  FWPKCLNT_ROW(name, (implementation), .max_irql = machine::Irql::passive, .may_fail = true, \
               .failure = 0xc002001b)

// A function that wdk/include does not declare, because nobody builds drivers with it here.
#define UNDECLARED_ROW(name, implementation, ...)                                               \
  &ledger::export_row<                                                                          \
      "fwpkclnt.sys", #name, std::remove_reference_t<decltype(implementation)>, implementation, \
      machine::Traits{.max_irql = machine::Irql::passive __VA_OPT__(, ) __VA_ARGS__}>()

}  // namespace drydock::wfp

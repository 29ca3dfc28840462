// SPDX-License-Identifier: Apache-2.0
// The functions that every enumeration has beside the one that opens it: portions of it, and its
// end.
#pragma once

#include <algorithm>

#include "wfp/kernel/management.h"
#include "wfp/kernel/management_rows.h"

namespace drydock::wfp {

// Up to `requested` of what is left, as an array of pointers in one allocation; no array when
// nothing is left.
template <class Structure>
FwpStatus next_entries(const char* name, Enumerations::List& list, UINT32 requested,
                       Structure*** entries, UINT32* returned) {
  const std::size_t left = list.objects.size() - list.position;
  const auto count = std::min<std::size_t>(requested, left);
  *entries = nullptr;
  *returned = static_cast<UINT32>(count);
  if (count == 0) return FwpStatus::success;
  KernelBlocks blocks(machine::Machine::current()->memory().kernel);
  auto** array = blocks.make<Structure*>(count);
  for (std::size_t i = 0; i < count; ++i) {
    array[i] = static_cast<Structure*>(list.show(list.objects[list.position++].get(), blocks));
  }
  management().keep(name, array, std::move(blocks));
  *entries = array;
  return FwpStatus::success;
}

template <ledger::Literal Name, Enumerated Kind, class Structure>
NTSTATUS enumerate(HANDLE session, HANDLE handle, UINT32 requested, Structure*** entries,
                   UINT32* returned) {
  return management().call(Name.text, session, 0, [&](Engine&, SessionId) {
    if (entries == nullptr || returned == nullptr) return FwpStatus::null_pointer;
    Enumerations::List* list = management().enumerations().find(session, handle, Kind);
    if (list == nullptr) return FwpStatus::invalid_handle;
    return next_entries(Name.text, *list, requested, entries, returned);
  });
}

template <ledger::Literal Name, Enumerated Kind>
NTSTATUS destroy(HANDLE session, HANDLE handle) {
  return management().call(Name.text, session, 0, [&](Engine&, SessionId) {
    return management().enumerations().close(session, handle, Kind) ? FwpStatus::success
                                                                    : FwpStatus::invalid_handle;
  });
}

// The two rows that every kind has beside its CreateEnumHandle.
#define ENUM_ROW(name, kind, structure) \
  MANAGEMENT_ROW(name, (enumerate<#name, Enumerated::kind, structure>))
#define DESTROY_ROW(name, kind) \
  FWPKCLNT_ROW(name, (destroy<#name, Enumerated::kind>), .max_irql = machine::Irql::passive)

}  // namespace drydock::wfp

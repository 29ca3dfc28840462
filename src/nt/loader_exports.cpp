// SPDX-License-Identifier: Apache-2.0
// What drivers may ask the loader.
#include <ntddk.h>

#include "nt/context.h"
#include "nt/io_exports.h"
#include "nt/loader.h"
#include "nt/names.h"

namespace drydock::nt {

namespace {

// NULL for what this kernel does not have: drivers ask in order to do without.
PVOID system_routine(PUNICODE_STRING name) {
  const std::string text = printable(view_of(name));
  return reinterpret_cast<PVOID>(service<Loader>().store().exports.find_system_routine(text));
}

}  // namespace

Exports loader_exports() {
  static const std::array rows = {
      kernel_row<"MmGetSystemRoutineAddress", decltype(::MmGetSystemRoutineAddress), system_routine,
                 passive_only>(),
  };
  return rows;
}

}  // namespace drydock::nt

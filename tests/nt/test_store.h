// SPDX-License-Identifier: Apache-2.0
// The process's one ImageStore: stubs and images lie at fixed addresses, so all tests of this
// program share it.
#pragma once

#include <array>
#include <vector>

#include "nt/exports.h"
#include "nt/loader.h"

namespace drydock::nt {

inline int twice(int value) {
  return 2 * value;
}
inline int thrice(int value) {
  return 3 * value;
}
using IntFunction = __attribute__((ms_abi)) int(int value);

// First in order, so that its addresses are known.
inline ExportTable arithmetic_exports() {
  static const std::array rows = {
      &ledger::export_row<"ntoskrnl.exe", "Twice", IntFunction, twice, any_irql>(),
      &ledger::export_row<"other.sys", "Thrice", IntFunction, thrice, any_irql>(),
  };
  return rows;
}

inline ImageStore& test_store() {
  static const std::vector<const ExportRow*> rows = all_exports();
  static const std::array<ExportTable, 2> tables = {arithmetic_exports(), rows};
  static ImageStore store(tables);
  return store;
}

// A kernel function as a driver calls it: through its import.
template <class Function>
Function* import(const char* name) {
  return reinterpret_cast<Function*>(test_store().exports.find("ntoskrnl.exe", name));
}

}  // namespace drydock::nt

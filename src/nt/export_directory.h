// SPDX-License-Identifier: Apache-2.0
// Everything a driver can import, by module and name, over the export tables of all subsystems.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "ledger/export.h"
#include "nt/stub_memory.h"
#include "nt/variables.h"

namespace drydock::nt {

using ExportTable = std::span<const machine::ExportRow* const>;

// One per process; it outlives runs. Addresses depend on the order of `tables` and their rows only.
class ExportDirectory {
 public:
  explicit ExportDirectory(std::span<const ExportTable> tables);

  // Address of the function's stub or of the variable; 0 when there is none. Module names compare
  // without case; ntoskrnl.exe and hal.dll answer for each other, since functions moved between
  // them.
  [[nodiscard]] std::uint64_t find(std::string_view module, std::string_view name) const;
  // What MmGetSystemRoutineAddress finds: functions of ntoskrnl.exe and hal.dll.
  [[nodiscard]] std::uint64_t find_system_routine(std::string_view name) const;

  // The stub that ends the run when called: the `index`-th unimplemented import of the image in
  // `slot`. 0 when there are too many.
  std::uint64_t trap(std::uint32_t slot, std::uint32_t index);
  KernelVariables& variables() { return variables_; }

 private:
  StubMemory stubs_;
  KernelVariables variables_;
  std::unordered_map<std::string, std::size_t> index_;  // "module!name", module in lower case
};

}  // namespace drydock::nt

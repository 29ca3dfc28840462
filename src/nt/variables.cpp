// SPDX-License-Identifier: Apache-2.0
#include "nt/variables.h"

#include <algorithm>
#include <array>

namespace drydock::nt {

namespace {

struct Variable {
  std::string_view name;
  std::uint64_t value = 0;  // 0: its subsystem sets it
};

// Eight bytes each, whatever the declared type: little-endian values read the same. Order is
// address order: append only.
constexpr std::array variables = {
    Variable{"NtBuildNumber", 0xf0004a65},  // 19045, free build
    Variable{"KeNumberProcessors"},
    Variable{"MmSystemRangeStart", 0xffff'8000'0000'0000},
    Variable{"MmHighestUserAddress", 0x0000'7fff'fffe'ffff},
    Variable{"MmUserProbeAddress", 0x0000'7fff'ffff'0000},
    Variable{"PsInitialSystemProcess"},
    Variable{"PsProcessType"},
    Variable{"PsThreadType"},
    Variable{"ExEventObjectType"},
    Variable{"IoFileObjectType"},
    Variable{"IoDriverObjectType"},
    Variable{"IoDeviceObjectType"},
    Variable{"InitSafeBootMode"},
    Variable{"KdDebuggerEnabled"},
    Variable{"KdDebuggerNotPresent", 1},
};

}  // namespace

KernelVariables::KernelVariables()
    : page_(machine::home::stubs + (std::uint64_t{64} << 20), machine::page_size,
            machine::Access::read_write) {}

std::uint64_t KernelVariables::find(std::string_view name) const {
  const auto* const found = std::ranges::find(variables, name, &Variable::name);
  if (found == variables.end()) return 0;
  return page_.begin() + 8 * static_cast<std::uint64_t>(found - variables.begin());
}

void KernelVariables::reset(std::uint32_t processors) {
  std::memset(page_.data(), 0, page_.size());
  for (const Variable& variable : variables) set(variable.name, variable.value);
  set("KeNumberProcessors", std::uint64_t{processors});
}

}  // namespace drydock::nt

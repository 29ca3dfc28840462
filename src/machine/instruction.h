// SPDX-License-Identifier: Apache-2.0
// The instruction that made a CPU fault, decoded.
#pragma once

#include <Zydis/Zydis.h>
#include <ucontext.h>

#include <array>
#include <cstdint>

#include "machine/traps.h"

namespace drydock::machine {

struct Decoded {
  ZydisDecodedInstruction instruction;
  std::array<ZydisDecodedOperand, ZYDIS_MAX_OPERAND_COUNT> operands;
};

// False when the bytes at `rip` are no instruction.
bool decode(std::uint64_t rip, Decoded& decoded);

// The 64-bit register that `reg` is part of; null for anything but rax to r15.
greg_t* general_register(ucontext_t& context, ZydisRegister reg);

// What a general protection fault at rip means: int 29h, an access to memory, or an instruction
// that is not for user mode.
CpuFault::Kind kind_of_protection_fault(std::uint64_t rip);

// A divide error is a division by zero, or a quotient that does not fit.
CpuFault::Kind kind_of_divide_error(ucontext_t& context);

}  // namespace drydock::machine

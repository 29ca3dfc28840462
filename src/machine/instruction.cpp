// SPDX-License-Identifier: Apache-2.0
#include "machine/instruction.h"

#include <algorithm>
#include <cstring>
#include <span>

namespace drydock::machine {

namespace {

// In Zydis' order RAX, RCX, RDX, RBX, RSP, RBP, RSI, RDI, R8...R15.
constexpr std::array register_index = {REG_RAX, REG_RCX, REG_RDX, REG_RBX, REG_RSP, REG_RBP,
                                       REG_RSI, REG_RDI, REG_R8,  REG_R9,  REG_R10, REG_R11,
                                       REG_R12, REG_R13, REG_R14, REG_R15};

// Instruction bytes may be read only where the processor could fetch them: not after an execute
// fault.
bool is_int29(std::uint64_t rip) {
  const auto* code = reinterpret_cast<const std::uint8_t*>(rip);
  return code[0] == 0xCD && code[1] == 0x29;
}

bool accesses_memory(const Decoded& decoded) {
  switch (decoded.instruction.meta.category) {
    case ZYDIS_CATEGORY_INTERRUPT:
    case ZYDIS_CATEGORY_IO:
    case ZYDIS_CATEGORY_IOSTRINGOP:
    case ZYDIS_CATEGORY_SYSRET:
      return false;
    default:
      break;
  }
  if ((decoded.instruction.attributes & ZYDIS_ATTRIB_IS_PRIVILEGED) != 0) return false;
  return std::ranges::any_of(std::span(decoded.operands).first(decoded.instruction.operand_count),
                             [](const ZydisDecodedOperand& operand) {
                               return operand.type == ZYDIS_OPERAND_TYPE_MEMORY &&
                                      operand.mem.type == ZYDIS_MEMOP_TYPE_MEM;
                             });
}

std::uint64_t value_of(ucontext_t& context, ZydisRegister reg) {
  const greg_t* found = general_register(context, reg);
  return found != nullptr ? static_cast<std::uint64_t>(*found) : 0;
}

std::uint64_t address_of(ucontext_t& context, const Decoded& decoded,
                         const ZydisDecodedOperandMem& memory) {
  const std::uint64_t next =
      static_cast<std::uint64_t>(context.uc_mcontext.gregs[REG_RIP]) + decoded.instruction.length;
  const std::uint64_t base =
      memory.base == ZYDIS_REGISTER_RIP ? next : value_of(context, memory.base);
  return base + value_of(context, memory.index) * memory.scale +
         static_cast<std::uint64_t>(memory.disp.value);
}

std::uint64_t divisor(ucontext_t& context, const Decoded& decoded) {
  const ZydisDecodedOperand& operand = decoded.operands[0];
  std::uint64_t value = 0;
  if (operand.type == ZYDIS_OPERAND_TYPE_MEMORY) {
    const std::uint64_t address = address_of(context, decoded, operand.mem);
    std::memcpy(&value, reinterpret_cast<const void*>(address), operand.size / 8);
    return value;
  }
  value = value_of(context, operand.reg.value);
  const bool second_byte =
      operand.reg.value >= ZYDIS_REGISTER_AH && operand.reg.value <= ZYDIS_REGISTER_BH;
  if (second_byte) value >>= 8;
  return operand.size == 64 ? value : value & ((std::uint64_t{1} << operand.size) - 1);
}

}  // namespace

bool decode(std::uint64_t rip, Decoded& decoded) {
  ZydisDecoder decoder;
  ZydisDecoderInit(&decoder, ZYDIS_MACHINE_MODE_LONG_64, ZYDIS_STACK_WIDTH_64);
  return ZYAN_SUCCESS(ZydisDecoderDecodeFull(&decoder, reinterpret_cast<const void*>(rip),
                                             ZYDIS_MAX_INSTRUCTION_LENGTH, &decoded.instruction,
                                             decoded.operands.data()));
}

greg_t* general_register(ucontext_t& context, ZydisRegister reg) {
  const ZydisRegister full = ZydisRegisterGetLargestEnclosing(ZYDIS_MACHINE_MODE_LONG_64, reg);
  if (full < ZYDIS_REGISTER_RAX || full > ZYDIS_REGISTER_R15) return nullptr;
  return &context.uc_mcontext
              .gregs[register_index[static_cast<std::size_t>(full - ZYDIS_REGISTER_RAX)]];
}

CpuFault::Kind kind_of_protection_fault(std::uint64_t rip) {
  if (is_int29(rip)) return CpuFault::Kind::fast_fail;
  Decoded decoded;
  return decode(rip, decoded) && accesses_memory(decoded) ? CpuFault::Kind::no_address
                                                          : CpuFault::Kind::privileged;
}

CpuFault::Kind kind_of_divide_error(ucontext_t& context) {
  Decoded decoded;
  const bool zero =
      !decode(static_cast<std::uint64_t>(context.uc_mcontext.gregs[REG_RIP]), decoded) ||
      divisor(context, decoded) == 0;
  return zero ? CpuFault::Kind::divide : CpuFault::Kind::overflow;
}

}  // namespace drydock::machine

// SPDX-License-Identifier: Apache-2.0
#include "machine/shared_data.h"

#include <cstring>

#include "machine/clock.h"
#include "machine/instruction.h"
#include "machine/machine.h"

namespace drydock::machine {

namespace {

// Offsets in KUSER_SHARED_DATA (facts: phnt structure, Windows 10): each time is Low, High1, High2,
// in 100 ns units.
constexpr std::size_t interrupt_time_at = 0x008;
constexpr std::size_t system_time_at = 0x014;
constexpr std::size_t tick_count_at = 0x320;
constexpr std::size_t tick_count_multiplier_at = 0x004;
constexpr std::uint32_t clock_in_ms_shifted_24 = 0x0FA00000;  // 15.625 * 2^24

void store_time(std::byte* page, std::size_t offset, std::int64_t time) {
  const auto high = static_cast<std::int32_t>(time >> 32);
  std::memcpy(page + offset, &time, 4);
  std::memcpy(page + offset + 4, &high, 4);
  std::memcpy(page + offset + 8, &high, 4);
}

void refresh(std::byte* page) {
  const VirtualTime now = Machine::current()->now();
  store_time(page, interrupt_time_at, interrupt_time(now));
  store_time(page, system_time_at, system_time(now));
  store_time(page, tick_count_at, tick_count(now));
  std::memcpy(page + tick_count_multiplier_at, &clock_in_ms_shifted_24, 4);
}

// mov al/ax/eax/rax, [absolute address]: there is no base register to point elsewhere.
bool load_absolute(ucontext_t& context, const Decoded& decoded, const std::byte* from) {
  const auto& operands = decoded.operands;
  if (decoded.instruction.mnemonic != ZYDIS_MNEMONIC_MOV ||
      operands[0].type != ZYDIS_OPERAND_TYPE_REGISTER)
    return false;
  std::uint64_t loaded = 0;
  std::memcpy(&loaded, from, operands[1].size / 8);
  greg_t& rax = context.uc_mcontext.gregs[REG_RAX];
  if (operands[0].size >= 32) {
    rax = static_cast<greg_t>(loaded);
  } else {
    std::memcpy(&rax, &loaded, operands[0].size / 8);
  }
  context.uc_mcontext.gregs[REG_RIP] += decoded.instruction.length;
  return true;
}

}  // namespace

bool emulate_shared_data(ucontext_t& context, std::uint64_t address, const Region& mirror) {
  if (address - kuser_shared_data >= page_size) return false;
  Decoded decoded;
  if (!decode(static_cast<std::uint64_t>(context.uc_mcontext.gregs[REG_RIP]), decoded))
    return false;
  refresh(mirror.data());
  for (std::size_t i = 0; i < decoded.instruction.operand_count; ++i) {
    const auto& operand = decoded.operands[i];
    if (operand.type != ZYDIS_OPERAND_TYPE_MEMORY) continue;
    if ((operand.actions & ZYDIS_OPERAND_ACTION_MASK_WRITE) != 0) return false;
    if (operand.mem.base == ZYDIS_REGISTER_NONE) {
      return load_absolute(context, decoded, mirror.data() + (address - kuser_shared_data));
    }
    greg_t* base = general_register(context, operand.mem.base);
    if (base == nullptr) return false;
    // The register keeps pointing at the mirror; the instruction is run again.
    *base += static_cast<greg_t>(mirror.begin() - kuser_shared_data);
    return true;
  }
  return false;
}

bool emulate_cr8(ucontext_t& context) {
  Decoded decoded;
  if (!decode(static_cast<std::uint64_t>(context.uc_mcontext.gregs[REG_RIP]), decoded))
    return false;
  if (decoded.instruction.mnemonic != ZYDIS_MNEMONIC_MOV) return false;
  const auto& target = decoded.operands[0];
  const auto& source = decoded.operands[1];
  if (target.type != ZYDIS_OPERAND_TYPE_REGISTER || source.type != ZYDIS_OPERAND_TYPE_REGISTER)
    return false;
  Machine& machine = *Machine::current();
  if (source.reg.value == ZYDIS_REGISTER_CR8) {
    *general_register(context, target.reg.value) = static_cast<greg_t>(machine.irql());
  } else if (target.reg.value == ZYDIS_REGISTER_CR8) {
    machine.set_irql(static_cast<Irql>(*general_register(context, source.reg.value) & 15));
  } else {
    return false;
  }
  context.uc_mcontext.gregs[REG_RIP] += decoded.instruction.length;
  return true;
}

}  // namespace drydock::machine

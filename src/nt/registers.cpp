// SPDX-License-Identifier: Apache-2.0
#include "nt/registers.h"

#include <cstddef>
#include <cstring>

#include "nt/context.h"

// The offsets below, in assembly.
static_assert(offsetof(CONTEXT, MxCsr) == 0x34 && offsetof(CONTEXT, EFlags) == 0x44);
static_assert(offsetof(CONTEXT, Rax) == 0x78 && offsetof(CONTEXT, R15) == 0xf0);
static_assert(offsetof(CONTEXT, Rip) == 0xf8 && offsetof(CONTEXT, Xmm0) == 0x1a0);
static_assert(sizeof(CONTEXT) == 0x4d0);

// Everything but rsp, rip, flags and one general register, into the CONTEXT at `base`.
#define DRYDOCK_SAVE_REGISTERS(base)                                                              \
  "mov %rax, 0x78(" base "); mov %rcx, 0x80(" base "); mov %rdx, 0x88(" base                      \
  "); mov %rbx, 0x90(" base "); mov %rbp, 0xa0(" base "); mov %rsi, 0xa8(" base                   \
  "); mov %rdi, 0xb0(" base "); mov %r8, 0xb8(" base "); mov %r9, 0xc0(" base                     \
  "); mov %r10, 0xc8(" base "); mov %r11, 0xd0(" base "); mov %r12, 0xd8(" base                   \
  "); mov %r13, 0xe0(" base "); mov %r14, 0xe8(" base "); mov %r15, 0xf0(" base                   \
  "); stmxcsr 0x34(" base "); movups %xmm0, 0x1a0(" base "); movups %xmm1, 0x1b0(" base           \
  "); movups %xmm2, 0x1c0(" base "); movups %xmm3, 0x1d0(" base "); movups %xmm4, 0x1e0(" base    \
  "); movups %xmm5, 0x1f0(" base "); movups %xmm6, 0x200(" base "); movups %xmm7, 0x210(" base    \
  "); movups %xmm8, 0x220(" base "); movups %xmm9, 0x230(" base "); movups %xmm10, 0x240(" base   \
  "); movups %xmm11, 0x250(" base "); movups %xmm12, 0x260(" base "); movups %xmm13, 0x270(" base \
  "); movups %xmm14, 0x280(" base "); movups %xmm15, 0x290(" base ");"

namespace drydock::nt {

namespace {

// CONTEXT_AMD64 with control, integer, segments and floating point.
constexpr ULONG context_flags = 0x10000F;
constexpr ULONG interrupts_enabled = 0x202;

void set_constants(CONTEXT& context) {
  context.ContextFlags = context_flags;
  context.SegCs = 0x10;  // the kernel's selectors
  context.SegSs = 0x18;
  context.SegDs = context.SegEs = context.SegGs = 0x2b;
  context.SegFs = 0x53;
}

// Called by the landing; what it is called with lies on the fiber's stack.
extern "C" [[gnu::used]] void drydock_departed(CONTEXT* context) {
  machine::Departure& departure = the_machine().running().departure;
  departure.landing = 0;
  context->Rip = departure.from;
  set_constants(*context);
  departure.then(context);
}

// Written without Windows' frame: below rsp of driver code nothing is kept (it has no red zone).
[[gnu::naked]] void land() {
  asm("mov %rsp, %r11\n"
      "lea -0x4d0(%rsp), %rsp\n"
      "and $-16, %rsp\n"  //
      DRYDOCK_SAVE_REGISTERS("%rsp") "\n"
      "mov %r11, 0x98(%rsp)\n"
      "pushfq\n"
      "pop %rax\n"
      "mov %eax, 0x44(%rsp)\n"
      "mov %rsp, %rdi\n"
      "call drydock_departed\n"
      "ud2\n");
}

[[gnu::naked]] void restore_from(const CONTEXT* /*context: rdi*/) {
  asm("movups 0x1a0(%rdi), %xmm0; movups 0x1b0(%rdi), %xmm1; movups 0x1c0(%rdi), %xmm2\n"
      "movups 0x1d0(%rdi), %xmm3; movups 0x1e0(%rdi), %xmm4; movups 0x1f0(%rdi), %xmm5\n"
      "movups 0x200(%rdi), %xmm6; movups 0x210(%rdi), %xmm7; movups 0x220(%rdi), %xmm8\n"
      "movups 0x230(%rdi), %xmm9; movups 0x240(%rdi), %xmm10; movups 0x250(%rdi), %xmm11\n"
      "movups 0x260(%rdi), %xmm12; movups 0x270(%rdi), %xmm13; movups 0x280(%rdi), %xmm14\n"
      "movups 0x290(%rdi), %xmm15\n"
      "ldmxcsr 0x34(%rdi)\n"
      "mov 0x98(%rdi), %rax\n"  // the new stack: rax, rdi, flags and rip are popped from below it
      "mov 0xf8(%rdi), %rdx\n"
      "mov %rdx, -8(%rax)\n"
      "mov 0x44(%rdi), %edx\n"
      "and $0xcd5, %edx\n"  // the arithmetic flags and the direction flag
      "or $0x202, %edx\n"
      "mov %rdx, -16(%rax)\n"
      "mov 0xb0(%rdi), %rdx\n"
      "mov %rdx, -24(%rax)\n"
      "mov 0x78(%rdi), %rdx\n"
      "mov %rdx, -32(%rax)\n"
      "mov 0x80(%rdi), %rcx; mov 0x88(%rdi), %rdx; mov 0x90(%rdi), %rbx\n"
      "mov 0xa0(%rdi), %rbp; mov 0xa8(%rdi), %rsi; mov 0xb8(%rdi), %r8\n"
      "mov 0xc0(%rdi), %r9; mov 0xc8(%rdi), %r10; mov 0xd0(%rdi), %r11\n"
      "mov 0xd8(%rdi), %r12; mov 0xe0(%rdi), %r13; mov 0xe8(%rdi), %r14\n"
      "mov 0xf0(%rdi), %r15\n"
      "lea -32(%rax), %rsp\n"
      "pop %rax\n"
      "pop %rdi\n"
      "popfq\n"
      "ret\n");
}

}  // namespace

CONTEXT context_of(const machine::CpuFault& fault) {
  CONTEXT context{};
  set_constants(context);
  const auto& from = fault.registers;
  constexpr int order[] = {REG_RAX, REG_RCX, REG_RDX, REG_RBX, REG_RSP, REG_RBP, REG_RSI, REG_RDI,
                           REG_R8,  REG_R9,  REG_R10, REG_R11, REG_R12, REG_R13, REG_R14, REG_R15};
  ULONG64* to = &context.Rax;
  for (const int index : order) *to++ = static_cast<ULONG64>(from[index]);
  context.Rip = fault.instruction;
  context.EFlags = static_cast<ULONG>(from[REG_EFL]);
  context.MxCsr = fault.mxcsr;
  static_assert(sizeof fault.xmm == 16 * sizeof(M128A));
  std::memcpy(&context.Xmm0, fault.xmm.data(), sizeof fault.xmm);
  return context;
}

CONTEXT context_of(const image::RegisterContext& registers) {
  CONTEXT context{};
  set_constants(context);
  update(context, registers);
  context.EFlags = interrupts_enabled;
  context.MxCsr = __builtin_ia32_stmxcsr();
  return context;
}

image::RegisterContext registers_of(const CONTEXT& context) {
  image::RegisterContext registers;
  std::memcpy(registers.general.data(), &context.Rax, sizeof registers.general);
  std::memcpy(registers.xmm.data(), &context.Xmm6, sizeof registers.xmm);
  registers.rip = context.Rip;
  return registers;
}

void update(CONTEXT& context, const image::RegisterContext& registers) {
  std::memcpy(&context.Rax, registers.general.data(), sizeof registers.general);
  std::memcpy(&context.Xmm6, registers.xmm.data(), sizeof registers.xmm);
  context.Rip = registers.rip;
}

void restore(const CONTEXT& context) {
  restore_from(&context);
  __builtin_unreachable();
}

std::uint64_t departure_landing() {
  return reinterpret_cast<std::uint64_t>(&land);
}

[[gnu::naked]] void capture_context() {
  asm(DRYDOCK_SAVE_REGISTERS("%rcx") "\n"
      "lea 8(%rsp), %rax\n"
      "mov %rax, 0x98(%rcx)\n"
      "mov (%rsp), %rax\n"
      "mov %rax, 0xf8(%rcx)\n"
      "pushfq\n"
      "pop %rax\n"
      "mov %eax, 0x44(%rcx)\n"
      "movl $0x10000f, 0x30(%rcx)\n"
      "movl $0x002b0010, 0x38(%rcx)\n"  // SegCs, SegDs, SegEs, SegFs, SegGs, SegSs
      "movl $0x0053002b, 0x3c(%rcx)\n"
      "movl $0x0018002b, 0x40(%rcx)\n"
      "mov 0x78(%rcx), %rax\n"
      "ret\n");
}

}  // namespace drydock::nt

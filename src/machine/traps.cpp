// SPDX-License-Identifier: Apache-2.0
#include "machine/traps.h"

#include <sys/time.h>

#include <array>
#include <csignal>
#include <cstdlib>
#include <cstring>

#include "machine/instruction.h"
#include "machine/shared_data.h"

namespace drydock::machine {

namespace {

constexpr std::array fault_signals = {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGTRAP};
constexpr std::uint32_t ticks_of_patience = 2;
// Our own code, met by a tick, is given this long to return to the driver or to a fault of it.
constexpr std::uint32_t ticks_of_our_own = 4 * ticks_of_patience;
// A run that was ended in the middle of our own code, and ends no more: the driver has damaged what
// is ours.
constexpr std::uint32_t most_ticks_of_ending = 10 * ticks_of_our_own;
constexpr std::size_t signal_stack_size = 64 * 1024;
constexpr std::size_t emergency_stack_size = 256 * 1024;

greg_t& reg(ucontext_t& context, int index) {
  return context.uc_mcontext.gregs[index];
}

std::uint64_t value(const ucontext_t& context, int index) {
  return static_cast<std::uint64_t>(context.uc_mcontext.gregs[index]);
}

constexpr greg_t fetch_bit = 16;  // of the page fault error code
constexpr greg_t write_bit = 2;

CpuFault::Kind page_fault_kind(const ucontext_t& context) {
  const greg_t error = context.uc_mcontext.gregs[REG_ERR];
  if ((error & fetch_bit) != 0) return CpuFault::Kind::execute;
  return (error & write_bit) != 0 ? CpuFault::Kind::write : CpuFault::Kind::read;
}

}  // namespace

struct Traps::State {
  SharedData shared_data;
  FaultPolicy* policy = nullptr;
  CpuFault fault;
  std::unique_ptr<std::byte[]> signal_stack = std::make_unique<std::byte[]>(signal_stack_size);
  std::unique_ptr<std::byte[]> emergency_stack =
      std::make_unique<std::byte[]>(emergency_stack_size);
  std::array<struct sigaction, fault_signals.size()> saved{};
  struct sigaction saved_tick{};
  VirtualTime time_at_last_tick{-1};
  std::uint32_t idle_ticks = 0;
  std::uint32_t faults_in_handling = 0;  // since a fault of the driver's
  std::uint32_t not_landed = 0;          // redirections since landing() last ran
  std::uint32_t ticks_of_ending = 0;  // since the watchdog ended this run in our own code, from 1

  [[nodiscard]] bool out_of_patience() const {
    return idle_ticks >= ticks_of_patience && Machine::current()->now() == time_at_last_tick;
  }
};

Traps::State* Traps::active_ = nullptr;

Traps::Traps(std::chrono::milliseconds patience) : state_(std::make_unique<State>()) {
  active_ = state_.get();
  const stack_t stack{
      .ss_sp = state_->signal_stack.get(), .ss_flags = 0, .ss_size = signal_stack_size};
  sigaltstack(&stack, nullptr);
  struct sigaction action{};
  action.sa_flags = SA_SIGINFO | SA_ONSTACK;
  action.sa_sigaction = &Traps::on_signal;
  for (std::size_t i = 0; i < fault_signals.size(); ++i)
    sigaction(fault_signals[i], &action, &state_->saved[i]);
  action.sa_sigaction = &Traps::on_tick;
  sigaction(SIGVTALRM, &action, &state_->saved_tick);
  const auto period = std::chrono::microseconds(patience) / ticks_of_patience;
  const timeval tick{.tv_sec = period / std::chrono::seconds(1),
                     .tv_usec = (period % std::chrono::seconds(1)).count()};
  const itimerval timer{.it_interval = tick, .it_value = tick};
  setitimer(ITIMER_VIRTUAL, &timer, nullptr);
}

Traps::~Traps() {
  const itimerval off{};
  setitimer(ITIMER_VIRTUAL, &off, nullptr);
  for (std::size_t i = 0; i < fault_signals.size(); ++i)
    sigaction(fault_signals[i], &state_->saved[i], nullptr);
  sigaction(SIGVTALRM, &state_->saved_tick, nullptr);
  const stack_t none{.ss_sp = nullptr, .ss_flags = SS_DISABLE, .ss_size = 0};
  sigaltstack(&none, nullptr);
  active_ = nullptr;
}

void Traps::set_policy(FaultPolicy* policy) {
  state_->policy = policy;
  if (policy != nullptr) state_->ticks_of_ending = 0;
  state_->idle_ticks = 0;
  state_->faults_in_handling = 0;
  state_->not_landed = 0;
  state_->time_at_last_tick = VirtualTime{-1};
}

// Makes the interrupted fiber continue in landing(), below what it had on its stack.
void Traps::redirect(ucontext_t& context, CpuFault::Kind kind, std::uint64_t address) {
  State& state = *active_;
  ++state.not_landed;
  state.faults_in_handling = state.policy->is_handling() ? state.faults_in_handling + 1 : 0;
  const Fiber& fiber = Machine::current()->running();
  const StackArena& stacks = Machine::current()->memory().stacks;
  const std::uint64_t rsp = value(context, REG_RSP);
  constexpr std::uint64_t room = 16 * 1024;  // for the policy's own work
  const bool stack_usable = rsp - room >= stacks.low(fiber.stack) && rsp <= stacks.top(fiber.stack);
  const bool exhausted =
      rsp < stacks.low(fiber.stack) + room && rsp > stacks.low(fiber.stack) - 64 * 1024;

  // A driver may be stuck in faults that it asks to continue from: a tick meets our code then.
  if (state.out_of_patience() && !state.policy->is_handling()) kind = CpuFault::Kind::no_progress;
  state.fault.kind = exhausted ? CpuFault::Kind::stack_exhausted : kind;
  state.fault.instruction = value(context, REG_RIP);
  state.fault.address = address;
  state.fault.fast_fail_code = static_cast<std::uint32_t>(value(context, REG_RCX));
  state.fault.rsp = rsp;
  state.fault.rbp = value(context, REG_RBP);
  std::memcpy(&state.fault.registers, &context.uc_mcontext.gregs, sizeof(gregset_t));
  std::memcpy(state.fault.xmm.data(), context.uc_mcontext.fpregs->_xmm, sizeof state.fault.xmm);
  state.fault.mxcsr = context.uc_mcontext.fpregs->mxcsr;

  constexpr std::uint64_t red_zone = 512;
  const std::uint64_t emergency =
      reinterpret_cast<std::uint64_t>(state.emergency_stack.get()) + emergency_stack_size;
  const std::uint64_t top = ((stack_usable ? rsp - red_zone : emergency) & ~std::uint64_t{15}) - 8;
  reg(context, REG_RSP) = static_cast<greg_t>(top);
  reg(context, REG_RDI) = reinterpret_cast<greg_t>(&state.fault);
  reg(context, REG_RIP) = reinterpret_cast<greg_t>(&Traps::landing);
  // The ABI wants the direction flag clear; a driver may have set the one that traps every
  // instruction.
  reg(context, REG_EFL) &= ~greg_t{0x500};
}

void Traps::landing(CpuFault* fault) {
  active_->not_landed = 0;
  active_->policy->handle(*fault);
}

void Traps::on_signal(int signal, siginfo_t* info, void* raw) {
  auto& context = *static_cast<ucontext_t*>(raw);
  const Machine* machine = Machine::current();
  // A run ends at a fault met while looking into another. More of them mean that our own memory was
  // overwritten.
  constexpr std::uint32_t most_faults = 3;
  if (active_ == nullptr || active_->policy == nullptr || machine == nullptr ||
      !machine->in_fiber() || active_->faults_in_handling >= most_faults ||
      active_->not_landed >= most_faults) {
    std::signal(signal, SIG_DFL);  // not ours: the instruction is run again and ends the process
    return;
  }
  const auto address = reinterpret_cast<std::uint64_t>(info->si_addr);
  const std::uint64_t rip = value(context, REG_RIP);
  switch (signal) {
    case SIGSEGV:
    case SIGBUS:
      if (info->si_code == SI_KERNEL) {  // general protection: int n, privileged, non-canonical
        if (emulate_cr8(context)) return;
        return redirect(context, kind_of_protection_fault(rip), ~std::uint64_t{0});
      }
      if (emulate_shared_data(context, address, active_->shared_data.page)) return;
      return redirect(context, page_fault_kind(context), address);
    case SIGFPE:
      return redirect(context, kind_of_divide_error(context), 0);
    case SIGTRAP:
      // The processor reports the place behind the instruction, Windows the instruction.
      if (info->si_code == SI_KERNEL) reg(context, REG_RIP) -= 1;
      return redirect(context, CpuFault::Kind::breakpoint, 0);
    default:
      return redirect(context, CpuFault::Kind::illegal, 0);
  }
}

// Now and then, by processor time. A driver that makes no kernel call between several ticks is
// stuck in a loop of its own.
void Traps::on_tick(int, siginfo_t*, void* raw) {
  const Machine* machine = Machine::current();
  if (active_ == nullptr) return;
  State& state = *active_;
  if (state.ticks_of_ending != 0 && ++state.ticks_of_ending > most_ticks_of_ending) std::abort();
  if (state.policy == nullptr || machine == nullptr || !machine->in_fiber()) return;
  if (machine->now() != state.time_at_last_tick) {
    state.time_at_last_tick = machine->now();
    state.idle_ticks = 0;
  } else {
    ++state.idle_ticks;
  }
  if (!state.out_of_patience()) return;
  auto& context = *static_cast<ucontext_t*>(raw);
  const bool ours = !state.policy->is_driver_code(value(context, REG_RIP));
  if (ours && state.idle_ticks < ticks_of_our_own) return;
  if (ours && state.ticks_of_ending == 0) state.ticks_of_ending = 1;
  redirect(context, CpuFault::Kind::no_progress, 0);
}

}  // namespace drydock::machine

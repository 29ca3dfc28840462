// SPDX-License-Identifier: Apache-2.0
// CPU faults of driver code, taken from Linux signals to ordinary code on the faulting fiber: there
// a policy (nt/) decides between an exception and a bug check. Reads of KUSER_SHARED_DATA and of
// CR8 are emulated on the spot.
#pragma once

#include <ucontext.h>

#include <array>
#include <chrono>
#include <csignal>
#include <cstdint>
#include <memory>

#include "machine/machine.h"

namespace drydock::machine {

struct CpuFault {
  enum class Kind : std::uint8_t {
    read,
    write,
    execute,
    fast_fail,   // int 29h
    divide,      // by zero
    overflow,    // the quotient does not fit
    no_address,  // an access through a non-canonical address, or a misaligned one of a vector
    privileged,  // a ring 0 instruction, or an interrupt that nobody handles
    illegal,
    breakpoint,
    stack_exhausted,
    no_progress,  // the watchdog: its patience is over without one kernel call
  };
  Kind kind = Kind::read;
  std::uint64_t instruction = 0;
  std::uint64_t address = 0;         // of the data, for read, write, execute
  std::uint32_t fast_fail_code = 0;  // ECX at int 29h
  std::uint64_t rsp = 0;
  std::uint64_t rbp = 0;
  gregset_t registers{};
  std::array<std::array<std::uint64_t, 2>, 16> xmm{};
  std::uint32_t mxcsr = 0x1F80;
};

class FaultPolicy {
 public:
  virtual ~FaultPolicy() = default;
  // On the faulting fiber (or, when its stack is exhausted, on an emergency stack), outside any
  // signal handler. Must not return: it ends the run, or goes on elsewhere. `fault` is valid until
  // the next fault of any fiber.
  [[noreturn]] virtual void handle(const CpuFault& fault) = 0;
  // A fault that comes now is one of handle() itself.
  [[nodiscard]] virtual bool is_handling() const = 0;
  // Asked by the watchdog, inside a signal handler: may the run end here? Our own code may be in
  // the middle of anything.
  [[nodiscard]] virtual bool is_driver_code(std::uint64_t instruction) const = 0;
};

// What the page at FFFFF780'00000000 shows. Kept up to date when it is read.
struct SharedData {
  Region page{home::shared_data, page_size, Access::read_write};
};

// Owns the process's signal handlers while it lives; one at a time. Outlives runs.
class Traps {
 public:
  // `patience`: processor time that driver code may take without a kernel call.
  explicit Traps(std::chrono::milliseconds patience = std::chrono::seconds(2));
  ~Traps();
  Traps(const Traps&) = delete;
  Traps& operator=(const Traps&) = delete;

  // For the run that begins now; null when it has ended.
  void set_policy(FaultPolicy* policy);

 private:
  struct State;
  std::unique_ptr<State> state_;

  static void on_signal(int signal, siginfo_t* info, void* context);
  static void on_tick(int signal, siginfo_t* info, void* context);
  static void landing(CpuFault* fault);
  static void redirect(ucontext_t& context, CpuFault::Kind kind, std::uint64_t address);
  static State* active_;
};

}  // namespace drydock::machine

// SPDX-License-Identifier: Apache-2.0
// One deterministic machine: fibers on simulated processors, virtual time, and the memory that
// drivers see. Everything that runs, runs in one operating-system thread; which fiber goes on is a
// question to Choices.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <queue>
#include <string>
#include <string_view>
#include <unordered_map>
#include <variant>
#include <vector>

#include "machine/choices.h"
#include "machine/fiber.h"
#include "machine/guarded_arena.h"
#include "machine/kernel_arena.h"
#include "machine/slots.h"
#include "machine/stack_arena.h"
#include "machine/types.h"

namespace drydock::machine {

// How a run can end before everything is quiet.
struct BugCheck {
  std::uint32_t code = 0;
  std::array<std::uint64_t, 4> parameters{};
  std::string what;                  // one sentence
  std::uint64_t instruction = 0;     // where, 0 if not from a CPU trap
  std::uint64_t address = 0;         // memory address involved, 0 if none
  bool from_driver_request = false;  // KeBugCheck(Ex)
  std::uint32_t stack = 0;           // ledger stack id
  std::uint32_t memory =
      0;  // ledger entry of the pool block that `address` lies in or beside, 0 if none
  DriverId driver = no_driver;
  CallbackKind callback = CallbackKind::other;  // what was running
  std::uint32_t resource = 0;  // ledger entry of the registration that led there, 0 if none
};
struct Inconclusive {
  std::string what;  // "ntoskrnl.exe!ZwCreateSection is not implemented"
};
struct Stopped {  // the owner of the run had seen enough
  std::string why;
};
struct InternalFault {  // a mistake of Drydock itself
  std::string what;
};
using Stop = std::variant<BugCheck, Inconclusive, Stopped, InternalFault>;

// The arenas outlive runs (their reservation is dear); a run starts by resetting them.
struct Memory {
  KernelArena kernel;
  GuardedArena pool{GuardedArena::pool_home};
  GuardedArena user{GuardedArena::user_home};  // of applications: Windows' user addresses
  StackArena stacks;

  void reset() {
    kernel.reset();
    pool.reset();
    user.reset();
    stacks.reset();
  }
};

struct MachineOptions {
  CpuId processors = 2;
  VirtualTime time_limit = seconds(3600);  // virtual
  std::uint64_t call_limit = 200'000'000;  // kernel calls before the run is called endless
};

using TimerHandle = std::uint64_t;

class Machine {
 public:
  Machine(Memory& memory, Choices& choices, MachineOptions options);
  ~Machine();
  Machine(const Machine&) = delete;
  Machine& operator=(const Machine&) = delete;

  // The one machine that runs in this process; null when none does.
  static Machine* current() { return current_; }

  // --- fibers
  Fiber& spawn(std::string name, Irql irql, std::move_only_function<void()> body);
  Fiber& spawn_pinned(std::string name, Irql irql, CpuId cpu, std::move_only_function<void()> body);
  // For short work that comes again and again (a timer's callback): a helper that has finished is
  // used for the next piece, with the same number.
  Fiber& spawn_helper(std::string name, Irql irql, std::move_only_function<void()> body);
  [[nodiscard]] Fiber& running() { return *running_; }
  [[nodiscard]] bool in_fiber() const { return running_ != nullptr; }
  [[nodiscard]] const std::vector<std::unique_ptr<Fiber>>& fibers() const { return fibers_; }

  // The scheduler's chance: called at every kernel call, which costs one tick of virtual time.
  // Returns on the same fiber, perhaps later.
  void switch_point() {
    ++now_.ticks;
    if (++calls_ > options_.call_limit) [[unlikely]]
      give_up();
    switch_point_behind();
  }
  // The same behind a kernel call, at no cost in time: what the call did is there for everybody
  // before the caller's next instruction.
  void switch_point_behind() {
    if (!ready_.empty() || now_ >= next_due_) switch_to_another();
  }
  // Gives way until the fiber is made ready again. `why` is a literal for messages. At
  // DISPATCH_LEVEL the processor stays held (spinning).
  void block(const char* why, std::uint32_t resource = 0);
  void make_ready(Fiber& fiber);
  // Ends the running fiber at once without unwinding it (PsTerminateSystemThread).
  [[noreturn]] void finish_running();

  // --- IRQL of the running fiber's processor
  [[nodiscard]] Irql irql() const { return running_ != nullptr ? running_->irql : Irql::passive; }
  void set_irql(Irql irql);

  // --- virtual time
  [[nodiscard]] VirtualTime now() const { return now_; }
  // The action runs on no fiber, at or after `when`; it must only make things ready.
  TimerHandle call_at(VirtualTime when, std::move_only_function<void()> action);
  bool cancel(TimerHandle handle);
  void sleep_until(VirtualTime when);

  // --- running
  // Runs until no fiber can go on and no timer is left (or the next one lies behind the time
  // limit), or until stop().
  void run();
  // Ends the run: control goes back to run(), the fibers are abandoned where they are. The first
  // stop counts.
  [[noreturn]] void stop(Stop stop);
  // The same from a timer's action, which runs on no fiber.
  void request_stop(Stop stop);
  // Timers are left, but they lie behind the time limit.
  [[nodiscard]] bool out_of_time() const {
    return next_due_ != never && next_due_ > options_.time_limit;
  }
  [[nodiscard]] const std::optional<Stop>& stopped() const { return stop_; }
  [[nodiscard]] std::uint64_t switches() const { return switches_; }
  [[nodiscard]] std::uint64_t calls() const { return calls_; }

  Memory& memory() { return memory_; }
  Choices& choices() { return choices_; }
  [[nodiscard]] CpuId processors() const { return options_.processors; }

  // --- subsystems: found by type (T::slot, machine/slots.h); owned by whoever assembled the run
  template <class T>
  void install(T& service) {
    services_[static_cast<std::size_t>(T::slot)] = &service;
  }
  template <class T>
  [[nodiscard]] T& get() const {
    return *static_cast<T*>(services_[static_cast<std::size_t>(T::slot)]);
  }

 private:
  static constexpr VirtualTime never{INT64_MAX};

  struct Timer {
    VirtualTime when;
    TimerHandle handle;
    friend bool operator>(const Timer& a, const Timer& b) {
      return a.when != b.when ? a.when > b.when : a.handle > b.handle;
    }
  };

  [[noreturn]] void give_up();
  void switch_to_another();
  [[nodiscard]] bool can_run(const Fiber& fiber) const;
  [[nodiscard]] bool cpu_free(CpuId cpu) const { return holder_[cpu] == nullptr; }
  void place(Fiber& fiber);
  void resume(Fiber& fiber);
  void leave_to(Fiber* next);
  Fiber* pick_next();
  bool advance_time();
  void fire_due_timers();
  void drop_cancelled_timers();
  void recycle_finished();
  void prepare(Fiber& fiber, std::string name, Irql irql, std::move_only_function<void()> body);
  Fiber& add_fiber();
  static void enter_fiber(boost::context::detail::transfer_t from);

  // The one global: CPU traps and export thunks have no other way to find the machine that they
  // belong to.
  inline static Machine* current_ = nullptr;

  Memory& memory_;
  Choices& choices_;
  MachineOptions options_;
  std::vector<std::unique_ptr<Fiber>> fibers_;
  std::vector<Fiber*> spare_helpers_;
  std::vector<Fiber*> ready_;  // oldest first; never the running fiber
  std::vector<FiberId> candidates_;
  std::array<Fiber*, 64> holder_{};  // fiber at DISPATCH_LEVEL on each processor
  Fiber* running_ = nullptr;
  Fiber* finished_ = nullptr;  // its stack can be reused once we stand on another
  boost::context::detail::fcontext_t main_ = nullptr;
  VirtualTime now_{};
  VirtualTime next_due_ = never;
  std::priority_queue<Timer, std::vector<Timer>, std::greater<>> timers_;
  std::unordered_map<TimerHandle, std::move_only_function<void()>>
      actions_;  // looked up, never walked
  TimerHandle next_timer_ = 1;
  std::optional<Stop> stop_;
  std::uint64_t switches_ = 0;
  std::uint64_t calls_ = 0;
  std::array<void*, static_cast<std::size_t>(Slot::count)> services_{};
};

}  // namespace drydock::machine

// SPDX-License-Identifier: Apache-2.0
#include "machine/machine.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>

#include "machine/exhaustion.h"

namespace drydock::machine {

using boost::context::detail::fcontext_t;
using boost::context::detail::jump_fcontext;
using boost::context::detail::make_fcontext;
using boost::context::detail::transfer_t;

namespace {

// Every jump hands over the place where the context that is being left wants to be remembered.
void jump(fcontext_t target, fcontext_t& remember_here) {
  const transfer_t back = jump_fcontext(target, &remember_here);
  *static_cast<fcontext_t*>(back.data) = back.fctx;
}

}  // namespace

Machine::Machine(Memory& memory, Choices& choices, MachineOptions options)
    : memory_(memory), choices_(choices), options_(options) {
  memory_.reset();
  current_ = this;
}

Machine::~Machine() {
  current_ = nullptr;
}

void Machine::prepare(Fiber& fiber, std::string name, Irql irql,
                      std::move_only_function<void()> body) {
  fiber.name = std::move(name);
  fiber.state = FiberState::ready;
  fiber.irql = irql;
  fiber.body = std::move(body);
  fiber.stack = memory_.stacks.take();
  fiber.context = make_fcontext(reinterpret_cast<void*>(memory_.stacks.top(fiber.stack)),
                                StackArena::stack_size, &Machine::enter_fiber);
  ready_.push_back(&fiber);
}

Fiber& Machine::add_fiber() {
  auto fiber = std::make_unique<Fiber>();
  fiber->id = static_cast<FiberId>(fibers_.size());
  fiber->cpu = fiber->id % options_.processors;
  return *fibers_.emplace_back(std::move(fiber));
}

Fiber& Machine::spawn(std::string name, Irql irql, std::move_only_function<void()> body) {
  Fiber& fiber = add_fiber();
  prepare(fiber, std::move(name), irql, std::move(body));
  return fiber;
}

// What a driver left undone in the former use (a lock, a frame of a thread that it ended) is not
// the next one's.
Fiber& Machine::spawn_helper(std::string name, Irql irql, std::move_only_function<void()> body) {
  const bool spare = !spare_helpers_.empty();
  Fiber& fiber = spare ? *spare_helpers_.back() : add_fiber();
  if (spare) spare_helpers_.pop_back();
  fiber.helper = true;
  fiber.frames = nullptr;
  fiber.driver = no_driver;
  fiber.locks.clear();
  prepare(fiber, std::move(name), irql, std::move(body));
  return fiber;
}

Fiber& Machine::spawn_pinned(std::string name, Irql irql, CpuId cpu,
                             std::move_only_function<void()> body) {
  Fiber& fiber = spawn(std::move(name), irql, std::move(body));
  fiber.cpu = cpu;
  fiber.pinned = true;
  return fiber;
}

// boost.context enters a new context here; it never returns from here either.
void Machine::enter_fiber(transfer_t from) {
  *static_cast<fcontext_t*>(from.data) = from.fctx;
  Machine& machine = *current_;
  machine.recycle_finished();
  machine.running_->body();
  machine.finish_running();
}

void Machine::finish_running() {
  Fiber& self = *running_;
  if (self.holds_cpu) {
    holder_[self.cpu] = nullptr;
    self.holds_cpu = false;
  }
  self.state = FiberState::finished;
  finished_ = &self;
  leave_to(pick_next());
  std::unreachable();
}

void Machine::recycle_finished() {
  if (finished_ == nullptr) return;
  memory_.stacks.give_back(finished_->stack);
  finished_->body = nullptr;
  if (finished_->helper) spare_helpers_.push_back(finished_);
  finished_ = nullptr;
}

bool Machine::can_run(const Fiber& fiber) const {
  if (fiber.holds_cpu) return true;
  if (fiber.pinned) return cpu_free(fiber.cpu);
  return std::any_of(holder_.begin(), holder_.begin() + options_.processors,
                     [](const Fiber* holder) { return holder == nullptr; });
}

// Gives the fiber a processor that nobody holds; it stays where it was if it can.
void Machine::place(Fiber& fiber) {
  if (!fiber.holds_cpu && !cpu_free(fiber.cpu)) {
    for (CpuId cpu = 0; cpu < options_.processors; ++cpu) {
      if (cpu_free(cpu)) {
        fiber.cpu = cpu;
        break;
      }
    }
  }
  if (fiber.irql >= Irql::dispatch && !fiber.holds_cpu) {
    fiber.holds_cpu = true;
    holder_[fiber.cpu] = &fiber;
  }
}

void Machine::set_irql(Irql irql) {
  Fiber& self = *running_;
  self.irql = irql;
  const bool hold = irql >= Irql::dispatch;
  if (hold == self.holds_cpu) return;
  self.holds_cpu = hold;
  holder_[self.cpu] = hold ? &self : nullptr;
}

// The policy's answer among the ready fibers that a processor is free for; null when there is none.
Fiber* Machine::pick_next() {
  candidates_.clear();
  for (const Fiber* fiber : ready_) {
    if (can_run(*fiber)) candidates_.push_back(fiber->id);
  }
  if (candidates_.empty()) return nullptr;
  const std::size_t index = candidates_.size() > 1 ? choices_.pick_fiber(candidates_, false) : 0;
  Fiber* chosen = fibers_[candidates_[index]].get();
  std::erase(ready_, chosen);
  return chosen;
}

// Called on the running fiber when others may want to run: it stays, or goes to the back of the
// queue.
void Machine::switch_to_another() {
  fire_due_timers();
  candidates_.clear();
  candidates_.push_back(running_->id);
  for (const Fiber* fiber : ready_) {
    if (can_run(*fiber)) candidates_.push_back(fiber->id);
  }
  if (candidates_.size() < 2) return;
  const std::size_t index = choices_.pick_fiber(candidates_, true);
  if (index == 0) return;
  Fiber* chosen = fibers_[candidates_[index]].get();
  std::erase(ready_, chosen);
  running_->state = FiberState::ready;
  ready_.push_back(running_);
  leave_to(chosen);
}

void Machine::give_up() {
  stop(Inconclusive{"the run made more kernel calls than its limit without coming to an end"});
}

void Machine::block(const char* why, std::uint32_t resource) {
  Fiber& self = *running_;
  self.state = FiberState::blocked;
  self.waiting_for = why;
  self.waiting_resource = resource;
  fire_due_timers();
  leave_to(pick_next());  // perhaps to ourselves, when a due timer has just made us ready
}

void Machine::make_ready(Fiber& fiber) {
  if (fiber.state != FiberState::blocked) return;
  fiber.state = FiberState::ready;
  fiber.waiting_for = "";
  fiber.waiting_resource = 0;
  ready_.push_back(&fiber);
}

// From a fiber: on to `next`, or back to run() when there is none. Returns when somebody comes back
// to this fiber.
void Machine::leave_to(Fiber* next) {
  Fiber* self = running_;
  if (next == self) {
    self->state = FiberState::running;
    return;
  }
  ++switches_;
  running_ = next;
  if (next != nullptr) {
    place(*next);
    next->state = FiberState::running;
  }
  jump(next != nullptr ? next->context : main_, self->context);
  recycle_finished();
}

// From run(): into `fiber`, until some fiber leaves to run().
void Machine::resume(Fiber& fiber) {
  ++switches_;
  place(fiber);
  fiber.state = FiberState::running;
  running_ = &fiber;
  jump(fiber.context, main_);
  recycle_finished();
}

void Machine::run() {
  while (!stop_) {
    fire_due_timers();
    Fiber* next = pick_next();
    if (next != nullptr) {
      resume(*next);
    } else if (!advance_time()) {
      return;
    }
  }
}

void Machine::stop(Stop stop) {
  request_stop(std::move(stop));
  Fiber* self = running_;
  running_ = nullptr;
  jump(main_, self->context);
  std::unreachable();
}

void exhausted(const char* who, std::size_t limit, const char* unit) {
  Inconclusive end{fmt::format("{} needs more than {} {}", who, limit, unit)};
  Machine* machine = Machine::current();
  if (machine == nullptr) {
    std::fprintf(stderr, "drydock: %s\n", end.what.c_str());
    std::abort();
  }
  if (machine->in_fiber()) machine->stop(std::move(end));
  machine->request_stop(std::move(end));
}

void Machine::request_stop(Stop stop) {
  if (!stop_) stop_ = std::move(stop);
}

TimerHandle Machine::call_at(VirtualTime when, std::move_only_function<void()> action) {
  const TimerHandle handle = next_timer_++;
  timers_.push({when, handle});
  actions_.emplace(handle, std::move(action));
  next_due_ = timers_.top().when;
  return handle;
}

bool Machine::cancel(TimerHandle handle) {
  const bool was_set = actions_.erase(handle) > 0;
  drop_cancelled_timers();
  return was_set;
}

void Machine::drop_cancelled_timers() {
  while (!timers_.empty() && !actions_.contains(timers_.top().handle)) timers_.pop();
  next_due_ = timers_.empty() ? never : timers_.top().when;
}

void Machine::fire_due_timers() {
  while (now_ >= next_due_) {
    auto found = actions_.extract(timers_.top().handle);
    timers_.pop();
    drop_cancelled_timers();
    found.mapped()();
  }
}

bool Machine::advance_time() {
  if (next_due_ == never) return false;
  if (out_of_time()) {
    now_ = std::max(now_, options_.time_limit);
    return false;
  }
  now_ = std::max(now_, next_due_);
  return true;
}

void Machine::sleep_until(VirtualTime when) {
  Fiber* self = running_;
  call_at(when, [this, self] { make_ready(*self); });
  block("time to pass");
}

}  // namespace drydock::machine

// SPDX-License-Identifier: Apache-2.0
#include "ledger/ledger.h"

#include <algorithm>
#include <array>

#include "ledger/unwinder.h"
#include "machine/machine.h"

namespace drydock::ledger {

using machine::Frame;
using machine::Machine;

const char* kind_name(Kind kind) {
  static constexpr std::array names = {
      "pool block",
      "lookaside list",
      "callout",
      "flow context",
      "injection handle",
      "injection",
      "NET_BUFFER_LIST",
      "NET_BUFFER_LIST pool",
      "engine session",
      "management object",
      "device object",
      "symbolic link",
      "system thread",
      "DPC",
      "timer",
      "work item",
      "work item object",
      "lock",
      "MDL",
      "callback registration",
      "file object",
      "IRP",
      "framework object",
      "event object",
      "registry key",
      "BFE subscription",
      "held stream data",
      "pended operation",
      "classify handle",
      "writable layer data",
      "redirect handle",
      "filter engine memory",
      "system timer",
      "error log entry",
  };
  static_assert(names.size() == static_cast<std::size_t>(Kind::count));
  return names[static_cast<std::size_t>(kind)];
}

const char* managed_kind_name(ManagedKind kind) {
  static constexpr std::array names = {"Provider", "Provider context", "Sublayer", "Callout object",
                                       "Filter"};
  return names[static_cast<std::size_t>(kind)];
}

namespace {

machine::CallbackKind callback_now() {
  if (!Machine::current()->in_fiber()) return machine::CallbackKind::other;
  const Frame* frame = Machine::current()->running().frames;
  while (frame != nullptr && frame->kind != Frame::Kind::kernel_to_driver) frame = frame->outer;
  return frame != nullptr ? frame->callback : machine::CallbackKind::other;
}

}  // namespace

machine::DriverId running_driver(const machine::Fiber& fiber) {
  const Frame* innermost = fiber.frames;
  if (innermost == nullptr || innermost->kind != Frame::Kind::driver_to_kernel) return fiber.driver;
  const auto caller = Machine::current()->get<Unwinder>().driver_at(innermost->return_address);
  return caller == machine::no_driver ? fiber.driver : caller;
}

EntryId Ledger::acquire(Kind kind, std::uint64_t key, Details details) {
  const Machine& machine = *Machine::current();
  Entry& entry = entries_.emplace_back();
  entry.kind = kind;
  entry.key = key;
  if (machine.in_fiber()) {
    const machine::Fiber& fiber = Machine::current()->running();
    entry.owner = running_driver(fiber);
    entry.fiber = fiber.id;
    entry.stack = capture();
  }
  entry.related = details.related;
  entry.a = details.a;
  entry.b = details.b;
  entry.acquired = events_.last();
  entry.name = std::move(details.name);
  const auto id = static_cast<EntryId>(entries_.size());
  latest_.set(static_cast<std::uint32_t>(kind), key, id);
  return id;
}

EntryId Ledger::release(Kind kind, std::uint64_t key) {
  const EntryId id = find(kind, key);
  if (id != 0) release(id);
  return id;
}

void Ledger::release(EntryId id) {
  Entry& released = entry(id);
  released.released = std::max(events_.last(), released.acquired + 1);
  released.release_stack = capture();
  released.released_in = callback_now();
}

EntryId Ledger::find(Kind kind, std::uint64_t key) const {
  const EntryId id = find_latest(kind, key);
  return id != 0 && entry(id).alive() ? id : 0;
}

EntryId Ledger::find_latest(Kind kind, std::uint64_t key) const {
  return latest_.find(static_cast<std::uint32_t>(kind), key);
}

std::size_t Ledger::count_alive(Kind kind, machine::DriverId owner) const {
  return static_cast<std::size_t>(std::ranges::count_if(
      entries_, [&](const Entry& e) { return e.kind == kind && e.owner == owner && e.alive(); }));
}

StackId Ledger::capture() {
  Machine& machine = *Machine::current();
  return machine.in_fiber() ? capture(machine.running()) : 0;
}

// Every crossing into the kernel starts a stretch of driver frames that ends where the kernel had
// called in.
StackId Ledger::capture(const machine::Fiber& fiber) {
  const auto& unwinder = Machine::current()->get<Unwinder>();
  StackFrames frames{};
  std::size_t count = 0;
  for (const Frame* frame = fiber.frames; frame != nullptr && count < max_frames;
       frame = frame->outer) {
    if (frame->kind != Frame::Kind::driver_to_kernel) continue;
    const std::span<const std::uint64_t> stretch =
        walks_.walk({frame->return_address, frame->driver_rsp, frame->driver_rbp}, unwinder);
    const std::size_t taken = std::min(stretch.size(), max_frames - count);
    std::ranges::copy(stretch.first(taken), frames.begin() + static_cast<std::ptrdiff_t>(count));
    count += taken;
  }
  return stacks_.intern(std::span(frames).first(count));
}

}  // namespace drydock::ledger

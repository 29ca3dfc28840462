// SPDX-License-Identifier: Apache-2.0
#include "nt/waits.h"

#include <algorithm>

#include "nt/context.h"
#include "nt/locks.h"
#include "nt/threads.h"
#include "nt/timeouts.h"

namespace drydock::nt {

using ledger::EntryId;
using ledger::NoteKind;
using machine::Fiber;
using machine::Irql;

namespace {

DispatcherType type_of(const DISPATCHER_HEADER& header) {
  constexpr UCHAR debug_bit = 0x80;
  return static_cast<DispatcherType>(header.Type & ~debug_bit);
}

DISPATCHER_HEADER& header_of(PVOID object) {
  return *static_cast<DISPATCHER_HEADER*>(object);
}

KMUTEX& mutex_of(DISPATCHER_HEADER& header) {
  return reinterpret_cast<KMUTEX&>(header);
}

bool waits_for(std::span<PVOID const> objects, const DISPATCHER_HEADER& header) {
  return std::ranges::find(objects, static_cast<const void*>(&header)) != objects.end();
}

PKTHREAD thread_of(Fiber& fiber) {
  return reinterpret_cast<PKTHREAD>(&service<Threads>().object_of(fiber));
}

}  // namespace

void Waits::initialize(DISPATCHER_HEADER& header, DispatcherType type, std::size_t size,
                       LONG state) {
  header = {};
  header.Type = static_cast<UCHAR>(type);
  header.Size = static_cast<UCHAR>(size / sizeof(LONG));
  header.SignalState = state;
  header.WaitListHead = {&header.WaitListHead, &header.WaitListHead};
  signalled_by_.erase(&header);
}

bool Waits::is_signalled(const DISPATCHER_HEADER& header, Fiber& fiber) const {
  if (header.SignalState > 0) return true;
  return type_of(header) == DispatcherType::mutant &&
         reinterpret_cast<const KMUTEX&>(header).OwnerThread == thread_of(fiber);
}

void Waits::consume(DISPATCHER_HEADER& header, Fiber& fiber) {
  switch (type_of(header)) {
    case DispatcherType::synchronization_event:
    case DispatcherType::synchronization_timer:
      header.SignalState = 0;
      break;
    case DispatcherType::semaphore:
      --header.SignalState;
      break;
    case DispatcherType::mutant:
      --header.SignalState;
      mutex_of(header).OwnerThread = thread_of(fiber);
      break;
    default:
      break;
  }
}

// Takes the objects over for the waiter if it can go on.
bool Waits::try_satisfy(Wait& wait) {
  const auto ready = [&](PVOID object) { return is_signalled(header_of(object), *wait.fiber); };
  if (wait.type == WaitAll) {
    if (!std::ranges::all_of(wait.objects, ready)) return false;
    for (PVOID object : wait.objects) consume(header_of(object), *wait.fiber);
    wait.status = STATUS_WAIT_0;
    return true;
  }
  const auto first = std::ranges::find_if(wait.objects, ready);
  if (first == wait.objects.end()) return false;
  consume(header_of(*first), *wait.fiber);
  wait.status = STATUS_WAIT_0 + static_cast<NTSTATUS>(first - wait.objects.begin());
  return true;
}

// What a satisfied wait means for the record, on the waiter's own fiber.
void Waits::book_object(DISPATCHER_HEADER& header) {
  switch (type_of(header)) {
    case DispatcherType::thread:
      if (const EntryId thread = service<Threads>().entry_of(&header); thread != 0) {
        record_.note(NoteKind::wait_for_thread, thread);
      }
      break;
    case DispatcherType::mutant:
      service<Locks>().acquired(&header, LockType::mutex);
      break;
    default:
      if (const auto sender = signalled_by_.find(&header); sender != signalled_by_.end()) {
        record_.note(NoteKind::wait_for_event, sender->second);
      }
      break;
  }
}

void Waits::book(const Wait& wait) {
  if (wait.status == STATUS_TIMEOUT) return;
  if (wait.type == WaitAll) {
    for (PVOID object : wait.objects) book_object(header_of(object));
  } else {
    book_object(header_of(wait.objects[static_cast<std::size_t>(wait.status - STATUS_WAIT_0)]));
  }
}

NTSTATUS Waits::wait(std::span<PVOID const> objects, WAIT_TYPE type, const LARGE_INTEGER* timeout,
                     const char* function) {
  const bool may_block = timeout == nullptr || timeout->QuadPart != 0;
  const Irql irql = machine_.irql();
  if (may_block && irql >= Irql::dispatch) {
    record_.note(NoteKind::wrong_irql, 0, static_cast<std::uint64_t>(irql),
                 static_cast<std::uint64_t>(Irql::apc), function);
  }
  Wait wait{&machine_.running(), objects, type};
  if (!try_satisfy(wait)) {
    if (!may_block) return STATUS_TIMEOUT;
    if (irql >= Irql::dispatch) machine_.set_irql(Irql::apc);
    block(wait, timeout);
    if (irql >= Irql::dispatch) machine_.set_irql(irql);
  }
  book(wait);
  return wait.status;
}

NTSTATUS Waits::block(Wait& wait, const LARGE_INTEGER* timeout) {
  machine::TimerHandle timer = 0;
  if (timeout != nullptr) {
    timer = machine_.call_at(due_time(timeout->QuadPart, machine_.now()),
                             [this, &wait] { time_out(wait); });
  }
  waiting_.push_back(&wait);
  const DISPATCHER_HEADER& first = header_of(wait.objects[0]);
  const bool thread = type_of(first) == DispatcherType::thread;
  machine_.block(thread ? "a thread to end" : "an object to be signalled",
                 thread ? service<Threads>().entry_of(&first) : 0);
  if (timer != 0) machine_.cancel(timer);
  return wait.status;
}

void Waits::forget(Wait& wait) {
  std::erase(waiting_, &wait);
  machine_.make_ready(*wait.fiber);
}

void Waits::time_out(Wait& wait) {
  if (wait.status != STATUS_PENDING) return;
  wait.status = STATUS_TIMEOUT;
  forget(wait);
}

void Waits::signal(DISPATCHER_HEADER& header, LONG state) {
  header.SignalState = state;
  for (std::size_t i = 0; i < waiting_.size();) {
    Wait& wait = *waiting_[i];
    if (waits_for(wait.objects, header) && try_satisfy(wait)) {
      forget(wait);
    } else {
      ++i;
    }
  }
}

void Waits::signal_by_running(DISPATCHER_HEADER& header, LONG state) {
  const EntryId sender = machine_.running().thread_resource;
  if (sender != 0) {
    signalled_by_[&header] = sender;
  } else if (!signalled_by_.empty()) {
    signalled_by_.erase(&header);
  }
  signal(header, state);
}

void Waits::clear(DISPATCHER_HEADER& header, LONG state) {
  header.SignalState = state;
}

}  // namespace drydock::nt

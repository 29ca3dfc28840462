// SPDX-License-Identifier: Apache-2.0
// Absorbed packets on their way back into the stack. They are injected from a DPC, never from
// within the classification that absorbed them.
#pragma once

#include "packet.h"
#include "spin_lock.h"

namespace kit {

class PacketQueue {
 public:
  explicit PacketQueue(const InjectionHandle& injection) : injection_(injection) {
    InitializeListHead(&packets_);
    KeInitializeDpc(&dpc_, &inject_queued, this);
  }
  PacketQueue(const PacketQueue&) = delete;
  PacketQueue& operator=(const PacketQueue&) = delete;

  // False: closed, the caller keeps the packet. The flag, the insertion and the DPC are one step
  // under the lock, so none of them can come after close().
  _IRQL_requires_max_(DISPATCH_LEVEL) bool push(Owned<Packet>& packet) {
    const SpinLock::Held held(lock_);
    if (closed_) return false;
    InsertTailList(&packets_, &packet.release()->link_);
    KeInsertQueueDpc(&dpc_, nullptr, nullptr);
    return true;
  }

  // R1: no packet is accepted any more.
  _IRQL_requires_max_(DISPATCH_LEVEL) void close() {
    const SpinLock::Held held(lock_);
    closed_ = true;
  }

  // R3 and R4: returns when every packet has been injected and the DPC will not run again.
  _IRQL_requires_max_(PASSIVE_LEVEL) void drain() {
    close();
    KeFlushQueuedDpcs();
  }

  LONG64 injected() const { return injected_; }
  LONG64 refused() const { return refused_; }

 private:
  static void NTAPI inject_queued(KDPC*, PVOID context, PVOID, PVOID) {
    PacketQueue& queue = *static_cast<PacketQueue*>(context);
    while (Packet* packet = queue.pop()) {
      const NTSTATUS status = Packet::inject(Owned<Packet>(packet), queue.injection_);
      InterlockedIncrement64(NT_SUCCESS(status) ? &queue.injected_ : &queue.refused_);
    }
  }

  Packet* pop() {
    const SpinLock::Held held(lock_);
    if (IsListEmpty(&packets_)) return nullptr;
    return CONTAINING_RECORD(RemoveHeadList(&packets_), Packet, link_);
  }

  const InjectionHandle& injection_;
  SpinLock lock_;
  LIST_ENTRY packets_;
  bool closed_ = false;
  KDPC dpc_;
  volatile LONG64 injected_ = 0;
  volatile LONG64 refused_ = 0;
};

}  // namespace kit

// SPDX-License-Identifier: Apache-2.0
// A spin lock and the scope that holds it. <= DISPATCH_LEVEL.
#pragma once

#include "wdk.h"

namespace kit {

class SpinLock {
 public:
  SpinLock() { KeInitializeSpinLock(&lock_); }
  SpinLock(const SpinLock&) = delete;
  SpinLock& operator=(const SpinLock&) = delete;

  class Held {
   public:
    _IRQL_raises_(DISPATCH_LEVEL) explicit Held(SpinLock& lock) {
      KeAcquireInStackQueuedSpinLock(&lock.lock_, &handle_);
    }
    Held(const Held&) = delete;
    Held& operator=(const Held&) = delete;
    ~Held() { KeReleaseInStackQueuedSpinLock(&handle_); }

   private:
    KLOCK_QUEUE_HANDLE handle_;
  };

 private:
  KSPIN_LOCK lock_;
};

}  // namespace kit

// SPDX-License-Identifier: Apache-2.0
// The lock that serializes a driver's callbacks when it asks for a synchronization scope: one per
// device or one per queue; a spin lock, or a mutex when callbacks run at PASSIVE_LEVEL.
#pragma once

#include <cstdint>

#include "kmdf/object.h"
#include "machine/machine.h"

namespace drydock::kmdf {

class CallbackLock {
 public:
  // Of that device or queue; `passive`: its execution level.
  CallbackLock(const Object& owner, bool passive) : owner_(owner), passive_(passive) {}

  // Bug check 0x10D (2) when the running thread holds it already.
  void acquire();
  // Bug check 0x10D (11) when the running thread does not hold it.
  void release();
  [[nodiscard]] bool held_by_running() const;
  [[nodiscard]] bool passive() const { return passive_; }

 private:
  const Object& owner_;
  const bool passive_;
  machine::Fiber* holder_ = nullptr;
  machine::Irql previous_ = machine::Irql::passive;
};

// For the length of a callback. A thread that holds the lock already keeps it.
class Serialized {
 public:
  explicit Serialized(CallbackLock* lock)
      : lock_(lock == nullptr || lock->held_by_running() ? nullptr : lock) {
    if (lock_ != nullptr) lock_->acquire();
  }
  ~Serialized() {
    if (lock_ != nullptr) lock_->release();
  }
  Serialized(const Serialized&) = delete;
  Serialized& operator=(const Serialized&) = delete;

 private:
  CallbackLock* lock_;
};

// The nearest scope that is not "inherit", up the tree; none when nobody says.
WDF_SYNCHRONIZATION_SCOPE synchronization_scope(const Object& object);

// What serializes the callbacks of a timer, DPC or work item with this parent: null when it need
// not be, or its device or queue has no lock.
// STATUS_WDF_INCOMPATIBLE_EXECUTION_LEVEL when the lock cannot be held at the callback's level.
NTSTATUS lock_for_child(const Object* parent, bool automatic, bool passive, CallbackLock** lock);

}  // namespace drydock::kmdf

// SPDX-License-Identifier: Apache-2.0
// Objects in non-paged pool: `new` yields null when there is no memory, `Owned` deletes.
#pragma once

#include "wdk.h"

namespace kit {

struct TrailingBytes {
  size_t count;
};

// Base of what lives in pool. <= DISPATCH_LEVEL; memory arrives zeroed.
template <ULONG Tag>
struct Pooled {
  static void* operator new(size_t size) noexcept {
    return ExAllocatePool2(POOL_FLAG_NON_PAGED, size, Tag);
  }
  static void* operator new(size_t size, TrailingBytes extra) noexcept {
    return ExAllocatePool2(POOL_FLAG_NON_PAGED, size + extra.count, Tag);
  }
  static void operator delete(void* block) noexcept { ExFreePoolWithTag(block, Tag); }
  static void operator delete(void* block, TrailingBytes) noexcept {
    ExFreePoolWithTag(block, Tag);
  }
};

template <class T>
constexpr T&& move(T& object) {
  return static_cast<T&&>(object);
}

// The only owner of a pooled object.
template <class T>
class Owned {
 public:
  Owned() = default;
  explicit Owned(T* object) : object_(object) {}
  Owned(Owned&& other) noexcept : object_(other.release()) {}
  Owned& operator=(Owned&&) = delete;
  ~Owned() { delete object_; }

  explicit operator bool() const { return object_ != nullptr; }
  T* operator->() const { return object_; }
  T* get() const { return object_; }
  T* release() {
    T* object = object_;
    object_ = nullptr;
    return object;
  }

 private:
  T* object_ = nullptr;
};

}  // namespace kit

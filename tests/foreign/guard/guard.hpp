// SPDX-License-Identifier: Apache-2.0
// A foreign-style driver in C++: WDM device, classes with placement new, a lookaside list, flow
// contexts, packets cloned and injected again, TraceLogging. Written for the tests of build-driver.
#pragma once

extern "C" {
#pragma warning(push)
#pragma warning(disable : 4201 4214)
#include <fwpmk.h>
#include <fwpsk.h>
#include <mstcpip.h>
#include <ndis.h>
#include <netiodef.h>
#include <ntifs.h>
#include <ntintsafe.h>
#include <ntstrsafe.h>
#include <wdmsec.h>
#include <ws2ipdef.h>
#pragma warning(pop)
}
#include <TraceLoggingProvider.h>
#include <intrin.h>
#include <new>
#include <utility>

TRACELOGGING_DECLARE_PROVIDER(g_guardProvider);

constexpr ULONG POOL_TAG = 'dauG';

namespace guard {

template <typename T>
class unique_pool_ptr final {
 public:
  unique_pool_ptr() noexcept = default;
  explicit unique_pool_ptr(T* p) noexcept : p_(p) {}
  unique_pool_ptr(unique_pool_ptr&& other) noexcept : p_(std::exchange(other.p_, nullptr)) {}
  unique_pool_ptr(const unique_pool_ptr&) = delete;
  unique_pool_ptr& operator=(const unique_pool_ptr&) = delete;
  ~unique_pool_ptr() {
    if (p_ != nullptr) {
      p_->~T();
      ExFreePoolWithTag(p_, POOL_TAG);
    }
  }
  T* operator->() const noexcept { return p_; }
  T* release() noexcept { return std::exchange(p_, nullptr); }
  explicit operator bool() const noexcept { return p_ != nullptr; }

  template <typename... Args>
  static unique_pool_ptr make(Args&&... args) noexcept {
    void* raw = ExAllocatePoolWithTag(NonPagedPoolNx, sizeof(T), POOL_TAG);
    return unique_pool_ptr(raw == nullptr ? nullptr : new (raw) T(std::forward<Args>(args)...));
  }

 private:
  T* p_ = nullptr;
};

class SpinLockGuard {
 public:
  _IRQL_raises_(DISPATCH_LEVEL) explicit SpinLockGuard(KSPIN_LOCK& lock) : lock_(lock) {
    KeAcquireSpinLock(&lock_, &old_);
  }
  ~SpinLockGuard() { KeReleaseSpinLock(&lock_, old_); }

 private:
  KSPIN_LOCK& lock_;
  KIRQL old_;
};

struct Engine {
  virtual NTSTATUS Start(_In_ DEVICE_OBJECT* device) = 0;
  virtual void Stop() = 0;

 protected:
  ~Engine() = default;
};

}  // namespace guard

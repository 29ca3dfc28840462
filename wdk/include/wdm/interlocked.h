// SPDX-License-Identifier: Apache-2.0
// Interlocked operations and memory barriers, as the compiler intrinsics they are on x64.
#pragma once

#include "../ntdef.h"

#ifdef __cplusplus
extern "C" {
#endif

FORCEINLINE LONG InterlockedIncrement(LONG volatile* p) {
  return __atomic_add_fetch(p, 1, __ATOMIC_SEQ_CST);
}
FORCEINLINE LONG InterlockedDecrement(LONG volatile* p) {
  return __atomic_sub_fetch(p, 1, __ATOMIC_SEQ_CST);
}
FORCEINLINE LONG InterlockedExchange(LONG volatile* p, LONG v) {
  return __atomic_exchange_n(p, v, __ATOMIC_SEQ_CST);
}
FORCEINLINE LONG InterlockedExchangeAdd(LONG volatile* p, LONG v) {
  return __atomic_fetch_add(p, v, __ATOMIC_SEQ_CST);
}
FORCEINLINE LONG InterlockedAnd(LONG volatile* p, LONG v) {
  return __atomic_fetch_and(p, v, __ATOMIC_SEQ_CST);
}
FORCEINLINE LONG InterlockedOr(LONG volatile* p, LONG v) {
  return __atomic_fetch_or(p, v, __ATOMIC_SEQ_CST);
}
FORCEINLINE LONG InterlockedXor(LONG volatile* p, LONG v) {
  return __atomic_fetch_xor(p, v, __ATOMIC_SEQ_CST);
}
FORCEINLINE LONG InterlockedAdd(LONG volatile* p, LONG v) {
  return __atomic_add_fetch(p, v, __ATOMIC_SEQ_CST);
}
FORCEINLINE LONG InterlockedCompareExchange(LONG volatile* p, LONG exchange, LONG comperand) {
  __atomic_compare_exchange_n(p, &comperand, exchange, 0, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);
  return comperand;
}
FORCEINLINE LONG64 InterlockedIncrement64(LONG64 volatile* p) {
  return __atomic_add_fetch(p, 1, __ATOMIC_SEQ_CST);
}
FORCEINLINE LONG64 InterlockedDecrement64(LONG64 volatile* p) {
  return __atomic_sub_fetch(p, 1, __ATOMIC_SEQ_CST);
}
FORCEINLINE LONG64 InterlockedExchange64(LONG64 volatile* p, LONG64 v) {
  return __atomic_exchange_n(p, v, __ATOMIC_SEQ_CST);
}
FORCEINLINE LONG64 InterlockedExchangeAdd64(LONG64 volatile* p, LONG64 v) {
  return __atomic_fetch_add(p, v, __ATOMIC_SEQ_CST);
}
FORCEINLINE LONG64 InterlockedAnd64(LONG64 volatile* p, LONG64 v) {
  return __atomic_fetch_and(p, v, __ATOMIC_SEQ_CST);
}
FORCEINLINE LONG64 InterlockedOr64(LONG64 volatile* p, LONG64 v) {
  return __atomic_fetch_or(p, v, __ATOMIC_SEQ_CST);
}
FORCEINLINE LONG64 InterlockedXor64(LONG64 volatile* p, LONG64 v) {
  return __atomic_fetch_xor(p, v, __ATOMIC_SEQ_CST);
}
FORCEINLINE LONG64 InterlockedAdd64(LONG64 volatile* p, LONG64 v) {
  return __atomic_add_fetch(p, v, __ATOMIC_SEQ_CST);
}
FORCEINLINE LONG64 InterlockedCompareExchange64(LONG64 volatile* p, LONG64 exchange,
                                                LONG64 comperand) {
  __atomic_compare_exchange_n(p, &comperand, exchange, 0, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);
  return comperand;
}
FORCEINLINE SHORT InterlockedIncrement16(SHORT volatile* p) {
  return __atomic_add_fetch(p, 1, __ATOMIC_SEQ_CST);
}
FORCEINLINE SHORT InterlockedDecrement16(SHORT volatile* p) {
  return __atomic_sub_fetch(p, 1, __ATOMIC_SEQ_CST);
}
FORCEINLINE SHORT InterlockedExchange16(SHORT volatile* p, SHORT v) {
  return __atomic_exchange_n(p, v, __ATOMIC_SEQ_CST);
}
FORCEINLINE SHORT InterlockedExchangeAdd16(SHORT volatile* p, SHORT v) {
  return __atomic_fetch_add(p, v, __ATOMIC_SEQ_CST);
}
FORCEINLINE SHORT InterlockedAnd16(SHORT volatile* p, SHORT v) {
  return __atomic_fetch_and(p, v, __ATOMIC_SEQ_CST);
}
FORCEINLINE SHORT InterlockedOr16(SHORT volatile* p, SHORT v) {
  return __atomic_fetch_or(p, v, __ATOMIC_SEQ_CST);
}
FORCEINLINE SHORT InterlockedXor16(SHORT volatile* p, SHORT v) {
  return __atomic_fetch_xor(p, v, __ATOMIC_SEQ_CST);
}
FORCEINLINE SHORT InterlockedCompareExchange16(SHORT volatile* p, SHORT exchange, SHORT comperand) {
  __atomic_compare_exchange_n(p, &comperand, exchange, 0, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);
  return comperand;
}
FORCEINLINE CHAR InterlockedExchange8(CHAR volatile* p, CHAR v) {
  return __atomic_exchange_n(p, v, __ATOMIC_SEQ_CST);
}
FORCEINLINE CHAR InterlockedExchangeAdd8(CHAR volatile* p, CHAR v) {
  return __atomic_fetch_add(p, v, __ATOMIC_SEQ_CST);
}
FORCEINLINE CHAR InterlockedAnd8(CHAR volatile* p, CHAR v) {
  return __atomic_fetch_and(p, v, __ATOMIC_SEQ_CST);
}
FORCEINLINE CHAR InterlockedOr8(CHAR volatile* p, CHAR v) {
  return __atomic_fetch_or(p, v, __ATOMIC_SEQ_CST);
}
FORCEINLINE CHAR InterlockedXor8(CHAR volatile* p, CHAR v) {
  return __atomic_fetch_xor(p, v, __ATOMIC_SEQ_CST);
}
FORCEINLINE CHAR InterlockedCompareExchange8(CHAR volatile* p, CHAR exchange, CHAR comperand) {
  __atomic_compare_exchange_n(p, &comperand, exchange, 0, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);
  return comperand;
}
FORCEINLINE PVOID InterlockedExchangePointer(PVOID volatile* p, PVOID v) {
  return __atomic_exchange_n(p, v, __ATOMIC_SEQ_CST);
}
FORCEINLINE PVOID InterlockedCompareExchangePointer(PVOID volatile* p, PVOID exchange,
                                                    PVOID comperand) {
  __atomic_compare_exchange_n(p, &comperand, exchange, 0, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);
  return comperand;
}

FORCEINLINE void KeMemoryBarrier(void) {
  __atomic_thread_fence(__ATOMIC_SEQ_CST);
}
#define MemoryBarrier KeMemoryBarrier
FORCEINLINE void YieldProcessor(void) {
  __builtin_ia32_pause();
}
FORCEINLINE LONG ReadAcquire(const volatile LONG* p) {
  return __atomic_load_n(p, __ATOMIC_ACQUIRE);
}
FORCEINLINE LONG ReadNoFence(const volatile LONG* p) {
  return __atomic_load_n(p, __ATOMIC_RELAXED);
}
FORCEINLINE void WriteRelease(volatile LONG* p, LONG v) {
  __atomic_store_n(p, v, __ATOMIC_RELEASE);
}
FORCEINLINE void WriteNoFence(volatile LONG* p, LONG v) {
  __atomic_store_n(p, v, __ATOMIC_RELAXED);
}
FORCEINLINE PVOID ReadPointerAcquire(PVOID const volatile* p) {
  return __atomic_load_n(p, __ATOMIC_ACQUIRE);
}
FORCEINLINE void WritePointerRelease(PVOID volatile* p, PVOID v) {
  __atomic_store_n(p, v, __ATOMIC_RELEASE);
}
#define InterlockedReadUlong(p) __atomic_load_n((p), __ATOMIC_SEQ_CST)

#ifdef __cplusplus
}
#endif

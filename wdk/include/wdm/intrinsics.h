// SPDX-License-Identifier: Apache-2.0
// The compiler intrinsics that driver sources name, and the interlocked operations with the
// compiler's names or a promise about ordering; on x64 every one of them is a full barrier.
#pragma once

#include "interlocked.h"

#ifdef __clang__
#ifdef __cplusplus
extern "C" {
#endif
void _ReadWriteBarrier(void);
void _ReadBarrier(void);
void _WriteBarrier(void);
unsigned char _BitScanForward(unsigned long* index, unsigned long mask);
unsigned char _BitScanReverse(unsigned long* index, unsigned long mask);
unsigned char _BitScanForward64(unsigned long* index, unsigned long long mask);
unsigned char _BitScanReverse64(unsigned long* index, unsigned long long mask);
void* _ReturnAddress(void);
void* _AddressOfReturnAddress(void);
#ifdef __cplusplus
}
#endif
#define __fastfail(code) RtlFailFast(code)
#define _mm_pause() __builtin_ia32_pause()
#define _mm_mfence() __builtin_ia32_mfence()
#define _mm_lfence() __builtin_ia32_lfence()
#define _mm_sfence() __builtin_ia32_sfence()
#define __rdtsc() __builtin_ia32_rdtsc()
#define __nop() __asm__ volatile("nop")
#define __halt() __asm__ volatile("hlt")
#define _disable() __asm__ volatile("cli")
#define _enable() __asm__ volatile("sti")
#define __popcnt(v) __builtin_popcount(v)
#define __popcnt64(v) __builtin_popcountll(v)
#define __lzcnt(v) __builtin_clz(v)
#define UnsignedMultiplyHigh(a, b) \
  ((ULONG64)(((unsigned __int128)(ULONG64)(a) * (unsigned __int128)(ULONG64)(b)) >> 64))
#define MultiplyHigh(a, b) ((LONG64)(((__int128)(LONG64)(a) * (__int128)(LONG64)(b)) >> 64))

FORCEINLINE void wdk__stosd(unsigned long* to, unsigned long value, size_t count) {
  while (count-- != 0) *to++ = value;
}
FORCEINLINE void wdk__stosq(unsigned long long* to, unsigned long long value, size_t count) {
  while (count-- != 0) *to++ = value;
}
FORCEINLINE void wdk__movsd(unsigned long* to, const unsigned long* from, size_t count) {
  while (count-- != 0) *to++ = *from++;
}
FORCEINLINE void wdk__movsq(unsigned long long* to, const unsigned long long* from, size_t count) {
  while (count-- != 0) *to++ = *from++;
}
#define __stosd wdk__stosd
#define __stosq wdk__stosq
#define __movsd wdk__movsd
#define __movsq wdk__movsq
#define __wbinvd() __asm__ volatile("wbinvd")
#define __invlpg(p) __asm__ volatile("invlpg (%0)" : : "r"(p) : "memory")
#define __inbyte wdk__inbyte
#define __outbyte wdk__outbyte
FORCEINLINE unsigned char wdk__inbyte(unsigned short port) {
  unsigned char value;
  __asm__ volatile("inb %1, %0" : "=a"(value) : "Nd"(port));
  return value;
}
FORCEINLINE void wdk__outbyte(unsigned short port, unsigned char value) {
  __asm__ volatile("outb %0, %1" : : "a"(value), "Nd"(port));
}
FORCEINLINE long long wdk_abs64(long long value) {
  return value < 0 ? -value : value;
}
#define _abs64 wdk_abs64
#define _InterlockedCompareExchange128 InterlockedCompareExchange128
FORCEINLINE void wdk__stosb(unsigned char* to, unsigned char value, size_t count) {
  __builtin_memset(to, value, count);
}
FORCEINLINE void wdk__movsb(unsigned char* to, const unsigned char* from, size_t count) {
  __builtin_memcpy(to, from, count);
}
FORCEINLINE void wdk__cpuidex(int info[4], int leaf, int subleaf) {
  __asm__ volatile("cpuid"
                   : "=a"(info[0]), "=b"(info[1]), "=c"(info[2]), "=d"(info[3])
                   : "a"(leaf), "c"(subleaf));
}
#define __cpuidex wdk__cpuidex
#define __cpuid(info, leaf) wdk__cpuidex(info, leaf, 0)
#define __stosb wdk__stosb
#define __movsb wdk__movsb
#define __readmsr wdk__readmsr
#define __writemsr wdk__writemsr
#define __readgsqword wdk__readgsqword
FORCEINLINE ULONG64 wdk__readmsr(ULONG number) {
  ULONG low, high;
  __asm__ volatile("rdmsr" : "=a"(low), "=d"(high) : "c"(number));
  return ((ULONG64)high << 32) | low;
}
FORCEINLINE void wdk__writemsr(ULONG number, ULONG64 value) {
  __asm__ volatile("wrmsr" : : "c"(number), "a"((ULONG)value), "d"((ULONG)(value >> 32)));
}
#define __readcr0 wdk__readcr0
#define __readcr2 wdk__readcr2
#define __readcr3 wdk__readcr3
#define __readcr4 wdk__readcr4
#define __readcr8 wdk__readcr8
#define WDK_READ_REGISTER(name, type, text)      \
  FORCEINLINE type name(void) {                  \
    type value;                                  \
    __asm__ volatile(text ", %0" : "=r"(value)); \
    return value;                                \
  }
WDK_READ_REGISTER(__readcr0, ULONG64, "mov %%cr0")
WDK_READ_REGISTER(__readcr2, ULONG64, "mov %%cr2")
WDK_READ_REGISTER(__readcr3, ULONG64, "mov %%cr3")
WDK_READ_REGISTER(__readcr4, ULONG64, "mov %%cr4")
WDK_READ_REGISTER(__readcr8, ULONG64, "mov %%cr8")
FORCEINLINE ULONG64 wdk__readgsqword(ULONG offset) {
  ULONG64 value;
  __asm__ volatile("movq %%gs:(%1), %0" : "=r"(value) : "r"((ULONG64)offset));
  return value;
}
#define _InterlockedExchangePointer InterlockedExchangePointer
#define _InterlockedCompareExchangePointer InterlockedCompareExchangePointer
#endif

#ifdef __clang__
FORCEINLINE unsigned __int64 wdk__umulh(unsigned __int64 a, unsigned __int64 b) {
  return (unsigned __int64)(((unsigned __int128)a * b) >> 64);
}
#define __umulh wdk__umulh
#define __rdtscp(id) __builtin_ia32_rdtscp(id)
#define __ud2() __builtin_trap()
#define __int2c() __asm__ volatile("int $0x2c")
#define __readeflags() __builtin_ia32_readeflags_u64()
#define __writeeflags(flags) __builtin_ia32_writeeflags_u64(flags)
FORCEINLINE unsigned __int64 wdk_umul128(unsigned __int64 a, unsigned __int64 b,
                                         unsigned __int64* high) {
  unsigned __int128 product = (unsigned __int128)a * b;
  *high = (unsigned __int64)(product >> 64);
  return (unsigned __int64)product;
}
FORCEINLINE __int64 wdk_mul128(__int64 a, __int64 b, __int64* high) {
  __int128 product = (__int128)a * b;
  *high = (__int64)(product >> 64);
  return (__int64)product;
}
FORCEINLINE unsigned __int64 wdk__shiftleft128(unsigned __int64 low, unsigned __int64 high,
                                               UCHAR bits) {
  bits &= 63;
  return bits == 0 ? high : (high << bits) | (low >> (64 - bits));
}
FORCEINLINE unsigned __int64 wdk__shiftright128(unsigned __int64 low, unsigned __int64 high,
                                                UCHAR bits) {
  bits &= 63;
  return bits == 0 ? low : (low >> bits) | (high << (64 - bits));
}
#define _umul128 wdk_umul128
#define _mul128 wdk_mul128
#define __shiftleft128 wdk__shiftleft128
#define __shiftright128 wdk__shiftright128
#endif

#define InterlockedIncrementAcquire InterlockedIncrement
#define InterlockedIncrementRelease InterlockedIncrement
#define InterlockedIncrementNoFence InterlockedIncrement
#define InterlockedDecrementAcquire InterlockedDecrement
#define InterlockedDecrementRelease InterlockedDecrement
#define InterlockedDecrementNoFence InterlockedDecrement
#define InterlockedExchangeAcquire InterlockedExchange
#define InterlockedExchangeNoFence InterlockedExchange
#define InterlockedExchangeAddAcquire InterlockedExchangeAdd
#define InterlockedExchangeAddRelease InterlockedExchangeAdd
#define InterlockedExchangeAddNoFence InterlockedExchangeAdd
#define InterlockedAddAcquire InterlockedAdd
#define InterlockedAddRelease InterlockedAdd
#define InterlockedAddNoFence InterlockedAdd
#define InterlockedAndAcquire InterlockedAnd
#define InterlockedAndRelease InterlockedAnd
#define InterlockedAndNoFence InterlockedAnd
#define InterlockedOrAcquire InterlockedOr
#define InterlockedOrRelease InterlockedOr
#define InterlockedOrNoFence InterlockedOr
#define InterlockedXorNoFence InterlockedXor
#define InterlockedCompareExchangeAcquire InterlockedCompareExchange
#define InterlockedCompareExchangeRelease InterlockedCompareExchange
#define InterlockedCompareExchangeNoFence InterlockedCompareExchange
#define InterlockedIncrementAcquire64 InterlockedIncrement64
#define InterlockedIncrementNoFence64 InterlockedIncrement64
#define InterlockedDecrementRelease64 InterlockedDecrement64
#define InterlockedDecrementNoFence64 InterlockedDecrement64
#define InterlockedExchangeAddNoFence64 InterlockedExchangeAdd64
#define InterlockedExchangeNoFence64 InterlockedExchange64
#define InterlockedAddNoFence64 InterlockedAdd64
#define InterlockedCompareExchangeAcquire64 InterlockedCompareExchange64
#define InterlockedCompareExchangeRelease64 InterlockedCompareExchange64
#define InterlockedCompareExchangeNoFence64 InterlockedCompareExchange64
#define InterlockedExchangePointerAcquire InterlockedExchangePointer
#define InterlockedExchangePointerNoFence InterlockedExchangePointer
#define InterlockedCompareExchangePointerAcquire InterlockedCompareExchangePointer
#define InterlockedCompareExchangePointerRelease InterlockedCompareExchangePointer
#define InterlockedCompareExchangePointerNoFence InterlockedCompareExchangePointer
#define InterlockedExchangeSubtract(p, v) \
  ((ULONG)InterlockedExchangeAdd((LONG volatile*)(p), -(LONG)(v)))
#define InterlockedIncrementSizeT(p) ((SIZE_T)InterlockedIncrement64((LONG64 volatile*)(p)))
#define InterlockedDecrementSizeT(p) ((SIZE_T)InterlockedDecrement64((LONG64 volatile*)(p)))
#define InterlockedAddSizeT(p, v) ((SIZE_T)InterlockedAdd64((LONG64 volatile*)(p), (LONG64)(v)))
#define InterlockedExchangeAddSizeT(p, v) \
  ((SIZE_T)InterlockedExchangeAdd64((LONG64 volatile*)(p), (LONG64)(v)))
#define InterlockedSubtractSizeT(p, v) \
  ((SIZE_T)InterlockedAdd64((LONG64 volatile*)(p), -(LONG64)(v)))
#define InterlockedSubtract(p, v) InterlockedAdd((LONG volatile*)(p), -(LONG)(v))
#define InterlockedAddUlong(p, v) ((ULONG)InterlockedAdd((LONG volatile*)(p), (LONG)(v)))

FORCEINLINE UCHAR InterlockedBitTestAndSet(LONG volatile* base, LONG bit) {
  LONG mask = (LONG)(1UL << (bit & 31));
  return (UCHAR)((InterlockedOr(base + (bit >> 5), mask) & mask) != 0);
}
FORCEINLINE UCHAR InterlockedBitTestAndReset(LONG volatile* base, LONG bit) {
  LONG mask = (LONG)(1UL << (bit & 31));
  return (UCHAR)((InterlockedAnd(base + (bit >> 5), ~mask) & mask) != 0);
}
FORCEINLINE UCHAR InterlockedBitTestAndComplement(LONG volatile* base, LONG bit) {
  LONG mask = (LONG)(1UL << (bit & 31));
  return (UCHAR)((InterlockedXor(base + (bit >> 5), mask) & mask) != 0);
}
#define InterlockedBitTestAndSetAcquire InterlockedBitTestAndSet
#define InterlockedBitTestAndResetRelease InterlockedBitTestAndReset
FORCEINLINE UCHAR BitTest(const LONG* base, LONG bit) {
  return (UCHAR)((base[bit >> 5] >> (bit & 31)) & 1);
}
FORCEINLINE UCHAR BitTestAndSet(LONG* base, LONG bit) {
  UCHAR before = BitTest(base, bit);
  base[bit >> 5] |= (LONG)(1UL << (bit & 31));
  return before;
}
FORCEINLINE UCHAR BitTestAndReset(LONG* base, LONG bit) {
  UCHAR before = BitTest(base, bit);
  base[bit >> 5] &= (LONG) ~(1UL << (bit & 31));
  return before;
}
FORCEINLINE UCHAR InterlockedCompareExchange128(LONG64 volatile* p, LONG64 high, LONG64 low,
                                                LONG64* comperand) {
  UCHAR equal;
  __asm__ volatile("lock cmpxchg16b %1\n\tsete %0"
                   : "=q"(equal), "+m"(*p), "+a"(comperand[0]), "+d"(comperand[1])
                   : "b"(low), "c"(high)
                   : "memory", "cc");
  return equal;
}
#ifdef __clang__
#define BitScanForward _BitScanForward
#define BitScanReverse _BitScanReverse
#define BitScanForward64 _BitScanForward64
#define BitScanReverse64 _BitScanReverse64
#endif

#define WDK_ORDERED_ACCESS(name, type)                              \
  FORCEINLINE type Read##name##Acquire(const volatile type* p) {    \
    return __atomic_load_n(p, __ATOMIC_ACQUIRE);                    \
  }                                                                 \
  FORCEINLINE type Read##name##NoFence(const volatile type* p) {    \
    return __atomic_load_n(p, __ATOMIC_RELAXED);                    \
  }                                                                 \
  FORCEINLINE type Read##name##Raw(const volatile type* p) {        \
    return __atomic_load_n(p, __ATOMIC_RELAXED);                    \
  }                                                                 \
  FORCEINLINE void Write##name##Release(volatile type* p, type v) { \
    __atomic_store_n(p, v, __ATOMIC_RELEASE);                       \
  }                                                                 \
  FORCEINLINE void Write##name##NoFence(volatile type* p, type v) { \
    __atomic_store_n(p, v, __ATOMIC_RELAXED);                       \
  }                                                                 \
  FORCEINLINE void Write##name##Raw(volatile type* p, type v) {     \
    __atomic_store_n(p, v, __ATOMIC_RELAXED);                       \
  }
WDK_ORDERED_ACCESS(UChar, UCHAR)
WDK_ORDERED_ACCESS(UShort, USHORT)
WDK_ORDERED_ACCESS(ULong, ULONG)
WDK_ORDERED_ACCESS(ULong64, ULONG64)
WDK_ORDERED_ACCESS(ULongPtr, ULONG_PTR)
WDK_ORDERED_ACCESS(SizeT, SIZE_T)
WDK_ORDERED_ACCESS(Boolean, BOOLEAN)
#define ReadAcquire64(p) __atomic_load_n((p), __ATOMIC_ACQUIRE)
#define ReadNoFence64(p) __atomic_load_n((p), __ATOMIC_RELAXED)
#define ReadRaw(p) __atomic_load_n((p), __ATOMIC_RELAXED)
#define ReadRaw64(p) __atomic_load_n((p), __ATOMIC_RELAXED)
#define WriteRelease64(p, v) __atomic_store_n((p), (LONG64)(v), __ATOMIC_RELEASE)
#define WriteNoFence64(p, v) __atomic_store_n((p), (LONG64)(v), __ATOMIC_RELAXED)
#define WriteRaw(p, v) __atomic_store_n((p), (LONG)(v), __ATOMIC_RELAXED)
#define ReadPointerNoFence(p) __atomic_load_n((p), __ATOMIC_RELAXED)
#define ReadPointerRaw(p) __atomic_load_n((p), __ATOMIC_RELAXED)
#define WritePointerNoFence(p, v) __atomic_store_n((p), (PVOID)(v), __ATOMIC_RELAXED)
#define KeMemoryBarrierWithoutFence() __asm__ volatile("" : : : "memory")
#define PreFetchCacheLine(level, address) __builtin_prefetch(address)
#define PrefetchForWrite(p) __builtin_prefetch((p), 1)
#define ReadForWriteAccess(p) (*(p))
#define PopulationCount64(v) __builtin_popcountll(v)

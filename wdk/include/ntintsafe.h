// SPDX-License-Identifier: Apache-2.0
// Integer arithmetic and conversions that answer STATUS_INTEGER_OVERFLOW instead of wrapping; the
// result is then all ones (-1 for signed types), as documented.
#pragma once

#include "wdm.h"

#ifdef WDK_DRIVER

#define INTSAFE_STATUS_OVERFLOW STATUS_INTEGER_OVERFLOW
#define WDK_CHECKED(overflowed, result, type) \
  if (overflowed) {                           \
    *(result) = (type) - 1;                   \
    return STATUS_INTEGER_OVERFLOW;           \
  }                                           \
  return STATUS_SUCCESS
#define WDK_ARITHMETIC(name, type)                                     \
  FORCEINLINE NTSTATUS Rtl##name##Add(type a, type b, type* result) {  \
    WDK_CHECKED(__builtin_add_overflow(a, b, result), result, type);   \
  }                                                                    \
  FORCEINLINE NTSTATUS Rtl##name##Sub(type a, type b, type* result) {  \
    WDK_CHECKED(__builtin_sub_overflow(a, b, result), result, type);   \
  }                                                                    \
  FORCEINLINE NTSTATUS Rtl##name##Mult(type a, type b, type* result) { \
    WDK_CHECKED(__builtin_mul_overflow(a, b, result), result, type);   \
  }
#define WDK_CONVERSION(from_name, from, to_name, to)                         \
  FORCEINLINE NTSTATUS Rtl##from_name##To##to_name(from value, to* result) { \
    WDK_CHECKED(__builtin_add_overflow(value, (from)0, result), result, to); \
  }

#include "wdm/intsafe_list.h"
#undef WDK_ARITHMETIC
#undef WDK_CONVERSION
#define RtlSIZETAdd RtlSizeTAdd
#define RtlSIZETMult RtlSizeTMult
#define RtlSIZETSub RtlSizeTSub

#endif  // WDK_DRIVER

// SPDX-License-Identifier: Apache-2.0
// Checked arithmetic and conversions under the names applications know, which some drivers use too:
// they answer an HRESULT.
#pragma once

#include "ntintsafe.h"

#ifdef WDK_DRIVER

#define INTSAFE_E_ARITHMETIC_OVERFLOW ((HRESULT)0x80070216L)
FORCEINLINE HRESULT wdk_intsafe(NTSTATUS status) {
  return NT_SUCCESS(status) ? S_OK : INTSAFE_E_ARITHMETIC_OVERFLOW;
}
#define WDK_ARITHMETIC(name, type)                               \
  FORCEINLINE HRESULT name##Add(type a, type b, type* result) {  \
    return wdk_intsafe(Rtl##name##Add(a, b, result));            \
  }                                                              \
  FORCEINLINE HRESULT name##Sub(type a, type b, type* result) {  \
    return wdk_intsafe(Rtl##name##Sub(a, b, result));            \
  }                                                              \
  FORCEINLINE HRESULT name##Mult(type a, type b, type* result) { \
    return wdk_intsafe(Rtl##name##Mult(a, b, result));           \
  }
#define WDK_CONVERSION(from_name, from, to_name, to)                   \
  FORCEINLINE HRESULT from_name##To##to_name(from value, to* result) { \
    return wdk_intsafe(Rtl##from_name##To##to_name(value, result));    \
  }
#include "wdm/intsafe_list.h"
#undef WDK_ARITHMETIC
#undef WDK_CONVERSION

#endif  // WDK_DRIVER

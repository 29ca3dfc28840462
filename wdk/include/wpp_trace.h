// SPDX-License-Identifier: Apache-2.0
// What WPP's preprocessor makes of a driver's trace macros, as far as one can see it from outside:
// a provider that registers and must unregister, and messages that are events of the trace. The
// functions a source configures become macros in the NAME.tmh files that build-driver writes.
#pragma once

#include "wdm.h"

#ifdef WDK_DRIVER

// One message: level and flags are not evaluated, the format is WPP's own.
#define WPP_TRACE(function, ...) \
  ((void)DbgPrintEx(DPFLTR_IHVDRIVER_ID, DPFLTR_INFO_LEVEL, __VA_ARGS__))

EXTERN_C REGHANDLE wdk_wpp_registration;
__declspec(selectany) REGHANDLE wdk_wpp_registration = 0;

#define WPP_DEFINE_CONTROL_GUID(name, guid, bits) WDK_WPP_GUID guid
#define WPP_DEFINE_BIT(name)
#define WDK_WPP_GUID(a, b, c, d, e)                                                       \
  {                                                                                       \
    0x##a, 0x##b, 0x##c, {                                                                \
      0x##d >> 8, 0x##d & 0xff, (UCHAR)(0x##e##ULL >> 40), (UCHAR)(0x##e##ULL >> 32),     \
          (UCHAR)(0x##e##ULL >> 24), (UCHAR)(0x##e##ULL >> 16), (UCHAR)(0x##e##ULL >> 8), \
          (UCHAR)0x##e##ULL                                                               \
    }                                                                                     \
  }

FORCEINLINE void wdk_wpp_start(const GUID* guid) {
  if (wdk_wpp_registration == 0) {
    (void)EtwRegisterClassicProvider(guid, 0, NULL, NULL, &wdk_wpp_registration);
  }
}
FORCEINLINE void wdk_wpp_stop(void) {
  if (wdk_wpp_registration != 0) {
    (void)EtwUnregister(wdk_wpp_registration);
    wdk_wpp_registration = 0;
  }
}
#ifdef WPP_CONTROL_GUIDS
#define WPP_INIT_TRACING(...)                       \
  do {                                              \
    static const GUID wpp_guid = WPP_CONTROL_GUIDS; \
    wdk_wpp_start(&wpp_guid);                       \
  } while (0)
#else
#define WPP_INIT_TRACING(...)         \
  do {                                \
    static const GUID wpp_guid = {0}; \
    wdk_wpp_start(&wpp_guid);         \
  } while (0)
#endif
#define WPP_CLEANUP(...) wdk_wpp_stop()
#define WPP_SYSTEMCONTROL(driver)
#define WPP_SYSTEMCONTROL2(driver, offset)
#define WPP_REGISTRATION_GUIDS
#define WPP_ENABLED() 0
#define WPP_LEVEL_ENABLED(flags) 0
#define WPP_LOGIPV6(x) (x)
#define WPP_LOGPAIR(size, p) size, p
#define WPP_RECORDER_INIT_TRACING WPP_INIT_TRACING
#ifndef WPP_INLINE
#define WPP_INLINE static inline
#endif

#endif  // WDK_DRIVER

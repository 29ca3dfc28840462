// SPDX-License-Identifier: Apache-2.0
// GUID and the macros that declare and define GUIDs; see initguid.h for the difference.
#ifndef WDK_GUIDDEF_H
#define WDK_GUIDDEF_H

#include "wdk_target.h"

#ifndef GUID_DEFINED
#define GUID_DEFINED
typedef struct _GUID {
  ULONG Data1;
  USHORT Data2;
  USHORT Data3;
  UCHAR Data4[8];
} GUID;
#endif

typedef GUID* LPGUID;
typedef const GUID* LPCGUID;
typedef GUID UUID;
typedef GUID IID;
typedef GUID CLSID;

#ifdef __cplusplus
#define REFGUID const GUID&
#define REFIID const IID&
constexpr bool IsEqualGUID(const GUID& a, const GUID& b) {
  if (a.Data1 != b.Data1 || a.Data2 != b.Data2 || a.Data3 != b.Data3) return false;
  for (int i = 0; i < 8; ++i) {
    if (a.Data4[i] != b.Data4[i]) return false;
  }
  return true;
}
constexpr bool operator==(const GUID& a, const GUID& b) {
  return IsEqualGUID(a, b);
}
#if __cplusplus < 202002L
constexpr bool operator!=(const GUID& a, const GUID& b) {
  return !IsEqualGUID(a, b);
}
#endif
#else
#define REFGUID const GUID*
#define REFIID const IID*
#define IsEqualGUID(a, b) (__builtin_memcmp((a), (b), sizeof(GUID)) == 0)
#endif

#ifdef WDK_DRIVER
#define IsEqualIID(a, b) IsEqualGUID(a, b)
#define IsEqualCLSID(a, b) IsEqualGUID(a, b)
#define InlineIsEqualGUID(a, b) IsEqualGUID(a, b)
#ifdef __cplusplus
#define REFCLSID const IID&
#else
#define REFCLSID const IID*
#endif
#define DEFINE_GUIDSTRUCT(text, name) struct name
#endif

#endif  // WDK_GUIDDEF_H

// Read anew by every inclusion: sources define INITGUID halfway and include this header again.
// The host wants GUIDs as values and never as symbols, so there every GUID is an inline constant. A
// driver sees a declaration, and with INITGUID a definition that the linker folds.
#undef DEFINE_GUID
#ifdef WDK_HOST
#define DEFINE_GUID(name, l, w1, w2, b1, b2, b3, b4, b5, b6, b7, b8) \
  inline constexpr GUID name = {l, w1, w2, {b1, b2, b3, b4, b5, b6, b7, b8}}
#elif defined(INITGUID)
#define DEFINE_GUID(name, l, w1, w2, b1, b2, b3, b4, b5, b6, b7, b8) \
  EXTERN_C const GUID WDK_SELECTANY name = {l, w1, w2, {b1, b2, b3, b4, b5, b6, b7, b8}}
#else
#define DEFINE_GUID(name, l, w1, w2, b1, b2, b3, b4, b5, b6, b7, b8) EXTERN_C const GUID name
#endif

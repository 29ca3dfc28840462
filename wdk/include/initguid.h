// SPDX-License-Identifier: Apache-2.0
// Include before the headers whose GUIDs this translation unit shall define; no include guard on
// purpose.
#ifndef INITGUID
#define INITGUID
#endif
#include "guiddef.h"
#if !defined(WDK_HOST)
#undef DEFINE_GUID
#define DEFINE_GUID(name, l, w1, w2, b1, b2, b3, b4, b5, b6, b7, b8) \
  EXTERN_C const GUID WDK_SELECTANY name = {l, w1, w2, {b1, b2, b3, b4, b5, b6, b7, b8}}
#endif

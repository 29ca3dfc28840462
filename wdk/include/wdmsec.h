// SPDX-License-Identifier: Apache-2.0
// Ready-made security descriptors for devices, and the routine that takes one.
#pragma once

#include "wdm.h"

#ifdef WDK_DRIVER
// A constant that every source may define; the linker keeps one.
#ifndef WDK_SHARED_CONSTANT
#ifdef __cplusplus
#define WDK_SHARED_CONSTANT extern "C" __declspec(selectany) const
#else
#define WDK_SHARED_CONSTANT __declspec(selectany) const
#endif
#endif

#ifdef _MSC_VER
// A driver may define one itself, as older sources do: then this is not what the name stands for.
#ifdef __cplusplus
#define WDK_DECLARED_CONSTANT extern "C" const
#else
#define WDK_DECLARED_CONSTANT extern const
#endif
#define WDK_DEVICE_SDDL(name, text)                                          \
  __pragma(comment(linker, "/alternatename:" #name "=Wdk_" #name));          \
  WDK_SHARED_CONSTANT UNICODE_STRING Wdk_##name = RTL_CONSTANT_STRING(text); \
  WDK_DECLARED_CONSTANT UNICODE_STRING name
#else
#define WDK_DEVICE_SDDL(name, text) \
  WDK_SHARED_CONSTANT UNICODE_STRING name = RTL_CONSTANT_STRING(text)
#endif

WDK_DEVICE_SDDL(SDDL_DEVOBJ_KERNEL_ONLY, L"D:P");
WDK_DEVICE_SDDL(SDDL_DEVOBJ_INF_SUPPLIED, L"D:P(A;;GA;;;SY)(A;;GA;;;BA)");
WDK_DEVICE_SDDL(SDDL_DEVOBJ_SYS_ALL, L"D:P(A;;GA;;;SY)");
WDK_DEVICE_SDDL(SDDL_DEVOBJ_SYS_ALL_ADM_ALL, L"D:P(A;;GA;;;SY)(A;;GA;;;BA)");
WDK_DEVICE_SDDL(SDDL_DEVOBJ_SYS_ALL_ADM_RX, L"D:P(A;;GA;;;SY)(A;;GRGX;;;BA)");
WDK_DEVICE_SDDL(SDDL_DEVOBJ_SYS_ALL_ADM_RWX_WORLD_R,
                L"D:P(A;;GA;;;SY)(A;;GRGWGX;;;BA)(A;;GR;;;WD)");
WDK_DEVICE_SDDL(SDDL_DEVOBJ_SYS_ALL_ADM_RWX_WORLD_R_RES_R,
                L"D:P(A;;GA;;;SY)(A;;GRGWGX;;;BA)(A;;GR;;;WD)(A;;GR;;;RC)");
WDK_DEVICE_SDDL(SDDL_DEVOBJ_SYS_ALL_ADM_RWX_WORLD_RW_RES_R,
                L"D:P(A;;GA;;;SY)(A;;GRGWGX;;;BA)(A;;GRGW;;;WD)(A;;GR;;;RC)");
WDK_DEVICE_SDDL(SDDL_DEVOBJ_SYS_ALL_ADM_RWX_WORLD_RWX_RES_RWX,
                L"D:P(A;;GA;;;SY)(A;;GRGWGX;;;BA)(A;;GRGWGX;;;WD)(A;;GRGWGX;;;RC)");
#endif

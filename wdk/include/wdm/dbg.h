// SPDX-License-Identifier: Apache-2.0
// Debug output, assertions and checks.
#pragma once

#include "../ntdef.h"
#include "ke.h"

#ifdef __cplusplus
extern "C" {
#endif

#define DPFLTR_IHVNETWORK_ID 79
#define DPFLTR_IHVDRIVER_ID 77
#define DPFLTR_DEFAULT_ID 101
#define DPFLTR_ERROR_LEVEL 0
#define DPFLTR_WARNING_LEVEL 1
#define DPFLTR_TRACE_LEVEL 2
#define DPFLTR_INFO_LEVEL 3

NTKERNELAPI VOID NTAPI DbgBreakPoint(void);
NTKERNELAPI ULONG NTAPI DbgPrint(PCSTR Format, ...);
NTKERNELAPI ULONG NTAPI DbgPrintEx(ULONG ComponentId, ULONG Level, PCSTR Format, ...);
NTKERNELAPI ULONG NTAPI vDbgPrintEx(ULONG ComponentId, ULONG Level, PCCH Format, WDK_VA_LIST ap);

#ifdef WDK_DRIVER
#if defined(DBG) && DBG
#define KdPrint(args) DbgPrint args
#define KdPrintEx(args) DbgPrintEx args
#define ASSERT(e) ((void)((e) || (__debugbreak(), 0)))
#else
#define KdPrint(args)
#define KdPrintEx(args)
#define ASSERT(e) ((void)0)
#endif
#define NT_ASSERT ASSERT
#define NT_VERIFY(e) ((void)(e))
#define ASSERTMSG(message, e) ASSERT(e)
#define NT_ASSERTMSG(message, e) ASSERT(e)
#define NT_ASSERTMSGW(message, e) ASSERT(e)
#define NT_FRE_ASSERT(e) ASSERT(e)
#define NT_ANALYSIS_ASSUME(e) ((void)0)
#define RTL_SOFT_ASSERT(e) ASSERT(e)
#define RTL_SOFT_ASSERTMSG(message, e) ASSERT(e)
#define RTL_VERIFY(e) ((void)(e))
#define RTL_SOFT_VERIFY(e) ((void)(e))
#define KdBreakPoint() ((void)0)
#define KdBreakPointWithStatus(status) ((void)0)
#define vKdPrintEx(args)
#define RTL_PAGED_CODE() ((void)0)
#define PAGED_ASSERT(e) ((void)0)
#define UNREACHABLE_CODE() __builtin_unreachable()
#define DPFLTR_SYSTEM_ID 0
#define DPFLTR_IHVBUS_ID 78
#define DPFLTR_IHVAUDIO_ID 75
#define DPFLTR_FLTMGR_ID 36
#define DPFLTR_MASK 0x80000000U
#define PAGED_CODE() ((void)0)
#define PAGED_CODE_LOCKED() ((void)0)
#endif

#ifdef __cplusplus
}
#endif

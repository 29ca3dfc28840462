// SPDX-License-Identifier: Apache-2.0
// The kernel interface of wdm.h and what only drivers that are no WDM drivers see.
#pragma once

#include "wdm.h"

#ifdef WDK_DRIVER
#ifdef __cplusplus
extern "C" {
#endif

_IRQL_requires_max_(PASSIVE_LEVEL) NTKERNELAPI NTSTATUS NTAPI
    ZwQueryInformationProcess(HANDLE ProcessHandle, PROCESSINFOCLASS ProcessInformationClass,
                              PVOID ProcessInformation, ULONG ProcessInformationLength,
                              PULONG ReturnLength);

#ifdef __cplusplus
}
#endif
#endif  // WDK_DRIVER

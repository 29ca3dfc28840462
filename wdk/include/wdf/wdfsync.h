// SPDX-License-Identifier: Apache-2.0
// Spin locks and wait locks of the framework.
#pragma once

#include "wdfobject.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef NTSTATUS(NTAPI* PFN_WDFWAITLOCKCREATE)(PWDF_DRIVER_GLOBALS, PWDF_OBJECT_ATTRIBUTES,
                                               WDFWAITLOCK*);
typedef NTSTATUS(NTAPI* PFN_WDFWAITLOCKACQUIRE)(PWDF_DRIVER_GLOBALS, WDFWAITLOCK, PLONGLONG);
typedef VOID(NTAPI* PFN_WDFWAITLOCKRELEASE)(PWDF_DRIVER_GLOBALS, WDFWAITLOCK);
typedef NTSTATUS(NTAPI* PFN_WDFSPINLOCKCREATE)(PWDF_DRIVER_GLOBALS, PWDF_OBJECT_ATTRIBUTES,
                                               WDFSPINLOCK*);
typedef VOID(NTAPI* PFN_WDFSPINLOCKACQUIRE)(PWDF_DRIVER_GLOBALS, WDFSPINLOCK);
typedef VOID(NTAPI* PFN_WDFSPINLOCKRELEASE)(PWDF_DRIVER_GLOBALS, WDFSPINLOCK);

#ifdef WDK_DRIVER
_IRQL_requires_max_(DISPATCH_LEVEL) FORCEINLINE NTSTATUS
    WdfWaitLockCreate(PWDF_OBJECT_ATTRIBUTES ObjectAttributes, WDFWAITLOCK* Waitlock) {
  return ((PFN_WDFWAITLOCKCREATE)WdfFunctions[WdfWaitLockCreateTableIndex])(
      WdfDriverGlobals, ObjectAttributes, Waitlock);
}
FORCEINLINE NTSTATUS WdfWaitLockAcquire(WDFWAITLOCK Waitlock, PLONGLONG Longlong) {
  return ((PFN_WDFWAITLOCKACQUIRE)WdfFunctions[WdfWaitLockAcquireTableIndex])(WdfDriverGlobals,
                                                                              Waitlock, Longlong);
}
_IRQL_requires_max_(DISPATCH_LEVEL) FORCEINLINE VOID WdfWaitLockRelease(WDFWAITLOCK Waitlock) {
  ((PFN_WDFWAITLOCKRELEASE)WdfFunctions[WdfWaitLockReleaseTableIndex])(WdfDriverGlobals, Waitlock);
}
_IRQL_requires_max_(DISPATCH_LEVEL) FORCEINLINE NTSTATUS
    WdfSpinLockCreate(PWDF_OBJECT_ATTRIBUTES ObjectAttributes, WDFSPINLOCK* Spinlock) {
  return ((PFN_WDFSPINLOCKCREATE)WdfFunctions[WdfSpinLockCreateTableIndex])(
      WdfDriverGlobals, ObjectAttributes, Spinlock);
}
_IRQL_requires_max_(DISPATCH_LEVEL) FORCEINLINE VOID WdfSpinLockAcquire(WDFSPINLOCK Spinlock) {
  ((PFN_WDFSPINLOCKACQUIRE)WdfFunctions[WdfSpinLockAcquireTableIndex])(WdfDriverGlobals, Spinlock);
}
_IRQL_requires_max_(DISPATCH_LEVEL) FORCEINLINE VOID WdfSpinLockRelease(WDFSPINLOCK Spinlock) {
  ((PFN_WDFSPINLOCKRELEASE)WdfFunctions[WdfSpinLockReleaseTableIndex])(WdfDriverGlobals, Spinlock);
}
#endif

#ifdef __cplusplus
}
#endif

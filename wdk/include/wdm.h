// SPDX-License-Identifier: Apache-2.0
// The kernel interface, one part per subject.
#pragma once

#include "ntdef.h"
#include "ntstatus.h"
#include "sdkddkver.h"
#include "wdm/crt.h"
#include "wdm/dbg.h"
#include "wdm/etw.h"
#include "wdm/ex.h"
#include "wdm/exception.h"
#include "wdm/interlocked.h"
#include "wdm/io.h"
#include "wdm/irp.h"
#include "wdm/ke.h"
#include "wdm/lists.h"
#include "wdm/mm.h"
#include "wdm/ob.h"
#include "wdm/ps.h"
#include "wdm/rtl.h"
#include "wdm/se.h"
#include "wdm/table.h"
#include "wdm/zw.h"

#ifdef WDK_DRIVER
#include "wdm/basics.h"
#include "wdm/ex_more.h"
#include "wdm/files.h"
#include "wdm/intrinsics.h"
#include "wdm/ke_more.h"
#include "wdm/pnp.h"
#include "wdm/rtl_more.h"
#include "wdm/security_more.h"
#endif

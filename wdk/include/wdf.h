// SPDX-License-Identifier: Apache-2.0
// The kernel-mode driver framework. Facts: KMDF sources (MIT) and public documentation.
#pragma once

#include "wdf/wdfbind.h"
#include "wdf/wdfdevice.h"
#include "wdf/wdfdevicepnp.h"
#include "wdf/wdfdriver.h"
#include "wdf/wdfenums.h"
#include "wdf/wdfevents.h"
#include "wdf/wdffuncenum.h"
#include "wdf/wdfhardware.h"
#include "wdf/wdfinit.h"
#include "wdf/wdfio.h"
#include "wdf/wdfiotarget.h"
#include "wdf/wdfmemory.h"
#include "wdf/wdfmisc.h"
#include "wdf/wdfobject.h"
#include "wdf/wdfpdo.h"
#include "wdf/wdfpnp.h"
#include "wdf/wdfrequest.h"
#include "wdf/wdfresource.h"
#include "wdf/wdfstates.h"
#include "wdf/wdfsync.h"
#include "wdf/wdftimer.h"
#include "wdf/wdftypes.h"
#include "wdf/wdfwdm.h"
#include "wdf/wdfwmi.h"

#ifdef WDK_DRIVER
#include "wdmsec.h"  // sources that include only this name its descriptors
#define WDF_TIMEOUT_TO_SEC ((LONGLONG)10 * 1000 * 1000)
#define WDF_TIMEOUT_TO_MS ((LONGLONG)10 * 1000)
#define WDF_TIMEOUT_TO_US ((LONGLONG)10)
#endif

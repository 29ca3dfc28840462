// SPDX-License-Identifier: Apache-2.0
// NDIS, as far as a callout driver meets it.
#pragma once

#include "ndis/api.h"
#include "ndis/nbl.h"
#include "ndis/offload.h"
#include "ndis/runtime.h"
#include "ndis/types.h"
#include "netiodef.h"

#ifdef WDK_DRIVER
#include "ndis/checksum.h"
#include "ndis/locks.h"
#endif

// SPDX-License-Identifier: Apache-2.0
// The request that runs a case: its name in, its marks out.
#pragma once

#include <ntddk.h>

#define SEH_RUN_CASE CTL_CODE(FILE_DEVICE_UNKNOWN, 0x800, METHOD_BUFFERED, FILE_ANY_ACCESS)

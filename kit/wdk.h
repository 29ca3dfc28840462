// SPDX-License-Identifier: Apache-2.0
// The Windows headers the kit stands on. A driver's one source file includes <initguid.h> before
// it, which makes that file the home of the GUIDs.
#pragma once

#ifndef NDIS630
#define NDIS630 1
#define NDIS_WDM 1
#endif

// clang-format off
#include <ntddk.h>
#include <ndis.h>
#include <fwpsk.h>
#include <fwpmk.h>
// clang-format on

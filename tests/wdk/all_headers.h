// SPDX-License-Identifier: Apache-2.0
// Every header of the kit, in an order that only works because each includes what it needs.
#pragma once

// clang-format off
#include <wdf.h>
#include <netioddk.h>
#include <fwpmk.h>
#include <fwpsk.h>
#include <ip2string.h>
#include <netiodef.h>
#include <ndis.h>
#include <ntifs.h>
// clang-format on

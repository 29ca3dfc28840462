// SPDX-License-Identifier: Apache-2.0
// What an application may ask the reference drivers.
#pragma once

#include "kit/wdk.h"

// Output: ReferenceStatistics.
#define IOCTL_REFERENCE_STATISTICS \
  CTL_CODE(FILE_DEVICE_NETWORK, 0x800, METHOD_BUFFERED, FILE_READ_ACCESS)

struct ReferenceStatistics {
  LONG64 authorised;  // connections and first packets at the authorisation layers
  LONG64 flows;       // that got a context
  LONG64 bytes;       // of flows that have ended, at the data layers
  LONG64 reinjected;  // datagrams handed back to the stack
  LONG64 lost;        // datagrams the stack did not take back
};

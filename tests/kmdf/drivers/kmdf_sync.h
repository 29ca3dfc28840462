// SPDX-License-Identifier: Apache-2.0
// What the device with serialized callbacks can be asked to do.
#pragma once

#define SYNC_CODE(function) CTL_CODE(0x22, 0x820 + (function), METHOD_BUFFERED, 0)

#define SYNC_ENTER SYNC_CODE(0)       // stays in the callback for a while
#define SYNC_DEFER SYNC_CODE(1)       // completes from a DPC or work item
#define SYNC_TIMER SYNC_CODE(2)       // completes from a timer
#define SYNC_FORWARD SYNC_CODE(3)     // to another queue under the same lock
#define SYNC_BY_HAND SYNC_CODE(4)     // gives the lock up and takes it again
#define SYNC_RECURSE SYNC_CODE(5)     // takes the lock that its callback holds
#define SYNC_NO_LOCK SYNC_CODE(6)     // takes the lock of an object that has none
#define SYNC_CANCEL SYNC_CODE(8)      // completes when it is cancelled
#define SYNC_NOT_HOLDER SYNC_CODE(7)  // gives up a lock that it does not hold

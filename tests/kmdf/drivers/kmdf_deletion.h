// SPDX-License-Identifier: Apache-2.0
// What the device of kmdf_deletion can be asked to do.
#pragma once

#define DELETION_CODE(function) CTL_CODE(0x22, 0x860 + (function), METHOD_BUFFERED, 0)

#define DELETION_KEEP DELETION_CODE(0)       // goes to the queue that is to be deleted
#define DELETION_OF_QUEUE DELETION_CODE(1)   // takes the request there, then deletes the queue
#define DELETION_COMPLETE DELETION_CODE(2)   // completes the request that was taken
#define DELETION_TWICE DELETION_CODE(3)      // of a timer, both times at DISPATCH_LEVEL
#define DELETION_BLOCKS DELETION_CODE(4)     // calls what may block, at DISPATCH_LEVEL
#define DELETION_TAKE_LOCK DELETION_CODE(5)  // and never releases it
#define DELETION_OF_LOCK DELETION_CODE(6)    // deletes the lock

// SPDX-License-Identifier: Apache-2.0
// What the toy driver's device can be asked to do.
#pragma once

#define TOY_CODE(function, method) CTL_CODE(0x22, 0x800 + (function), method, 0)

#define TOY_INVERT TOY_CODE(0, METHOD_BUFFERED)  // output = ~input
#define TOY_INVERT_DIRECT TOY_CODE(1, METHOD_OUT_DIRECT)
#define TOY_INVERT_NEITHER TOY_CODE(2, METHOD_NEITHER)
#define TOY_WAIT TOY_CODE(3, METHOD_BUFFERED)          // pends in a manual queue
#define TOY_RELEASE TOY_CODE(4, METHOD_BUFFERED)       // completes what waits there
#define TOY_FORWARD_HIGH TOY_CODE(5, METHOD_BUFFERED)  // to a passive queue, at DISPATCH_LEVEL
#define TOY_TIMER TOY_CODE(6, METHOD_BUFFERED)         // completes when a timer has fired
#define TOY_WORK TOY_CODE(7, METHOD_BUFFERED)          // completes from a work item
#define TOY_CONTEXT TOY_CODE(8, METHOD_BUFFERED)       // what context look-ups gave, as bits
#define TOY_WRONG_HANDLE TOY_CODE(9, METHOD_BUFFERED)  // a queue's handle as a device's
#define TOY_NULL TOY_CODE(10, METHOD_BUFFERED)         // NULL where an address is required
#define TOY_STALE TOY_CODE(11, METHOD_BUFFERED)        // an object's handle after its deletion
#define TOY_OVERDEREFERENCE TOY_CODE(12, METHOD_BUFFERED)
#define TOY_UNIMPLEMENTED TOY_CODE(13, METHOD_BUFFERED)
#define TOY_LOCKS TOY_CODE(14, METHOD_BUFFERED)
#define TOY_TOUCH_CONTEXT TOY_CODE(15, METHOD_BUFFERED)  // a context after its object's end
#define TOY_STATES TOY_CODE(16, METHOD_BUFFERED)         // state of the manual queue
#define TOY_LEAVE_WORK TOY_CODE(17, METHOD_BUFFERED)     // a work item that takes a while

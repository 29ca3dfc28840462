// SPDX-License-Identifier: Apache-2.0
// What the device of the small functions can be asked to do.
#pragma once

#define CORNERS_CODE(function) CTL_CODE(0x22, 0x840 + (function), METHOD_BUFFERED, 0)

#define CORNERS_STEPS CORNERS_CODE(0)        // the functions that need a request
#define CORNERS_WAIT CORNERS_CODE(1)         // straight to a manual queue
#define CORNERS_SEARCH CORNERS_CODE(2)       // takes the second that waits there, then the rest
#define CORNERS_BUG_CHECK CORNERS_CODE(3)    // WdfVerifierKeBugCheck(0xDEAD, 1...)
#define CORNERS_API_MISSING CORNERS_CODE(4)  // a function without a status that is not there
#define CORNERS_REFUSED CORNERS_CODE(5)      // sent to no queue at all

// SPDX-License-Identifier: Apache-2.0
// What the two devices of the I/O target driver can be asked to do.
#pragma once

#define TARGET_CODE(function, method) CTL_CODE(0x22, 0x860 + (function), method, 0)

// \Device\KmdfEcho
#define ECHO_INVERT TARGET_CODE(0, METHOD_BUFFERED)
#define ECHO_INVERT_DIRECT TARGET_CODE(1, METHOD_OUT_DIRECT)
#define ECHO_WAIT TARGET_CODE(2, METHOD_BUFFERED)  // until it is cancelled

// \Device\KmdfFront, which sends to the other
#define FRONT_SYNCHRONOUS TARGET_CODE(8, METHOD_BUFFERED)
#define FRONT_OWN_REQUESTS TARGET_CODE(9, METHOD_BUFFERED)
#define FRONT_STATES TARGET_CODE(10, METHOD_BUFFERED)
#define FRONT_SEND_TWICE TARGET_CODE(11, METHOD_BUFFERED)
#define FRONT_NO_LOCATION TARGET_CODE(12, METHOD_BUFFERED)
#define FRONT_HELD TARGET_CODE(13, METHOD_BUFFERED)
#define FRONT_WAITS TARGET_CODE(14, METHOD_BUFFERED)
#define FRONT_OWN_IRP TARGET_CODE(15, METHOD_BUFFERED)
#define FRONT_OWN_PARAMETERS TARGET_CODE(16, METHOD_BUFFERED)
#define FRONT_LONG_TEXT TARGET_CODE(17, METHOD_BUFFERED)

// \Device\KmdfRelay, whose requests have room for the other device: sends them on
#define RELAY TARGET_CODE(24, METHOD_BUFFERED)

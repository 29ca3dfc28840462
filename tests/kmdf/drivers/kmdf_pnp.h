// SPDX-License-Identifier: Apache-2.0
// What the driver of a Plug and Play device can be asked to do.
#pragma once

// {2f0a7d5e-61c4-4b8e-9d3a-0c7be5f41a92}
#define PNP_INTERFACE {0x2f0a7d5e, 0x61c4, 0x4b8e, {0x9d, 0x3a, 0x0c, 0x7b, 0xe5, 0xf4, 0x1a, 0x92}}

#define PNP_CODE(function) CTL_CODE(0x22, 0x880 + (function), METHOD_BUFFERED, 0)
#define PNP_ECHO PNP_CODE(0)
// Kept until EvtIoStop, which then does what the code says.
#define PNP_KEEP_ACKNOWLEDGE PNP_CODE(1)
#define PNP_KEEP_REQUEUE PNP_CODE(2)
#define PNP_KEEP_COMPLETE PNP_CODE(3)

// The value "Mode" of the driver's Parameters key: a bit for each thing that goes differently.
#define PNP_FAILS_ADD 0x1
#define PNP_FAILS_PREPARE 0x2
#define PNP_FAILS_D0 0x4
#define PNP_REFUSES_REMOVAL 0x8
#define PNP_WITH_CONTROL_DEVICE 0x10
#define PNP_STAYS_OUT 0x20
#define PNP_REFUSES_STOP 0x40

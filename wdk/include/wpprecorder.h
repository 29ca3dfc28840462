// SPDX-License-Identifier: Apache-2.0
// The in-flight recorder: its messages are WPP's.
#pragma once

#include "wpp_trace.h"

typedef struct _RECORDER_LOG* RECORDER_LOG;
#define WppRecorderLogGetDefault() ((RECORDER_LOG)0)

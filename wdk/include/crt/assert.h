// SPDX-License-Identifier: Apache-2.0
// For drivers only: an assertion is a check of debug builds.
#pragma once

#include "../wdm/dbg.h"

#ifndef assert
#define assert(e) ASSERT(e)
#endif

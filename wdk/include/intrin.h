// SPDX-License-Identifier: Apache-2.0
// Intrinsics of the compiler, under the name sources include.
#pragma once

#include "wdm.h"

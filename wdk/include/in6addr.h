// SPDX-License-Identifier: Apache-2.0
// Part of ws2def.h here; drivers include it by this name.
#pragma once

#include "ws2def.h"

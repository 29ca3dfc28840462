// SPDX-License-Identifier: Apache-2.0
// Part of ws2ipdef.h here; drivers include it by this name.
#pragma once

#include "ws2ipdef.h"

// SPDX-License-Identifier: Apache-2.0
// Exception codes and filters; __try itself is the compiler's.
#pragma once

#include "wdm.h"

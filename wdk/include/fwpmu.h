// SPDX-License-Identifier: Apache-2.0
// The management interface as applications name it: a driver gets the kernel's.
#pragma once

#include "fwpmk.h"

// SPDX-License-Identifier: Apache-2.0
// Checked arithmetic under the name applications include; a driver gets the kernel's.
#pragma once

#include "ntintsafe.h"

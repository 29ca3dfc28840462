// SPDX-License-Identifier: Apache-2.0
// File-system drivers start here; for callout drivers the same as ntddk.h.
#pragma once

#include "ntddk.h"

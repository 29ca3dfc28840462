// SPDX-License-Identifier: Apache-2.0
// Event tracing under another of its names.
#pragma once

#include "wdm.h"

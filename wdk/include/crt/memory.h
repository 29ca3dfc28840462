// SPDX-License-Identifier: Apache-2.0
// For drivers only, see stddef.h.
#pragma once

#include "string.h"

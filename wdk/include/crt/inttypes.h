// SPDX-License-Identifier: Apache-2.0
// For drivers only, see stddef.h.
#pragma once

#include "stdint.h"

#define PRId64 "lld"
#define PRIu64 "llu"
#define PRIx64 "llx"
#define PRIX64 "llX"
#define PRId32 "d"
#define PRIu32 "u"
#define PRIx32 "x"

// SPDX-License-Identifier: Apache-2.0
// Integer types under another of their names.
#pragma once

#include "ntdef.h"

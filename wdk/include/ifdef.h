// SPDX-License-Identifier: Apache-2.0
// Interface types under another of their names.
#pragma once

#include "ws2ipdef.h"

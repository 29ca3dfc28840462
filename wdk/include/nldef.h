// SPDX-License-Identifier: Apache-2.0
// Network layer types under another of their names.
#pragma once

#include "ws2ipdef.h"

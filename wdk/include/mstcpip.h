// SPDX-License-Identifier: Apache-2.0
// Helpers about addresses, under the name drivers include.
#pragma once

#include "ip2string.h"
#include "ws2ipdef.h"

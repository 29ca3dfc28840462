// SPDX-License-Identifier: Apache-2.0
// The kernel interface under the name most drivers include.
#pragma once

#include "wdm.h"

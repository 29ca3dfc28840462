// SPDX-License-Identifier: Apache-2.0
// Types that are shared with applications: wdm.h has them all.
#pragma once

#include "wdm.h"

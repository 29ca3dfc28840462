// SPDX-License-Identifier: Apache-2.0
// On Windows this makes old string routines errors; here it adds nothing.
#pragma once

#include "sal.h"

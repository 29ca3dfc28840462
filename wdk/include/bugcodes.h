// SPDX-License-Identifier: Apache-2.0
// Stop codes, those that drivers name.
#pragma once

#include "wdm.h"

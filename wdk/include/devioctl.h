// SPDX-License-Identifier: Apache-2.0
// Control codes under another of their names.
#pragma once

#include "wdm.h"

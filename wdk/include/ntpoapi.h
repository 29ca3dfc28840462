// SPDX-License-Identifier: Apache-2.0
// Power states: wdm.h has them.
#pragma once

#include "wdm.h"

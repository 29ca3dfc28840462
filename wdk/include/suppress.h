// SPDX-License-Identifier: Apache-2.0
// Warnings of Microsoft's code analysis by their names; here there are none.
#pragma once

#include "sal.h"

// SPDX-License-Identifier: Apache-2.0
// Authentication services: fwpmk.h has them.
#pragma once

#include "fwpmk.h"

// SPDX-License-Identifier: Apache-2.0
// NDIS types under another of their names.
#pragma once

#include "ndis.h"

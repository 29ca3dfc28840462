// SPDX-License-Identifier: Apache-2.0
// Names without a version number, of the management and of the callout interface.
#pragma once

#include "fwpmk.h"
#include "fwpsk.h"

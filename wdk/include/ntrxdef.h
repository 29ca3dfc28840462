// SPDX-License-Identifier: Apache-2.0
// Names of redirectors: callout drivers that include it use none of them.
#pragma once

#include "wdm.h"

// SPDX-License-Identifier: Apache-2.0
// Event tracing and WMI under another of their names.
#pragma once

#include "wdm.h"

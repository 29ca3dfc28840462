// SPDX-License-Identifier: Apache-2.0
// WMI registration types under another of their names.
#pragma once

#include "wdm.h"

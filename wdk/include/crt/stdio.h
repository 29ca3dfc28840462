// SPDX-License-Identifier: Apache-2.0
// For drivers only: the formatting routines of ntoskrnl.exe; there are no files.
#pragma once

#include "../wdm/crt.h"

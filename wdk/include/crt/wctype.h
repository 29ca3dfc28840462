// SPDX-License-Identifier: Apache-2.0
// For drivers only: the character routines of ntoskrnl.exe.
#pragma once

#include "../wdm/crt.h"

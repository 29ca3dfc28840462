// SPDX-License-Identifier: Apache-2.0
// For drivers only: the few general routines of ntoskrnl.exe.
#pragma once

#include "../wdm/crt.h"

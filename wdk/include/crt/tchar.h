// SPDX-License-Identifier: Apache-2.0
// For drivers only: generic text, which is wide here.
#pragma once

#include "../wdm/crt.h"

typedef WCHAR TCHAR, *PTCHAR;
#define _T(text) L##text
#define _TEXT(text) L##text

// SPDX-License-Identifier: Apache-2.0
// Include before the headers whose GUIDs this translation unit shall define; no include guard on
// purpose.
#ifndef INITGUID
#define INITGUID
#endif
#include "guiddef.h"

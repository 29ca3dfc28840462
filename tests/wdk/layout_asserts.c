// SPDX-License-Identifier: Apache-2.0
// The layout assertions for a Windows target, in C.
#include "layout_asserts.h"

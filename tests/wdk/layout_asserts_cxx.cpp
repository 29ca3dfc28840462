// SPDX-License-Identifier: Apache-2.0
// The layout assertions in C++: for the host, and for a Windows target.
#include "layout_asserts.h"

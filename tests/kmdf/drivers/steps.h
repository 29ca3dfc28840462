// SPDX-License-Identifier: Apache-2.0
// Drivers that try many functions say which step failed, and "done" behind the last.
#pragma once

#define STEP(condition)                            \
  do {                                             \
    if (!(condition)) DbgPrint("not " #condition); \
  } while (0)

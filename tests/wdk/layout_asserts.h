// SPDX-License-Identifier: Apache-2.0
// Every offset, size and value of the fact tables as a compile-time assertion; compiled by the
// host, by clang and by MinGW for Windows, in C and in C++.
#pragma once

#include "all_headers.h"

#define WDK_TOTAL(type, bytes) C_ASSERT(sizeof(type) == (bytes));
#define WDK_FIELD(type, field, offset, bytes)            \
  C_ASSERT(__builtin_offsetof(type, field) == (offset)); \
  C_ASSERT((bytes) == 0 || sizeof(((type*)0)->field) == (bytes));
// Constants above 32 bits are unsigned; the others may be negative as NTSTATUS is.
#define WDK_VALUE(name, value)                                             \
  C_ASSERT((value) > 0xffffffffULL ? (unsigned long long)(name) == (value) \
                                   : (unsigned)(name) == (unsigned)(value));
#include "layout_table.inc"
#undef WDK_TOTAL
#undef WDK_FIELD
#undef WDK_VALUE

// SPDX-License-Identifier: Apache-2.0
// For drivers only: numbers some portable sources return.
#pragma once

typedef int errno_t;
#define EINVAL 22
#define ERANGE 34
#define ENOMEM 12

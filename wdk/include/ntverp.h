// SPDX-License-Identifier: Apache-2.0
// The version of the kit, for resource scripts and banners.
#pragma once

#define VER_PRODUCTMAJORVERSION 10
#define VER_PRODUCTMINORVERSION 0
#define VER_PRODUCTBUILD 22621
#define VER_PRODUCTBUILD_QFE 1
#define VER_PRODUCTVERSION_STR "10.0.22621.1"

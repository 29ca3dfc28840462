// SPDX-License-Identifier: Apache-2.0
// Which interfaces a source may see: for a driver, the kernel's.
#pragma once

#define WINAPI_FAMILY_PARTITION(partition) 0

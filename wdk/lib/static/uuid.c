// SPDX-License-Identifier: Apache-2.0
// The GUIDs of the kit's headers as symbols, for sources that name one without including
// initguid.h.
#include <initguid.h>
// clang-format off
#include <fwpmk.h>
// clang-format on

// SPDX-License-Identifier: Apache-2.0
#pragma once

// {7c1d4b90-2f35-4f0e-8a6d-93be0f2c5e17}
#define WDM_PNP_INTERFACE \
  {0x7c1d4b90, 0x2f35, 0x4f0e, {0x8a, 0x6d, 0x93, 0xbe, 0x0f, 0x2c, 0x5e, 0x17}}

#define WDM_PNP_COUNT CTL_CODE(0x22, 0x8A0, METHOD_BUFFERED, 0)

// SPDX-License-Identifier: Apache-2.0
#include "..\Inc\flavour.h"

int FlavourOfGuard() {
  return GUARD_FLAVOUR;
}

// SPDX-License-Identifier: Apache-2.0
// Makes what netsh wrote something that an engine takes: adds what is named but not listed, leaves
// out what every engine has, and lets nothing vanish before what names it.
#pragma once

#include "policy/netsh.h"

namespace drydock::policy {

void complete(NetshPolicy& read);

}  // namespace drydock::policy

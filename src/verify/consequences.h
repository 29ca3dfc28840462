// SPDX-License-Identifier: Apache-2.0
// One mistake often breaks several rules: a flow context left behind keeps its callout registered,
// which lets a classify run into freed code. The finding nearest to the mistake is reported; the
// others are listed under it.
#pragma once

#include "verify/run_view.h"

namespace drydock::verify {

// Moves findings that another one explains into that one's `consequences`.
void fold_consequences(const ledger::Ledger& ledger, Findings& findings);

}  // namespace drydock::verify

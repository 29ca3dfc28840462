// SPDX-License-Identifier: Apache-2.0
// For functions whose highest IRQL depends on their arguments: some block only in some forms.
#pragma once

#include "nt/context.h"

namespace drydock::nt {

inline void note_above(machine::Irql limit, const char* function) {
  const machine::Irql irql = the_machine().irql();
  if (irql <= limit) return;
  ledger::record().note(ledger::NoteKind::wrong_irql, 0, static_cast<std::uint64_t>(irql),
                        static_cast<std::uint64_t>(limit), function);
}

}  // namespace drydock::nt

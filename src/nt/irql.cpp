// SPDX-License-Identifier: Apache-2.0
// Raising and lowering the running processor's IRQL by hand.
#include <ntddk.h>

#include "nt/context.h"
#include "nt/exports.h"
#include "nt/stop.h"

namespace drydock::nt {

namespace {

KIRQL current_irql() {
  return static_cast<KIRQL>(the_machine().irql());
}

KIRQL raise_irql(KIRQL irql) {
  const KIRQL old = current_irql();
  if (irql < old) {
    bug_check(bugcheck::irql_not_greater_or_equal, "KeRaiseIrql was given a lower level",
              {irql, old, 0, 0});
  }
  the_machine().set_irql(static_cast<Irql>(irql));
  return old;
}

KIRQL raise_irql_to_dpc_level() {
  return raise_irql(DISPATCH_LEVEL);
}

void lower_irql(KIRQL irql) {
  const KIRQL old = current_irql();
  if (irql > old) {
    bug_check(bugcheck::irql_not_less_or_equal, "KeLowerIrql was given a higher level",
              {irql, old, 0, 0});
  }
  the_machine().set_irql(static_cast<Irql>(irql));
}

}  // namespace

Exports irql_exports() {
  static const ExportRow* const rows[] = {
      kernel_row<"KeGetCurrentIrql", decltype(::KeGetCurrentIrql), current_irql, any_irql_quiet>(),
      kernel_row<"KfRaiseIrql", decltype(::KfRaiseIrql), raise_irql, any_irql>(),
      kernel_row<"KeRaiseIrqlToDpcLevel", KIRQL(), raise_irql_to_dpc_level, up_to_dispatch>(),
      kernel_row<"KeLowerIrql", decltype(::KeLowerIrql), lower_irql, any_irql>(),
      kernel_row<"KfLowerIrql", decltype(::KeLowerIrql), lower_irql, any_irql>(),
  };
  return rows;
}

}  // namespace drydock::nt

// SPDX-License-Identifier: Apache-2.0
#include "nt/kernel.h"

namespace drydock::nt {

Kernel::Kernel(machine::Machine& machine, ledger::Record& record, ImageStore& store,
               std::uint64_t seed)
    : installed_(machine, record),
      pool(machine, record),
      locks(machine, record),
      waits(machine, record),
      processors(machine, record),
      loader(machine, store, seed),
      objects(machine, store.exports.variables()),
      threads(machine, record),
      processes(machine, store.exports.variables()),
      io(machine),
      registry(machine) {
  machine.install(pool);
  machine.install(locks);
  machine.install(waits);
  machine.install(processors);
  machine.install(threads);
}

}  // namespace drydock::nt

// SPDX-License-Identifier: Apache-2.0
// Memory descriptor lists over the one simulated address space: every page is resident, and its
// system address is its address.
#pragma once

#include <ntddk.h>

namespace drydock::nt {

// An MDL that the kernel itself owns (an IRP's, a network buffer's): built over non-paged memory
// and in no ledger.
PMDL make_kernel_mdl(PVOID address, ULONG length);
void drop_kernel_mdl(PMDL mdl);

}  // namespace drydock::nt

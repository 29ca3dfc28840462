// SPDX-License-Identifier: Apache-2.0
// Sequenced singly linked lists (SLIST) as drivers keep them in their own memory. One fiber runs at
// a time, so plain stores are atomic here.
#pragma once

#include <ntddk.h>

namespace drydock::nt {

// nullptr when the list is empty.
PSLIST_ENTRY pop_entry(PSLIST_HEADER head);
// The former first entry.
PSLIST_ENTRY push_entry(PSLIST_HEADER head, PSLIST_ENTRY entry);

}  // namespace drydock::nt

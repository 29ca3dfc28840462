// SPDX-License-Identifier: Apache-2.0
// qsort as ntoskrnl.exe exports it: the driver compares, so it may do anything while it does.
#include <ntddk.h>

#include <algorithm>
#include <cstring>
#include <vector>

#include "ledger/callback.h"
#include "nt/context.h"
#include "nt/io_exports.h"

namespace drydock::nt {

namespace {

using Compare = int(NTAPI*)(const void*, const void*);

// Sorts pointers to a copy, through a heap: a comparison that contradicts itself spoils the order
// and nothing else.
void sort(void* base, SIZE_T count, SIZE_T size, Compare compare) {
  if (count < 2 || size == 0) return;
  auto& arena = the_machine().memory().kernel;
  SIZE_T bytes = 0;  // more than there is of anything where the product is none
  if (__builtin_mul_overflow(count, size, &bytes)) bytes = ~SIZE_T{0};
  std::byte* copy = arena.allocate(bytes);
  std::memcpy(copy, base, bytes);
  std::vector<const std::byte*> order(count);
  for (SIZE_T i = 0; i < count; ++i) order[i] = copy + i * size;
  const ledger::CallbackInfo info{.kind = machine::CallbackKind::other,
                                  .driver = the_machine().running().driver};
  const auto before = [&](const std::byte* a, const std::byte* b) {
    return ledger::call_driver<int>(info, compare, static_cast<const void*>(a),
                                    static_cast<const void*>(b)) < 0;
  };
  std::ranges::make_heap(order, before);
  std::ranges::sort_heap(order, before);
  for (SIZE_T i = 0; i < count; ++i)
    std::memcpy(static_cast<std::byte*>(base) + i * size, order[i], size);
  arena.release(copy, bytes);
}

}  // namespace

Exports sorting_exports() {
  static const ExportRow* const rows[] = {
      kernel_row<"qsort", VOID(void*, SIZE_T, SIZE_T, Compare), sort, any_irql>(),
  };
  return rows;
}

}  // namespace drydock::nt

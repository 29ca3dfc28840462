// SPDX-License-Identifier: Apache-2.0
#include "nt/interlocked_list.h"

#include "nt/context.h"
#include "nt/exports.h"
#include "nt/locks.h"

namespace drydock::nt {

namespace {

constexpr unsigned entry_alignment_bits = 4;

PSLIST_ENTRY first(const SLIST_HEADER* head) {
  return reinterpret_cast<PSLIST_ENTRY>(static_cast<std::uint64_t>(head->HeaderX64.NextEntry)
                                        << entry_alignment_bits);
}

void set_first(PSLIST_HEADER head, PSLIST_ENTRY entry) {
  head->HeaderX64.NextEntry =
      (address_of(entry) >> entry_alignment_bits) & ((std::uint64_t{1} << 60) - 1);
}

PSLIST_ENTRY flush_list(PSLIST_HEADER head) {
  PSLIST_ENTRY all = first(head);
  set_first(head, nullptr);
  head->HeaderX64.Depth = 0;
  return all;
}

USHORT query_depth(PSLIST_HEADER head) {
  return static_cast<USHORT>(head->HeaderX64.Depth);
}

void initialize_head(PSLIST_HEADER head) {
  *head = SLIST_HEADER{};
}

// The spin lock of an ExInterlocked list call: waited for like any other. Inside the call nobody
// else runs, so it need not be taken; a caller that holds it itself waits for ever, as on Windows.
class Interlocked {
 public:
  explicit Interlocked(PKSPIN_LOCK lock) : before_(the_machine().irql()) {
    if (*lock == 0) return;
    if (before_ < Irql::dispatch) the_machine().set_irql(Irql::dispatch);
    while (*lock != 0) service<Locks>().wait_for(lock, LockType::spin_lock);
  }
  ~Interlocked() {
    if (the_machine().irql() != before_) the_machine().set_irql(before_);
  }
  Interlocked(const Interlocked&) = delete;
  Interlocked& operator=(const Interlocked&) = delete;

 private:
  Irql before_;
};

PLIST_ENTRY neighbour_or_null(PLIST_ENTRY head, PLIST_ENTRY neighbour) {
  return neighbour == head ? nullptr : neighbour;
}

PLIST_ENTRY insert_head(PLIST_ENTRY head, PLIST_ENTRY entry, PKSPIN_LOCK lock) {
  const Interlocked interlocked(lock);
  PLIST_ENTRY next = head->Flink;
  *entry = {next, head};
  next->Blink = entry;
  head->Flink = entry;
  return neighbour_or_null(head, next);
}

PLIST_ENTRY insert_tail(PLIST_ENTRY head, PLIST_ENTRY entry, PKSPIN_LOCK lock) {
  const Interlocked interlocked(lock);
  PLIST_ENTRY previous = head->Blink;
  *entry = {head, previous};
  previous->Flink = entry;
  head->Blink = entry;
  return neighbour_or_null(head, previous);
}

PLIST_ENTRY remove_head(PLIST_ENTRY head, PKSPIN_LOCK lock) {
  const Interlocked interlocked(lock);
  PLIST_ENTRY entry = head->Flink;
  if (entry == head) return nullptr;
  head->Flink = entry->Flink;
  entry->Flink->Blink = head;
  return entry;
}

}  // namespace

PSLIST_ENTRY pop_entry(PSLIST_HEADER head) {
  PSLIST_ENTRY entry = first(head);
  if (entry == nullptr) return nullptr;
  set_first(head, entry->Next);
  --head->HeaderX64.Depth;
  ++head->HeaderX64.Sequence;
  return entry;
}

PSLIST_ENTRY push_entry(PSLIST_HEADER head, PSLIST_ENTRY entry) {
  PSLIST_ENTRY former = first(head);
  entry->Next = former;
  set_first(head, entry);
  ++head->HeaderX64.Depth;
  ++head->HeaderX64.Sequence;
  return former;
}

Exports interlocked_list_exports() {
  static const ExportRow* const rows[] = {
      kernel_row<"InitializeSListHead", decltype(::InitializeSListHead), initialize_head,
                 any_irql_quiet>(),
      kernel_row<"ExpInterlockedPopEntrySList", decltype(::ExpInterlockedPopEntrySList), pop_entry,
                 any_irql>(),
      kernel_row<"ExpInterlockedPushEntrySList", decltype(::ExpInterlockedPushEntrySList),
                 push_entry, any_irql>(),
      kernel_row<"ExpInterlockedFlushSList", decltype(::ExpInterlockedFlushSList), flush_list,
                 any_irql>(),
      kernel_row<"ExQueryDepthSList", decltype(::ExQueryDepthSList), query_depth, up_to_dispatch>(),
      kernel_row<"ExInterlockedInsertHeadList", decltype(::ExInterlockedInsertHeadList),
                 insert_head, any_irql>(),
      kernel_row<"ExInterlockedInsertTailList", decltype(::ExInterlockedInsertTailList),
                 insert_tail, any_irql>(),
      kernel_row<"ExInterlockedRemoveHeadList", decltype(::ExInterlockedRemoveHeadList),
                 remove_head, any_irql>(),
  };
  return rows;
}

}  // namespace drydock::nt

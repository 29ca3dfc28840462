// SPDX-License-Identifier: Apache-2.0
// Error log entries and made-up identifiers: small services that a driver expects to work and whose
// effect nobody sees.
#include <ntddk.h>

#include <cstring>

#include "nt/context.h"
#include "nt/exports.h"
#include "nt/stop.h"

namespace drydock::nt {

namespace {

using ledger::Kind;

constexpr std::size_t largest_entry = 0x98;

PVOID allocate_entry(PVOID, UCHAR size) {
  if (size == 0 || size > largest_entry) return nullptr;
  PVOID entry = the_machine().memory().kernel.allocate(largest_entry);
  the_ledger().acquire(Kind::error_log_entry, address_of(entry), {.a = size});
  return entry;
}

void give_entry_back(PVOID entry) {
  if (entry == nullptr) return;
  if (the_ledger().release(Kind::error_log_entry, address_of(entry)) != 0) {
    the_machine().memory().kernel.release(static_cast<std::byte*>(entry), largest_entry);
    return;
  }
  const ledger::EntryId former = the_ledger().find_latest(Kind::error_log_entry, address_of(entry));
  const auto kind = former != 0 ? ledger::BadFree::already_freed : ledger::BadFree::not_pool;
  ledger::record().note(ledger::NoteKind::pool_bad_free, former, address_of(entry),
                        static_cast<std::uint64_t>(kind));
  bug_check(bugcheck::bad_pool_caller,
            "something was written or freed that is no error log entry any more",
            {0x46, address_of(entry), 0, 0}, former);
}

// Unique and the same in every run: made from the order of kernel calls.
// Each call counts, so no two are alike.
NTSTATUS create_uuid(UUID* uuid) {
  const std::uint64_t unique = the_machine().calls() * 0x9e3779b97f4a7c15ULL;
  const std::uint64_t time = static_cast<std::uint64_t>(the_machine().now().ticks);
  *uuid = {};
  std::memcpy(uuid, &unique, sizeof unique);
  std::memcpy(uuid->Data4, &time, sizeof time);
  uuid->Data3 = static_cast<USHORT>((uuid->Data3 & 0x0FFF) | 0x4000);   // version 4
  uuid->Data4[0] = static_cast<UCHAR>((uuid->Data4[0] & 0x3F) | 0x80);  // RFC 4122
  return STATUS_SUCCESS;
}

// A linear congruential generator: only its reproducibility matters.
ULONG random_ex(PULONG seed) {
  *seed = (*seed * 0x7FFFFFED + 0x7FFFFFC3) % 0x7FFFFFFF;
  return *seed;
}

}  // namespace

Exports error_log_exports() {
  static const ExportRow* const rows[] = {
      kernel_row<"IoAllocateErrorLogEntry", decltype(::IoAllocateErrorLogEntry), allocate_entry,
                 up_to_dispatch_or_null>(),
      kernel_row<"IoWriteErrorLogEntry", decltype(::IoWriteErrorLogEntry), give_entry_back,
                 up_to_dispatch>(),
      kernel_row<"IoFreeErrorLogEntry", decltype(::IoFreeErrorLogEntry), give_entry_back,
                 up_to_dispatch>(),
      kernel_row<"ExUuidCreate", decltype(::ExUuidCreate), create_uuid, passive_only>(),
      kernel_row<"RtlRandomEx", decltype(::RtlRandomEx), random_ex, up_to_apc_quiet>(),
  };
  return rows;
}

}  // namespace drydock::nt

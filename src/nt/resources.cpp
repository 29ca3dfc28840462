// SPDX-License-Identifier: Apache-2.0
// ERESOURCE: a reader/writer lock that its owner may take again. Its storage is opaque to drivers;
// we use ActiveEntries for the number of holds and OwnerEntry for the exclusive owner.
#include <ntddk.h>

#include "nt/context.h"
#include "nt/exports.h"
#include "nt/locks.h"
#include "nt/stop.h"
#include "nt/threads.h"

namespace drydock::nt {

namespace {

ERESOURCE_THREAD current_thread() {
  return address_of(service<Threads>().current());
}

bool owned_exclusively_by_us(const ERESOURCE& resource) {
  return resource.OwnerEntry.OwnerThread == current_thread();
}

NTSTATUS initialize(PERESOURCE resource) {
  *resource = {};
  return STATUS_SUCCESS;
}

NTSTATUS destroy(PERESOURCE resource) {
  *resource = {};
  return STATUS_SUCCESS;
}

bool free_for_exclusive(const ERESOURCE& resource) {
  return resource.ActiveEntries == 0 || owned_exclusively_by_us(resource);
}

bool free_for_shared(const ERESOURCE& resource) {
  return resource.OwnerEntry.OwnerThread == 0 || owned_exclusively_by_us(resource);
}

BOOLEAN acquire(PERESOURCE resource, BOOLEAN wait, bool (*is_free)(const ERESOURCE&)) {
  auto& locks = service<Locks>();
  while (!is_free(*resource)) {
    if (wait == 0) return FALSE;
    ++resource->ContentionCount;
    locks.wait_for(resource, LockType::resource);
  }
  ++resource->ActiveEntries;
  locks.acquired(resource, LockType::resource);
  return TRUE;
}

BOOLEAN acquire_exclusive(PERESOURCE resource, BOOLEAN wait) {
  if (acquire(resource, wait, free_for_exclusive) == 0) return FALSE;
  resource->OwnerEntry.OwnerThread = current_thread();
  return TRUE;
}

BOOLEAN acquire_shared(PERESOURCE resource, BOOLEAN wait) {
  return acquire(resource, wait, free_for_shared);
}

void release(PERESOURCE resource) {
  auto& locks = service<Locks>();
  if (locks.held_by_running(resource) == 0) {
    bug_check(bugcheck::resource_not_owned,
              "a resource was released by a thread that does not own it",
              {address_of(resource), current_thread(), 0, 0});
  }
  --resource->ActiveEntries;
  locks.released(resource);
  if (resource->ActiveEntries == 0) resource->OwnerEntry.OwnerThread = 0;
  locks.wake(resource);
}

BOOLEAN is_acquired_exclusive(PERESOURCE resource) {
  return owned_exclusively_by_us(*resource);
}

ULONG is_acquired_shared(PERESOURCE resource) {
  return static_cast<ULONG>(service<Locks>().held_by_running(resource));
}

}  // namespace

Exports resource_exports() {
  static const ExportRow* const rows[] = {
      kernel_row<"ExInitializeResourceLite", decltype(::ExInitializeResourceLite), initialize,
                 up_to_dispatch>(),
      kernel_row<"ExDeleteResourceLite", decltype(::ExDeleteResourceLite), destroy, up_to_apc>(),
      kernel_row<"ExAcquireResourceExclusiveLite", decltype(::ExAcquireResourceExclusiveLite),
                 acquire_exclusive, up_to_apc>(),
      kernel_row<"ExAcquireResourceSharedLite", decltype(::ExAcquireResourceSharedLite),
                 acquire_shared, up_to_apc>(),
      kernel_row<"ExReleaseResourceLite", decltype(::ExReleaseResourceLite), release,
                 up_to_dispatch>(),
      kernel_row<"ExIsResourceAcquiredExclusiveLite", BOOLEAN(PERESOURCE), is_acquired_exclusive,
                 up_to_dispatch>(),
      kernel_row<"ExIsResourceAcquiredSharedLite", ULONG(PERESOURCE), is_acquired_shared,
                 up_to_dispatch>(),
  };
  return rows;
}

}  // namespace drydock::nt

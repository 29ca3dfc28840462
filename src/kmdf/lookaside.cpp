// SPDX-License-Identifier: Apache-2.0
// WDFLOOKASIDE: memory objects of one size. Nothing is kept for reuse, so that a buffer used after
// its end is found out, as with the kernel's own lookaside lists here.
#include <array>
#include <optional>

#include "kmdf/check.h"
#include "kmdf/driver.h"
#include "kmdf/memory.h"
#include "kmdf/rows.h"

namespace drydock::kmdf {

namespace {

class Lookaside final : public Object {
 public:
  static constexpr ObjectType object_type = ObjectType::lookaside;
  Lookaside(Client& owner, std::size_t each, ULONG with_tag)
      : Object(object_type, owner), size(each), tag(with_tag) {}

  const std::size_t size;
  const ULONG tag;
  std::optional<WDF_OBJECT_ATTRIBUTES> memory_attributes;
};

NTSTATUS lookaside_list_create(PWDF_DRIVER_GLOBALS globals, PWDF_OBJECT_ATTRIBUTES attributes,
                               size_t size, POOL_TYPE, PWDF_OBJECT_ATTRIBUTES memory_attributes,
                               ULONG tag, WDFLOOKASIDE* handle) {
  Client& client = client_of(globals);
  require(handle);
  *handle = nullptr;
  if (size == 0) return STATUS_INVALID_PARAMETER;
  NTSTATUS status = check_attributes(attributes, Parent::optional);
  if (NT_SUCCESS(status)) status = check_attributes(memory_attributes, Parent::optional);
  if (!NT_SUCCESS(status)) return status;
  Lookaside* list = nullptr;
  status = framework().create(client, attributes, parent_in(attributes, client.driver), &list, size,
                              tag);
  if (!NT_SUCCESS(status)) return status;
  if (memory_attributes != nullptr) list->memory_attributes = *memory_attributes;
  *handle = reinterpret_cast<WDFLOOKASIDE>(list->handle);
  return STATUS_SUCCESS;
}

NTSTATUS memory_create_from_lookaside(PWDF_DRIVER_GLOBALS globals, WDFLOOKASIDE list_handle,
                                      WDFMEMORY* handle) {
  Client& client = client_of(globals);
  Lookaside& list = object_of<Lookaside>(list_handle);
  require(handle);
  *handle = nullptr;
  const auto& attributes = list.memory_attributes;
  const NTSTATUS status =
      make_pool_memory(client, attributes ? &*attributes : nullptr, list.tag, list.size, handle);
  // The list outlives what was taken from it.
  if (NT_SUCCESS(status)) object_of<Memory>(*handle).hold(list);
  return status;
}

}  // namespace

Functions lookaside_functions() {
  static const std::array rows{
      DRYDOCK_WDF_ROW(WdfLookasideListCreate, PFN_WDFLOOKASIDELISTCREATE, lookaside_list_create,
                      creates_up_to_dispatch),
      DRYDOCK_WDF_ROW(WdfMemoryCreateFromLookaside, PFN_WDFMEMORYCREATEFROMLOOKASIDE,
                      memory_create_from_lookaside, creates_up_to_dispatch),
  };
  return rows;
}

}  // namespace drydock::kmdf

// SPDX-License-Identifier: Apache-2.0
#include "kmdf/collections.h"

#include <algorithm>
#include <array>

#include "kmdf/check.h"
#include "kmdf/driver.h"
#include "kmdf/rows.h"

namespace drydock::kmdf {

namespace {

NTSTATUS collection_create(PWDF_DRIVER_GLOBALS globals, PWDF_OBJECT_ATTRIBUTES attributes,
                           WDFCOLLECTION* handle) {
  Client& client = client_of(globals);
  require(handle);
  NTSTATUS status = check_attributes(attributes, Parent::optional);
  if (!NT_SUCCESS(status)) return status;
  Collection* collection = nullptr;
  status =
      framework().create(client, attributes, parent_in(attributes, client.driver), &collection);
  if (NT_SUCCESS(status)) *handle = reinterpret_cast<WDFCOLLECTION>(collection->handle);
  return status;
}

ULONG collection_get_count(PWDF_DRIVER_GLOBALS, WDFCOLLECTION handle) {
  return static_cast<ULONG>(object_of<Collection>(handle).items.size());
}

NTSTATUS collection_add(PWDF_DRIVER_GLOBALS, WDFCOLLECTION handle, WDFOBJECT item_handle) {
  Collection& collection = object_of<Collection>(handle);
  Object& item = object_of(item_handle);
  collection.add(item);
  return STATUS_SUCCESS;
}

void collection_remove(PWDF_DRIVER_GLOBALS, WDFCOLLECTION handle, WDFOBJECT item_handle) {
  Collection& collection = object_of<Collection>(handle);
  const auto found = std::ranges::find(collection.items, &object_of(item_handle));
  if (found != collection.items.end())
    collection.remove(static_cast<std::size_t>(found - collection.items.begin()));
}

void collection_remove_item(PWDF_DRIVER_GLOBALS, WDFCOLLECTION handle, ULONG index) {
  Collection& collection = object_of<Collection>(handle);
  if (index < collection.items.size()) collection.remove(index);
}

WDFOBJECT item_at(const Collection& collection, std::size_t index) {
  return index < collection.items.size() ? collection.items[index]->handle : nullptr;
}

WDFOBJECT collection_get_item(PWDF_DRIVER_GLOBALS, WDFCOLLECTION handle, ULONG index) {
  return item_at(object_of<Collection>(handle), index);
}

WDFOBJECT collection_get_first(PWDF_DRIVER_GLOBALS, WDFCOLLECTION handle) {
  return item_at(object_of<Collection>(handle), 0);
}

WDFOBJECT collection_get_last(PWDF_DRIVER_GLOBALS, WDFCOLLECTION handle) {
  const Collection& collection = object_of<Collection>(handle);
  return item_at(collection, collection.items.size() - 1);
}

}  // namespace

void Collection::on_dispose() {
  while (!items.empty()) remove(0);
}

void Collection::add(Object& item) {
  framework().reference(item);
  items.push_back(&item);
}

void Collection::remove(std::size_t index) {
  Object& item = *items[index];
  items.erase(items.begin() + static_cast<std::ptrdiff_t>(index));
  framework().release(item);
}

Functions collection_functions() {
  static const std::array rows{
      DRYDOCK_WDF_ROW(WdfCollectionCreate, PFN_WDFCOLLECTIONCREATE, collection_create,
                      creates_up_to_dispatch),
      DRYDOCK_WDF_ROW(WdfCollectionGetCount, PFN_WDFCOLLECTIONGETCOUNT, collection_get_count,
                      up_to_dispatch),
      DRYDOCK_WDF_ROW(WdfCollectionAdd, PFN_WDFCOLLECTIONADD, collection_add,
                      creates_up_to_dispatch),
      DRYDOCK_WDF_ROW(WdfCollectionRemove, PFN_WDFCOLLECTIONREMOVE, collection_remove,
                      up_to_dispatch),
      DRYDOCK_WDF_ROW(WdfCollectionRemoveItem, PFN_WDFCOLLECTIONREMOVEITEM, collection_remove_item,
                      up_to_dispatch),
      DRYDOCK_WDF_ROW(WdfCollectionGetItem, PFN_WDFCOLLECTIONGETITEM, collection_get_item,
                      up_to_dispatch),
      DRYDOCK_WDF_ROW(WdfCollectionGetFirstItem, PFN_WDFCOLLECTIONGETFIRSTITEM,
                      collection_get_first, up_to_dispatch),
      DRYDOCK_WDF_ROW(WdfCollectionGetLastItem, PFN_WDFCOLLECTIONGETLASTITEM, collection_get_last,
                      up_to_dispatch),
  };
  return rows;
}

}  // namespace drydock::kmdf

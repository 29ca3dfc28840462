// SPDX-License-Identifier: Apache-2.0
// WDFCOLLECTION (holds a reference on each member) and WDFSTRING.
#include <algorithm>
#include <array>
#include <cstring>
#include <vector>

#include "kmdf/check.h"
#include "kmdf/driver.h"
#include "kmdf/rows.h"

namespace drydock::kmdf {

namespace {

class Collection final : public Object {
 public:
  static constexpr ObjectType object_type = ObjectType::collection;
  explicit Collection(Client& owner) : Object(object_type, owner) {}

  void on_dispose() override {
    while (!items.empty()) remove(0);
  }
  void remove(std::size_t index) {
    Object& item = *items[index];
    items.erase(items.begin() + static_cast<std::ptrdiff_t>(index));
    framework().release(item);
  }

  std::vector<Object*> items;
};

class String final : public Object {
 public:
  static constexpr ObjectType object_type = ObjectType::string;
  explicit String(Client& owner) : Object(object_type, owner) {}

  void on_destroy() override {
    if (text.Buffer == nullptr) return;
    framework().machine().memory().kernel.release(reinterpret_cast<std::byte*>(text.Buffer),
                                                  text.MaximumLength);
  }

  UNICODE_STRING text{};
};

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
  framework().reference(item);
  collection.items.push_back(&item);
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

NTSTATUS string_create(PWDF_DRIVER_GLOBALS globals, PCUNICODE_STRING text,
                       PWDF_OBJECT_ATTRIBUTES attributes, WDFSTRING* handle) {
  Client& client = client_of(globals);
  require(handle);
  NTSTATUS status = check_attributes(attributes, Parent::optional);
  if (!NT_SUCCESS(status)) return status;
  String* string = nullptr;
  status = framework().create(client, attributes, parent_in(attributes, client.driver), &string);
  if (!NT_SUCCESS(status)) return status;
  if (text != nullptr && text->Length != 0) {
    string->text = {
        text->Length, text->Length,
        reinterpret_cast<PWSTR>(framework().machine().memory().kernel.allocate(text->Length))};
    std::memcpy(string->text.Buffer, text->Buffer, text->Length);
  }
  *handle = reinterpret_cast<WDFSTRING>(string->handle);
  return STATUS_SUCCESS;
}

void string_get(PWDF_DRIVER_GLOBALS, WDFSTRING handle, PUNICODE_STRING text) {
  require(text);
  *text = object_of<String>(handle).text;
}

}  // namespace

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
      DRYDOCK_WDF_ROW(WdfStringCreate, PFN_WDFSTRINGCREATE, string_create, creates_at_passive),
      DRYDOCK_WDF_ROW(WdfStringGetUnicodeString, PFN_WDFSTRINGGETUNICODESTRING, string_get,
                      passive_only),
  };
  return rows;
}

}  // namespace drydock::kmdf

// SPDX-License-Identifier: Apache-2.0
// WdfObject*: contexts, references, deletion, general objects.
#include <array>

#include "kmdf/check.h"
#include "kmdf/device.h"
#include "kmdf/driver.h"
#include "kmdf/rows.h"
#include "nt/context.h"
#include "nt/irql_notes.h"

namespace drydock::kmdf {

namespace {

class GeneralObject final : public Object {
 public:
  static constexpr ObjectType object_type = ObjectType::general;
  explicit GeneralObject(Client& owner) : Object(object_type, owner) {}
};

const Context* context_of(const Object& object, PCWDF_OBJECT_CONTEXT_TYPE_INFO type) {
  for (const Context& context : object.contexts) {
    if (context.type == type) return &context;
  }
  return nullptr;
}

PVOID get_typed_context(PWDF_DRIVER_GLOBALS, WDFOBJECT handle,
                        PCWDF_OBJECT_CONTEXT_TYPE_INFO type) {
  const Object& object = object_of(handle);
  require(type);
  const Context* context = context_of(object, type);
  return context == nullptr ? nullptr : context->memory;
}

NTSTATUS allocate_context(PWDF_DRIVER_GLOBALS, WDFOBJECT handle, PWDF_OBJECT_ATTRIBUTES attributes,
                          PVOID* memory) {
  Object& object = object_of(handle);
  require(attributes);
  const NTSTATUS status = check_attributes(attributes, Parent::forbidden);
  if (!NT_SUCCESS(status)) return status;
  if (attributes->ContextTypeInfo == nullptr) return STATUS_OBJECT_NAME_INVALID;
  if (object.state != ObjectState::live) return STATUS_DELETE_PENDING;
  if (const Context* present = context_of(object, attributes->ContextTypeInfo)) {
    if (memory != nullptr) *memory = present->memory;
    return STATUS_OBJECT_NAME_EXISTS;
  }
  return framework().add_context(object, *attributes, memory);
}

// The object that owns a context area.
WDFOBJECT context_get_object(PWDF_DRIVER_GLOBALS globals, PVOID memory) {
  require(memory);
  Client& client = client_of(globals);
  const Object* found = framework().owner_of_context(client, memory);
  if (found == nullptr) {
    bug_check(WDF_INVALID_HANDLE, "WdfObjectContextGetObject was given no context area",
              nt::address_of(memory), 0);
  }
  return found->handle;
}

void reference_object(PWDF_DRIVER_GLOBALS, WDFOBJECT handle, PVOID, LONG, PCCH) {
  framework().reference(object_of(handle));
}

void dereference_object(PWDF_DRIVER_GLOBALS, WDFOBJECT handle, PVOID, LONG, PCCH) {
  framework().release(object_of(handle));
}

NTSTATUS create_object(PWDF_DRIVER_GLOBALS globals, PWDF_OBJECT_ATTRIBUTES attributes,
                       WDFOBJECT* handle) {
  Client& client = client_of(globals);
  require(handle);
  NTSTATUS status = check_attributes(attributes, Parent::optional);
  if (!NT_SUCCESS(status)) return status;
  GeneralObject* object = nullptr;
  status = framework().create(client, attributes, parent_in(attributes, client.driver), &object);
  if (NT_SUCCESS(status)) *handle = object->handle;
  return status;
}

// The driver object is the framework's to delete; Windows ignores the attempt.
void delete_object(PWDF_DRIVER_GLOBALS, WDFOBJECT handle) {
  Object& object = object_of(handle);
  if (object.type == ObjectType::driver) return;
  if (object.state != ObjectState::live || object.deletion_requested) {
    bug_check(WDF_OBJECT_ERROR, "WdfObjectDelete of an object that had been deleted already",
              nt::address_of(handle), 0, object.entry);
  }
  if (object.type == ObjectType::device) {
    // The DEVICE_OBJECT goes at once; the object itself when the last file is closed.
    nt::note_above(machine::Irql::passive, "WdfObjectDelete");
    auto& device = static_cast<Device&>(object);
    device.retire();
    device.deletion_requested = true;
    if (!device.files.empty()) return;
  }
  framework().remove(object);
}

}  // namespace

Functions object_functions() {
  static const std::array rows{
      DRYDOCK_WDF_ROW(WdfObjectGetTypedContextWorker, PFN_WDFOBJECTGETTYPEDCONTEXTWORKER,
                      get_typed_context, any_irql_quiet),
      DRYDOCK_WDF_ROW(WdfObjectAllocateContext, PFN_WDFOBJECTALLOCATECONTEXT, allocate_context,
                      creates_up_to_dispatch),
      DRYDOCK_WDF_ROW(WdfObjectContextGetObject, PFN_WDFOBJECTCONTEXTGETOBJECT, context_get_object,
                      any_irql_quiet),
      DRYDOCK_WDF_ROW(WdfObjectReferenceActual, PFN_WDFOBJECTREFERENCEACTUAL, reference_object,
                      up_to_dispatch),
      DRYDOCK_WDF_ROW(WdfObjectDereferenceActual, PFN_WDFOBJECTDEREFERENCEACTUAL,
                      dereference_object, up_to_dispatch),
      DRYDOCK_WDF_ROW(WdfObjectCreate, PFN_WDFOBJECTCREATE, create_object, creates_up_to_dispatch),
      DRYDOCK_WDF_ROW(WdfObjectDelete, PFN_WDFOBJECTDELETE, delete_object, up_to_dispatch),
  };
  return rows;
}

}  // namespace drydock::kmdf

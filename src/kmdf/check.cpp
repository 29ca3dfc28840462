// SPDX-License-Identifier: Apache-2.0
#include "kmdf/check.h"

#include "nt/context.h"
#include "nt/stop.h"

namespace drydock::kmdf {

namespace {

constexpr std::uint32_t wdf_violation = 0x10D;

// Where the driver called the framework from.
std::uint64_t caller() {
  for (const machine::Frame* frame = nt::the_machine().running().frames; frame != nullptr;
       frame = frame->outer) {
    if (frame->kind == machine::Frame::Kind::driver_to_kernel) return frame->return_address;
  }
  return 0;
}

// The third parameter is private to the framework; these are our numbers, not Windows'.
std::uint64_t type_code(ObjectType type) {
  return 0x1000 + static_cast<std::uint64_t>(type);
}

NTSTATUS check_context(const WDF_OBJECT_ATTRIBUTES& attributes) {
  const PCWDF_OBJECT_CONTEXT_TYPE_INFO type = attributes.ContextTypeInfo;
  if (type == nullptr) {
    return attributes.ContextSizeOverride == 0 ? STATUS_SUCCESS : STATUS_OBJECT_NAME_INVALID;
  }
  if (type->Size != sizeof(WDF_OBJECT_CONTEXT_TYPE_INFO) || type->ContextName == nullptr)
    return STATUS_INVALID_PARAMETER;
  const bool too_small =
      attributes.ContextSizeOverride != 0 && attributes.ContextSizeOverride < type->ContextSize;
  return too_small ? STATUS_INFO_LENGTH_MISMATCH : STATUS_SUCCESS;
}

}  // namespace

void bug_check(WDF_BUGCHECK_CODES code, const char* what, std::uint64_t parameter2,
               std::uint64_t parameter3, ledger::EntryId entry) {
  nt::bug_check(wdf_violation, what, {static_cast<std::uint64_t>(code), parameter2, parameter3, 0},
                entry);
}

Object& object_of(const void* handle) {
  Object* object = framework().find(handle);
  if (object == nullptr) {
    const ledger::EntryId former =
        nt::the_ledger().find_latest(ledger::Kind::wdf_object, nt::address_of(handle));
    bug_check(WDF_INVALID_HANDLE,
              former != 0 ? "a framework function was given the handle of an object that is gone"
                          : "a framework function was given something that is no handle",
              nt::address_of(handle), type_code(ObjectType::general), former);
  }
  return *object;
}

Object& object_of(const void* handle, ObjectType type) {
  Object& object = object_of(handle);
  if (object.type != type) {
    bug_check(WDF_INVALID_HANDLE, "a framework function was given a handle of another type",
              nt::address_of(handle), type_code(type), object.entry);
  }
  return object;
}

void require(const void* pointer) {
  if (pointer != nullptr) return;
  bug_check(WDF_REQUIRED_PARAMETER_IS_NULL,
            "a framework function was given NULL where it needs an address", 0, caller());
}

Client& client_of(PWDF_DRIVER_GLOBALS globals) {
  Client* client = framework().client_of(globals);
  if (client == nullptr) {
    bug_check(WDF_INVALID_HANDLE,
              "a framework function was called with globals of no driver that is bound",
              nt::address_of(globals), type_code(ObjectType::driver));
  }
  return *client;
}

NTSTATUS check_attributes(const WDF_OBJECT_ATTRIBUTES* attributes, Parent parent) {
  if (attributes == nullptr)
    return parent == Parent::required ? STATUS_WDF_PARENT_NOT_SPECIFIED : STATUS_SUCCESS;
  if (attributes->Size != sizeof *attributes) return STATUS_INFO_LENGTH_MISMATCH;
  if (attributes->ExecutionLevel < WdfExecutionLevelInheritFromParent ||
      attributes->ExecutionLevel > WdfExecutionLevelDispatch)
    return STATUS_WDF_EXECUTION_LEVEL_INVALID;
  if (attributes->SynchronizationScope < WdfSynchronizationScopeInheritFromParent ||
      attributes->SynchronizationScope > WdfSynchronizationScopeNone)
    return STATUS_WDF_SYNCHRONIZATION_SCOPE_INVALID;
  if (parent == Parent::forbidden && attributes->ParentObject != nullptr)
    return STATUS_WDF_PARENT_ASSIGNMENT_NOT_ALLOWED;
  if (parent == Parent::required && attributes->ParentObject == nullptr)
    return STATUS_WDF_PARENT_NOT_SPECIFIED;
  return check_context(*attributes);
}

Object* parent_in(const WDF_OBJECT_ATTRIBUTES* attributes, Object* otherwise) {
  return attributes != nullptr && attributes->ParentObject != nullptr
             ? &object_of(attributes->ParentObject)
             : otherwise;
}

}  // namespace drydock::kmdf

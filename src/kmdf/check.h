// SPDX-License-Identifier: Apache-2.0
// What the framework demands of its callers: handles of the right type, pointers where they are
// required, attributes that make sense. Breaking the first two is bug check 0x10D.
#pragma once

#include <wdf.h>

#include <cstdint>

#include "kmdf/framework.h"
#include "kmdf/object.h"

namespace drydock::kmdf {

// Bug check 0x10D with this first parameter; ends the run.
[[noreturn]] void bug_check(WDF_BUGCHECK_CODES code, const char* what, std::uint64_t parameter2,
                            std::uint64_t parameter3, ledger::EntryId entry = 0);

// WDF_INVALID_HANDLE unless it is a live handle (of that type).
Object& object_of(const void* handle);
Object& object_of(const void* handle, ObjectType type);
template <class T>
T& object_of(const void* handle) {
  return static_cast<T&>(object_of(handle, T::object_type));
}

// WDF_REQUIRED_PARAMETER_IS_NULL for null.
void require(const void* pointer);

// The driver that these globals were given to; WDF_INVALID_HANDLE for others.
Client& client_of(PWDF_DRIVER_GLOBALS globals);

enum class Parent : std::uint8_t { optional, required, forbidden };

// STATUS_SUCCESS, or what a creating function returns for such attributes (null is fine unless a
// parent is required).
NTSTATUS check_attributes(const WDF_OBJECT_ATTRIBUTES* attributes, Parent parent);
// The parent that `attributes` name, or `otherwise`.
Object* parent_in(const WDF_OBJECT_ATTRIBUTES* attributes, Object* otherwise);

}  // namespace drydock::kmdf

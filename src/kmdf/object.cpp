// SPDX-License-Identifier: Apache-2.0
#include "kmdf/object.h"

#include <array>

namespace drydock::kmdf {

const char* type_name(ObjectType type) {
  static constexpr std::array names = {
      "WDFOBJECT",     "WDFDRIVER",    "WDFDEVICE",      "WDFQUEUE",       "WDFREQUEST",
      "WDFFILEOBJECT", "WDFTIMER",     "WDFWORKITEM",    "WDFDPC",         "WDFSPINLOCK",
      "WDFWAITLOCK",   "WDFMEMORY",    "WDFCOLLECTION",  "WDFSTRING",      "WDFDEVICE_INIT",
      "WDFKEY",        "WDFLOOKASIDE", "WDFWMIPROVIDER", "WDFWMIINSTANCE", "WDFIOTARGET",
      "WDFCMRESLIST",
  };
  return names[static_cast<std::size_t>(type)];
}

WDF_EXECUTION_LEVEL execution_level(const Object& object) {
  for (const Object* at = &object; at != nullptr; at = at->parent) {
    if (at->level != WdfExecutionLevelInheritFromParent) return at->level;
  }
  return WdfExecutionLevelDispatch;
}

Object* device_above(Object* object) {
  while (object != nullptr && object->type != ObjectType::device) object = object->parent;
  return object;
}

}  // namespace drydock::kmdf

// SPDX-License-Identifier: Apache-2.0
// WDFDRIVER.
#pragma once

#include <wdf.h>

#include "kmdf/framework.h"
#include "kmdf/object.h"

namespace drydock::kmdf {

class Device;

class DriverObject final : public Object {
 public:
  static constexpr ObjectType object_type = ObjectType::driver;

  explicit DriverObject(Client& owner) : Object(object_type, owner) {}

  void on_destroy() override;

  PFN_WDF_DRIVER_UNLOAD unload = nullptr;
  PFN_WDF_DRIVER_DEVICE_ADD device_add = nullptr;
  Device* added = nullptr;        // that EvtDriverDeviceAdd has created
  PWSTR registry_path = nullptr;  // for drivers; zero-terminated
  std::size_t registry_path_size = 0;
};

}  // namespace drydock::kmdf

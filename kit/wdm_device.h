// SPDX-License-Identifier: Apache-2.0
// A device object with a symbolic link, for drivers without the framework. PASSIVE_LEVEL.
#pragma once

#include "wdk.h"

namespace kit {

class WdmDevice {
 public:
  WdmDevice() = default;
  WdmDevice(const WdmDevice&) = delete;
  WdmDevice& operator=(const WdmDevice&) = delete;
  // R9.
  _IRQL_requires_max_(PASSIVE_LEVEL) ~WdmDevice() {
    if (linked_) IoDeleteSymbolicLink(&link_);
    if (device_ != nullptr) IoDeleteDevice(device_);
  }

  // The text of `link` must outlive the device.
  _IRQL_requires_max_(PASSIVE_LEVEL) NTSTATUS
      create(DRIVER_OBJECT* driver, UNICODE_STRING name, UNICODE_STRING link) {
    NTSTATUS status = IoCreateDevice(driver, 0, &name, FILE_DEVICE_NETWORK, FILE_DEVICE_SECURE_OPEN,
                                     FALSE, &device_);
    if (!NT_SUCCESS(status)) return status;
    link_ = link;
    status = IoCreateSymbolicLink(&link_, &name);
    linked_ = NT_SUCCESS(status);
    return status;
  }

  DEVICE_OBJECT* get() const { return device_; }

 private:
  DEVICE_OBJECT* device_ = nullptr;
  UNICODE_STRING link_ = {};
  bool linked_ = false;
};

}  // namespace kit

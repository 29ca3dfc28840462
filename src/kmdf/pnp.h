// SPDX-License-Identifier: Apache-2.0
// Devices of Plug and Play: what the framework does with the PnP manager's requests, and the order
// of a driver's callbacks from start to removal.
#pragma once

#include <wdf.h>

#include "kmdf/object.h"

namespace drydock::kmdf {

class Device;

// The resources of a root-enumerated device: none.
class ResourceList final : public Object {
 public:
  static constexpr ObjectType object_type = ObjectType::resource_list;
  explicit ResourceList(Client& owner) : Object(object_type, owner) {}
};

// At PASSIVE_LEVEL.
NTSTATUS dispatch_pnp(Device& device, PIRP irp);
// To the device below, with this device's stack location.
NTSTATUS pass_down(const Device& device, PIRP irp);

}  // namespace drydock::kmdf

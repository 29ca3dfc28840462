// SPDX-License-Identifier: Apache-2.0
// What Windows would have stored about a root-enumerated device when it was installed.
#pragma once

#include <ntddk.h>
#include <wdm/pnp.h>

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "nt/pnp_manager.h"

namespace drydock::nt {

// As IoGetDeviceProperty gives it; nothing for a property that such a device does not have.
std::optional<std::vector<std::byte>> property_of(const RootDevice& device,
                                                  DEVICE_REGISTRY_PROPERTY property);
// STATUS_OBJECT_NAME_NOT_FOUND, STATUS_BUFFER_TOO_SMALL; the size needed in any case but the first.
NTSTATUS copy_property(const RootDevice& device, DEVICE_REGISTRY_PROPERTY property,
                       std::span<std::byte> buffer, ULONG* needed);
// Of PLUGPLAY_REGKEY_DEVICE or PLUGPLAY_REGKEY_DRIVER; empty for others.
std::u16string registry_path_of(const RootDevice& device, ULONG kind);

}  // namespace drydock::nt

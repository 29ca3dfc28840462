// SPDX-License-Identifier: Apache-2.0
// WDFKEY: a handle to a key of the registry, closed with the object.
#pragma once

#include <wdf.h>

#include <string>
#include <string_view>

#include "kmdf/object.h"
#include "nt/registry.h"

namespace drydock::kmdf {

class RegistryKey final : public Object {
 public:
  static constexpr ObjectType object_type = ObjectType::registry_key;
  RegistryKey(Client& owner, std::u16string_view at) : Object(object_type, owner), path(at) {}

  void on_dispose() override;
  [[nodiscard]] bool disposed_at_passive() const override { return true; }

  const std::u16string path;  // absolute
  HANDLE kernel_handle = nullptr;
};

enum class MissingKey : std::uint8_t { fails, is_made };

// A WDFKEY for that path, below `parent`. STATUS_OBJECT_NAME_NOT_FOUND when the key is not there
// and must be.
NTSTATUS open_key(Client& client, std::u16string_view path, MissingKey missing,
                  const WDF_OBJECT_ATTRIBUTES* attributes, Object* parent, WDFKEY* handle);

}  // namespace drydock::kmdf

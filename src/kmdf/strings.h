// SPDX-License-Identifier: Apache-2.0
// WDFSTRING: a copy of a text that drivers read in place.
#pragma once

#include <wdf.h>

#include <string_view>

#include "kmdf/object.h"

namespace drydock::kmdf {

class String final : public Object {
 public:
  static constexpr ObjectType object_type = ObjectType::string;
  explicit String(Client& owner) : Object(object_type, owner) {}

  void on_destroy() override;
  // Replaces the text; a UNICODE_STRING that a driver got before is no longer valid then.
  // STATUS_INTEGER_OVERFLOW, and nothing changed, when no UNICODE_STRING can be so long.
  NTSTATUS assign(std::u16string_view content);

  UNICODE_STRING text{};  // a zero follows it, which its length does not count
};

// Made below the parent that `attributes` name, otherwise below the driver.
NTSTATUS make_string(Client& client, const WDF_OBJECT_ATTRIBUTES* attributes,
                     std::u16string_view content, String** string);

}  // namespace drydock::kmdf

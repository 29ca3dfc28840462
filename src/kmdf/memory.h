// SPDX-License-Identifier: Apache-2.0
// WDFMEMORY: a buffer that is the object's own, or somebody else's.
#pragma once

#include <wdf.h>

#include <cstddef>

#include "kmdf/object.h"

namespace drydock::kmdf {

class Memory final : public Object {
 public:
  static constexpr ObjectType object_type = ObjectType::memory;
  Memory(Client& owner, void* data, std::size_t length, bool ours)
      : Object(object_type, owner), buffer(data), size(length), owned(ours) {}

  void on_destroy() override;

  void* buffer;
  std::size_t size;
  bool owned;  // a pool block to be freed with the object
};

}  // namespace drydock::kmdf

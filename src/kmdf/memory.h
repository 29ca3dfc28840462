// SPDX-License-Identifier: Apache-2.0
// WDFMEMORY: a buffer that is the object's own, or somebody else's.
#pragma once

#include <wdf.h>

#include <cstddef>
#include <span>

#include "kmdf/object.h"

namespace drydock::kmdf {

class Memory final : public Object {
 public:
  static constexpr ObjectType object_type = ObjectType::memory;
  Memory(Client& owner, void* data, std::size_t length, bool ours)
      : Object(object_type, owner), buffer(data), size(length), owned(ours) {}

  void on_destroy() override;
  // Keeps another object while this one lives.
  void hold(Object& other);

  void* buffer;
  std::size_t size;
  bool owned;  // a pool block to be freed with the object

 private:
  Object* held_ = nullptr;
};

// A pool block of the object's own. STATUS_INVALID_PARAMETER for none.
NTSTATUS make_pool_memory(Client& client, const WDF_OBJECT_ATTRIBUTES* attributes, ULONG tag,
                          std::size_t size, WDFMEMORY* handle);
// The same with these bytes in it.
NTSTATUS make_pool_memory(Client& client, const WDF_OBJECT_ATTRIBUTES* attributes, ULONG tag,
                          std::span<const std::byte> content, WDFMEMORY* handle);

// The part of a memory object that a driver speaks of.
struct Slice {
  void* data = nullptr;
  std::size_t size = 0;
};
// Null offsets, and no length, mean all there is. STATUS_INTEGER_OVERFLOW, STATUS_BUFFER_TOO_SMALL.
NTSTATUS slice_of(const Memory& memory, const WDFMEMORY_OFFSET* offsets, Slice* slice);

}  // namespace drydock::kmdf

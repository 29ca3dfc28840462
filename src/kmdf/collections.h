// SPDX-License-Identifier: Apache-2.0
// WDFCOLLECTION: an ordered list of objects, with a reference on each.
#pragma once

#include <wdf.h>

#include <cstddef>
#include <vector>

#include "kmdf/framework.h"
#include "kmdf/object.h"

namespace drydock::kmdf {

class Collection final : public Object {
 public:
  static constexpr ObjectType object_type = ObjectType::collection;
  explicit Collection(Client& owner) : Object(object_type, owner) {}

  void on_dispose() override;
  void add(Object& item);
  void remove(std::size_t index);

  std::vector<Object*> items;
};

}  // namespace drydock::kmdf

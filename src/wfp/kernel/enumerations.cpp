// SPDX-License-Identifier: Apache-2.0
#include "wfp/kernel/enumerations.h"

namespace drydock::wfp {
namespace {

constexpr std::size_t handle_size = 16;  // what a handle points to; nothing is in it

}  // namespace

HANDLE Enumerations::open(HANDLE session, List list) {
  HANDLE handle = machine_.memory().kernel.allocate(handle_size);
  open_[handle] = {session, std::move(list)};
  return handle;
}

Enumerations::List* Enumerations::find(HANDLE session, HANDLE enumeration, Enumerated kind) {
  const auto found = open_.find(enumeration);
  if (found == open_.end() || found->second.session != session) return nullptr;
  return found->second.list.kind == kind ? &found->second.list : nullptr;
}

bool Enumerations::close(HANDLE session, HANDLE enumeration, Enumerated kind) {
  if (find(session, enumeration, kind) == nullptr) return false;
  open_.erase(enumeration);
  machine_.memory().kernel.release(static_cast<std::byte*>(enumeration), handle_size);
  return true;
}

void Enumerations::forget_session(HANDLE session) {
  std::erase_if(open_, [&](const auto& item) {
    if (item.second.session != session) return false;
    machine_.memory().kernel.release(static_cast<std::byte*>(item.first), handle_size);
    return true;
  });
}

}  // namespace drydock::wfp

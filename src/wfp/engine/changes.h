// SPDX-License-Identifier: Apache-2.0
// What a committed transaction changed, for those who subscribed to changes.
#pragma once

#include <cstdint>
#include <span>

#include "wfp/engine/objects.h"
#include "wfp/engine/store.h"

namespace drydock::wfp {

struct ObjectChange {
  ObjectKind kind = ObjectKind::provider;
  bool added = false;  // else deleted
  Guid key = {};
  std::uint64_t id = 0;  // filter, callout, provider context
  AnyObject object = {};
};

// Called once per transaction that changed something, after it has taken effect and callouts have
// been told. `by` is the session that made the changes, none for the engine itself. Must not call
// the engine back.
class ChangeObserver {
 public:
  virtual ~ChangeObserver() = default;
  virtual void changed(SessionId by, std::span<const ObjectChange> changes) = 0;
};

}  // namespace drydock::wfp

// SPDX-License-Identifier: Apache-2.0
// The one thing that callouts need of the I/O manager: a device object stays while they refer to
// it.
#pragma once

#include "ledger/ledger.h"

namespace drydock::wfp {

class DeviceReferences {
 public:
  virtual ~DeviceReferences() = default;
  // `why` is the ledger entry that holds the device from now on.
  virtual void reference(void* device, ledger::EntryId why) = 0;
  virtual void dereference(void* device, ledger::EntryId why) = 0;
};

}  // namespace drydock::wfp

// SPDX-License-Identifier: Apache-2.0
// The one thing that callouts need of the I/O manager: a device object stays while they refer to
// it.
#pragma once

#include "ledger/ledger.h"
#include "nt/io_manager.h"

namespace drydock::wfp {

class DeviceReferences {
 public:
  virtual ~DeviceReferences() = default;
  // `why` is the ledger entry that holds the device from now on.
  virtual void reference(void* device, ledger::EntryId why) = 0;
  virtual void dereference(void* device, ledger::EntryId why) = 0;
};

// Keeps the object without deferring its driver's unload.
class IoDeviceReferences final : public DeviceReferences {
 public:
  explicit IoDeviceReferences(nt::IoManager& io) : io_(io) {}
  void reference(void* device, ledger::EntryId why) override {
    io_.reference_device(static_cast<PDEVICE_OBJECT>(device), why, nt::DeviceHold::keeps_object);
  }
  void dereference(void* device, ledger::EntryId why) override {
    io_.dereference_device(static_cast<PDEVICE_OBJECT>(device), why, nt::DeviceHold::keeps_object);
  }

 private:
  nt::IoManager& io_;
};

}  // namespace drydock::wfp

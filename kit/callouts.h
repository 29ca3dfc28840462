// SPDX-License-Identifier: Apache-2.0
// Registered callouts: what is registered here is unregistered when the object goes, in reverse
// order and for certain.
#pragma once

#include "flow_list.h"

namespace kit {

struct RegisteredCallout {
  GUID key;
  UINT32 id;
};

struct UnregisterById {
  static NTSTATUS unregister(const RegisteredCallout& callout) {
    return FwpsCalloutUnregisterById0(callout.id);
  }
};

struct UnregisterByKey {
  static NTSTATUS unregister(const RegisteredCallout& callout) {
    return FwpsCalloutUnregisterByKey0(&callout.key);
  }
};

template <class Unregister, ULONG Capacity = 16>
class Callouts {
 public:
  // `flows` holds every context that one of the callouts has on a flow.
  explicit Callouts(FlowList& flows) : flows_(flows) {}
  Callouts(const Callouts&) = delete;
  Callouts& operator=(const Callouts&) = delete;
  _IRQL_requires_max_(PASSIVE_LEVEL) ~Callouts() {
    flows_.drain();
    while (count_ > 0) unregister(registered_[--count_]);
  }

  _IRQL_requires_max_(PASSIVE_LEVEL) NTSTATUS
      add(DEVICE_OBJECT* device, const FWPS_CALLOUT1& callout, UINT32* id) {
    if (count_ == Capacity) return STATUS_INSUFFICIENT_RESOURCES;
    const NTSTATUS status = FwpsCalloutRegister1(device, &callout, id);
    if (NT_SUCCESS(status)) registered_[count_++] = {callout.calloutKey, *id};
    return status;
  }

 private:
  // R6: a callout that stays registered would call into memory that is gone, so there is no giving
  // up. STATUS_DEVICE_BUSY (a flow has a context), STATUS_FWP_IN_USE (a callback runs) and whatever
  // else is answered mean: not yet.
  void unregister(const RegisteredCallout& callout) {
    for (;;) {
      const NTSTATUS status = Unregister::unregister(callout);
      if (status == STATUS_SUCCESS || status == STATUS_FWP_CALLOUT_NOT_FOUND) return;
      flows_.drain();
      sleep(milliseconds(10));
    }
  }

  FlowList& flows_;
  RegisteredCallout registered_[Capacity] = {};
  ULONG count_ = 0;
};

}  // namespace kit

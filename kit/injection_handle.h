// SPDX-License-Identifier: Apache-2.0
// The handle packets are injected with. Destroying it waits until the last completion function has
// returned, so what those use must be declared before it.
#pragma once

#include "wdk.h"

namespace kit {

class InjectionHandle {
 public:
  InjectionHandle() = default;
  InjectionHandle(const InjectionHandle&) = delete;
  InjectionHandle& operator=(const InjectionHandle&) = delete;
  _IRQL_requires_max_(PASSIVE_LEVEL) ~InjectionHandle() {
    if (handle_ != nullptr) FwpsInjectionHandleDestroy0(handle_);
  }

  // `types`: FWPS_INJECTION_TYPE_...
  _IRQL_requires_max_(PASSIVE_LEVEL) NTSTATUS create(ADDRESS_FAMILY family, UINT32 types) {
    return FwpsInjectionHandleCreate0(family, types, &handle_);
  }

  // Did we inject this packet, now or earlier? Who does not ask injects his own packets for ever.
  _IRQL_requires_max_(DISPATCH_LEVEL) bool injected(const NET_BUFFER_LIST* packet) const {
    const FWPS_PACKET_INJECTION_STATE state =
        FwpsQueryPacketInjectionState0(handle_, packet, nullptr);
    return state == FWPS_PACKET_INJECTED_BY_SELF ||
           state == FWPS_PACKET_PREVIOUSLY_INJECTED_BY_SELF;
  }

  HANDLE get() const { return handle_; }

 private:
  HANDLE handle_ = nullptr;
};

}  // namespace kit

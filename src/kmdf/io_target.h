// SPDX-License-Identifier: Apache-2.0
// WDFIOTARGET: a device that a driver sends requests to, and what is under way there.
#pragma once

#include <wdf.h>

#include <string>
#include <vector>

#include "kmdf/device.h"
#include "kmdf/object.h"
#include "kmdf/request.h"

namespace drydock::kmdf {

class IoTarget final : public Object {
 public:
  static constexpr ObjectType object_type = ObjectType::io_target;
  IoTarget(Client& owner, Device& of) : Object(object_type, owner), device(of) {}

  void on_dispose() override { close(WdfIoTargetClosed); }
  [[nodiscard]] bool disposed_at_passive() const override { return true; }

  // Takes nothing more from now on; cancels and waits for what is under way, gives the handle back.
  void close(WDF_IO_TARGET_STATE next);
  void cancel_held();
  void cancel_sent();
  // As long as the target stays started.
  void send_held();
  void wait_until_idle();
  // A request came back, and the driver's completion routine has seen it.
  void came_back(Request& request);

  Device& device;  // the driver's own, which made the target
  WDF_IO_TARGET_STATE state = WdfIoTargetClosed;
  PDEVICE_OBJECT wdm = nullptr;
  PFILE_OBJECT file = nullptr;
  HANDLE opened = nullptr;     // when the framework opened the device
  std::u16string name;         // for opening it again
  std::vector<Request*> sent;  // oldest first
  std::vector<Request*> held;  // until a stopped target is started

 private:
  std::vector<machine::Fiber*> waiters_;
};

}  // namespace drydock::kmdf

// SPDX-License-Identifier: Apache-2.0
#include "nt/handler_call.h"

#include "nt/context.h"

namespace drydock::nt {

using ledger::EventKind;
using machine::CallbackKind;

namespace {

void record_crossing(EventKind kind, const machine::Frame& frame) {
  machine::Machine& machine = the_machine();
  ledger::record().events().record({.time = machine.now(),
                                    .kind = kind,
                                    .irql = machine.irql(),
                                    .cpu = static_cast<std::uint16_t>(machine.running().cpu),
                                    .fiber = machine.running().id,
                                    .name = machine::callback_name(frame.callback),
                                    .name_hash = static_cast<std::uint64_t>(frame.callback),
                                    .values = {frame.driver, frame.target, 0, 0}});
}

}  // namespace

HandlerBracket::HandlerBracket(std::uint64_t target, machine::DriverId driver)
    : fiber_(the_machine().running()), outer_driver_(fiber_.driver) {
  frame_.outer = fiber_.frames;
  frame_.kind = machine::Frame::Kind::kernel_to_driver;
  frame_.callback = CallbackKind::exception_handler;
  frame_.driver = driver;
  frame_.target = target;
  fiber_.frames = &frame_;
  fiber_.driver = driver;
  record_crossing(EventKind::callback_enter, frame_);
}

HandlerBracket::~HandlerBracket() {
  record_crossing(EventKind::callback_leave, frame_);
  fiber_.frames = frame_.outer;
  fiber_.driver = outer_driver_;
}

}  // namespace drydock::nt

// SPDX-License-Identifier: Apache-2.0
#include "nt/driver_frames.h"

#include "nt/context.h"

namespace drydock::nt {

using machine::Frame;

namespace {

// A callback returns to the host function whose frame holds the crossing; anything else means that
// the driver overwrote its return address.
bool returns_into(const image::RegisterContext& registers, const Frame* level) {
  constexpr std::uint64_t largest_host_frame = 64 * 1024;
  const auto home = reinterpret_cast<std::uint64_t>(level);
  return registers.rsp <= home && home - registers.rsp < largest_host_frame;
}

constexpr std::uint8_t rbp = 5;

}  // namespace

const Interruption* interruption_behind(const Frame* level) {
  if (level == nullptr || level->callback != machine::CallbackKind::exception_handler)
    return nullptr;
  const Frame* frame = level->outer;
  while (frame != nullptr && frame->interruption == nullptr) frame = frame->outer;
  return frame != nullptr ? static_cast<const Interruption*>(frame->interruption) : nullptr;
}

Frame crossing_at(const Interruption& interruption) {
  const image::RegisterContext& registers = interruption.place.registers;
  Frame crossing;
  crossing.outer = interruption.place.level;
  crossing.kind = Frame::Kind::driver_to_kernel;
  crossing.return_address = registers.rip;
  crossing.driver_rsp = registers.rsp;
  crossing.driver_rbp = registers.rbp;
  crossing.interruption = &interruption;
  return crossing;
}

void cut_frames(Frame* level) {
  machine::Fiber& fiber = the_machine().running();
  fiber.frames = level;
  fiber.driver = level != nullptr ? level->driver : machine::no_driver;
}

bool in_driver(const DriverPlace& place) {
  const LoadedImage* image = service<Loader>().image_at(place.registers.rip);
  return image != nullptr && image->state == ImageState::loaded;
}

std::optional<UnwoundFrame> unwind_one(const DriverPlace& place) {
  const machine::StackArena& stacks = the_machine().memory().stacks;
  const std::uint32_t stack = the_machine().running().stack;
  UnwoundFrame frame;
  frame.image = service<Loader>().image_at(place.registers.rip);
  frame.caller = {place.registers, place.level, 0, place.whole};
  image::RegisterContext& registers = frame.caller.registers;
  if (!image::virtual_unwind(image::UnwindView(*frame.image->bound->prepared),
                             {stacks.low(stack), stacks.top(stack)}, registers, &frame.info)) {
    return std::nullopt;
  }
  const bool unknown_base =
      !place.whole && frame.info.frame_register != 0 && frame.info.frame_register != rbp;
  if (unknown_base || registers.rsp <= place.registers.rsp) return std::nullopt;
  if (!in_driver(frame.caller) && place.level != nullptr && !returns_into(registers, place.level))
    return std::nullopt;
  return frame;
}

std::optional<KernelCaller> caller_of(const Frame* level) {
  const Frame* call = level != nullptr ? level->outer : nullptr;
  if (call == nullptr || call->kind != Frame::Kind::driver_to_kernel) return std::nullopt;
  KernelCaller caller;
  caller.function = call->row;
  caller.place.registers.rip = call->return_address;
  caller.place.registers.rsp = call->driver_rsp;
  caller.place.registers.rbp = call->driver_rbp;
  caller.place.level = call->outer;
  caller.place.whole = false;
  return caller;
}

}  // namespace drydock::nt

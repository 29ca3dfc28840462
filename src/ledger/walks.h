// SPDX-License-Identifier: Apache-2.0
// Walks up driver frames, remembered: locks and blocks are taken at the same places again and
// again, and then only the return addresses need to be looked at.
#pragma once

#include <array>
#include <cstdint>
#include <span>

#include "ledger/stacks.h"
#include "ledger/unwinder.h"

namespace drydock::ledger {

class Walks {
 public:
  // The frames from `start` up to host code, at most max_frames; valid until the next walk.
  std::span<const std::uint64_t> walk(const Unwinder::Place& start, const Unwinder& unwinder);

 private:
  static constexpr std::size_t kept = 64;

  // How a frame was left: the return address and where on the stack it was.
  struct Return {
    std::uint64_t slot = 0;
    std::uint64_t address = 0;
  };
  struct Walk {
    Unwinder::Place start;
    StackFrames frames{};
    std::array<Return, max_frames> returns{};
    std::uint32_t frame_count = 0;
    std::uint32_t return_count = 0;
    bool whole = false;  // up to host code, or max_frames long
  };

  static std::size_t slot_of(const Unwinder::Place& start);
  static bool still_holds(const Walk& walk, const Unwinder::Place& start);
  // At most `room` frames. What is remembered of the callers is used again: most walks differ in
  // their innermost frame only.
  Walk redo(const Unwinder::Place& start, const Unwinder& unwinder, std::size_t room);

  std::array<Walk, kept> walks_;
  Walk latest_;
};

}  // namespace drydock::ledger

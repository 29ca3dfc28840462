// SPDX-License-Identifier: Apache-2.0
// Recognising that a function is leaving: Windows compilers keep to one pattern of instructions in
// epilogues so that an unwinder can finish them by reading the code.
#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "image/unwind.h"

namespace drydock::image {

struct Epilogue {
  std::uint64_t stack_pointer = 0;      // once the frame's fixed part is gone
  std::array<std::uint8_t, 16> pops{};  // registers by number, in order
  std::size_t pop_count = 0;
  std::optional<Rva>
      jump_target{};  // of a direct jump at its end, which is an epilogue only if it leaves
};

// The epilogue that begins at `rva` or that rva is within. Pattern: at most one of `add rsp, n` and
// `lea rsp, [frame register + n]`, then pops of 64-bit registers, then ret or a tail-call jump.
std::optional<Epilogue> decode_epilogue(std::span<const std::byte> image, Rva rva,
                                        std::uint8_t frame_register,
                                        const RegisterContext& context);

}  // namespace drydock::image

// SPDX-License-Identifier: Apache-2.0
// The x64 unwinder: from the registers in a driver's function to the registers in its caller, by
// the driver's own .pdata. For call stacks in reports and for exception dispatch. Nothing here
// allocates or throws; it can run in a signal handler. Source: "x64 exception handling", Microsoft
// Learn.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "image/prepare.h"

namespace drydock::image {

struct alignas(16) Xmm {
  std::uint64_t low = 0;
  std::uint64_t high = 0;
};

// Only the non-volatile registers, rsp and rip are unwound; the others are there for dispatchers.
struct RegisterContext {
  union {
    struct {
      std::uint64_t rax, rcx, rdx, rbx, rsp, rbp, rsi, rdi, r8, r9, r10, r11, r12, r13, r14, r15;
    };
    std::array<std::uint64_t, 16> general{};  // by the processor's register numbers
  };
  std::uint64_t rip = 0;
  std::array<Xmm, 10> xmm{};  // xmm6 to xmm15
};

// The stack memory that may be read: [low, high).
struct StackBounds {
  std::uint64_t low = 0;
  std::uint64_t high = 0;
};

// A loaded image as the unwinder sees it. `bytes` may be the prepared copy rather than the running
// memory: then neither a driver that overwrote itself nor discarded sections can make unwinding
// fault.
struct UnwindView {
  std::span<const std::byte> bytes;
  std::uint64_t base = 0;
  std::span<const RuntimeFunction> functions;

  UnwindView() = default;
  explicit UnwindView(const PreparedImage& image)
      : bytes(image.bytes), base(image.base), functions(image.functions) {}
  [[nodiscard]] bool contains(std::uint64_t address) const { return address - base < bytes.size(); }
};

// The row that covers `rva`, or null (a leaf function, or no code).
const RuntimeFunction* find_function(std::span<const RuntimeFunction> functions, Rva rva);

// What a frame is, besides where it returns to.
struct FrameInfo {
  const RuntimeFunction* function = nullptr;  // null: leaf
  std::uint64_t establisher_frame = 0;        // what language handlers know the frame by
  std::uint8_t frame_register = 0;            // that it was taken from, 0: rsp
  // The language handler, when one applies at this rip (0: none; never in a prologue or epilogue).
  Rva handler = 0;
  Rva handler_data = 0;  // for __C_specific_handler: its scope table
  bool handles_exceptions = false;
  bool handles_unwind = false;
};

// Replaces the registers of a function of `view` by those of its caller. False, with `context` in
// an unspecified state, when rip is not in the image, unwind data is malformed or the stack leaves
// its bounds.
bool virtual_unwind(const UnwindView& view, StackBounds stack, RegisterContext& context,
                    FrameInfo* frame = nullptr);

// Stores context.rip and then the return addresses of its callers, while they are in the image, up
// to the size of `addresses`. Returns how many. `context` is left at the first frame outside, if
// that was reached.
std::size_t walk(const UnwindView& view, StackBounds stack, RegisterContext& context,
                 std::span<std::uint64_t> addresses);

// A row of the table behind __C_specific_handler: [begin, end) is guarded.
struct ScopeRecord {
  Rva begin = 0;
  Rva end = 0;
  Rva handler = 0;  // filter or __finally body; 1 means EXCEPTION_EXECUTE_HANDLER
  Rva target = 0;   // where the __except body begins; 0 for __finally
};

class ScopeTable {
 public:
  [[nodiscard]] std::uint32_t size() const { return size_; }
  // `index` must be below size().
  [[nodiscard]] ScopeRecord operator[](std::uint32_t index) const;

 private:
  friend std::optional<ScopeTable> scope_table(const UnwindView& view, Rva handler_data);
  std::span<const std::byte> rows_;
  std::uint32_t size_ = 0;
};

// The scope table at FrameInfo::handler_data; nothing when it leaves the image.
std::optional<ScopeTable> scope_table(const UnwindView& view, Rva handler_data);

// The first row whose unwind data cannot be followed, as a line without the image's name; nothing
// when all can.
std::optional<std::string> find_unwind_problem(const UnwindView& view);

}  // namespace drydock::image

// SPDX-License-Identifier: Apache-2.0
// Unwind data that the compilers at hand do not emit, written by hand: fragments, machine frames,
// far saves, version 2, handlers, and stacks that end too early.
#include <gtest/gtest.h>

#include <cstring>

#include "image/unwind.h"

namespace drydock::image {
namespace {

constexpr std::uint64_t base = 0x10'0000;
constexpr Rva code = 0x1000;
constexpr Rva unwind_data = 0x2000;

// An image of nops with one function at `code`, whose unwind data a test writes.
class UnwindRows : public ::testing::Test {
 protected:
  UnwindRows() : bytes(0x3000, std::byte{0x90}) {
    for (std::size_t i = 0; i < stack.size(); ++i) stack[i] = 0x5000 + i;
    view.base = base;
    view.bytes = bytes;
    rows = {{code, code + 0x100, unwind_data}, {code + 0x100, code + 0x200, unwind_data + 0x40}};
    view.functions = rows;
    context.rsp = low();
    context.rip = base + code + 0x50;
  }
  void put(Rva rva, std::initializer_list<std::uint8_t> values) {
    for (const std::uint8_t value : values) bytes[rva++] = std::byte{value};
  }
  void put_words(Rva rva, std::initializer_list<std::uint32_t> values) {
    for (const std::uint32_t value : values) {
      std::memcpy(bytes.data() + rva, &value, 4);
      rva += 4;
    }
  }
  [[nodiscard]] std::uint64_t low() const { return reinterpret_cast<std::uint64_t>(stack.data()); }
  [[nodiscard]] StackBounds bounds() const { return {low(), low() + sizeof stack}; }
  bool unwind() { return virtual_unwind(view, bounds(), context, &frame); }

  std::vector<std::byte> bytes;
  std::array<std::uint64_t, 64> stack{};
  std::vector<RuntimeFunction> rows;
  UnwindView view;
  RegisterContext context;
  FrameInfo frame;
};

TEST_F(UnwindRows, leaf_function_returns_through_the_top_of_the_stack) {
  context.rip = base + 0x500;
  ASSERT_TRUE(unwind());
  EXPECT_EQ(frame.function, nullptr);
  EXPECT_EQ(context.rip, 0x5000u);
  EXPECT_EQ(context.rsp, low() + 8);
}

TEST_F(UnwindRows, fragment_undoes_its_own_codes_and_then_the_whole_prologue_of_its_function) {
  put(unwind_data, {0x01, 8, 2, 0, 8, 0x32, 1, 0x30});      // alloc 32; push rbx
  put(unwind_data + 0x40, {0x21, 5, 2, 0, 5, 0x64, 1, 0});  // chained; rsi saved at +8
  put_words(unwind_data + 0x48, {code, code + 0x100, unwind_data});
  context.rip = base + code + 0x150;
  ASSERT_TRUE(unwind());
  EXPECT_EQ(context.rsi, 0x5001u);
  EXPECT_EQ(context.rbx, 0x5004u);
  EXPECT_EQ(context.rip, 0x5005u);
  EXPECT_EQ(context.rsp, low() + 48);
}

TEST_F(UnwindRows, endless_chain_fails) {
  put(unwind_data, {0x21, 0, 0, 0});
  put_words(unwind_data + 4, {code, code + 0x100, unwind_data});
  EXPECT_FALSE(unwind());
  EXPECT_TRUE(find_unwind_problem(view));
}

TEST_F(UnwindRows, machine_frame_restores_the_interrupted_place) {
  put(unwind_data, {0x01, 0, 1, 0, 0, 0x1a});  // with error code
  stack[1] = 0x1234;
  stack[4] = 0x5678;
  ASSERT_TRUE(unwind());
  EXPECT_EQ(context.rip, 0x1234u);
  EXPECT_EQ(context.rsp, 0x5678u);
}

TEST_F(UnwindRows, far_saves_and_large_allocations_use_their_unscaled_sizes) {
  put(unwind_data,
      {0x01, 9, 9, 0, 9, 0x79, 0x20, 0, 0, 0, 9, 0xd5, 0x10, 0, 0, 0, 9, 0x11, 0x40, 0, 0, 0});
  ASSERT_TRUE(unwind());
  EXPECT_EQ(context.xmm[1].low, 0x5004u);
  EXPECT_EQ(context.xmm[1].high, 0x5005u);
  EXPECT_EQ(context.r13, 0x5002u);
  EXPECT_EQ(context.rip, 0x5008u);
}

TEST_F(UnwindRows, frame_register_counts_only_once_the_prologue_has_set_it) {
  put(unwind_data,
      {0x01, 10, 3, 0x25, 10, 0x03, 6, 0x32, 1, 0x50});  // lea rbp,[rsp+32]; alloc 32; push rbp
  context.rbp = low() + 128 + 32;
  RegisterContext early = context;
  ASSERT_TRUE(unwind());
  EXPECT_EQ(frame.establisher_frame, low() + 128);
  EXPECT_EQ(context.rip, 0x5000u + 21);

  context = early;
  context.rip = base + code + 8;
  ASSERT_TRUE(unwind());
  EXPECT_EQ(context.rip, 0x5005u);
}

TEST_F(UnwindRows, version_2_lists_its_epilogues_first) {
  put(unwind_data, {0x02, 4, 4, 0, 0x05, 0x16, 0x20, 0x06, 0x00, 0x06, 4, 0x32});
  ASSERT_TRUE(unwind());
  EXPECT_EQ(context.rip, 0x5004u);
}

TEST_F(UnwindRows, handler_is_told_in_the_body_but_not_in_prologue_or_epilogue) {
  put(unwind_data, {0x19, 4, 1, 0, 4, 0x42, 0, 0});  // exceptions and unwind; alloc 40
  put_words(unwind_data + 8, {code + 0x10, 1, code + 0x20, code + 0x30, 1, code + 0x40});
  const RegisterContext start = context;
  ASSERT_TRUE(unwind());
  EXPECT_EQ(frame.handler, code + 0x10);
  EXPECT_TRUE(frame.handles_exceptions && frame.handles_unwind);
  const auto scopes = scope_table(view, frame.handler_data);
  ASSERT_TRUE(scopes);
  ASSERT_EQ(scopes->size(), 1u);
  EXPECT_EQ((*scopes)[0].begin, code + 0x20);
  EXPECT_EQ((*scopes)[0].handler, 1u);
  EXPECT_EQ((*scopes)[0].target, code + 0x40);

  context = start;
  context.rip = base + code + 2;
  ASSERT_TRUE(unwind());
  EXPECT_EQ(frame.handler, 0u);

  put(code + 0x50, {0x48, 0x83, 0xc4, 0x28, 0xc3});  // add rsp, 40; ret
  context = start;
  ASSERT_TRUE(unwind());
  EXPECT_EQ(frame.handler, 0u);
  EXPECT_EQ(context.rip, 0x5005u);
}

TEST_F(UnwindRows, jump_inside_the_function_is_no_epilogue) {
  put(unwind_data, {0x01, 4, 1, 0, 4, 0x42, 0, 0});
  put(code + 0x50, {0xeb, 0x10});
  ASSERT_TRUE(unwind());
  EXPECT_EQ(context.rip, 0x5005u);
}

TEST_F(UnwindRows, jump_to_another_function_is_one) {
  put(unwind_data, {0x01, 4, 1, 0, 4, 0x42, 0, 0});
  put(unwind_data + 0x40, {0x01, 0, 0, 0});
  put(code + 0x50, {0xe9, 0xab, 0x00, 0x00, 0x00});  // to code + 0x100
  ASSERT_TRUE(unwind());
  EXPECT_EQ(context.rip, 0x5000u);
}

TEST_F(UnwindRows, stack_that_ends_too_early_fails) {
  put(unwind_data, {0x01, 4, 1, 0, 4, 0x42, 0, 0});
  context.rsp = bounds().high - 40;
  EXPECT_FALSE(unwind());
  context.rsp = ~0ULL - 8;
  EXPECT_FALSE(unwind());
}

TEST_F(UnwindRows, walk_stops_at_the_first_frame_outside) {
  put(unwind_data, {0x01, 4, 1, 0, 4, 0x42, 0, 0});
  stack[5] = base + code + 0x60;
  std::uint64_t addresses[8];
  ASSERT_EQ(walk(view, bounds(), context, addresses), 2u);
  EXPECT_EQ(addresses[0], base + code + 0x50);
  EXPECT_EQ(addresses[1], base + code + 0x60);
  EXPECT_EQ(context.rip, 0x5000u + 11);
}

}  // namespace
}  // namespace drydock::image

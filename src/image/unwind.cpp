// SPDX-License-Identifier: Apache-2.0
#include "image/unwind.h"

#include <fmt/format.h>

#include <algorithm>

#include "image/bytes.h"
#include "image/epilogue.h"

namespace drydock::image {
namespace {

enum Operation : std::uint8_t {
  push_nonvolatile = 0,
  alloc_large = 1,
  alloc_small = 2,
  set_frame_register = 3,
  save_nonvolatile = 4,
  save_nonvolatile_far = 5,
  epilogue_scope = 6,  // version 2 only, ahead of all others
  save_xmm = 8,
  save_xmm_far = 9,
  push_machine_frame = 10,
};

enum Flag : std::uint8_t { exception_handler = 1, termination_handler = 2, chained = 4 };

constexpr std::size_t longest_chain = 32;

struct Code {
  std::uint8_t offset;
  std::uint8_t operation_and_info;

  [[nodiscard]] std::uint8_t operation() const { return operation_and_info & 15; }
  [[nodiscard]] std::uint8_t info() const { return operation_and_info >> 4; }
};

// 16-bit slots that an operation takes, 0 for one that does not exist.
std::size_t slots(Code code) {
  constexpr std::uint8_t table[16] = {1, 2, 1, 1, 2, 3, 1, 0, 2, 3, 1};
  if (code.operation() == alloc_large) return code.info() == 0 ? 2 : code.info() == 1 ? 3 : 0;
  return table[code.operation()];
}

// UNWIND_INFO, bounds already checked: codes and what follows them lie in the image.
struct UnwindInfo {
  std::uint8_t version = 0;
  std::uint8_t flags = 0;
  std::uint8_t prologue_size = 0;
  std::uint8_t frame_register = 0;
  std::uint32_t frame_offset = 0;
  std::span<const std::byte> codes;
  Rva trailer = 0;  // handler or chained row

  [[nodiscard]] Code code(std::size_t slot) const {
    return {std::to_integer<std::uint8_t>(codes[2 * slot]),
            std::to_integer<std::uint8_t>(codes[2 * slot + 1])};
  }
  [[nodiscard]] std::size_t count() const { return codes.size() / 2; }
  [[nodiscard]] std::uint32_t word(std::size_t slot) const {
    std::uint16_t value;
    std::memcpy(&value, codes.data() + 2 * slot, sizeof value);
    return value;
  }
  [[nodiscard]] std::uint32_t double_word(std::size_t slot) const {
    return word(slot) | word(slot + 1) << 16;
  }
};

bool read_unwind_info(Bytes image, Rva rva, UnwindInfo& info) {
  if (!contains(image, rva, 4)) return false;
  const auto byte = [&](std::uint64_t at) {
    return std::to_integer<std::uint8_t>(image[rva + at]);
  };
  info.version = byte(0) & 7;
  info.flags = byte(0) >> 3;
  info.prologue_size = byte(1);
  info.frame_register = byte(3) & 15;
  info.frame_offset = (byte(3) >> 4) * 16U;
  const std::size_t padded = (byte(2) + 1U) & ~1U;
  const std::size_t trailer_size = (info.flags & chained) != 0 ? 12
                                   : (info.flags & (exception_handler | termination_handler)) != 0
                                       ? 4
                                       : 0;
  if (!contains(image, rva, 4 + 2 * padded + trailer_size)) return false;
  info.codes = image.subspan(rva + 4, 2 * std::size_t{byte(2)});
  info.trailer = static_cast<Rva>(rva + 4 + 2 * padded);
  return info.version == 1 || info.version == 2;
}

// Version 2 lists its epilogues ahead of the prologue's codes, filled up to an even number.
std::size_t first_prologue_slot(const UnwindInfo& info) {
  std::size_t slot = 0;
  if (info.version != 2) return slot;
  while (slot < info.count() && info.code(slot).operation() == epilogue_scope) ++slot;
  if (slot % 2 != 0 && slot < info.count() && info.word(slot) == 0) ++slot;
  return slot;
}

// Reads of the simulated thread's stack; the address sanitizer knows nothing of its frames.
class Stack {
 public:
  explicit Stack(StackBounds bounds) : bounds_(bounds) {}

  [[clang::no_sanitize("address")]] bool read(std::uint64_t address, std::uint64_t& value) const {
    if (address < bounds_.low || bounds_.high < 8 || address > bounds_.high - 8) return false;
    struct [[gnu::packed]] Unaligned {
      std::uint64_t value;
    };
    value = reinterpret_cast<const volatile Unaligned*>(address)->value;
    return true;
  }
  bool pop(RegisterContext& context, std::uint64_t& value) const {
    if (!read(context.rsp, value)) return false;
    context.rsp += 8;
    return true;
  }

 private:
  StackBounds bounds_;
};

bool restore_xmm(const Stack& stack, RegisterContext& context, std::uint8_t number,
                 std::uint64_t at) {
  if (number < 6) return true;  // volatile: saved by hand-written code only, nobody needs it back
  Xmm& target = context.xmm[number - 6U];
  return stack.read(at, target.low) && stack.read(at + 8, target.high);
}

bool pop_machine_frame(const Stack& stack, RegisterContext& context, bool error_code) {
  const std::uint64_t frame = context.rsp + (error_code ? 8 : 0);
  return stack.read(frame, context.rip) && stack.read(frame + 24, context.rsp);
}

enum class Undo { failed, done, returned };  // returned: rip is already the interrupted one's

struct Prologue {
  const UnwindInfo& info;
  std::uint64_t frame_base;
};

Undo undo(const Prologue& prologue, std::size_t slot, const Stack& stack,
          RegisterContext& context) {
  const UnwindInfo& info = prologue.info;
  const Code code = info.code(slot);
  const auto result = [](bool good) { return good ? Undo::done : Undo::failed; };
  switch (code.operation()) {
    case push_nonvolatile: {
      std::uint64_t value = 0;
      if (!stack.pop(context, value)) return Undo::failed;
      context.general[code.info()] = value;
      return Undo::done;
    }
    case alloc_large:
      context.rsp += code.info() == 0 ? info.word(slot + 1) * 8ULL : info.double_word(slot + 1);
      return Undo::done;
    case alloc_small:
      context.rsp += code.info() * 8ULL + 8;
      return Undo::done;
    case set_frame_register:
      context.rsp = context.general[info.frame_register] - info.frame_offset;
      return Undo::done;
    case save_nonvolatile:
      return result(stack.read(prologue.frame_base + info.word(slot + 1) * 8ULL,
                               context.general[code.info()]));
    case save_nonvolatile_far:
      return result(stack.read(prologue.frame_base + info.double_word(slot + 1),
                               context.general[code.info()]));
    case save_xmm:
      return result(restore_xmm(stack, context, code.info(),
                                prologue.frame_base + info.word(slot + 1) * 16ULL));
    case save_xmm_far:
      return result(restore_xmm(stack, context, code.info(),
                                prologue.frame_base + info.double_word(slot + 1)));
    case push_machine_frame:
      return pop_machine_frame(stack, context, code.info() != 0) ? Undo::returned : Undo::failed;
    default:
      return Undo::failed;
  }
}

// Undoes what the prologue had done when `offset` bytes of the function had been executed.
Undo undo_prologue(const Prologue& prologue, std::uint32_t offset, const Stack& stack,
                   RegisterContext& context) {
  const UnwindInfo& info = prologue.info;
  Undo outcome = Undo::done;
  std::size_t slot = first_prologue_slot(info);
  while (slot < info.count()) {
    const std::size_t size = slots(info.code(slot));
    if (size == 0 || slot + size > info.count()) return Undo::failed;
    if (info.code(slot).offset <= offset) {
      const Undo one = undo(prologue, slot, stack, context);
      if (one == Undo::failed) return one;
      if (one == Undo::returned) outcome = one;
    }
    slot += size;
  }
  return outcome;
}

bool frame_register_is_set(const UnwindInfo& info, std::uint32_t offset) {
  if (info.frame_register == 0) return false;
  if (offset >= info.prologue_size || (info.flags & chained) != 0) return true;
  for (std::size_t slot = first_prologue_slot(info); slot < info.count();) {
    const Code code = info.code(slot);
    if (code.operation() == set_frame_register) return code.offset <= offset;
    const std::size_t size = slots(code);
    if (size == 0) return false;
    slot += size;
  }
  return false;
}

bool read_row(Bytes image, Rva rva, RuntimeFunction& row) {
  const auto found = read<RuntimeFunction>(image, rva);
  if (found) row = *found;
  return found.has_value();
}

// Follows rows that stand for another row.
bool resolve_row(Bytes image, RuntimeFunction& row) {
  for (std::size_t i = 0; i < longest_chain; ++i) {
    if ((row.unwind & 1) == 0) return true;
    if (!read_row(image, row.unwind & ~1U, row)) return false;
  }
  return false;
}

// The row that all fragments of a function lead to.
bool primary_row(Bytes image, RuntimeFunction& row) {
  UnwindInfo info;
  for (std::size_t i = 0; i < longest_chain; ++i) {
    if (!resolve_row(image, row) || !read_unwind_info(image, row.unwind, info)) return false;
    if ((info.flags & chained) == 0) return true;
    if (!read_row(image, info.trailer, row)) return false;
  }
  return false;
}

// Whether a jump from a function to `target` leaves the function, as a tail call does.
bool leaves_function(const UnwindView& view, const RuntimeFunction& function, bool is_fragment,
                     Rva target) {
  if (target == function.begin && !is_fragment) return true;
  if (target >= function.begin && target < function.end) return false;
  const RuntimeFunction* other = find_function(view.functions, target);
  if (other == nullptr) return true;
  RuntimeFunction theirs = *other;
  RuntimeFunction ours = function;
  if (!primary_row(view.bytes, theirs) || !primary_row(view.bytes, ours)) return true;
  return theirs.begin != ours.begin || target == theirs.begin;
}

bool return_to_caller(const Stack& stack, RegisterContext& context) {
  return stack.pop(context, context.rip);
}

bool finish_epilogue(const Epilogue& epilogue, const Stack& stack, RegisterContext& context) {
  context.rsp = epilogue.stack_pointer;
  for (std::size_t i = 0; i < epilogue.pop_count; ++i) {
    std::uint64_t value = 0;
    if (!stack.pop(context, value)) return false;
    context.general[epilogue.pops[i]] = value;
  }
  return return_to_caller(stack, context);
}

bool unwind_epilogue(const UnwindView& view, const RuntimeFunction& function,
                     const UnwindInfo& info, Rva rva, const Stack& stack, RegisterContext& context,
                     bool& was_one) {
  const auto epilogue = decode_epilogue(view.bytes, rva, info.frame_register, context);
  was_one = epilogue &&
            (!epilogue->jump_target ||
             leaves_function(view, function, (info.flags & chained) != 0, *epilogue->jump_target));
  return !was_one || finish_epilogue(*epilogue, stack, context);
}

void tell_handler(Bytes image, const UnwindInfo& info, FrameInfo& frame) {
  const bool exceptions = (info.flags & exception_handler) != 0;
  const bool unwind = (info.flags & termination_handler) != 0;
  if (!exceptions && !unwind) return;
  frame.handler = read_or<std::uint32_t>(image, info.trailer, 0);
  frame.handler_data = info.trailer + 4;
  frame.handles_exceptions = exceptions;
  frame.handles_unwind = unwind;
}

}  // namespace

const RuntimeFunction* find_function(std::span<const RuntimeFunction> functions, Rva rva) {
  const auto after = std::ranges::upper_bound(functions, rva, {}, &RuntimeFunction::begin);
  if (after == functions.begin()) return nullptr;
  const RuntimeFunction& candidate = *std::prev(after);
  return rva < candidate.end ? &candidate : nullptr;
}

bool virtual_unwind(const UnwindView& view, StackBounds bounds, RegisterContext& context,
                    FrameInfo* frame) {
  if (!view.contains(context.rip)) return false;
  const Stack stack(bounds);
  const auto rva = static_cast<Rva>(context.rip - view.base);
  const RuntimeFunction* function = find_function(view.functions, rva);
  FrameInfo told{.function = function, .establisher_frame = context.rsp};
  const auto finish = [&](bool good) {
    if (frame != nullptr) *frame = told;
    return good;
  };
  if (function == nullptr) return finish(return_to_caller(stack, context));

  RuntimeFunction row = *function;
  UnwindInfo info;
  if (!resolve_row(view.bytes, row) || !read_unwind_info(view.bytes, row.unwind, info))
    return false;
  std::uint32_t offset = rva - row.begin;
  const bool in_prologue = offset < info.prologue_size && (info.flags & chained) == 0;
  if (frame_register_is_set(info, offset)) {
    told.establisher_frame = context.general[info.frame_register] - info.frame_offset;
    told.frame_register = info.frame_register;
  }
  if (!in_prologue) {
    bool was_one = false;
    const bool good = unwind_epilogue(view, row, info, rva, stack, context, was_one);
    if (!good || was_one) return finish(good);
  }

  Undo outcome = undo_prologue({info, told.establisher_frame}, offset, stack, context);
  for (std::size_t i = 0; outcome == Undo::done && (info.flags & chained) != 0; ++i) {
    if (i == longest_chain || !read_row(view.bytes, info.trailer, row) ||
        !resolve_row(view.bytes, row) || !read_unwind_info(view.bytes, row.unwind, info)) {
      return false;
    }
    offset = ~0U;  // the whole prologue of the function that this is a fragment of has run
    outcome = undo_prologue({info, told.establisher_frame}, offset, stack, context);
  }
  if (outcome == Undo::failed) return false;
  if (!in_prologue) tell_handler(view.bytes, info, told);
  return finish(outcome == Undo::returned || return_to_caller(stack, context));
}

std::size_t walk(const UnwindView& view, StackBounds stack, RegisterContext& context,
                 std::span<std::uint64_t> addresses) {
  std::size_t count = 0;
  while (count < addresses.size() && view.contains(context.rip)) {
    addresses[count++] = context.rip;
    const std::uint64_t before = context.rsp;
    if (!virtual_unwind(view, stack, context) || context.rsp <= before) break;
  }
  return count;
}

std::optional<ScopeTable> scope_table(const UnwindView& view, Rva handler_data) {
  const auto count = read<std::uint32_t>(view.bytes, handler_data);
  const std::uint64_t size = std::uint64_t{count.value_or(0)} * sizeof(ScopeRecord);
  if (!count || !contains(view.bytes, handler_data + 4ULL, size)) return std::nullopt;
  ScopeTable table;
  table.rows_ = slice(view.bytes, handler_data + 4ULL, size);
  table.size_ = *count;
  return table;
}

ScopeRecord ScopeTable::operator[](std::uint32_t index) const {
  return read_or<ScopeRecord>(rows_, std::uint64_t{index} * sizeof(ScopeRecord), {});
}

std::optional<std::string> find_unwind_problem(const UnwindView& view) {
  for (const RuntimeFunction& function : view.functions) {
    RuntimeFunction row = function;
    if (!primary_row(view.bytes, row)) {
      return fmt::format("unwind data of the function at rva {:#x} is malformed", function.begin);
    }
    UnwindInfo info;
    row = function;
    resolve_row(view.bytes, row);
    read_unwind_info(view.bytes, row.unwind, info);
    for (std::size_t slot = first_prologue_slot(info); slot < info.count();) {
      const std::size_t size = slots(info.code(slot));
      if (size == 0 || slot + size > info.count()) {
        return fmt::format("unwind data of the function at rva {:#x} has an unknown operation {}",
                           function.begin, info.code(slot).operation());
      }
      slot += size;
    }
  }
  return std::nullopt;
}

}  // namespace drydock::image

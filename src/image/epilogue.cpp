// SPDX-License-Identifier: Apache-2.0
#include "image/epilogue.h"

#include "image/bytes.h"

namespace drydock::image {
namespace {

// Instruction bytes from a place on; bytes past the end of the image read as int3.
class Cursor {
 public:
  Cursor(Bytes image, Rva rva) : image_(image), at_(rva) {}

  [[nodiscard]] std::uint8_t peek(std::size_t ahead = 0) const {
    return read_or<std::uint8_t>(image_, at_ + ahead, 0xcc);
  }
  [[nodiscard]] bool at(std::initializer_list<std::uint8_t> pattern) const {
    std::size_t ahead = 0;
    for (const std::uint8_t byte : pattern) {
      if (peek(ahead++) != byte) return false;
    }
    return true;
  }
  void skip(std::size_t bytes) { at_ += bytes; }
  template <class T>
  T take() {
    const T value = read_or<T>(image_, at_, 0);
    at_ += sizeof(T);
    return value;
  }
  // Where a jump of `displacement` from the end of the instruction just read leads.
  [[nodiscard]] Rva target(std::int64_t displacement) const {
    return static_cast<Rva>(at_ + displacement);
  }

 private:
  Bytes image_;
  std::uint64_t at_;
};

std::uint64_t extend(std::int64_t value) {
  return static_cast<std::uint64_t>(value);
}

void skip_add_rsp(Cursor& code, Epilogue& epilogue) {
  if (code.at({0x48, 0x83, 0xc4})) {
    code.skip(3);
    epilogue.stack_pointer += extend(code.take<std::int8_t>());
  } else if (code.at({0x48, 0x81, 0xc4})) {
    code.skip(3);
    epilogue.stack_pointer += extend(code.take<std::int32_t>());
  }
}

// lea rsp, [frame register + n]
void skip_lea_rsp(Cursor& code, std::uint8_t frame_register, const RegisterContext& context,
                  Epilogue& epilogue) {
  constexpr std::uint8_t rsp_as_base_needs_sib = 4;
  const std::uint8_t low_bits = frame_register & 7;
  const std::uint8_t rex = frame_register >= 8 ? 0x49 : 0x48;
  if (frame_register == 0 || low_bits == rsp_as_base_needs_sib) return;
  if (code.peek() != rex || code.peek(1) != 0x8d) return;
  const std::uint8_t modrm = code.peek(2);
  const std::uint8_t short_form = 0x60 | low_bits;
  const std::uint8_t long_form = 0xa0 | low_bits;
  if (modrm != short_form && modrm != long_form) return;
  code.skip(3);
  const std::int64_t displacement =
      modrm == short_form ? code.take<std::int8_t>() : code.take<std::int32_t>();
  epilogue.stack_pointer = context.general[frame_register] + extend(displacement);
}

bool take_pop(Cursor& code, Epilogue& epilogue) {
  const bool extended = code.peek() == 0x41;
  const std::uint8_t opcode = code.peek(extended ? 1 : 0);
  if ((opcode & 0xf8) != 0x58 || epilogue.pop_count == epilogue.pops.size()) return false;
  epilogue.pops[epilogue.pop_count++] =
      static_cast<std::uint8_t>((opcode & 7) | (extended ? 8 : 0));
  code.skip(extended ? 2 : 1);
  return true;
}

bool is_return(const Cursor& code) {
  return code.at({0xc3}) || code.at({0xc2}) || code.at({0xf3, 0xc3}) || code.at({0xf2, 0xc3});
}

// jmp [rip + n], or jmp through a register with a REX.W prefix: that prefix tells tail calls from
// switches.
bool is_indirect_tail_call(const Cursor& code) {
  if (code.at({0xff, 0x25})) return true;
  if ((code.peek() & 0xf8) != 0x48 || code.peek(1) != 0xff) return false;
  const std::uint8_t modrm = code.peek(2);
  return modrm == 0x25 || (modrm & 0xf8) == 0xe0;
}

}  // namespace

std::optional<Epilogue> decode_epilogue(std::span<const std::byte> image, Rva rva,
                                        std::uint8_t frame_register,
                                        const RegisterContext& context) {
  Cursor code(image, rva);
  Epilogue epilogue{.stack_pointer = context.rsp};
  skip_lea_rsp(code, frame_register, context, epilogue);
  skip_add_rsp(code, epilogue);
  while (take_pop(code, epilogue)) {
  }
  if (is_return(code) || is_indirect_tail_call(code)) return epilogue;
  if (code.at({0xeb})) {
    code.skip(1);
    const auto displacement = code.take<std::int8_t>();
    epilogue.jump_target = code.target(displacement);
    return epilogue;
  }
  if (code.at({0xe9})) {
    code.skip(1);
    const auto displacement = code.take<std::int32_t>();
    epilogue.jump_target = code.target(displacement);
    return epilogue;
  }
  return std::nullopt;
}

}  // namespace drydock::image

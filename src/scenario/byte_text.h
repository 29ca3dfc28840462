// SPDX-License-Identifier: Apache-2.0
// Bytes as scenario files write them: hexadecimal digits, numbers of a width, texts, and addresses
// of memory that only the running process knows.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/error.h"

namespace drydock::scenario {

class ByteText {
 public:
  // "00ff u32:7 u64:0x10 \"text\" L\"text\" <name>", separated by blanks; numbers are
  // little-endian, L is UTF-16 without an end, <name> an address of 8 bytes. An error says what is
  // wrong, not where.
  static Result<ByteText> parse(std::string_view text);

  [[nodiscard]] std::size_t size() const;
  // Names in angle brackets, in order.
  [[nodiscard]] std::vector<std::string> names() const;
  [[nodiscard]] std::vector<std::byte> bytes(
      const std::function<std::uint64_t(const std::string&)>& address_of) const;

 private:
  using Literal = std::vector<std::byte>;
  struct Address {
    std::string name;
  };

  std::vector<std::variant<Literal, Address>> pieces_;
};

}  // namespace drydock::scenario

// SPDX-License-Identifier: Apache-2.0
// Captures written: pcapng with a comment on each packet.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "net/capture.h"

namespace drydock::net {

class CaptureFile {
 public:
  // `link_type`: as Capture has it. `start`: of the first packet, since 1970.
  CaptureFile(int link_type, Nanoseconds start);

  // `time`: since `start`.
  void add(Nanoseconds time, std::span<const std::uint8_t> frame, std::string_view comment);

  [[nodiscard]] const std::vector<std::uint8_t>& bytes() const { return bytes_; }

 private:
  void put16(std::uint32_t value);
  void put32(std::uint32_t value);
  void put_padded(std::span<const std::uint8_t> data);
  void put_option(std::uint16_t code, std::string_view text);
  void put_interface(int link_type);
  // Writes a block's type now and both its lengths when it ends.
  class Block;

  std::vector<std::uint8_t> bytes_;
  Nanoseconds start_;
};

}  // namespace drydock::net

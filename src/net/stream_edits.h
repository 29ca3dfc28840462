// SPDX-License-Identifier: Apache-2.0
// Whether what leaves the stream layer of a connection is what came to it.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "net/step.h"

namespace drydock::net {

class StreamEdits {
 public:
  void arrives(Direction direction, std::span<const std::uint8_t> data, bool fin) {
    Stream& stream = streams_[static_cast<std::size_t>(direction)];
    // What has not left by the time that more comes was kept back.
    if (stream.keeps()) edited_ = true;
    stream.expected.assign(data.begin(), data.end());
    stream.expects_fin = fin;
  }
  void leave(Direction direction, std::span<const std::uint8_t> bytes) {
    auto& expected = streams_[static_cast<std::size_t>(direction)].expected;
    const bool as_it_was = expected.size() >= bytes.size() &&
                           std::ranges::equal(bytes, std::span(expected).first(bytes.size()));
    if (!as_it_was) {
      edited_ = true;
      return;
    }
    expected.erase(expected.begin(), expected.begin() + static_cast<std::ptrdiff_t>(bytes.size()));
  }
  void leave_fin(Direction direction) {
    bool& expected = streams_[static_cast<std::size_t>(direction)].expects_fin;
    if (!std::exchange(expected, false)) edited_ = true;
  }

  [[nodiscard]] bool edited() const { return edited_; }
  // Something has come that has not left yet.
  [[nodiscard]] bool keeps() const { return streams_[0].keeps() || streams_[1].keeps(); }
  void set_edited() { edited_ = true; }

 private:
  struct Stream {
    std::vector<std::uint8_t> expected;  // arrived and not seen to leave as it is
    bool expects_fin = false;
    [[nodiscard]] bool keeps() const { return !expected.empty() || expects_fin; }
  };
  std::array<Stream, 2> streams_;
  bool edited_ = false;
};

}  // namespace drydock::net

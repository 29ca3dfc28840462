// SPDX-License-Identifier: Apache-2.0
// Memory of one index: pieces of whole cache lines, taken from large chunks and used again by size.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

namespace drydock::wfp::index {

struct alignas(64) Line {
  std::uint8_t bytes[64];
};

class LinePool {
 public:
  // Not zeroed.
  [[nodiscard]] Line* take(std::size_t lines);
  void give_back(Line* piece, std::size_t lines);
  // When nothing of it is needed any more: gives some memory back. False: there is none.
  bool shed();
  // Taken and neither given back nor shed.
  [[nodiscard]] std::size_t bytes_used() const { return used_ * sizeof(Line); }

 private:
  struct Free {
    void operator()(Line* chunk) const;
  };
  static std::size_t size_class(std::size_t lines);
  void grow(std::size_t lines);

  std::vector<std::unique_ptr<Line[], Free>> chunks_;
  Line* next_ = nullptr;
  std::size_t left_ = 0;
  std::size_t used_ = 0;
  std::vector<Line*> free_;  // by size class; each piece holds the address of the next
};

}  // namespace drydock::wfp::index

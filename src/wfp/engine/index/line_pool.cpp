// SPDX-License-Identifier: Apache-2.0
#include "wfp/engine/index/line_pool.h"

#include <sys/mman.h>

#include <algorithm>
#include <bit>
#include <cstdlib>
#include <cstring>
#include <new>

namespace drydock::wfp::index {
namespace {

constexpr std::size_t first_chunk = 128;  // lines
constexpr std::size_t huge_page = std::size_t{2} << 20;
constexpr std::size_t lines_of_huge_page = huge_page / sizeof(Line);
constexpr std::size_t few_lines = 1024;  // 64 KiB: from here on huge pages
constexpr std::size_t exact_classes = 16;

std::size_t lines_of_class(std::size_t number) {
  return number < exact_classes ? number + 1 : exact_classes << (number - exact_classes + 1);
}

}  // namespace

void LinePool::Free::operator()(Line* chunk) const {
  std::free(chunk);
}

// 1 to 16 lines exactly, then powers of two.
std::size_t LinePool::size_class(std::size_t lines) {
  if (lines <= exact_classes) return lines - 1;
  return exact_classes - 1 + std::bit_width((lines - 1) / exact_classes);
}

void LinePool::grow(std::size_t lines) {
  const std::size_t usual = used_ < few_lines ? std::max(used_, first_chunk) : lines_of_huge_page;
  const std::size_t wanted = std::max(lines, usual);
  const bool huge = wanted >= lines_of_huge_page;
  const std::size_t alignment = huge ? huge_page : sizeof(Line);
  const std::size_t count =
      huge ? (wanted + lines_of_huge_page - 1) / lines_of_huge_page * lines_of_huge_page : wanted;
  auto* chunk = static_cast<Line*>(std::aligned_alloc(alignment, count * sizeof(Line)));
  if (chunk == nullptr) throw std::bad_alloc();
  if (huge) madvise(chunk, count * sizeof(Line), MADV_HUGEPAGE);  // only advice
  chunks_.emplace_back(chunk);
  next_ = chunk;
  left_ = count;
}

bool LinePool::shed() {
  if (chunks_.empty()) return false;
  used_ -= used_ / chunks_.size();  // roughly
  chunks_.pop_back();
  return true;
}

Line* LinePool::take(std::size_t lines) {
  const std::size_t size = size_class(lines);
  const std::size_t rounded = lines_of_class(size);
  used_ += rounded;
  if (size < free_.size() && free_[size] != nullptr) {
    Line* piece = free_[size];
    std::memcpy(&free_[size], piece->bytes, sizeof(Line*));
    return piece;
  }
  if (left_ < rounded) grow(rounded);
  Line* piece = next_;
  next_ += rounded;
  left_ -= rounded;
  return piece;
}

void LinePool::give_back(Line* piece, std::size_t lines) {
  const std::size_t size = size_class(lines);
  used_ -= lines_of_class(size);
  if (size >= free_.size()) free_.resize(size + 1);
  std::memcpy(piece->bytes, &free_[size], sizeof(Line*));
  free_[size] = piece;
}

}  // namespace drydock::wfp::index

// SPDX-License-Identifier: Apache-2.0
// What is known by numbers that are given out in rising order: found with one look at memory that
// is not at hand, and gone without a trace when it is over, so that a table of a long run is as
// large as what lives.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

namespace drydock {

// Entries stay where they are until they are erased.
template <typename T>
class SerialTable {
 public:
  // Null when there is none.
  [[nodiscard]] T* find(std::uint64_t number) const {
    const std::uint64_t place = number / page_size - first_;
    if (place >= pages_.size() || pages_[place] == nullptr) return nullptr;
    std::optional<T>& entry = pages_[place]->entries[number % page_size];
    return entry ? &*entry : nullptr;
  }
  // The entry of that number, made from `values` when there is none.
  template <typename... Values>
  T& get(std::uint64_t number, Values&&... values) {
    Page& page = page_of(number / page_size);
    std::optional<T>& entry = page.entries[number % page_size];
    if (entry) return *entry;
    ++page.used;
    ++size_;
    return entry.emplace(std::forward<Values>(values)...);
  }
  // Nothing when there is none.
  void erase(std::uint64_t number) {
    if (find(number) == nullptr) return;
    const std::size_t place = number / page_size - first_;
    Page& page = *pages_[place];
    page.entries[number % page_size].reset();
    --size_;
    // The last page is where the next number goes.
    if (--page.used != 0 || place + 1 == pages_.size()) return;
    pages_[place].reset();
    if (place == empty_) drop_empty();
  }
  template <typename Predicate>
  void erase_if(Predicate&& predicate) {
    for (std::uint64_t number = first_ * page_size; number < end(); ++number) {
      const T* entry = find(number);
      if (entry != nullptr && predicate(*entry)) erase(number);
    }
  }

  [[nodiscard]] std::size_t size() const { return size_; }
  // Numbers that memory is held for.
  [[nodiscard]] std::size_t room() const {
    std::size_t held = 0;
    for (const auto& page : pages_) held += page != nullptr ? page_size : 0;
    return held;
  }

 private:
  static constexpr std::size_t page_size = 64;
  static constexpr std::size_t most_empty = 64;  // pages in front, before they are cut off

  struct Page {
    std::array<std::optional<T>, page_size> entries;
    std::size_t used = 0;
  };

  [[nodiscard]] std::uint64_t end() const { return (first_ + pages_.size()) * page_size; }

  Page& page_of(std::uint64_t page) {
    if (pages_.empty()) first_ = page;
    if (page < first_) {
      std::vector<std::unique_ptr<Page>> before(first_ - page + pages_.size());
      std::move(pages_.begin(), pages_.end(), before.end() - std::ssize(pages_));
      pages_ = std::move(before);
      first_ = page;
      empty_ = 0;
    }
    const std::size_t place = page - first_;
    if (place >= pages_.size()) pages_.resize(place + 1);
    if (pages_[place] == nullptr) {
      pages_[place] = std::make_unique<Page>();
      empty_ = std::min(empty_, place);
    }
    return *pages_[place];
  }
  void drop_empty() {
    while (empty_ + 1 < pages_.size() && pages_[empty_] == nullptr) ++empty_;
    if (empty_ < most_empty) return;
    pages_.erase(pages_.begin(), pages_.begin() + static_cast<std::ptrdiff_t>(empty_));
    first_ += empty_;
    empty_ = 0;
  }

  std::vector<std::unique_ptr<Page>> pages_;  // null: nothing lives there
  std::uint64_t first_ = 0;                   // the number of the first page
  std::size_t empty_ = 0;                     // pages in front that are null
  std::size_t size_ = 0;
};

}  // namespace drydock

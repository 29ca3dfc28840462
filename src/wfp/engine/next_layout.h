// SPDX-License-Identifier: Apache-2.0
// The layout that will take over, made little by little while the layer goes on with the present
// one: first the filters are taken over in order, then their index is made, then what has changed
// since is done here too.
#pragma once

#include <memory>
#include <vector>

#include "wfp/engine/layout.h"

namespace drydock::wfp {

class NextLayout {
 public:
  NextLayout(const Layout& present, std::unique_ptr<Layout> fresh)
      : present_(present), fresh_(std::move(fresh)), work_(make()) {}
  NextLayout(const NextLayout&) = delete;
  NextLayout& operator=(const NextLayout&) = delete;

  // After every change of the present layout.
  void note_added(CompiledFilter& filter) { changes_.push_back({&filter, false}); }
  // Keeps the filter, which is no longer in the present layout, until all is done.
  void note_removed(std::unique_ptr<CompiledFilter> filter) {
    changes_.push_back({filter.get(), true});
    removed_.push_back(std::move(filter));
  }

  // Goes on for about so long. True: no more is to be done.
  bool advance(index::Cost given) { return work_.advance(given); }
  void finish() { work_.finish(); }
  // Afterwards: has all that the present layout has, and may take over at once; null if more
  // filters came than it has room for.
  [[nodiscard]] std::unique_ptr<Layout> take() { return std::move(fresh_); }
  [[nodiscard]] std::size_t bytes() const;

 private:
  struct Change {
    CompiledFilter* filter;
    bool removed;
  };
  index::Work make();
  CompiledFilter* following();
  bool repeat(const Change& change);
  [[nodiscard]] std::uint32_t place_for(const CompiledFilter& filter) const;

  const Layout& present_;
  std::unique_ptr<Layout> fresh_;
  std::shared_ptr<const Filter> last_;  // that was taken over
  std::vector<Change> changes_;
  std::vector<std::unique_ptr<CompiledFilter>> removed_;
  index::Work work_;  // last: ends before what it works on
};

}  // namespace drydock::wfp

// SPDX-License-Identifier: Apache-2.0
// The filters of one layer as classification sees them, in evaluation order: gone through one by
// one while they are few, found by an index (index/) when they are many. Commits change them in
// place, one filter at a time; a layout that they have outgrown is replaced by one that is made
// little by little beside it. A classification that is suspended in a callout meanwhile goes on
// with the filters of the commit it began with: a filter that somebody may still meet stays, marked
// with the commit it ended at, and one that came later is marked with the commit it began at.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <span>
#include <vector>

#include "wfp/engine/arbiter.h"
#include "wfp/engine/classify.h"
#include "wfp/engine/compiled_filter.h"
#include "wfp/engine/layout.h"
#include "wfp/engine/next_layout.h"
#include "wfp/engine/objects.h"
#include "wfp/engine/variants.h"

namespace drydock::wfp {

class LayerFilters {
 public:
  using FilterList = std::span<const std::shared_ptr<const Filter>>;

  LayerFilters(const Layer& layer, const Variants& variants);
  LayerFilters(const LayerFilters&) = delete;
  LayerFilters& operator=(const LayerFilters&) = delete;
  ~LayerFilters();

  // One commit. Filters of `removed` that are not here do not count.
  void change(FilterList removed, FilterList added);

  [[nodiscard]] bool empty() const { return current_ == 0; }
  [[nodiscard]] std::size_t size() const { return current_; }

  // Values missing at the end of `values` count as EMPTY. Does not allocate unless `trace` is
  // given.
  Decision classify(std::span<const ValueView> values, CalloutInvoker& invoker,
                    ClassifyTrace* trace);
  // One decision for each row; all rows see the filters of the commit at which the first begins.
  void classify(std::span<const std::span<const ValueView>> rows, CalloutInvoker& invoker,
                std::span<Decision> decisions);

  // May a classification under way still meet this filter?
  [[nodiscard]] bool classifying(const Filter& filter) const;

  // All that classification needs, the filters as the client gave them not counted.
  [[nodiscard]] std::size_t bytes() const;

  // For tests: by another finder than the processor's best.
  void use(const index::Finder& finder);

 private:
  class Walk;
  class Reading;
  // What the index is asked for before anything else.
  enum class IndexFinds : std::uint8_t {
    candidates,  // nothing: there is no index, or a walk is needed anyway
    first,       // the first filter of the only sublayer
    firsts,      // the first filter of each sublayer
  };
  struct Readers {
    std::uint64_t commit;
    std::uint32_t count;  // of classifications that began at it, until the next commit
  };

  // --- changes ---
  CompiledFilter& compile(const std::shared_ptr<const Filter>& filter);
  void add(const std::shared_ptr<const Filter>& filter);
  void remove(CompiledFilter& filter);
  void free(CompiledFilter& filter);
  std::unique_ptr<CompiledFilter> take_out(const CompiledFilter& filter);
  void drop_ended();
  void number_sublayers();

  // --- layouts ---
  [[nodiscard]] std::unique_ptr<Layout> fresh_layout(std::size_t filters, const LayoutRoom& room);
  void lay_out_at_once();
  void prepare_next();
  void finish_next();
  void take_over(std::unique_ptr<Layout> layout);

  // --- answers ---
  // Is every filter here part of this commit?
  [[nodiscard]] bool is_plain(std::uint64_t commit) const {
    return ended_.empty() && commit == commit_;
  }
  struct Row {
    std::span<const ValueView> values;
    const index::Key& key;
    CalloutInvoker& invoker;
  };
  [[nodiscard]] bool settles(std::uint32_t slot, const Row& row) const;
  [[nodiscard]] bool all_settle(const index::SlotOfEach& firsts, const Row& row) const;
  [[nodiscard]] Decision plain_decision(std::uint32_t first) const;
  [[nodiscard]] Decision plain_decision(const index::SlotOfEach& firsts) const;
  std::uint32_t answer_together(std::span<const std::span<const ValueView>> rows,
                                CalloutInvoker& invoker, std::span<Decision> decisions) const;
  Decision walk_all(std::span<const ValueView> values, CalloutInvoker& invoker,
                    ClassifyTrace* trace);
  Decision decide(Walk& walk, CalloutInvoker& invoker, ClassifyTrace* trace);
  FilterVerdict call(const CompiledFilter& filter, ClassifyRights rights,
                     CalloutInvoker& invoker) const;

  const Layer& layer_;
  const Variants& variants_;
  std::deque<std::unique_ptr<CompiledFilter>> filters_;
  std::vector<CompiledFilter*> ended_;  // removed, but perhaps somebody's
  std::size_t current_ = 0;
  std::unique_ptr<Layout> layout_;    // never null
  std::unique_ptr<NextLayout> next_;  // null: not wanted yet
  std::unique_ptr<Layout> former_;    // whose memory goes little by little
  IndexFinds index_finds_ = IndexFinds::candidates;
  const index::Finder* finder_ = &index::best_finder();

  std::uint64_t commit_ = 0;
  std::uint64_t changes_ = 0;     // of slots or index: what a walk has found may be elsewhere
  std::vector<Readers> readers_;  // oldest first; the last is of the latest commit
};

}  // namespace drydock::wfp

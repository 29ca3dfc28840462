// SPDX-License-Identifier: Apache-2.0
// The filters of one layer as classification sees them: immutable, in evaluation order, conditions
// flat. A commit replaces a snapshot as a whole; a classify that is suspended in a callout keeps
// the one it started with.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "wfp/engine/classify.h"
#include "wfp/engine/match.h"
#include "wfp/engine/objects.h"
#include "wfp/engine/variants.h"

namespace drydock::wfp {

struct CompiledFilter {
  const Filter* filter;
  std::uint32_t first_condition;
  std::uint32_t end_of_conditions;
  Action action;
  CalloutId callout;
  bool hard;  // of a filter without callout
  bool permit_if_missing;
};

// Filters of one sublayer, highest weight first.
struct SubLayerPass {
  std::uint32_t first;
  std::uint32_t end;
};

class LayerSnapshot {
 public:
  // `filters`: the enabled filters of the layer in any order. Null when there are none.
  static std::unique_ptr<LayerSnapshot> build(const Layer& layer,
                                              std::vector<std::shared_ptr<const Filter>> filters,
                                              const Variants& variants);

  // Values missing at the end of `values` count as EMPTY. Does not allocate unless `trace` is
  // given.
  Decision classify(std::span<const ValueView> values, CalloutInvoker& invoker,
                    const Variants& variants, ClassifyTrace* trace);

  // Classifications under way, possibly suspended in a callout.
  [[nodiscard]] bool in_use() const { return readers_ != 0; }
  [[nodiscard]] bool holds(const Filter& filter) const;
  [[nodiscard]] std::size_t filter_count() const { return filters_.size(); }

 private:
  void append(const Layer& layer, const Filter& filter, const Variants& variants);

  std::vector<std::shared_ptr<const Filter>> owners_;
  std::vector<SubLayerPass> passes_;
  std::vector<CompiledFilter> filters_;
  std::vector<CompiledCondition> conditions_;
  ConditionPool pool_;
  std::uint32_t readers_ = 0;
};

}  // namespace drydock::wfp

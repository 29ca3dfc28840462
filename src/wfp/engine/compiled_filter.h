// SPDX-License-Identifier: Apache-2.0
// A filter as its layer keeps it for classification.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <vector>

#include "wfp/engine/match.h"
#include "wfp/engine/objects.h"

namespace drydock::wfp {

// The filters of one sublayer have adjacent slots.
struct SubLayerSlots {
  std::size_t filters = 0;
  std::uint32_t end = 0;  // no slot of theirs is so great, no slot of later sublayers is less
};

struct CompiledFilter {
  std::shared_ptr<const Filter> filter;
  std::vector<CompiledCondition> conditions;  // grouped by field
  std::unique_ptr<const ConditionPool> pool;  // null: no condition refers to it
  SubLayerSlots* sublayer = nullptr;
  std::uint64_t born = 0;                  // at this commit
  std::uint64_t died = ~std::uint64_t{0};  // at this commit
  std::uint32_t slot = 0;
  std::array<std::uint8_t, 8> trees = {};  // of the index, for each of its boxes
};

// A place in the order of evaluation: all that a classification must know of most filters.
struct Slot {
  FilterId id = FilterId::none;
  CompiledFilter* filter = nullptr;  // null: free
  bool blocks = false;               // it calls no callout, and so it answers
  bool hard = false;
  bool calls_out = false;
  bool may_suspend = false;  // its callout, or a token that it wants judged
  bool exact = false;        // need not be checked when the index finds it for a known key
};

}  // namespace drydock::wfp

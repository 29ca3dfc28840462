// SPDX-License-Identifier: Apache-2.0
// The engine's index without the engine around it: the same lookup from ready keys, the best rule
// only, which is what other packet classifiers measure.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "wfp/engine/index/filter_index.h"
#include "wfp/engine/rule_sets.h"

namespace drydock::bench {

class IndexAlone {
 public:
  static constexpr std::size_t rows_in_burst = wfp::index::most_in_burst;

  explicit IndexAlone(const std::vector<wfp::test::Rule>& rules);
  IndexAlone(const IndexAlone&) = delete;
  IndexAlone& operator=(const IndexAlone&) = delete;

  // Makes keys of 16 bytes of them, kept for the calls below.
  void take_headers(const std::vector<wfp::test::Header>& headers);
  // The number of the first rule that matches each header, from 1 on; 0: none.
  void one_at_a_time(std::span<std::uint32_t> numbers) const;
  void in_bursts(std::span<std::uint32_t> numbers) const;

 private:
  static std::vector<std::unique_ptr<wfp::CompiledFilter>> filters_of(
      const std::vector<wfp::test::Rule>& rules, wfp::SubLayerSlots& sublayer);

  wfp::Variants variants_;
  wfp::SubLayerSlots sublayer_;
  std::vector<std::unique_ptr<wfp::CompiledFilter>> filters_;
  wfp::index::FilterIndex::Filters by_slot_;
  std::vector<wfp::Slot> slots_;
  wfp::index::FilterIndex index_;
  std::vector<std::array<std::uint64_t, 2>> keys_;
};

}  // namespace drydock::bench

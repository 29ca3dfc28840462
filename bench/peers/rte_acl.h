// SPDX-License-Identifier: Apache-2.0
// DPDK's packet classifier, where the package is installed when the benchmark is built: five
// fields, the best rule only.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "wfp/engine/rule_sets.h"

namespace drydock::bench {

class RteAcl {
 public:
  static constexpr std::size_t rows_in_burst = 256;

  explicit RteAcl(const std::vector<wfp::test::Rule>& rules);
  RteAcl(const RteAcl&) = delete;
  RteAcl& operator=(const RteAcl&) = delete;
  ~RteAcl();

  // As the library wants them: network order, kept for the calls below.
  void take_headers(const std::vector<wfp::test::Header>& headers);
  // The number of the first rule that matches each header, from 1 on; 0: none.
  void one_at_a_time(std::span<std::uint32_t> numbers) const;
  // In bursts of rows_in_burst, by the best instructions the processor has.
  void in_bursts(std::span<std::uint32_t> numbers) const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace drydock::bench

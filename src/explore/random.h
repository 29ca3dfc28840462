// SPDX-License-Identifier: Apache-2.0
// Seeded random answers. The chance of a switch is itself drawn per run, so that among many runs
// some switch at nearly every kernel call and some hardly ever: bugs differ in which of the two
// they need.
#pragma once

#include <array>
#include <cstdint>

#include "base/generator.h"
#include "machine/choices.h"

namespace drydock::explore {

// The seed of the `run`-th schedule of a campaign: neighbours have nothing in common.
inline std::uint64_t schedule_seed(std::uint64_t campaign_seed, std::uint64_t run) {
  Generator campaign(campaign_seed);
  return Generator(campaign.next() + run).next();
}

class Random final : public machine::Choices {
 public:
  explicit Random(std::uint64_t seed) : generator_(seed) {
    static constexpr std::array<std::uint32_t, 4> rarities = {2, 8, 32, 128};
    switch_one_in_ = rarities[generator_.below(rarities.size())];
  }

  std::size_t pick_fiber(std::span<const machine::FiberId> candidates,
                         bool current_can_continue) override {
    if (!current_can_continue) return generator_.below(candidates.size());
    if (!generator_.one_in(switch_one_in_)) return 0;
    return 1 + generator_.below(candidates.size() - 1);
  }

  std::size_t choose(machine::Question question, std::size_t options) override {
    using machine::Question;
    if (question == Question::fault) return 0;
    const bool often_plain = question == Question::completion_delay;
    if (often_plain && generator_.one_in(2)) return 0;
    return generator_.below(options);
  }

 private:
  Generator generator_;
  std::uint32_t switch_one_in_ = 2;
};

}  // namespace drydock::explore

// SPDX-License-Identifier: Apache-2.0
// The one oracle: every chance event of a run is a question asked here, so that recording the
// answers makes a replay and answering them differently makes another run. One file per policy; the
// policies that search live in explore/.
#pragma once

#include <cstdint>
#include <span>

#include "machine/types.h"

namespace drydock::machine {

// What is being asked. Policies may treat the kinds differently; a replay checks that kinds agree.
enum class Question : std::uint8_t {
  next_fiber,  // which runnable fiber goes on at a switch point; 0 = the running one, when it can
  completion_delay,  // how late an asynchronous completion arrives
  delete_order,      // which of several flow contexts is deleted first
  callback_irql,     // IRQL of a callback within its documented bounds
  unload_moment,     // how far the traffic gets before unload is requested
  fault,             // does this fallible call fail
};

class Choices {
 public:
  virtual ~Choices() = default;

  // Which of `candidates` (two or more, the running fiber first when it can go on) runs next; an
  // index.
  virtual std::size_t pick_fiber(std::span<const FiberId> candidates,
                                 bool current_can_continue) = 0;

  // An answer in [0, options), options >= 2; 0 is the plain, expected one.
  virtual std::size_t choose(Question question, std::size_t options) = 0;

  // False lets the machine skip questions that this policy always answers with 0.
  [[nodiscard]] virtual bool injects_faults() const { return false; }
};

// Runs a fiber for `quantum` switch points, then the next one in order; answers every other
// question with 0.
class RoundRobin final : public Choices {
 public:
  explicit RoundRobin(std::uint32_t quantum = 16) : quantum_(quantum), left_(quantum) {}

  std::size_t pick_fiber(std::span<const FiberId> candidates, bool current_can_continue) override {
    (void)candidates;
    if (current_can_continue && --left_ > 0) return 0;
    left_ = quantum_;
    return current_can_continue ? 1 : 0;
  }
  std::size_t choose(Question, std::size_t) override { return 0; }

 private:
  std::uint32_t quantum_;
  std::uint32_t left_;
};

}  // namespace drydock::machine

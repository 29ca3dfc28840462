// SPDX-License-Identifier: Apache-2.0
// Answers as a recording says. A question that the recorded run was not asked, or not there, is a
// divergence: it is remembered, and everything from there on is answered with 0.
#pragma once

#include <optional>
#include <string>

#include "explore/recording.h"

namespace drydock::explore {

class Replay final : public machine::Choices {
 public:
  // `recorded` must outlive the policy.
  explicit Replay(const Recorded& recorded, bool injects_faults = false)
      : recorded_(recorded), injects_faults_(injects_faults) {
    expect_next();
  }

  std::size_t pick_fiber(std::span<const machine::FiberId> candidates, bool) override {
    return answer(machine::Question::next_fiber, candidates.size());
  }
  std::size_t choose(machine::Question question, std::size_t options) override {
    return answer(question, options);
  }
  [[nodiscard]] bool injects_faults() const override { return injects_faults_; }

  // One sentence when the run did not ask what the recorded one asked. To be read after the run.
  [[nodiscard]] std::optional<std::string> divergence() const;

 private:
  std::size_t answer(machine::Question question, std::size_t options) {
    ++asked_;
    hash_.add(question, options);
    if (first_difference_ != 0) return 0;
    if (zeros_left_ != 0) {
      --zeros_left_;
      return 0;
    }
    return next_ < recorded_.answers.size() ? recorded_answer(question, options) : 0;
  }
  std::size_t recorded_answer(machine::Question question, std::size_t options) {
    const Answer& expected = recorded_.answers[next_++];
    const bool same = expected.question == question && expected.options == options &&
                      expected.check == hash_.value() && expected.answer < options;
    if (!same) {
      first_difference_ = asked_;
      return 0;
    }
    expect_next();
    return expected.answer;
  }
  void expect_next() {
    if (next_ < recorded_.answers.size()) zeros_left_ = recorded_.answers[next_].zeros_before;
  }

  const Recorded& recorded_;
  bool injects_faults_;
  QuestionHash hash_;
  std::size_t next_ = 0;
  std::uint32_t zeros_left_ = 0;
  std::uint64_t asked_ = 0;
  std::uint64_t first_difference_ = 0;  // number of the question, from 1; 0: none yet
};

}  // namespace drydock::explore

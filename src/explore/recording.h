// SPDX-License-Identifier: Apache-2.0
// Writes down what another policy answers. Most answers are 0, so only the others are kept, with
// how many zeros came before; a running hash of the questions tells a replay when it is no longer
// asked the same ones.
#pragma once

#include <cstdint>
#include <vector>

#include "machine/choices.h"

namespace drydock::explore {

// An answer other than 0.
struct Answer {
  std::uint32_t zeros_before = 0;
  machine::Question question = machine::Question::next_fiber;
  std::uint32_t options = 0;
  std::uint32_t answer = 0;
  std::uint32_t check = 0;  // QuestionHash over all questions up to and including this one

  friend bool operator==(const Answer&, const Answer&) = default;
};

struct Recorded {
  std::vector<Answer> answers;
  std::uint64_t questions = 0;  // all of them, those answered with 0 too
  std::uint32_t check = 0;      // after the last one

  friend bool operator==(const Recorded&, const Recorded&) = default;
};

// Order and kind of the questions asked so far, in 32 bits.
class QuestionHash {
 public:
  void add(machine::Question question, std::size_t options) {
    const auto word =
        (static_cast<std::uint64_t>(options) << 8) | static_cast<std::uint8_t>(question);
    state_ = (state_ ^ word) * 0x9e3779b97f4a7c15;
    state_ ^= state_ >> 29;
  }
  [[nodiscard]] std::uint32_t value() const { return static_cast<std::uint32_t>(state_ >> 16); }

 private:
  std::uint64_t state_ = 0;
};

class Recording final : public machine::Choices {
 public:
  explicit Recording(machine::Choices& inner) : inner_(inner) {}

  std::size_t pick_fiber(std::span<const machine::FiberId> candidates,
                         bool current_can_continue) override {
    const std::size_t answer = inner_.pick_fiber(candidates, current_can_continue);
    note(machine::Question::next_fiber, candidates.size(), answer);
    return answer;
  }
  std::size_t choose(machine::Question question, std::size_t options) override {
    const std::size_t answer = inner_.choose(question, options);
    note(question, options, answer);
    return answer;
  }
  [[nodiscard]] bool injects_faults() const override { return inner_.injects_faults(); }

  [[nodiscard]] const Recorded& recorded() const { return recorded_; }

 private:
  void note(machine::Question question, std::size_t options, std::size_t answer) {
    hash_.add(question, options);
    ++recorded_.questions;
    recorded_.check = hash_.value();
    if (answer == 0) {
      ++zeros_;
      return;
    }
    recorded_.answers.push_back({zeros_, question, static_cast<std::uint32_t>(options),
                                 static_cast<std::uint32_t>(answer), hash_.value()});
    zeros_ = 0;
  }

  machine::Choices& inner_;
  Recorded recorded_;
  QuestionHash hash_;
  std::uint32_t zeros_ = 0;
};

}  // namespace drydock::explore

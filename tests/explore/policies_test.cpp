// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <array>
#include <set>
#include <string>

#include "explore/campaign.h"
#include "explore/random.h"
#include "explore/recorded_json.h"
#include "explore/recording.h"
#include "explore/replay.h"
#include "explore/twice.h"
#include "machine/shared_memory.h"

namespace drydock::explore {
namespace {

using machine::Choices;
using machine::Question;

// A small world on a real machine: three fibers that write letters, and one choice between them.
std::string letters(Choices& choices, int rounds = 20) {
  machine::Machine machine(machine::shared_memory(), choices, {});
  std::string trace;
  for (const char name : {'a', 'b', 'c'}) {
    machine.spawn(std::string(1, name), machine::Irql::passive, [&trace, &machine, name, rounds] {
      for (int i = 0; i < rounds; ++i) {
        trace += name;
        machine.switch_point();
      }
      trace += static_cast<char>('0' + machine.choices().choose(Question::delete_order, 10));
    });
  }
  machine.run();
  return trace;
}

std::string random_letters(std::uint64_t seed) {
  Random choices(seed);
  return letters(choices);
}

TEST(Random, a_seed_gives_one_schedule_and_other_seeds_give_others) {
  std::set<std::string> traces;
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    EXPECT_EQ(random_letters(seed), random_letters(seed));
    traces.insert(random_letters(seed));
  }
  EXPECT_GT(traces.size(), 95U);
}

std::size_t turns(const std::string& trace) {
  std::size_t count = 0;
  for (std::size_t i = 1; i < trace.size(); ++i) count += trace[i] != trace[i - 1] ? 1 : 0;
  return count;
}

TEST(Random, both_fine_and_coarse_schedules_occur) {
  std::size_t fine = 0;
  std::size_t coarse = 0;
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    const auto count = turns(random_letters(seed));
    fine += count > 25 ? 1 : 0;
    coarse += count < 10 ? 1 : 0;
  }
  EXPECT_GT(fine, 10U);
  EXPECT_GT(coarse, 10U);
}

TEST(Random, every_answer_is_one_of_the_options) {
  Random choices(7);
  const std::array<machine::FiberId, 3> fibers = {1, 2, 3};
  std::set<std::size_t> picked;
  std::set<std::size_t> chosen;
  for (int i = 0; i < 10'000; ++i) {
    picked.insert(choices.pick_fiber(fibers, true));
    chosen.insert(choices.choose(Question::completion_delay, 3));
    EXPECT_EQ(choices.choose(Question::fault, 2), 0U);
  }
  EXPECT_EQ(picked, (std::set<std::size_t>{0, 1, 2}));
  EXPECT_EQ(chosen, (std::set<std::size_t>{0, 1, 2}));
}

TEST(Replay, a_recorded_schedule_is_the_same_run_again) {
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    Random random(seed);
    Recording recording(random);
    const auto trace = letters(recording);
    Replay replay(recording.recorded());
    EXPECT_EQ(letters(replay), trace) << seed;
    EXPECT_EQ(replay.divergence(), std::nullopt) << seed;
  }
}

TEST(Replay, zeros_cost_no_room_in_a_recording) {
  machine::RoundRobin plain(1000);
  Recording recording(plain);
  letters(recording);
  EXPECT_GT(recording.recorded().questions, 20U);
  EXPECT_LE(recording.recorded().answers.size(), 3U);
}

TEST(Replay, a_run_that_asks_otherwise_is_a_divergence) {
  Random random(3);
  Recording recording(random);
  letters(recording, 20);
  Replay longer(recording.recorded());
  letters(longer, 21);
  EXPECT_TRUE(longer.divergence().has_value());
  Replay shorter(recording.recorded());
  letters(shorter, 1);
  EXPECT_TRUE(shorter.divergence().has_value());
}

TEST(Replay, a_question_of_another_kind_or_size_is_named_by_its_number) {
  machine::RoundRobin plain;
  Recording recording(plain);
  recording.choose(Question::delete_order, 2);
  recording.choose(Question::delete_order, 2);
  const auto with_answer = [&] {
    Recorded recorded = recording.recorded();
    recorded.answers = {{1, Question::delete_order, 2, 1, recorded.check}};
    return recorded;
  }();

  Replay same(with_answer);
  EXPECT_EQ(same.choose(Question::delete_order, 2), 0U);
  EXPECT_EQ(same.choose(Question::delete_order, 2), 1U);
  EXPECT_EQ(same.divergence(), std::nullopt);

  for (const auto& [kind, options] :
       {std::pair(Question::callback_irql, 2), std::pair(Question::delete_order, 3)}) {
    Replay other(with_answer);
    other.choose(Question::delete_order, 2);
    EXPECT_EQ(other.choose(kind, options), 0U);
    EXPECT_EQ(other.divergence(),
              "at or before question 2 of 2 the run asked something else than recorded");
  }
}

TEST(RecordedJson, choices_survive_the_way_to_a_file_and_back) {
  Random random(11);
  Recording recording(random);
  letters(recording);
  const auto again = recorded_from_json(to_json(recording.recorded()));
  ASSERT_TRUE(again) << again.error().message;
  EXPECT_EQ(*again, recording.recorded());
}

TEST(RecordedJson, a_malformed_answer_is_named_by_its_number) {
  for (const char* bad : {"", "1 next_fiber 1/2", "1 next_fibre 1/2 00000000", "1 next_fiber 2/2 0",
                          "1 next_fiber 0/2 0", "-1 next_fiber 1/2 0", "1 next_fiber 1/2 0 "}) {
    const auto read = recorded_from_json(
        {{"questions", 9}, {"check", "0"}, {"answers", {"0 fault 1/2 1a", bad}}});
    ASSERT_FALSE(read) << bad;
    EXPECT_EQ(read.error().message, "choices: answer 2 is malformed") << bad;
  }
}

scenario::RunResult result_of(const std::string& trace) {
  scenario::RunResult result;
  result.driver = "letters.sys";
  result.trace_hash = std::hash<std::string>{}(trace);
  result.counters = {{"letters", trace.size()}};
  return result;
}

TEST(Twice, equal_runs_are_one_result) {
  const RunFunction run = [](Choices& choices) -> Result<scenario::RunResult> {
    return result_of(letters(choices));
  };
  const auto result = run_twice(run, [] { return std::make_unique<Random>(5); });
  ASSERT_TRUE(result);
  EXPECT_EQ(result->internal_fault, "");
  EXPECT_EQ(result->trace_hash, result_of(random_letters(5)).trace_hash);
}

TEST(Twice, a_run_that_keeps_state_is_a_fault_of_ours) {
  int count = 0;
  const RunFunction remembers = [&](Choices& choices) -> Result<scenario::RunResult> {
    auto result = result_of(letters(choices));
    result.events = static_cast<std::uint64_t>(++count);
    return result;
  };
  const auto result = run_twice(remembers, [] { return std::make_unique<Random>(5); });
  ASSERT_TRUE(result);
  EXPECT_EQ(result->internal_fault,
            "not deterministic: two runs of one schedule have equal traces and different results");

  const RunFunction grows = [&](Choices& choices) -> Result<scenario::RunResult> {
    return result_of(letters(choices, ++count));
  };
  const auto grown = run_twice(grows, [] { return std::make_unique<Random>(5); });
  ASSERT_TRUE(grown);
  EXPECT_TRUE(grown->internal_fault.starts_with("not deterministic: ")) << grown->internal_fault;
}

// Wrong only where 'c' comes first and 'a' last: what a search is for.
Result<scenario::RunResult> rare(Choices& choices) {
  const auto trace = letters(choices, 3);
  auto result = result_of(trace);
  if (trace.front() == 'c' && trace[trace.size() - 2] == 'a')
    result.outcome = verify::Outcome::findings;
  return result;
}

TEST(Campaign, ends_at_the_first_finding_and_names_its_schedule) {
  Progress progress;
  const auto report = campaign(rare, {.seed = 1}, progress);
  ASSERT_TRUE(report);
  ASSERT_TRUE(report->found);
  EXPECT_EQ(progress.finished, report->run + 1);
  Random again(schedule_seed(1, report->run));
  const auto repeated = rare(again);
  EXPECT_EQ(repeated->trace_hash, report->result.trace_hash);
  EXPECT_EQ(repeated->outcome, verify::Outcome::findings);
}

TEST(Campaign, keeps_to_its_budget_and_sums_what_was_exercised) {
  const RunFunction clean = [](Choices& choices) -> Result<scenario::RunResult> {
    return result_of(letters(choices));
  };
  Progress progress;
  const auto report = campaign(clean, {.first_run = 10, .runs = 30, .twice = true}, progress);
  ASSERT_TRUE(report);
  EXPECT_FALSE(report->found);
  EXPECT_EQ(report->run, 39U);
  EXPECT_EQ(progress.finished, 30U);
  EXPECT_GT(progress.distinct, 25U);
  EXPECT_EQ(report->result.counters.at("letters"), 30U * 63U);
  const auto timed = campaign(clean, {.seconds = 0.01}, progress);
  ASSERT_TRUE(timed);
  EXPECT_FALSE(timed->found);
}

TEST(Campaign, counts_runs_without_a_verdict_and_keeps_the_first_reason) {
  int count = 0;
  const RunFunction unknown = [&](Choices&) -> Result<scenario::RunResult> {
    scenario::RunResult result;
    if (++count == 1) return result;
    result.outcome = verify::Outcome::inconclusive;
    result.why_inconclusive = "reason " + std::to_string(count);
    return result;
  };
  Progress progress;
  const auto report = campaign(unknown, {.runs = 4}, progress);
  ASSERT_TRUE(report);
  EXPECT_EQ(progress.inconclusive, 3U);
  EXPECT_EQ(report->why_inconclusive, "reason 2");
}

}  // namespace
}  // namespace drydock::explore

// SPDX-License-Identifier: Apache-2.0
#include "explore/recorded_json.h"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <optional>
#include <string_view>

namespace drydock::explore {
namespace {

using machine::Question;
using nlohmann::json;

struct QuestionName {
  Question question;
  std::string_view name;
};
constexpr std::array question_names = {
    QuestionName{Question::next_fiber, "next_fiber"},
    QuestionName{Question::completion_delay, "completion_delay"},
    QuestionName{Question::delete_order, "delete_order"},
    QuestionName{Question::callback_irql, "callback_irql"},
    QuestionName{Question::unload_moment, "unload_moment"},
    QuestionName{Question::fault, "fault"},
};

std::string_view name_of(Question question) {
  for (const auto& row : question_names) {
    if (row.question == question) return row.name;
  }
  return "unknown";
}

std::optional<Question> question_named(std::string_view name) {
  for (const auto& row : question_names) {
    if (row.name == name) return row.question;
  }
  return std::nullopt;
}

std::string_view take(std::string_view& text, char end) {
  const auto at = text.find(end);
  const auto taken = text.substr(0, at);
  text.remove_prefix(at == std::string_view::npos ? text.size() : at + 1);
  return taken;
}

bool read(std::string_view text, std::uint32_t& value, int base = 10) {
  const char* begin = text.data();
  const char* end = begin + text.size();
  const auto [stopped, error] = std::from_chars(begin, end, value, base);
  return !text.empty() && error == std::errc{} && stopped == end;
}

std::string text_of(const Answer& answer) {
  return fmt::format("{} {} {}/{} {:08x}", answer.zeros_before, name_of(answer.question),
                     answer.answer, answer.options, answer.check);
}

std::optional<Answer> parse_answer(std::string_view text) {
  Answer answer;
  const bool zeros = read(take(text, ' '), answer.zeros_before);
  const auto question = question_named(take(text, ' '));
  const bool chosen = read(take(text, '/'), answer.answer) && read(take(text, ' '), answer.options);
  const bool check = read(text, answer.check, 16);
  if (!zeros || !question || !chosen || !check || answer.answer == 0 ||
      answer.answer >= answer.options)
    return std::nullopt;
  answer.question = *question;
  return answer;
}

}  // namespace

json to_json(const Recorded& recorded) {
  json answers = json::array();
  for (const Answer& answer : recorded.answers) answers.push_back(text_of(answer));
  return {{"questions", recorded.questions},
          {"check", fmt::format("{:08x}", recorded.check)},
          {"answers", std::move(answers)}};
}

Result<Recorded> recorded_from_json(const json& json) try {
  Recorded recorded;
  recorded.questions = json.at("questions").get<std::uint64_t>();
  if (!read(json.at("check").get<std::string>(), recorded.check, 16))
    return failure("choices: 'check' is no hexadecimal number");
  for (const auto& text : json.at("answers")) {
    const auto answer = parse_answer(text.get<std::string>());
    if (!answer)
      return failure(fmt::format("choices: answer {} is malformed", recorded.answers.size() + 1));
    recorded.answers.push_back(*answer);
  }
  return recorded;
} catch (const nlohmann::json::exception& problem) {
  return failure(fmt::format("choices: {}", problem.what()));
}

}  // namespace drydock::explore

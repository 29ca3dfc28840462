// SPDX-License-Identifier: Apache-2.0
#include "report/verdict_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "base/status_names.h"
#include "report/exercised.h"
#include "report/page.h"
#include "verify/rules.h"

namespace drydock::report {
namespace {

using scenario::FindingResult;
using scenario::FrameRef;
using scenario::RunResult;
using verify::Outcome;
using verify::Severity;

constexpr std::size_t most_frames = 8;
constexpr std::size_t most_consequences = 6;

struct Title {
  Style style = Style::plain;
  std::string text;
};

bool counts(const FindingResult& finding) {
  return finding.accepted.empty();
}

Title title_of(const RunResult& result) {
  if (!result.internal_fault.empty()) return {Style::bad, "FAULT OF DRYDOCK"};
  if (result.outcome == Outcome::inconclusive) return {Style::unsure, "INCONCLUSIVE"};
  if (result.outcome == Outcome::clean) return {Style::good, "CLEAN"};
  return {Style::bad, fmt::format("FINDINGS ({})", std::ranges::count_if(result.findings, counts))};
}

bool has_several_drivers(const RunResult& result) {
  return result.drivers.size() > 1;
}

std::string subject_of(const RunResult& result) {
  if (has_several_drivers(result)) return plural(result.drivers.size(), "driver");
  return printable(result.driver) + (result.framework.empty() ? "" : ", ") +
         printable(result.framework);
}

void show_title(const RunResult& result, const VerdictContext& context, Page& page) {
  const Title title = title_of(result);
  page.line("{}  {}, {:.2f} s", page.styled(title.style, title.text), subject_of(result),
            context.seconds);
}

Title title_of(const scenario::DriverResult& driver, const RunResult& result) {
  if (driver.outcome == Outcome::inconclusive) return {Style::unsure, "INCONCLUSIVE"};
  if (driver.outcome == Outcome::clean) return {Style::good, "CLEAN"};
  return {Style::bad,
          fmt::format("FINDINGS ({})",
                      std::ranges::count_if(result.findings, [&](const FindingResult& finding) {
                        return counts(finding) && finding.driver == driver.name;
                      }))};
}

// The verdict on each of several.
void show_drivers(const RunResult& result, Page& page) {
  if (!has_several_drivers(result)) return;
  constexpr std::size_t width = 14;
  for (const scenario::DriverResult& driver : result.drivers) {
    const Title title = title_of(driver, result);
    page.line("  {}{:{}}{}, {}", page.styled(title.style, title.text), "",
              width - std::min(width - 1, title.text.size()), printable(driver.name),
              printable(driver.framework));
    if (!driver.why_inconclusive.empty()) page.prose(driver.why_inconclusive, 2 + width);
  }
}

std::string search_sentence(const Search& search) {
  const auto text = fmt::format("{} ({} distinct) from seed {}",
                                plural(search.schedules, "schedule"), search.distinct, search.seed);
  if (search.run) return fmt::format("Found in the last of {}.", text);
  return fmt::format("No finding in {}; others may hold one.", text);
}

void show_search(const VerdictContext& context, Page& page) {
  if (!context.search) return;
  const Search& search = *context.search;
  page.prose(search_sentence(search), 2);
  if (search.inconclusive != 0)
    page.prose(fmt::format("{} ended without a verdict.", plural(search.inconclusive, "schedule")),
               2);
  if (search.workers_lost != 0) {
    page.prose(
        fmt::format("{} ended because the driver's process was lost; in the first one it {}.",
                    plural(search.workers_lost, "schedule"), search.how_lost),
        2);
  }
}

// A failure that is a finding, or expected.
void show_failed_starts(const RunResult& result, Page& page) {
  for (const auto& life : result.lives) {
    const bool failed = life.entry_status >> 31 != 0;
    if (!failed) continue;
    page.prose(fmt::format("{}{}DriverEntry returned {}: nothing after it was checked.",
                           has_several_drivers(result) ? life.driver + ": " : "",
                           life.load_number > 1 ? "At its second load " : "",
                           describe_status(life.entry_status)),
               2);
  }
}

// In the list of several drivers.
bool told_of_a_driver(const RunResult& result) {
  return has_several_drivers(result) &&
         std::ranges::find(result.drivers, result.why_inconclusive,
                           &scenario::DriverResult::why_inconclusive) != result.drivers.end();
}

// What kept the run from being a whole one.
void show_limits(const RunResult& result, Page& page) {
  if (!result.internal_fault.empty()) page.prose(result.internal_fault, 2);
  if (!result.why_inconclusive.empty() && !told_of_a_driver(result))
    page.prose(result.why_inconclusive, 2);
  if (!result.bug_check.empty()) page.prose("The run ended with " + result.bug_check, 2);
  if (result.why_inconclusive.empty()) show_failed_starts(result, page);
}

// How many of `count` lines are shown.
std::size_t shown_of(std::size_t count, std::size_t most, const VerdictContext& context) {
  return context.whole ? count : std::min(count, most);
}

void show_stack(std::string_view label, const std::vector<FrameRef>& stack, const Symbols& symbols,
                const VerdictContext& context, Page& page) {
  std::vector<std::string> lines;
  for (const FrameRef& frame : stack) {
    for (auto& text : describe(frame, symbols)) lines.push_back(std::move(text));
  }
  const std::size_t shown = shown_of(lines.size(), most_frames, context);
  for (std::size_t i = 0; i < shown; ++i) page.field(i == 0 ? label : "", lines[i]);
  if (lines.size() > shown)
    page.field("", fmt::format("... {} more; -v shows them", lines.size() - shown));
}

std::string happened(const FindingResult& finding) {
  std::string text = finding.what;
  if (finding.times > 1) text += fmt::format(" ({} times)", finding.times);
  if (finding.load_number > 1) text += fmt::format(" (load {})", finding.load_number);
  return text;
}

void show_consequences(const std::vector<std::string>& consequences, const VerdictContext& context,
                       Page& page) {
  const std::size_t shown = shown_of(consequences.size(), most_consequences, context);
  for (std::size_t i = 0; i < shown; ++i) page.field(i == 0 ? "so also" : "", consequences[i]);
  if (consequences.size() > shown)
    page.field("", fmt::format("... {} more; -v shows them", consequences.size() - shown));
}

Style style_of(Severity severity) {
  if (severity == Severity::error) return Style::bad;
  return severity == Severity::warning ? Style::unsure : Style::bold;
}

std::string remark_on(const FindingResult& finding) {
  if (!counts(finding)) return " (accepted)";
  if (finding.severity == Severity::error) return "";
  return fmt::format(" ({})", verify::severity_name(finding.severity));
}

void show_finding(const FindingResult& finding, bool names_driver, const Symbols& symbols,
                  const VerdictContext& context, Page& page) {
  const verify::Rule* rule = verify::find_rule(finding.rule);
  page.line("\n{}  {}{}", page.styled(style_of(finding.severity), finding.rule),
            rule == nullptr ? "" : page.styled(Style::bold, rule->info.title), remark_on(finding));
  if (names_driver) page.field("driver", finding.driver);
  page.field("because", finding.accepted);
  page.prose(happened(finding), 2);
  show_stack("acquired", finding.acquired_at, symbols, context, page);
  show_stack("found", finding.found_at, symbols, context, page);
  if (rule != nullptr) {
    page.field("Windows", rule->info.windows);
    page.field("to do", rule->info.advice);
  }
  show_consequences(finding.consequences, context, page);
  page.field("again", context.again);
}

// One schedule of many need not show them.
void show_unused_acceptances(const RunResult& result, Page& page) {
  for (const std::string& rule : result.unused_acceptances)
    page.line("\nAccepted, but not found: {}. Take it out of the scenario.", printable(rule));
}

}  // namespace

std::string verdict_text(const RunResult& result, const Symbols& symbols,
                         const VerdictContext& context) {
  Page page(context.color);
  show_title(result, context, page);
  show_drivers(result, page);
  show_search(context, page);
  show_limits(result, page);
  for (const FindingResult& finding : result.findings)
    show_finding(finding, has_several_drivers(result), symbols, context, page);
  if (!context.search) show_unused_acceptances(result, page);
  if (!context.brief) show_exercised(result, page);
  return page.take();
}

}  // namespace drydock::report

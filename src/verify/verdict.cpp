// SPDX-License-Identifier: Apache-2.0
#include "verify/verdict.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <tuple>

#include "base/status_names.h"
#include "nt/image_space.h"
#include "verify/consequences.h"
#include "verify/rules.h"

namespace drydock::verify {

const char* outcome_name(Outcome outcome) {
  static constexpr std::array names = {"CLEAN", "FINDINGS", "INCONCLUSIVE"};
  return names[static_cast<std::size_t>(outcome)];
}

namespace {

constexpr std::uint64_t offset_in_slot(std::uint64_t address) {
  return address % nt::ImageSpace::slot_stride;
}

bool alike(const Finding& a, const Finding& b) {
  return a.rule == b.rule && a.driver == b.driver && a.acquired_at == b.acquired_at &&
         a.found_at == b.found_at && a.severity == b.severity;
}

// A hundred contexts leaked at one place are one finding, a hundred times.
void count_alike(Findings& findings) {
  Findings unique;
  for (Finding& finding : findings) {
    const auto same =
        std::ranges::find_if(unique, [&](const Finding& other) { return alike(finding, other); });
    if (same == unique.end()) {
      unique.push_back(std::move(finding));
    } else {
      same->times += finding.times;
    }
  }
  findings = std::move(unique);
}

// A driver gone wild breaks one rule a hundred thousand times: the first few hundred are looked at
// one by one, the rest are counted with the last of them.
void limit_each_rule(Findings& findings) {
  constexpr std::size_t looked_at = 256;
  std::map<const RuleInfo*, std::vector<std::size_t>> kept_of;
  Findings kept;
  for (Finding& finding : findings) {
    auto& places = kept_of[finding.rule];
    if (places.size() < looked_at) {
      places.push_back(kept.size());
      kept.push_back(std::move(finding));
    } else {
      ++kept[places.back()].times;
    }
  }
  findings = std::move(kept);
}

// Each load of an image has a slot of its own: what two stacks share are the places in the image.
bool same_place(const ledger::StackTable& stacks, ledger::StackId a, ledger::StackId b) {
  if (a == 0 || b == 0) return a == b;
  return std::ranges::equal(stacks.frames(a), stacks.frames(b), {}, offset_in_slot, offset_in_slot);
}

const Life* life_of(const std::vector<Life>& lives, const Finding& finding) {
  const auto life = std::ranges::find(lives, finding.driver, &Life::driver);
  return life == lives.end() ? nullptr : &*life;
}

bool is_earlier_load(const Life* earlier, const Life* later) {
  return earlier != nullptr && later != nullptr && earlier->part == later->part &&
         earlier->load_number < later->load_number;
}

// The second load of a driver repeats the first one's mistakes; only new or worse ones are worth
// telling.
void drop_repeats_of_earlier_loads(const ledger::StackTable& stacks, const std::vector<Life>& lives,
                                   Findings& findings) {
  Findings kept;
  for (Finding& finding : findings) {
    const Life* life = life_of(lives, finding);
    const bool repeats = std::ranges::any_of(kept, [&](const Finding& other) {
      return other.rule == finding.rule && other.severity <= finding.severity &&
             is_earlier_load(life_of(lives, other), life) &&
             same_place(stacks, other.acquired_at, finding.acquired_at) &&
             same_place(stacks, other.found_at, finding.found_at);
    });
    if (!repeats) kept.push_back(std::move(finding));
  }
  findings = std::move(kept);
}

// What of a life was not seen, so that nothing can be said about it.
std::string missing_from(const ledger::Record& record, const Life& life) {
  const bool failed = static_cast<std::int32_t>(life.entry_status) < 0;
  const std::string at = life.load_number > 1 ? fmt::format("At load {} ", life.load_number) : "";
  if (failed && life.start_fails) return {};
  if (failed) {
    return fmt::format("{}DriverEntry returned {}: nothing after it was checked.", at,
                       describe_status(life.entry_status));
  }
  if (life.start_fails) {
    return fmt::format("{}DriverEntry returned {}, but the scenario expects it to fail.", at,
                       describe_status(life.entry_status));
  }
  if (static_cast<std::int32_t>(life.device_status) < 0) {
    return fmt::format(
        "{} device that Plug and Play found for the driver did not start ({}): "
        "nothing that it does with one was checked.",
        at.empty() ? "The" : at + "the", describe_status(life.device_status));
  }
  if (record.find(ledger::Moment::unload_returned, life.driver)) return {};
  return fmt::format("{} driver was not unloaded: what it would leave behind is not known.",
                     at.empty() ? "The" : at + "the");
}

std::string reason_of(const std::optional<machine::Stop>& stop) {
  if (!stop) return {};
  const auto* inconclusive = std::get_if<machine::Inconclusive>(&*stop);
  return inconclusive == nullptr ? std::string{} : inconclusive->what;
}

std::string what_was_not_seen(const ledger::Record& record,
                              const std::optional<machine::Stop>& stop,
                              const std::vector<Life>& lives) {
  const auto* bug_check = stop ? std::get_if<machine::BugCheck>(&*stop) : nullptr;
  if (bug_check != nullptr && bug_check->driver != machine::no_driver &&
      std::ranges::find(lives, bug_check->driver, &Life::driver) == lives.end()) {
    return fmt::format(
        "Another driver stopped the machine with {}: what this one would have left behind is not "
        "known.",
        describe_bugcheck(bug_check->code));
  }
  if (bug_check != nullptr) {
    return fmt::format("The machine stopped with {} ({}), and no rule says whose mistake that was.",
                       describe_bugcheck(bug_check->code), bug_check->what);
  }
  for (const Life& life : lives) {
    if (auto missing = missing_from(record, life); !missing.empty()) return missing;
  }
  return {};
}

}  // namespace

Verdict judge(const ledger::Record& record, const std::optional<machine::Stop>& stop,
              const wfp::Engine* engine, const std::vector<Life>& lives,
              const std::vector<std::string>& accepted) {
  Verdict verdict;
  for (const Life& life : lives) {
    const RunView view{record, stop, engine, lives, life};
    for (const Rule* rule : all_rules()) rule->check(view, rule->info, verdict.findings);
  }
  limit_each_rule(verdict.findings);
  fold_consequences(record.ledger(), verdict.findings);
  count_alike(verdict.findings);
  drop_repeats_of_earlier_loads(record.ledger().stacks(), lives, verdict.findings);
  std::ranges::sort(verdict.findings, {}, [](const Finding& f) {
    return std::tuple(f.severity, f.seq, f.rule->id, f.subject);
  });
  for (Finding& finding : verdict.findings)
    finding.accepted = std::ranges::find(accepted, finding.rule->id) != accepted.end();
  const bool broken = std::ranges::any_of(verdict.findings, [](const Finding& f) {
    return f.severity == Severity::error && !f.accepted;
  });
  verdict.why_inconclusive = reason_of(stop);
  if (!broken && verdict.why_inconclusive.empty())
    verdict.why_inconclusive = what_was_not_seen(record, stop, lives);
  verdict.outcome = broken                              ? Outcome::findings
                    : !verdict.why_inconclusive.empty() ? Outcome::inconclusive
                                                        : Outcome::clean;
  return verdict;
}

}  // namespace drydock::verify

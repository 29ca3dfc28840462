// SPDX-License-Identifier: Apache-2.0
#include "scenario/judgement.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "base/status_names.h"
#include "verify/verdict.h"

namespace drydock::scenario {

namespace {

using ledger::NoteKind;
using machine::Frame;

// The stack of a bug check by a CPU fault begins with the instruction that made it.
void mark_fault(const World& world, ledger::StackId stack, std::vector<FrameRef>& frames) {
  const auto& stop = world.machine.stopped();
  const auto* check = stop ? std::get_if<machine::BugCheck>(&*stop) : nullptr;
  if (check == nullptr || check->stack != stack || check->instruction == 0 || frames.empty())
    return;
  frames.front().faulted =
      world.record.ledger().stacks().frames(stack).front() == check->instruction;
}

FindingResult result_of(const World& world, const std::vector<verify::Life>& lives,
                        const verify::Finding& finding) {
  FindingResult result{.rule = std::string(finding.rule->id),
                       .driver = lives.front().name,
                       .severity = finding.severity,
                       .what = finding.what,
                       .times = finding.times};
  for (const verify::Life& life : lives) {
    if (life.driver == finding.driver) result.load_number = life.load_number;
  }
  if (finding.subject != 0)
    result.subject = ledger::kind_name(world.record.ledger().entry(finding.subject).kind);
  result.acquired_at = frames_of(world, finding.acquired_at);
  result.found_at = frames_of(world, finding.found_at);
  mark_fault(world, finding.found_at, result.found_at);
  result.consequences = finding.consequences;
  return result;
}

bool is_for(const Acceptance& acceptance, const std::string& driver) {
  return acceptance.driver.empty() || acceptance.driver == driver;
}

std::vector<std::string> accepted_of(const DriverInput& driver,
                                     const std::vector<Acceptance>& acceptances) {
  std::vector<std::string> rules;
  for (const Acceptance& acceptance : acceptances) {
    if (is_for(acceptance, driver.name)) rules.push_back(acceptance.rule);
  }
  return rules;
}

bool accepts(const Acceptance& acceptance, const FindingResult& finding) {
  return acceptance.rule == finding.rule && is_for(acceptance, finding.driver);
}

std::string reason_for(const FindingResult& finding, const std::vector<Acceptance>& acceptances) {
  return std::ranges::find_if(acceptances,
                              [&](const Acceptance& each) { return accepts(each, finding); })
      ->reason;
}

// Findings are the worst; a driver of which nothing is known is worse than a clean one.
int badness(verify::Outcome outcome) {
  if (outcome == verify::Outcome::findings) return 2;
  return outcome == verify::Outcome::inconclusive ? 1 : 0;
}

}  // namespace

// System threads may wait: that is how they idle.
const Frame* waits_in(const machine::Fiber& fiber) {
  if (fiber.state != machine::FiberState::blocked) return nullptr;
  const Frame* outermost = nullptr;
  for (const Frame* frame = fiber.frames; frame != nullptr; frame = frame->outer) {
    if (frame->kind == Frame::Kind::kernel_to_driver) outermost = frame;
  }
  const bool idles =
      outermost != nullptr && outermost->callback == machine::CallbackKind::system_thread;
  return idles ? nullptr : outermost;
}

void note_who_is_stuck(World& world, bool waited_long) {
  if (world.machine.stopped()) return;
  const auto over = waited_long ? world.machine.now().ticks : 0;
  for (const auto& fiber : world.machine.fibers()) {
    const Frame* callback = waits_in(*fiber);
    if (callback == nullptr) continue;
    world.record.note_about(*fiber, NoteKind::blocked_forever, fiber->waiting_resource,
                            static_cast<std::uint64_t>(callback->callback), fiber->waiting_for,
                            static_cast<std::uint64_t>(over));
  }
}

std::vector<FrameRef> frames_of(const World& world, ledger::StackId stack) {
  std::vector<FrameRef> frames;
  for (const std::uint64_t address : world.record.ledger().stacks().frames(stack)) {
    const ledger::ImageRange* image = world.record.image_at(address);
    if (image != nullptr) frames.push_back({image->name, address - image->base});
  }
  return frames;
}

LifeResult result_of(const World& world, const verify::Life& life) {
  return {
      .driver = life.name,
      .load_number = life.load_number,
      .entry_status = life.entry_status,
      .unload_called = world.record.find(ledger::Moment::unload_called, life.driver).has_value(),
      .unload_returned =
          world.record.find(ledger::Moment::unload_returned, life.driver).has_value()};
}

void describe_stop(const World& world, RunResult& result) {
  const auto& stop = world.machine.stopped();
  if (!stop) return;
  if (const auto* fault = std::get_if<machine::InternalFault>(&*stop))
    result.internal_fault = fault->what;
  if (const auto* bug_check = std::get_if<machine::BugCheck>(&*stop)) {
    result.bug_check = fmt::format("{}: {}", describe_bugcheck(bug_check->code), bug_check->what);
  }
}

DriverResult judge_driver(World& world, const std::vector<verify::Life>& lives,
                          const DriverInput& driver, const nt::DriverFile& file,
                          const std::vector<Acceptance>& acceptances,
                          std::vector<FindingResult>& findings) {
  DriverResult result{.name = driver.name, .framework = to_string(file.framework())};
  if (lives.empty()) {
    result.outcome = verify::Outcome::inconclusive;
    result.why_inconclusive = "The run was over before the driver was loaded.";
    return result;
  }
  const auto accepted = accepted_of(driver, acceptances);
  const verify::Verdict verdict =
      verify::judge(world.record, world.machine.stopped(), &world.wfp.engine(), lives, accepted);
  result.outcome = verdict.outcome;
  result.why_inconclusive = verdict.why_inconclusive;
  for (const verify::Finding& finding : verdict.findings) {
    FindingResult& added = findings.emplace_back(result_of(world, lives, finding));
    if (finding.accepted) added.accepted = reason_for(added, acceptances);
  }
  return result;
}

void take_worst(RunResult& result) {
  const auto worst = std::ranges::max_element(
      result.drivers, {}, [](const DriverResult& driver) { return badness(driver.outcome); });
  result.outcome = worst->outcome;
  result.why_inconclusive = worst->why_inconclusive;
}

void sort_by_severity(std::vector<FindingResult>& findings) {
  std::vector<FindingResult> sorted;
  for (const auto severity :
       {verify::Severity::error, verify::Severity::warning, verify::Severity::note}) {
    std::ranges::copy_if(findings, std::back_inserter(sorted),
                         [severity](const auto& finding) { return finding.severity == severity; });
  }
  findings = std::move(sorted);
}

std::vector<std::string> unused_acceptances(const std::vector<Acceptance>& acceptances,
                                            const std::vector<FindingResult>& findings) {
  std::vector<std::string> rules;
  for (const Acceptance& acceptance : acceptances) {
    const bool used = std::ranges::any_of(
        findings, [&](const FindingResult& finding) { return accepts(acceptance, finding); });
    if (!used)
      rules.push_back(acceptance.rule +
                      (acceptance.driver.empty() ? "" : " of " + acceptance.driver));
  }
  return rules;
}

}  // namespace drydock::scenario

// SPDX-License-Identifier: Apache-2.0
#include "scenario/run.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "base/status_names.h"
#include "policy/json_policy.h"
#include "scenario/director.h"
#include "scenario/world.h"

namespace drydock::scenario {

namespace {

using ledger::NoteKind;
using machine::Frame;

const Frame* outermost_callback(const machine::Fiber& fiber) {
  const Frame* found = nullptr;
  for (const Frame* frame = fiber.frames; frame != nullptr; frame = frame->outer) {
    if (frame->kind == Frame::Kind::kernel_to_driver) found = frame;
  }
  return found;
}

// What still waits in driver code when nothing can happen any more will wait for ever, and what
// waits at the end of the time limit has waited for an hour. System threads may: that is how they
// idle.
void note_who_is_stuck(World& world) {
  if (world.machine.stopped()) return;
  const auto over = world.machine.out_of_time() ? world.machine.now().ticks : 0;
  for (const auto& fiber : world.machine.fibers()) {
    const Frame* callback = outermost_callback(*fiber);
    if (fiber->state != machine::FiberState::blocked || callback == nullptr) continue;
    if (callback->callback == machine::CallbackKind::system_thread) continue;
    world.record.note_about(*fiber, NoteKind::blocked_forever, fiber->waiting_resource,
                            static_cast<std::uint64_t>(callback->callback), fiber->waiting_for,
                            static_cast<std::uint64_t>(over));
  }
}

// Why the script did not come to its end, unless the machine was stopped or a finding tells.
std::string why_unfinished(const World& world, const Director& director, verify::Outcome outcome) {
  if (world.machine.stopped() || director.finished() || outcome == verify::Outcome::findings)
    return {};
  return fmt::format("After {} s of virtual time the run was not yet over: {}.",
                     world.machine.now().ticks / machine::seconds(1).ticks,
                     world.machine.out_of_time() ? "its time limit was reached"
                                                 : "nothing was left that could go on");
}

std::vector<FrameRef> frames_of(const World& world, ledger::StackId stack) {
  std::vector<FrameRef> frames;
  for (const std::uint64_t address : world.record.ledger().stacks().frames(stack)) {
    const ledger::ImageRange* image = world.record.image_at(address);
    if (image != nullptr) frames.push_back({image->name, address - image->base});
  }
  return frames;
}

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

LifeResult result_of(const World& world, const verify::Life& life) {
  return {
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

RunResult collect(World& world, const Director& director, const Plan& plan,
                  const nt::DriverFile& file) {
  RunResult result{.driver = plan.driver.name, .framework = to_string(file.framework())};
  verify::Verdict verdict =
      verify::judge(world.record, world.machine.stopped(), &world.wfp.engine(), director.lives());
  if (auto why = why_unfinished(world, director, verdict.outcome); !why.empty()) {
    verdict.outcome = verify::Outcome::inconclusive;
    verdict.why_inconclusive = std::move(why);
  }
  result.outcome = verdict.outcome;
  result.why_inconclusive = verdict.why_inconclusive;
  describe_stop(world, result);
  for (const verify::Finding& finding : verdict.findings)
    result.findings.push_back(result_of(world, director.lives(), finding));
  for (const verify::Life& life : director.lives()) result.lives.push_back(result_of(world, life));
  result.counters = world.record.counters().values;
  result.unattached_callouts = director.unattached();
  for (const auto& traffic : director.traffic_records()) {
    result.traffic.push_back({traffic->pcapng(), traffic->stats()});
  }
  if (director.bridge() != nullptr)
    result.traffic.push_back({director.bridge()->pcapng(), director.bridge()->stats()});
  if (!director.policy_error().message.empty() && result.outcome == verify::Outcome::clean) {
    result.outcome = verify::Outcome::inconclusive;
    result.why_inconclusive =
        fmt::format("the policy could not be added: {}", director.policy_error().message);
  }
  result.trace_hash = world.record.events().hash();
  result.events = world.record.events().last();
  result.virtual_time = world.machine.now().ticks;
  return result;
}

// One boot: what lives until the machine goes down.
Result<RunResult> run_boot(Environment& environment, const Plan& plan, machine::Choices& choices,
                           nt::DriverFile& file, std::uint32_t first_load, wfp::ObjectSet& disk) {
  World world(environment, plan, choices);
  if (!world.wfp.engine().import_objects(disk))
    return RunResult{.driver = plan.driver.name,
                     .outcome = verify::Outcome::inconclusive,
                     .internal_fault = "what survived a reboot does not go into a new engine"};
  Director director(world, plan, file, first_load);
  director.start();
  world.machine.run();
  if (!director.load_error().message.empty()) return std::unexpected(director.load_error());
  note_who_is_stuck(world);
  world.kernel.pool.audit_canaries();
  world.wfp.classifier().fold_counts(world.record.counters());
  for (const auto& path : director.paths()) path->fold_counts(world.record.counters());
  disk = world.wfp.engine().export_objects();
  return collect(world, director, plan, file);
}

// A later boot repeats the first one's mistakes; only new ones are worth telling.
void add_findings(RunResult& whole, std::vector<FindingResult> more) {
  for (FindingResult& finding : more) {
    const bool known = std::ranges::any_of(whole.findings, [&](const FindingResult& other) {
      return other.rule == finding.rule && other.load_number < finding.load_number;
    });
    if (!known) whole.findings.push_back(std::move(finding));
  }
}

void append_boot(RunResult& whole, RunResult boot) {
  add_findings(whole, std::move(boot.findings));
  const bool worse =
      whole.outcome == verify::Outcome::clean || boot.outcome == verify::Outcome::findings;
  if (worse) {
    whole.outcome = boot.outcome;
    whole.why_inconclusive = boot.why_inconclusive;
  }
  whole.internal_fault = boot.internal_fault;
  whole.bug_check = boot.bug_check;
  std::ranges::move(boot.lives, std::back_inserter(whole.lives));
  for (const auto& [name, count] : boot.counters) whole.counters[name] += count;
  for (std::string& callout : boot.unattached_callouts) {
    if (std::ranges::find(whole.unattached_callouts, callout) == whole.unattached_callouts.end())
      whole.unattached_callouts.push_back(std::move(callout));
  }
  constexpr std::uint64_t fnv_prime = 0x100000001b3;
  whole.trace_hash = whole.trace_hash * fnv_prime ^ boot.trace_hash;
  whole.events += boot.events;
  whole.virtual_time += boot.virtual_time;
}

// A machine that stopped early, or still has the driver in it, is not booted again.
bool boots_again(const RunResult& boot) {
  return boot.bug_check.empty() && boot.internal_fault.empty() && !boot.lives.empty() &&
         boot.outcome != verify::Outcome::inconclusive;
}

}  // namespace

Result<RunResult> run(Environment& environment, const Plan& plan, machine::Choices& choices) {
  auto file = environment.images.cache.open(plan.driver.content, plan.driver.name);
  if (!file) return std::unexpected(file.error());
  wfp::ObjectSet disk = plan.policy.stored;
  auto whole = run_boot(environment, plan, choices, **file, 1, disk);
  if (!whole) return whole;
  for (std::uint32_t boot = 1; boot < plan.boots && boots_again(*whole); ++boot) {
    const auto loads = static_cast<std::uint32_t>(whole->lives.size());
    auto next = run_boot(environment, plan, choices, **file, loads + 1, disk);
    if (!next) return next;
    append_boot(*whole, std::move(*next));
  }
  if (plan.policy.keep) whole->store = policy::write_json(disk);
  return whole;
}

}  // namespace drydock::scenario

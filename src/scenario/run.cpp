// SPDX-License-Identifier: Apache-2.0
#include "scenario/run.h"

#include <fmt/format.h>

#include "base/status_names.h"
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
  result.trace_hash = world.record.events().hash();
  result.events = world.record.events().last();
  result.virtual_time = world.machine.now().ticks;
  return result;
}

}  // namespace

Result<RunResult> run(Environment& environment, const Plan& plan, machine::Choices& choices) {
  auto file = environment.images.cache.open(plan.driver.content, plan.driver.name);
  if (!file) return std::unexpected(file.error());
  World world(environment, plan, choices);
  Director director(world, plan, **file);
  director.start();
  world.machine.run();
  if (!director.load_error().message.empty()) return std::unexpected(director.load_error());
  note_who_is_stuck(world);
  world.kernel.pool.audit_canaries();
  world.wfp.classifier().fold_counts(world.record.counters());
  for (const auto& path : director.paths()) path->fold_counts(world.record.counters());
  return collect(world, director, plan, **file);
}

}  // namespace drydock::scenario

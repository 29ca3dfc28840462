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

// Why the script did not come to its end, unless the machine was stopped.
std::string why_unfinished(const World& world, const Director& director) {
  if (world.machine.stopped() || director.finished()) return {};
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

using Files = std::vector<std::shared_ptr<nt::DriverFile>>;

Result<Files> open_files(Environment& environment, const Plan& plan) {
  Files files;
  const auto open = [&](const DriverInput& driver) -> Result<void> {
    auto file = environment.images.cache.open(driver.content, driver.name);
    if (!file) return std::unexpected(file.error());
    files.push_back(std::move(*file));
    return {};
  };
  if (auto first = open(plan.driver); !first) return std::unexpected(first.error());
  for (const DriverInput& driver : plan.beside) {
    if (auto other = open(driver); !other) return std::unexpected(other.error());
  }
  return files;
}

std::vector<verify::Life> lives_of(const Director& director, std::uint32_t part) {
  std::vector<verify::Life> lives;
  std::ranges::copy_if(director.lives(), std::back_inserter(lives),
                       [part](const verify::Life& life) { return life.part == part; });
  return lives;
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

// An acceptance that nothing needs any more hides what comes next.
std::vector<std::string> unused(const std::vector<Acceptance>& acceptances,
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

// One driver's verdict: nothing that another one did counts in it.
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

void leave_open(RunResult& result, const std::string& why) {
  for (DriverResult& driver : result.drivers) {
    if (driver.outcome != verify::Outcome::clean) continue;
    driver.outcome = verify::Outcome::inconclusive;
    driver.why_inconclusive = why;
  }
}

// Findings are the worst; a driver of which nothing is known is worse than a clean one.
int badness(verify::Outcome outcome) {
  if (outcome == verify::Outcome::findings) return 2;
  return outcome == verify::Outcome::inconclusive ? 1 : 0;
}

// The run's own outcome, from those of its drivers.
void take_worst(RunResult& result) {
  const auto worst = std::ranges::max_element(
      result.drivers, {}, [](const DriverResult& driver) { return badness(driver.outcome); });
  result.outcome = worst->outcome;
  result.why_inconclusive = worst->why_inconclusive;
}

// Those of one severity stay in the order of their drivers.
void sort_by_severity(std::vector<FindingResult>& findings) {
  std::vector<FindingResult> sorted;
  for (const auto severity :
       {verify::Severity::error, verify::Severity::warning, verify::Severity::note}) {
    std::ranges::copy_if(findings, std::back_inserter(sorted),
                         [severity](const auto& finding) { return finding.severity == severity; });
  }
  findings = std::move(sorted);
}

void judge_drivers(World& world, const Director& director, const Plan& plan, const Files& files,
                   RunResult& result) {
  std::uint32_t part = 0;
  const auto judge = [&](const DriverInput& driver) {
    result.drivers.push_back(judge_driver(world, lives_of(director, part), driver, *files[part],
                                          plan.accepted, result.findings));
    ++part;
  };
  judge(plan.driver);
  std::ranges::for_each(plan.beside, judge);
  if (!plan.beside.empty()) sort_by_severity(result.findings);
  take_worst(result);
  // A finding tells why the script did not end; a driver whose life did is judged all the same.
  const auto why = why_unfinished(world, director);
  if (!why.empty() && result.outcome == verify::Outcome::clean) leave_open(result, why);
  if (!why.empty() && result.outcome == verify::Outcome::inconclusive && plan.beside.empty())
    result.drivers.front().why_inconclusive = why;
  if (!director.policy_error().message.empty()) {
    leave_open(result,
               fmt::format("the policy could not be added: {}", director.policy_error().message));
  }
  take_worst(result);
}

RunResult collect(World& world, const Director& director, const Plan& plan, const Files& files) {
  RunResult result{.driver = plan.driver.name, .framework = to_string(files[0]->framework())};
  judge_drivers(world, director, plan, files, result);
  describe_stop(world, result);
  for (const verify::Life& life : director.lives()) result.lives.push_back(result_of(world, life));
  result.counters = world.record.counters().values;
  result.unattached_callouts = director.unattached();
  for (const auto& traffic : director.traffic_records()) {
    result.traffic.push_back({traffic->pcapng(), traffic->stats()});
  }
  if (world.sockets != nullptr && plan.record_traffic)
    result.traffic.push_back({world.sockets->host.pcapng(), world.sockets->host.stats()});
  if (director.bridge() != nullptr)
    result.traffic.push_back({director.bridge()->pcapng(), director.bridge()->stats()});
  result.trace_hash = world.record.events().hash();
  result.events = world.record.events().last();
  result.virtual_time = world.machine.now().ticks;
  return result;
}

RunResult without_verdict(const Plan& plan, std::string internal_fault) {
  constexpr auto unknown = verify::Outcome::inconclusive;
  RunResult result{.driver = plan.driver.name, .outcome = unknown};
  result.internal_fault = std::move(internal_fault);
  result.drivers.push_back({.name = plan.driver.name, .outcome = unknown});
  for (const DriverInput& driver : plan.beside)
    result.drivers.push_back({.name = driver.name, .outcome = unknown});
  return result;
}

// What a reboot leaves.
struct Disk {
  wfp::ObjectSet policy;
  std::optional<nt::Registry::Keys> registry;  // none: as the scenario has it
};

// One boot: what lives until the machine goes down.
Result<RunResult> run_boot(Environment& environment, const Plan& plan, machine::Choices& choices,
                           const Files& files, std::uint32_t first_load, Disk& disk) {
  World world(environment, plan, choices);
  if (!world.wfp.engine().import_objects(disk.policy))
    return without_verdict(plan, "what survived a reboot does not go into a new engine");
  std::vector<nt::DriverFile*> loadable;
  for (const auto& file : files) loadable.push_back(file.get());
  if (disk.registry) {
    world.kernel.registry.restore(*disk.registry);
  } else {
    for (const RegistryValue& value : plan.registry)
      world.kernel.registry.set(value.key, value.name, value.type, value.data);
  }
  Director director(world, plan, loadable, first_load);
  director.start();
  world.machine.run();
  if (!director.load_error().message.empty()) return std::unexpected(director.load_error());
  note_who_is_stuck(world);
  world.kernel.pool.audit_canaries();
  world.wfp.classifier().fold_counts(world.record.counters());
  for (const auto& path : director.paths()) path->fold_counts(world.record.counters());
  if (world.sockets != nullptr) world.sockets->host.fold_counts(world.record.counters());
  disk.policy = world.wfp.engine().export_objects();
  if (plan.boots > 1) disk.registry = world.kernel.registry.contents();
  return collect(world, director, plan, files);
}

// A later boot repeats the first one's mistakes; only new ones are worth telling.
void add_findings(RunResult& whole, std::vector<FindingResult> more) {
  for (FindingResult& finding : more) {
    const bool known = std::ranges::any_of(whole.findings, [&](const FindingResult& other) {
      return other.rule == finding.rule && other.driver == finding.driver &&
             other.load_number < finding.load_number;
    });
    if (!known) whole.findings.push_back(std::move(finding));
  }
}

void add_verdict(DriverResult& whole, DriverResult boot) {
  const bool worse =
      whole.outcome == verify::Outcome::clean || boot.outcome == verify::Outcome::findings;
  if (worse) whole = std::move(boot);
}

void append_boot(RunResult& whole, RunResult boot) {
  add_findings(whole, std::move(boot.findings));
  for (std::size_t i = 0; i < whole.drivers.size(); ++i)
    add_verdict(whole.drivers[i], std::move(boot.drivers[i]));
  take_worst(whole);
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

std::uint32_t loads_of(const RunResult& result) {
  return std::ranges::max(result.lives, {}, &LifeResult::load_number).load_number;
}

}  // namespace

Result<RunResult> run(Environment& environment, const Plan& plan, machine::Choices& choices) {
  const auto files = open_files(environment, plan);
  if (!files) return std::unexpected(files.error());
  Disk disk{.policy = plan.policy.stored, .registry = {}};
  auto whole = run_boot(environment, plan, choices, *files, 1, disk);
  if (!whole) return whole;
  for (std::uint32_t boot = 1; boot < plan.boots && boots_again(*whole); ++boot) {
    auto next = run_boot(environment, plan, choices, *files, loads_of(*whole) + 1, disk);
    if (!next) return next;
    append_boot(*whole, std::move(*next));
  }
  if (plan.policy.keep) whole->store = policy::write_json(disk.policy);
  whole->unused_acceptances = unused(plan.accepted, whole->findings);
  return whole;
}

}  // namespace drydock::scenario

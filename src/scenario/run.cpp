// SPDX-License-Identifier: Apache-2.0
#include "scenario/run.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "policy/json_policy.h"
#include "scenario/director.h"
#include "scenario/judgement.h"
#include "scenario/world.h"

namespace drydock::scenario {

namespace {

// Why the script did not come to its end, unless the machine was stopped.
std::string why_unfinished(const World& world, const Director& director) {
  if (world.machine.stopped() || director.finished()) return {};
  return fmt::format("After {} s of virtual time the run was not yet over: {}.",
                     world.machine.now().ticks / machine::seconds(1).ticks,
                     world.machine.out_of_time() ? "its time limit was reached"
                                                 : "nothing was left that could go on");
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

void leave_open(RunResult& result, const std::string& why) {
  for (DriverResult& driver : result.drivers) {
    if (driver.outcome != verify::Outcome::clean) continue;
    driver.outcome = verify::Outcome::inconclusive;
    driver.why_inconclusive = why;
  }
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
  note_who_is_stuck(world, world.machine.out_of_time());
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
  whole->unused_acceptances = unused_acceptances(plan.accepted, whole->findings);
  return whole;
}

}  // namespace drydock::scenario

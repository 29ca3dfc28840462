// SPDX-License-Identifier: Apache-2.0
// Questions about a session: what drivers hold, what the rules say so far, and at the end of all.
#include <algorithm>

#include "explore/result_json.h"
#include "remote/session_parts.h"

namespace drydock::remote {

using nlohmann::json;

namespace {

// UDP idle time-outs, late completions and timers of the driver get their chance.
constexpr machine::VirtualTime tail_time = machine::seconds(65);
// What waits so long in driver code is a finding.
constexpr machine::VirtualTime long_time = machine::seconds(3600);

}  // namespace

// What is alive, and of a driver that was loaded by us.
Result<json> Session::ledger(const json& /*command*/) {
  json entries = json::array();
  const ledger::Record& record = world_.record;
  for (const ledger::Entry& entry : record.ledger().entries()) {
    const auto life = std::ranges::find(lives_, entry.owner, &verify::Life::driver);
    if (!entry.alive() || entry.owner == machine::no_driver || life == lives_.end()) continue;
    entries.push_back(
        {{"kind", ledger::kind_name(entry.kind)},
         {"name", entry.name},
         {"driver", life->name},
         {"size", entry.kind == ledger::Kind::pool_block ? entry.a : 0},
         {"acquired_at", explore::to_json(scenario::frames_of(world_, entry.stack))}});
  }
  return json{{"entries", std::move(entries)}};
}

// Of what has happened so far.
Result<json> Session::findings(const json& /*command*/) {
  return explore::to_json(judge());
}

// The end of the machine, unless it has stopped: whatever may still call into a driver gets its
// chance, and who waits for ever is written down.
Result<json> Session::verdict(const json& /*command*/) {
  if (!over_ && world_.machine.in_fiber()) {
    let_end();
  } else if (!over_ && !world_.machine.stopped()) {
    scenario::note_who_is_stuck(world_, true);  // nothing in the machine can go on
  }
  over_ = true;
  return explore::to_json(judge());
}

void Session::let_end() {
  spawn("a process comes and goes",
        [this] { world_.run_a_process(u"\\Device\\HarddiskVolume1\\Windows\\notepad.exe"); });
  wait([&] { return std::ranges::all_of(traffic_, [](const auto& each) { return each->over; }); },
       long_time, "the traffic to end");
  let_sockets_end();
  world_.machine.sleep_until(world_.machine.now() + tail_time);
  if (somebody_is_stuck()) world_.machine.sleep_until(world_.machine.now() + long_time);
  scenario::note_who_is_stuck(world_, true);
  world_.kernel.pool.audit_canaries();
  world_.wfp.classifier().fold_counts(world_.record.counters());
  for (const auto& traffic : traffic_) traffic->path->fold_counts(world_.record.counters());
  world_.sockets->host.fold_counts(world_.record.counters());
}

// Who has been quiet for long enough is done.
void Session::let_sockets_end() {
  constexpr machine::VirtualTime quiet = machine::seconds(10);
  const auto until = world_.machine.now() + long_time;
  std::uint64_t before = 0;
  do {
    before = world_.sockets->host.steps();
    if (before == 0) return;  // nobody has any
    world_.machine.sleep_until(world_.machine.now() + quiet);
  } while (world_.sockets->host.steps() != before && world_.machine.now() < until);
}

bool Session::somebody_is_stuck() const {
  return std::ranges::any_of(world_.machine.fibers(), [](const auto& fiber) {
    return scenario::waits_in(*fiber) != nullptr;
  });
}

Result<json> Session::position(const json& /*command*/) {
  return json{{"trace_hash", explore::hash_text(world_.record.events().hash())},
              {"events", world_.record.events().last()},
              {"now", world_.machine.now().ticks}};
}

scenario::RunResult Session::judge() {
  scenario::RunResult result;
  for (const auto& driver : drivers_) {
    std::vector<verify::Life> lives;
    for (const std::size_t life : driver->lives) lives.push_back(lives_[life]);
    result.drivers.push_back(
        scenario::judge_driver(world_, lives, driver->input, *driver->file, {}, result.findings));
  }
  if (result.drivers.empty()) {
    result.outcome = verify::Outcome::inconclusive;
    result.why_inconclusive = "No driver was loaded.";
  } else {
    result.driver = result.drivers.front().name;
    result.framework = result.drivers.front().framework;
    scenario::sort_by_severity(result.findings);
    scenario::take_worst(result);
  }
  scenario::describe_stop(world_, result);
  for (const verify::Life& life : lives_) result.lives.push_back(scenario::result_of(world_, life));
  result.counters = world_.record.counters().values;
  result.unattached_callouts = unattached_;
  result.trace_hash = world_.record.events().hash();
  result.events = world_.record.events().last();
  result.virtual_time = world_.machine.now().ticks;
  return result;
}

}  // namespace drydock::remote

// SPDX-License-Identifier: Apache-2.0
#include "scenario/director.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "scenario/attach.h"
#include "scenario/pace.h"
#include "scenario/policy.h"

namespace drydock::scenario {

using machine::Irql;

namespace {

// UDP idle time-outs, late completions and timers of the driver get their chance after the image is
// gone.
constexpr machine::VirtualTime tail_time = machine::seconds(65);

constexpr std::size_t unload_moments = 16;

// Time passes when nobody has anything to do: enough for processes to answer the last packet.
constexpr machine::VirtualTime settling = machine::milliseconds(100);

// What the service takes from one of its states to the next.
constexpr machine::VirtualTime state_change = machine::milliseconds(10);

// A machine that boots has some traffic before its services run.
constexpr std::uint64_t steps_before_services = 20;

// More than any capture has sockets.
constexpr std::uint64_t endpoints_per_capture = 1 << 20;

// All that a socket does stays in one lane, with what it accepts: its layers have an order.
std::uint64_t lane_of(const net::Step& step, std::uint32_t lanes) {
  const net::EndpointId socket =
      step.parent_endpoint != net::EndpointId::none ? step.parent_endpoint : step.endpoint;
  const std::uint64_t key =
      socket != net::EndpointId::none ? std::to_underlying(socket) : std::to_underlying(step.flow);
  return key % lanes;
}

}  // namespace

Director::Director(World& world, const Plan& plan, std::span<nt::DriverFile* const> files,
                   std::uint32_t first_load)
    : world_(world), plan_(plan), first_load_(first_load) {
  parts_.push_back({.driver = &plan.driver, .file = files.front()});
  for (const DriverInput& driver : plan.beside) {
    const auto index = static_cast<std::uint32_t>(parts_.size());
    parts_.push_back({.driver = &driver, .file = files[index], .index = index});
  }
}

void Director::start() {
  world_.machine.spawn("scenario", Irql::passive, [this] { direct(); });
}

void Director::direct() {
  live_all_lives();
  finished_ = true;
}

void Director::live_all_lives() {
  const std::uint32_t loads = plan_.unload.restart ? 2 : 1;
  if (plan_.boot_start) {
    stop_services();
  } else {
    start_services();
  }
  for (std::uint32_t i = 0; i < loads; ++i) {
    if (!live(first_load_ + i)) return;
  }
}

// As long as they have not started, only boot-time filters are in force (engine section 15).
void Director::stop_services() {
  world_.wfp.management().set_bfe_state(FWPM_SERVICE_STOPPED);
  services_at_ = steps_before_services;
}

void Director::start_services() {
  services_at_ = 0;
  if (!world_.wfp.engine().running()) world_.wfp.management().set_bfe_state(FWPM_SERVICE_RUNNING);
  if (auto added = add_policies(plan_.policy, world_.wfp.engine()); !added)
    policy_error_ = added.error();
}

// What a driver that comes later registers is attached then.
void Director::attach_callouts() {
  if (std::ranges::none_of(parts_, [this](const Part& part) { return started(part); })) return;
  attach(world_, plan_, std::ranges::all_of(parts_, &Part::loaded), unattached_);
}

bool Director::started(const Part& part) const {
  return part.loaded && static_cast<std::int32_t>(lives_[part.life].entry_status) >= 0;
}

// False when there is nothing to go on with: not loaded, or not unloaded.
bool Director::live(std::uint32_t load_number) {
  load_number_ = load_number;
  service_restarted_ = false;
  if (!load_early_drivers()) return false;
  if (services_at_ == 0) attach_callouts();
  traffic_.steps = 0;
  traffic_.over = false;
  traffic_.began = !traffic_is_over();
  first_application_ = applications_.size();
  for (const Part& part : parts_) start_processes(part);
  start_traffic();
  if (services_at_ != 0) {
    wait_for_step(services_at_, "the machine's services to start");
    start_services();
    attach_callouts();
  }
  const bool gone = leave();
  const bool goes_on = plan_.unload.restart && plan_.unload.at_once && load_number == first_load_;
  if (!goes_on || !gone) tail();
  return gone;
}

bool Director::load_early_drivers() {
  for (Part& part : parts_) part.loaded = part.gone = false;
  return std::ranges::all_of(
      parts_, [this](Part& part) { return part.driver->load_at != 0 || load(part); });
}

// Whatever may be there by then is: lives_ grows while a driver starts.
bool Director::load(Part& part) {
  const auto driver = world_.kernel.io.load(*part.file, part.driver->service);
  if (!driver) {
    load_error_ = driver.error();
    return false;
  }
  part.life = lives_.size();
  lives_.push_back({.driver = *driver,
                    .name = part.driver->name,
                    .part = part.index,
                    .load_number = load_number_,
                    .entry_status = static_cast<std::uint32_t>(STATUS_PENDING),
                    .start_fails = part.driver->start_fails,
                    .stop_status = {}});
  const NTSTATUS status = world_.kernel.io.wait_started(*driver);
  verify::Life& life = lives_[part.life];
  life.entry_status = static_cast<std::uint32_t>(status);
  life.device_status = static_cast<std::uint32_t>(world_.kernel.io.driver(*driver).device_status);
  life.framework = world_.framework.bound_version(*driver).has_value();
  part.loaded = true;
  return true;
}

// True when all drivers are gone.
bool Director::leave() {
  if (plan_.live) {
    stay_in_real_traffic();
  } else if (parts_.size() == 1) {
    stay(parts_.front());
  } else {
    stay_side_by_side();
  }
  return std::ranges::all_of(parts_, &Part::gone);
}

// Until its time has come, or somebody has had enough.
void Director::stay_in_real_traffic() {
  constexpr machine::VirtualTime patience = machine::milliseconds(10);
  const machine::VirtualTime end = traffic_began_ + plan_.live->unload_after;
  while (world_.machine.now() < end && !bridge_->asked_to_stop())
    world_.machine.sleep_until(std::min(end, world_.machine.now() + patience));
  unload(parts_.front());
  bridge_->may_stop();
}

// Each comes and goes on a fiber of its own, so that loads and unloads interleave.
void Director::stay_side_by_side() {
  drivers_staying_ = parts_.size();
  for (Part& part : parts_) {
    world_.machine.spawn("stay of " + part.driver->name, Irql::passive, [this, &part] {
      stay(part);
      --drivers_staying_;
      progress_.open(world_.machine);
    });
  }
  while (drivers_staying_ != 0) progress_.wait(world_.machine, "the drivers to leave");
}

void Director::stay(Part& part) {
  if (!part.loaded) {
    wait_for_step(part.driver->load_at, "the moment to load");
    if (!load(part)) return;
    attach_callouts();
    start_processes(part);
  }
  wait_for_step(part.unload_at, "the moment to unload");
  unload(part);
}

// What is left of the traffic, when the driver comes back in the midst of it.
void Director::start_traffic() {
  if (!traffic_is_over()) {
    parts_.front().unload_at = steps_so_far() + std::max<std::uint64_t>(steps_to_come_ / 2, 1);
    return;
  }
  start_new_traffic();
  traffic_.began = true;
  traffic_.over = traffic_is_over();  // there is none but that of sockets
  traffic_.gate.open(world_.machine);
}

void Director::start_new_traffic() {
  traffic_began_ = world_.machine.now();
  steps_left_ = UINT64_MAX;
  lanes_running_ = 0;
  if (plan_.live) {
    start_live_traffic();
    return start_actions();
  }
  std::uint64_t all_steps = 0;
  std::uint64_t busiest = 0;
  std::uint64_t first_endpoint = 0;
  for (const Traffic& traffic : plan_.traffic) {
    busiest = std::max(busiest, all_steps + traffic.busiest_step);
    all_steps += traffic.steps.size();
    first_endpoint += endpoints_per_capture;  // one for all lanes: no two sockets are alike
    net::TrafficRecord* record = nullptr;
    if (plan_.record_traffic) {
      record = traffic_records_.emplace_back(std::make_unique<net::TrafficRecord>(*traffic.capture))
                   .get();
      hear_of_injections(record);
    }
    for (std::uint32_t lane = 0; lane < plan_.lanes; ++lane) {
      ++lanes_running_;
      net::HostPath& path = *paths_.emplace_back(
          std::make_unique<net::HostPath>(world_.network, first_endpoint, record));
      world_.machine.spawn(fmt::format("traffic {}", lane), Irql::passive,
                           [this, &traffic, &path, lane] { play_lane(traffic, path, lane); });
    }
  }
  if (world_.sockets != nullptr) {
    all_steps += plan_.network->expected_steps;
    if (busiest == 0) busiest = all_steps / 2;
    socket_steps_before_ = world_.sockets->host.steps();
    world_.sockets->far.start();
  }
  steps_to_come_ = all_steps;
  for (Part& part : parts_) choose_moment_to_unload(part, busiest, all_steps);
  start_actions();
}

void Director::start_actions() {
  for (const ActionPlan& action : plan_.actions)
    world_.machine.spawn("scenario action", Irql::passive, [this, &action] { act(action); });
}

void Director::act(const ActionPlan& action) {
  if (action.at_step) {
    wait_for_step(action.moment, "the moment of an action");
  } else {
    world_.machine.sleep_until(traffic_began_ +
                               machine::milliseconds(static_cast<std::int64_t>(action.moment)));
  }
  if (const auto* process = std::get_if<RunProcess>(&action.what)) {
    world_.run_a_process(nt::widen(process->image));
  } else {
    world_.wfp.management().set_bfe_state(std::get<SetFilterEngine>(action.what).running
                                              ? FWPM_SERVICE_RUNNING
                                              : FWPM_SERVICE_STOPPED);
  }
}

void Director::choose_moment_to_unload(Part& part, std::uint64_t busiest, std::uint64_t all_steps) {
  if (part.driver->unload_at) {
    part.unload_at = *part.driver->unload_at;
    return;
  }
  const std::uint64_t earliest =
      std::max<std::uint64_t>(plan_.unload.earliest_step, part.driver->load_at);
  const std::uint64_t first = std::min(earliest, all_steps);
  const std::uint64_t last =
      std::max(first, std::min<std::uint64_t>(plan_.unload.latest_step, all_steps));
  const std::size_t moment =
      world_.machine.choices().choose(machine::Question::unload_moment, unload_moments);
  part.unload_at = moment == 0 ? std::clamp(busiest, first, last)
                               : first + (last - first) * moment / unload_moments;
}

// Sockets hear of what is injected into their own connections.
void Director::hear_of_injections(net::PathListener* listener) {
  if (world_.sockets != nullptr) return world_.sockets->host.set_other_listener(listener);
  world_.network.set_listener(listener);
}

void Director::start_live_traffic() {
  bridge_ = std::make_unique<net::LiveBridge>(world_.machine, plan_.live->host, plan_.live->files);
  world_.network.set_listener(bridge_.get());
  net::HostPath& path =
      *paths_.emplace_back(std::make_unique<net::HostPath>(world_.network, 0, bridge_.get()));
  ++lanes_running_;
  world_.machine.spawn("live traffic", Irql::passive, [this, &path] {
    bridge_->run(path, plan_.live->duration);
    --lanes_running_;
    progress_.open(world_.machine);
  });
}

void Director::play_lane(const Traffic& traffic, net::HostPath& path, std::uint32_t lane) {
  for (const net::Step& step : traffic.steps) {
    if (lane_of(step, plan_.lanes) != lane) continue;
    if (steps_left_ == 0) break;
    pace(step.time);
    path.play(step);
    ++traffic_.steps;
    --steps_to_come_;
    if (steps_left_ != UINT64_MAX) --steps_left_;
    if (std::ranges::find(awaited_, traffic_.steps) != awaited_.end())
      progress_.open(world_.machine);
    traffic_.gate.open(world_.machine);
    world_.machine.switch_point();
  }
  --lanes_running_;
  if (traffic_is_over()) {
    traffic_.over = true;
    traffic_.gate.open(world_.machine);
  }
  progress_.open(world_.machine);
}

void Director::pace(net::Nanoseconds time) {
  const machine::VirtualTime due = traffic_began_ + burst_of(time);
  if (due > world_.machine.now()) world_.machine.sleep_until(due);
}

bool Director::traffic_is_over() const {
  return lanes_running_ == 0;
}

std::uint64_t Director::steps_so_far() const {
  if (world_.sockets == nullptr) return traffic_.steps;
  return traffic_.steps + world_.sockets->host.steps() - socket_steps_before_;
}

void Director::wait_for_step(std::uint64_t step, const char* why) {
  if (world_.sockets != nullptr) return wait_for_sockets(step);
  awaited_.push_back(step);
  while (traffic_.steps < step && !traffic_is_over()) progress_.wait(world_.machine, why);
  awaited_.erase(std::ranges::find(awaited_, step));
}

// Time passes when nobody has anything to do; so nobody counts the steps of sockets for us, and who
// has been quiet for long enough is done.
void Director::wait_for_sockets(std::uint64_t step) {
  constexpr machine::VirtualTime moment = machine::milliseconds(1);
  constexpr machine::VirtualTime quiet = machine::seconds(10);
  std::uint64_t before = steps_so_far();
  machine::VirtualTime since = world_.machine.now();
  while (steps_so_far() < step) {
    world_.machine.sleep_until(world_.machine.now() + moment);
    const bool moved = std::exchange(before, steps_so_far()) != before;
    if (moved || !traffic_is_over()) since = world_.machine.now();
    if (world_.machine.now() - since >= quiet) return;
  }
}

// The traffic begins when all are ready for it; those of a driver that comes later begin then.
void Director::start_processes(const Part& part) {
  if (!started(part)) return;
  std::vector<Application*> started_now;
  for (const ProcessPlan& process : plan_.processes) {
    if (process.driver != part.index || still_runs(process)) continue;
    started_now.push_back(
        applications_.emplace_back(std::make_unique<Application>(world_, process, traffic_)).get());
  }
  for (Application* application : started_now) application->start();
  for (Application* application : started_now) application->wait_ready();
}

// Since the driver's life before, which it came back from at once.
bool Director::still_runs(const ProcessPlan& process) const {
  return process.end == ProcessEnd::after_traffic &&
         std::ranges::any_of(applications_, [&](const auto& application) {
           return &application->plan() == &process && !application->ended();
         });
}

// What they do about the traffic so far comes before.
void Director::end_processes(const Part& part, ProcessEnd which) {
  bool settled = false;
  for (std::size_t i = first_application_; i < applications_.size(); ++i) {
    Application& application = *applications_[i];
    if (application.plan().end != which || application.plan().driver != part.index) continue;
    end_process(application, settled);
  }
}

// Those of all lives and all drivers.
void Director::end_processes_after_traffic() {
  bool settled = false;
  for (const auto& application : applications_) {
    if (application->plan().end == ProcessEnd::after_traffic) end_process(*application, settled);
  }
}

void Director::end_process(Application& application, bool& settled) {
  if (application.ended()) return;
  if (!std::exchange(settled, true)) world_.machine.sleep_until(world_.machine.now() + settling);
  application.end();
}

// In the middle of the unload routine, if that takes any time.
void Director::restart_service() {
  world_.machine.spawn("service manager", Irql::passive, [this] {
    world_.machine.sleep_until(world_.machine.now() + state_change);
    wfp::Management& management = world_.wfp.management();
    for (const auto state : {FWPM_SERVICE_STOP_PENDING, FWPM_SERVICE_STOPPED,
                             FWPM_SERVICE_START_PENDING, FWPM_SERVICE_RUNNING}) {
      management.set_bfe_state(state);
      world_.machine.sleep_until(world_.machine.now() + state_change);
    }
  });
}

// Asks for the unload and waits for it. Not gone: the driver is still there, or never was.
void Director::unload(Part& part) {
  nt::IoManager& io = world_.kernel.io;
  if (!started(part)) return;
  const machine::DriverId driver = lives_[part.life].driver;
  end_processes(part, ProcessEnd::before_unload);
  if (plan_.unload.service_restarts && !std::exchange(service_restarted_, true)) restart_service();
  if (plan_.unload.rebalance) io.pnp().rebalance(io.driver(driver));
  if (plan_.unload.unplugged) io.pnp().unplug(io.driver(driver));
  const NTSTATUS status = io.request_unload(driver);
  lives_[part.life].stop_status = static_cast<std::uint32_t>(status);
  if (status != STATUS_SUCCESS && status != STATUS_PENDING) return;
  end_processes(part, ProcessEnd::after_unload);
  if (!io.wait_gone(driver)) return;
  part.gone = true;
  if (!std::ranges::all_of(parts_, &Part::gone)) return;
  steps_left_ =
      plan_.unload.steps_after_gone == UINT32_MAX ? UINT64_MAX : plan_.unload.steps_after_gone;
}

// Everything that may still call into the image gets its chance: traffic, processes, time.
void Director::tail() {
  world_.run_a_process(u"\\Device\\HarddiskVolume1\\Windows\\System32\\notepad.exe");
  while (!traffic_is_over()) progress_.wait(world_.machine, "the traffic to end");
  if (world_.sockets != nullptr) wait_for_sockets(UINT64_MAX);
  world_.machine.sleep_until(world_.machine.now() + tail_time);
  end_processes_after_traffic();
}

}  // namespace drydock::scenario

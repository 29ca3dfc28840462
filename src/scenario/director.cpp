// SPDX-License-Identifier: Apache-2.0
#include "scenario/director.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "scenario/attach.h"
#include "scenario/policy.h"

namespace drydock::scenario {

using machine::Irql;

namespace {

// Indications of a capture that lie closer together than this happen side by side: what interleaves
// on a real machine must be able to interleave here, where time passes only when nobody has
// anything to do.
constexpr auto burst = std::chrono::milliseconds{200};

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

}  // namespace

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

void Director::attach_callouts() {
  if (static_cast<std::int32_t>(lives_.back().entry_status) >= 0)
    attach(world_, plan_, unattached_);
}

// False when there is nothing to go on with: not loaded, or not unloaded.
bool Director::live(std::uint32_t load_number) {
  if (!load(load_number)) return false;
  if (services_at_ == 0) attach_callouts();
  start_processes();
  start_traffic();
  if (services_at_ != 0) {
    wait_for_step(services_at_, "the machine's services to start");
    start_services();
    attach_callouts();
  }
  if (plan_.live) {
    world_.machine.sleep_until(traffic_began_ + plan_.live->unload_after);
  } else {
    wait_for_step(unload_at_, "the moment to unload");
  }
  const bool gone = unload();
  const bool goes_on = plan_.unload.restart && plan_.unload.at_once && load_number == first_load_;
  if (!goes_on || !gone) tail();
  return gone;
}

bool Director::load(std::uint32_t load_number) {
  const auto driver = world_.kernel.io.load(file_, plan_.driver.service);
  if (!driver) {
    load_error_ = driver.error();
    return false;
  }
  verify::Life& life = lives_.emplace_back();
  life.driver = *driver;
  life.name = plan_.driver.name;
  life.load_number = load_number;
  life.start_fails = plan_.start_fails;
  life.entry_status = static_cast<std::uint32_t>(STATUS_PENDING);
  life.entry_status = static_cast<std::uint32_t>(world_.kernel.io.wait_started(*driver));
  life.framework = world_.framework.bound_version(*driver).has_value();
  return true;
}

// What is left of the traffic, when the driver comes back in the midst of it.
void Director::start_traffic() {
  if (!traffic_is_over()) {
    unload_at_ = traffic_.steps + std::max<std::uint64_t>(steps_to_come_ / 2, 1);
    return;
  }
  start_new_traffic();
}

void Director::start_new_traffic() {
  traffic_began_ = world_.machine.now();
  steps_left_ = UINT64_MAX;
  lanes_running_ = 0;
  if (plan_.live) return start_live_traffic();
  std::uint64_t all_steps = 0;
  std::uint64_t busiest = 0;
  std::uint64_t first_endpoint = 0;
  for (const Traffic& traffic : plan_.traffic) {
    busiest = std::max(busiest, all_steps + traffic.busiest_step);
    all_steps += traffic.steps.size();
    first_endpoint += endpoints_per_capture;  // one for all lanes: a listener may lie in another
    net::TrafficRecord* record = nullptr;
    if (plan_.record_traffic) {
      record = traffic_records_.emplace_back(std::make_unique<net::TrafficRecord>(*traffic.capture))
                   .get();
      world_.network.set_listener(record);
    }
    for (std::uint32_t lane = 0; lane < plan_.lanes; ++lane) {
      ++lanes_running_;
      net::HostPath& path = *paths_.emplace_back(
          std::make_unique<net::HostPath>(world_.network, first_endpoint, record));
      world_.machine.spawn(fmt::format("traffic {}", lane), Irql::passive,
                           [this, &traffic, &path, lane] { play_lane(traffic, path, lane); });
    }
  }
  steps_to_come_ = all_steps;
  const std::uint64_t first = std::min<std::uint64_t>(plan_.unload.earliest_step, all_steps);
  const std::uint64_t last = std::min<std::uint64_t>(plan_.unload.latest_step, all_steps);
  const std::size_t moment =
      world_.machine.choices().choose(machine::Question::unload_moment, unload_moments);
  unload_at_ = moment == 0 ? std::clamp(busiest, first, last)
                           : first + (last - first) * moment / unload_moments;
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
    if (static_cast<std::uint64_t>(step.flow) % plan_.lanes != lane) continue;
    if (steps_left_ == 0) break;
    pace(step.time);
    path.play(step);
    ++traffic_.steps;
    --steps_to_come_;
    if (steps_left_ != UINT64_MAX) --steps_left_;
    if (traffic_.steps == unload_at_ || traffic_.steps == services_at_)
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
  const auto whole_bursts = time / burst;
  const machine::VirtualTime due =
      traffic_began_ +
      machine::milliseconds(whole_bursts * std::chrono::milliseconds(burst).count());
  if (due > world_.machine.now()) world_.machine.sleep_until(due);
}

bool Director::traffic_is_over() const {
  return lanes_running_ == 0;
}

void Director::wait_for_step(std::uint64_t step, const char* why) {
  while (traffic_.steps < step && !traffic_is_over()) progress_.wait(world_.machine, why);
}

// The traffic begins when all are ready for it.
void Director::start_processes() {
  traffic_.steps = 0;
  traffic_.over = false;
  first_application_ = applications_.size();
  if (static_cast<std::int32_t>(lives_.back().entry_status) < 0) return;
  for (const ProcessPlan& process : plan_.processes) {
    applications_.push_back(std::make_unique<Application>(world_, process, traffic_));
  }
  for (std::size_t i = first_application_; i < applications_.size(); ++i) applications_[i]->start();
  for (std::size_t i = first_application_; i < applications_.size(); ++i)
    applications_[i]->wait_ready();
}

// What they do about the traffic so far comes before.
void Director::end_processes(ProcessEnd which) {
  bool settled = false;
  for (std::size_t i = first_application_; i < applications_.size(); ++i) {
    if (applications_[i]->plan().end != which) continue;
    if (!std::exchange(settled, true)) world_.machine.sleep_until(world_.machine.now() + settling);
    applications_[i]->end();
  }
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

// Asks for the unload and waits for it. False when the driver is still there, or never was.
bool Director::unload() {
  verify::Life& life = lives_.back();
  nt::IoManager& io = world_.kernel.io;
  if (static_cast<std::int32_t>(life.entry_status) < 0) return false;
  end_processes(ProcessEnd::before_unload);
  if (plan_.unload.service_restarts) restart_service();
  const NTSTATUS status = io.request_unload(life.driver);
  life.stop_status = static_cast<std::uint32_t>(status);
  if (status != STATUS_SUCCESS && status != STATUS_PENDING) return false;
  end_processes(ProcessEnd::after_unload);
  io.wait_gone(life.driver);
  steps_left_ =
      plan_.unload.steps_after_gone == UINT32_MAX ? UINT64_MAX : plan_.unload.steps_after_gone;
  return true;
}

// Everything that may still call into the image gets its chance: traffic, processes, time.
void Director::tail() {
  world_.run_a_process();
  while (!traffic_is_over()) progress_.wait(world_.machine, "the traffic to end");
  world_.machine.sleep_until(world_.machine.now() + tail_time);
}

}  // namespace drydock::scenario

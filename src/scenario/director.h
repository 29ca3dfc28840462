// SPDX-License-Identifier: Apache-2.0
// One run's script: load, traffic, stop request in the middle of it, tail, second load. Runs on
// fibers of the machine, so that all of it interleaves with the drivers.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "machine/gate.h"
#include "net/host_path.h"
#include "net/live_bridge.h"
#include "net/traffic_record.h"
#include "scenario/application.h"
#include "scenario/plan.h"
#include "scenario/world.h"
#include "verify/run_view.h"

namespace drydock::scenario {

class Director {
 public:
  // `files` are those of the plan's drivers, in their order. The first load of this boot has the
  // number `first_load`.
  Director(World& world, const Plan& plan, std::span<nt::DriverFile* const> files,
           std::uint32_t first_load = 1);

  // Puts the script on a fiber; the machine's run() then plays it.
  void start();

  // Whether the script came to its end; what follows is as far as it got.
  [[nodiscard]] bool finished() const { return finished_; }
  [[nodiscard]] const std::vector<verify::Life>& lives() const { return lives_; }
  [[nodiscard]] const Error& load_error() const { return load_error_; }
  // The policy did not fit beside what the driver had left; empty when it did.
  [[nodiscard]] const Error& policy_error() const { return policy_error_; }
  [[nodiscard]] const std::vector<std::unique_ptr<net::HostPath>>& paths() const { return paths_; }
  // One for each traffic source, with Plan::record_traffic.
  [[nodiscard]] const std::vector<std::unique_ptr<net::TrafficRecord>>& traffic_records() const {
    return traffic_records_;
  }
  // Real traffic, when that is what the plan says; else null.
  [[nodiscard]] const net::LiveBridge* bridge() const { return bridge_.get(); }
  [[nodiscard]] const std::vector<std::string>& unattached() const { return unattached_; }

 private:
  // One of the run's drivers, in the life under way.
  struct Part {
    const DriverInput* driver = nullptr;
    nt::DriverFile* file = nullptr;
    std::uint32_t index = 0;      // of the run's drivers
    std::size_t life = 0;         // in lives_
    std::uint64_t unload_at = 0;  // step of the traffic
    bool loaded = false;
    bool gone = false;
  };

  void direct();
  void live_all_lives();
  bool live(std::uint32_t load_number);
  bool load_early_drivers();
  bool load(Part& part);
  [[nodiscard]] bool started(const Part& part) const;
  bool leave();
  void stay_in_real_traffic();
  void stay_side_by_side();
  void stay(Part& part);
  void stop_services();
  void start_services();
  void attach_callouts();
  void start_traffic();
  void start_new_traffic();
  void choose_moment_to_unload(Part& part, std::uint64_t busiest, std::uint64_t all_steps);
  void hear_of_injections(net::PathListener* listener);
  void start_live_traffic();
  void start_actions();
  void act(const ActionPlan& action);
  void play_lane(const Traffic& traffic, net::HostPath& path, std::uint32_t lane);
  void pace(net::Nanoseconds time);
  [[nodiscard]] bool traffic_is_over() const;
  [[nodiscard]] std::uint64_t steps_so_far() const;
  void wait_for_step(std::uint64_t step, const char* why);
  void wait_for_sockets(std::uint64_t step);
  [[nodiscard]] bool still_runs(const ProcessPlan& process) const;
  void start_processes(const Part& part);
  void end_processes(const Part& part, ProcessEnd which);
  void end_processes_after_traffic();
  void end_process(Application& application, bool& settled);
  void unload(Part& part);
  void restart_service();
  void tail();

  World& world_;
  const Plan& plan_;
  std::vector<Part> parts_;
  const std::uint32_t first_load_;
  std::uint32_t load_number_ = 0;
  bool finished_ = false;
  Error load_error_;
  Error policy_error_;
  std::vector<verify::Life> lives_;
  std::vector<std::string> unattached_;

  std::vector<std::unique_ptr<net::TrafficRecord>> traffic_records_;
  std::unique_ptr<net::LiveBridge> bridge_;
  std::vector<std::unique_ptr<net::HostPath>> paths_;  // one per traffic source, lane and life
  machine::VirtualTime traffic_began_;
  std::uint64_t steps_to_come_ = 0;
  std::uint64_t socket_steps_before_ = 0;  // those of earlier lives
  std::vector<std::uint64_t> awaited_;     // steps that somebody waits for
  std::uint64_t services_at_ = 0;  // step at which the engine's service starts; 0: before traffic
  std::uint64_t steps_left_ = UINT64_MAX;  // once the image is gone
  std::uint32_t lanes_running_ = 0;
  std::size_t drivers_staying_ = 0;
  bool service_restarted_ = false;  // in this life
  machine::Gate progress_;
  TrafficProgress traffic_;
  std::vector<std::unique_ptr<Application>> applications_;  // of all lives
  std::size_t first_application_ = 0;                       // of this life
};

}  // namespace drydock::scenario

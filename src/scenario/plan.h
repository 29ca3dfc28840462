// SPDX-License-Identifier: Apache-2.0
// Everything that decides a run but the choices: which driver, which traffic, which machine, when
// to unload. Made once, used by thousands of runs, never changed by one.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/guid.h"
#include "machine/types.h"
#include "net/live_files.h"
#include "net/tracker.h"
#include "scenario/action_plan.h"
#include "scenario/network_plan.h"
#include "scenario/process_plan.h"
#include "wfp/engine/layer_id.h"
#include "wfp/engine/object_set.h"
#include "wfp/kernel/kernel_side.h"

namespace drydock::scenario {

// A driver file as read from disk, and what is to become of it.
struct DriverInput {
  std::string path;     // for people
  std::string name;     // "foo.sys"; no two drivers of a run share it
  std::string service;  // "foo"
  std::vector<std::byte> content;
  bool start_fails = false;                     // DriverEntry is expected to
  std::uint64_t load_at = 0;                    // step of the traffic; 0: before it
  std::optional<std::uint64_t> unload_at = {};  // step; none: at the usual moment
};

// One capture, turned into what a Windows host's stack would indicate.
struct Traffic {
  std::string name;
  std::vector<net::Step> steps;
  std::size_t busiest_step = 0;                 // where most flows are alive
  std::shared_ptr<const net::Capture> capture;  // with Plan::record_traffic
};

// A filter that the run itself adds, for a callout that the driver attaches to no layer.
struct Attachment {
  Guid callout;
  std::uint16_t layer = 0;  // FWPS_LAYER_...
};

// Filtering policy beside what the driver adds itself.
struct PolicyPlan {
  wfp::ObjectSet stored;              // on disk when the machine first boots
  std::vector<wfp::ObjectSet> added;  // by the services of the machine, at each boot, unless there
  bool keep = false;                  // the result tells what is on disk at the end
};

struct UnloadPlan {
  bool restart = true;              // load the driver a second time and do it all again
  bool at_once = false;             // ... in the midst of the first life's traffic
  std::uint32_t earliest_step = 0;  // of the traffic, at which the stop request may come
  std::uint32_t latest_step = UINT32_MAX;
  std::uint32_t steps_after_gone = UINT32_MAX;  // how much traffic goes on once the image is gone
  bool service_restarts = false;  // the filtering engine's service stops and starts meanwhile
  bool rebalance = false;         // a Plug and Play device is stopped and started again before
  bool unplugged = false;         // ... is pulled out instead of being removed in good order
};

// Real traffic, for some time of which the driver is there.
struct LivePlan {
  net::LocalHost host;
  net::LiveFiles files;
  machine::VirtualTime unload_after{};
  machine::VirtualTime duration{};
};

// A finding that is known and accepted.
struct Acceptance {
  std::string rule;
  std::string driver;  // whose; empty: anybody's
  std::string reason;
};

// What the machine's registry holds when it first boots.
struct RegistryValue {
  std::u16string key;  // absolute path
  std::u16string name;
  std::uint32_t type = 0;  // REG_...
  std::vector<std::byte> data;
};

struct Plan {
  DriverInput driver;
  std::vector<DriverInput> beside;  // other drivers, in the same machine
  net::LocalHost host;  // its interfaces; which addresses are its own, each traffic says
  std::vector<Traffic> traffic;
  std::vector<Attachment> attachments;
  bool attach_all = false;  // to its own applicable layer, every callout that no filter names
  PolicyPlan policy;
  std::vector<ProcessPlan> processes;       // of each life, from the driver's start on
  std::optional<NetworkPlan> network = {};  // of their sockets
  std::vector<RegistryValue> registry;
  std::vector<ActionPlan> actions;  // in each life
  std::vector<Acceptance> accepted;
  std::uint32_t boots = 1;
  bool boot_start = false;  // DriverEntry and the first traffic come before the engine's service
  UnloadPlan unload;
  wfp::KernelOptions platform;  // what the filtering platform does where Windows is not documented
  machine::CpuId processors = 2;
  std::uint64_t seed = 1;  // of what is drawn outside of Choices: the security cookies
  std::uint64_t call_limit = 200'000'000;  // kernel calls before a run is called endless
  machine::VirtualTime time_limit = machine::seconds(3600);
  bool record_traffic = false;
  std::optional<LivePlan> live = {};  // instead of `traffic`
  std::uint32_t lanes = 2;  // packet sources that run side by side; a socket stays in its lane
};

}  // namespace drydock::scenario

// SPDX-License-Identifier: Apache-2.0
// What a user gives, as read from files and nothing else done to it: it can be sent to a worker or
// described in a replay file, and a Plan is built from it (plan_builder.h).
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "scenario/plan.h"

namespace drydock::scenario {

struct CaptureInput {
  std::string path;  // for people; standard_capture_name for the one that is built in
  std::vector<std::string> local_addresses;  // of the simulated host, as text
  std::vector<std::byte> content;
};

// A policy file, or what a store held as a policy's JSON.
struct PolicyInput {
  std::string path;
  std::vector<std::byte> content;
};

// A scenario file. What it says of files has been taken from it already, and what options of the
// command line may overrule; the rest is read from it when the plan is built.
struct ScenarioInput {
  std::string path;  // for people
  std::string text;
};

// Real traffic (net/live_bridge.h): one life in the midst of it.
struct LiveInput {
  std::vector<std::string> local_addresses;  // of the host whose traffic it is
  net::LiveFiles files = {};                 // in the process that runs
  std::uint32_t unload_after = 10;           // seconds
  std::uint32_t seconds = 20;                // in all
  bool keeps_packets = true;                 // a capture of what was seen is wanted
};

struct Inputs {
  DriverInput driver;
  std::vector<DriverInput> beside;  // other drivers, in the same machine
  std::vector<CaptureInput> captures;
  std::vector<std::string> attachments;  // "KEY@LAYER"
  bool attach_all = false;
  std::vector<PolicyInput> policies;
  bool skip_unknown_policy = false;  // leave out of them what is not known
  std::optional<ScenarioInput> scenario;
  std::optional<PolicyInput> store;  // without value: nothing is kept beyond the run
  std::uint32_t reboots = 0;
  bool boot_start = false;  // the driver starts before the filtering engine's service
  UnloadPlan unload;
  std::vector<std::string> variants;  // of variants.h
  bool record_traffic = false;    // one life with all of the traffic; what becomes of it is kept
  std::optional<LiveInput> live;  // instead of captures
  machine::CpuId processors = 2;
  std::uint64_t seed = 1;
};

}  // namespace drydock::scenario

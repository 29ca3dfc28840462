// SPDX-License-Identifier: Apache-2.0
// Scenario files (TOML): what a user may say about a run. Strict: a key that is not known is an
// error that names its line. docs/scenario.md is the reference.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "net/host/far_network.h"
#include "net/tracker.h"
#include "scenario/action_plan.h"
#include "scenario/operation.h"
#include "scenario/registry_text.h"

namespace drydock::scenario {

// One of several drivers.
struct ScenarioDriver {
  std::string file;  // as written: relative to the scenario file
  std::string name;
  std::string service;
  std::uint64_t load_at = 0;               // step of the traffic; 0: before it
  std::optional<std::uint64_t> unload_at;  // step
  bool start_fails = false;
};

struct ScenarioTraffic {
  std::string capture;             // as written: relative to the scenario file
  std::vector<std::string> local;  // addresses of the simulated host
};

// A finding that is known and accepted.
struct ScenarioAcceptance {
  std::string rule;
  std::string driver;  // of several: whose; empty: anybody's
  std::string reason;
  std::uint32_t line = 0;
};

// What is not said stays empty: the command line, then the defaults, decide.
struct ScenarioFile {
  std::vector<ScenarioDriver> drivers;       // [[driver]]
  std::optional<std::string> service;        // [driver] service
  std::optional<std::uint32_t> processors;   // [machine] processors
  std::optional<std::uint64_t> seed;         // [machine] seed
  std::vector<std::string> variants;         // [machine] variants, as variants.h names them
  std::optional<net::LocalHost> host;        // [host], its interfaces and routes
  std::vector<ScenarioTraffic> traffic;      // [[traffic]] capture, local
  bool no_traffic = false;                   // traffic = []
  std::vector<ProcessText> processes;        // [[process]] and its io
  net::FarNetworkOptions far;                // [[server]], [[client]]
  std::vector<RegistryText> registry;        // [registry], [driver.registry]
  std::vector<ActionPlan> actions;           // [[at]]
  std::vector<ScenarioAcceptance> accepted;  // [[accept]]
  std::vector<std::string> objects;          // [[sublayer]], [[callout]], [[filter]] as policies
  std::optional<bool> boot_start;            // [driver] start: "boot" or "demand"
  std::optional<std::uint32_t> reboots;      // [machine] reboots
  std::vector<std::string> policies;         // [policy] files, as written
  std::optional<bool> skip_unknown_policy;   // [policy] skip_unknown
  std::optional<std::string> store;          // [store] path, as written
  std::optional<bool> restart;               // [unload] restart
  std::optional<bool> restart_at_once;       // [unload] at_once
  std::optional<bool> service_restarts;      // [unload] service_restarts
  std::optional<bool> rebalance;             // [unload] rebalance
  std::optional<bool> unplugged;             // [unload] unplugged
  std::optional<bool> start_fails;           // [expect] start_fails
};

// `name` begins every error: "name:line: what is wrong".
Result<ScenarioFile> parse_scenario(std::string_view text, const std::string& name);

}  // namespace drydock::scenario

// SPDX-License-Identifier: Apache-2.0
// A finished run as plain data: what reports are made of. Nothing in it refers to the machine any
// more.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "net/traffic_stats.h"
#include "verify/verdict.h"

namespace drydock::scenario {

// An address in driver code: enough to look up its symbol.
struct FrameRef {
  std::string module = {};  // "foo.sys"
  std::uint64_t rva = 0;
  bool faulted = false;  // the instruction itself; else where a call returns to
};

struct FindingResult {
  std::string rule = {};
  std::string driver = {};  // whose mistake it is
  verify::Severity severity = verify::Severity::error;
  std::string what = {};
  std::string accepted = {};  // not empty: does not count, and this is why
  std::uint32_t times = 1;
  std::uint32_t load_number = 1;
  std::string subject = {};  // kind of the resource, may be empty
  std::vector<FrameRef> acquired_at = {};
  std::vector<FrameRef> found_at = {};
  std::vector<std::string> consequences = {};
};

struct LifeResult {
  std::string driver = {};
  std::uint32_t load_number = 1;
  std::uint32_t entry_status = 0;
  bool unload_called = false;
  bool unload_returned = false;
};

// What became of one capture's packets (Inputs::record_traffic).
struct TrafficResult {
  std::vector<std::uint8_t> pcapng = {};
  net::TrafficStats stats = {};
};

// What a run says about one of its drivers.
struct DriverResult {
  std::string name = {};       // "foo.sys"
  std::string framework = {};  // "WDM", "KMDF 1.15"
  verify::Outcome outcome = verify::Outcome::clean;
  std::string why_inconclusive = {};
};

struct RunResult {
  std::string driver = {};     // the first one's name
  std::string framework = {};  // and framework
  std::vector<DriverResult> drivers = {};
  verify::Outcome outcome = verify::Outcome::clean;  // the worst one's
  std::string why_inconclusive = {};
  std::string internal_fault = {};  // not empty: a mistake of Drydock itself
  std::string bug_check = {};       // how the run ended, if it did so early: one line
  std::vector<FindingResult> findings = {};
  std::vector<std::string> unused_acceptances = {};  // rules that were accepted and not broken
  std::vector<LifeResult> lives = {};
  std::map<std::string, std::uint64_t> counters = {};
  std::vector<TrafficResult> traffic = {};
  std::vector<std::string> unattached_callouts = {};  // registered, but no filter names them
  std::optional<std::string> store = {};  // JSON: what is on disk at the end, when it is kept
  std::uint64_t trace_hash = 0;
  std::uint64_t events = 0;
  std::int64_t virtual_time = 0;  // 100 ns
};

}  // namespace drydock::scenario

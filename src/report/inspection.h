// SPDX-License-Identifier: Apache-2.0
// What `drydock inspect` tells of a driver file: as data, and as a page for a terminal. The file is
// never run.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "image/framework.h"
#include "image/pe.h"

namespace drydock::report {

// Whether calling the import does something: everything else ends a run as inconclusive.
using IsImplemented = std::function<bool(const image::Import&)>;

struct InspectedImport {
  std::string name;  // "#17" when by ordinal
  bool implemented = false;
};

struct InspectedModule {
  std::string name;
  std::vector<InspectedImport> imports;  // by name
};

struct Inspection {
  image::PeFile file;
  std::uint64_t file_size = 0;
  std::vector<std::string> problems;  // why it cannot be loaded; empty: it can
  image::Framework framework;
  std::vector<InspectedModule> modules;  // imports by module, in the file's order
  std::vector<InspectedModule> delayed;
  std::size_t missing_imports = 0;  // those not implemented, delayed ones not counted
};

// Reads `bytes` as far as possible; never fails.
Inspection inspect(std::span<const std::byte> bytes, std::string_view name,
                   const IsImplemented& is_implemented);

// One screen, plain text. Names that come from the file are shown with control characters replaced.
std::string inspection_text(const Inspection& inspection);

}  // namespace drydock::report

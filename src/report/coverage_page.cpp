// SPDX-License-Identifier: Apache-2.0
#include "report/coverage_page.h"

#include <fmt/format.h>

#include <array>
#include <iterator>
#include <map>
#include <string>
#include <string_view>

#include "kmdf/exports.h"

namespace drydock::report {

namespace {

struct Known {
  std::string_view module;
  std::string_view name;
};

// Written by CMake from the .def files and undeclared.tsv of wdk/lib.
constexpr Known known_exports[] = {
#include "known_exports.inc"
};

enum class State : std::uint8_t { trap, refused, implemented };
constexpr std::array state_names = {"trap", "refused", "implemented"};

using Functions = std::map<std::string, State, std::less<>>;
using Modules = std::map<std::string, Functions, std::less<>>;

constexpr std::string_view kmdf_functions = kmdf::function_module;

constexpr const char* head = R"(# Coverage

Every export that drivers are known to import, and what happens to a driver that calls it:

- **implemented**: does what Windows documents, as far as the tests say.
- **refused**: answers every caller that it is not supported here (`STATUS_NOT_SUPPORTED`).
- **trap**: not there. A driver that imports it loads; calling it ends the run as *inconclusive* and names it.

The names come from the import libraries in `wdk/lib` and, for the framework, from its table of functions. This page is
generated from the export tables (`drydock inspect --coverage > docs/coverage.md`); a test compares the two.
)";

// Framework functions are all in the table; those without a hash are the traps of
// kmdf/functions.cpp.
State state_of(const machine::ExportRow& row) {
  if (row.traits.refused) return State::refused;
  return row.name_hash == 0 ? State::trap : State::implemented;
}

void add_known(Modules& modules, const nt::ExportDirectory& directory) {
  for (const auto& [module, name] : known_exports) {
    const bool there = directory.find(module, name) != 0;
    modules[std::string(module)][std::string(name)] = there ? State::implemented : State::trap;
  }
}

// What the tables hold, under the module where the known names have it: functions moved between
// ntoskrnl.exe and hal.dll.
void add_rows(Modules& modules, std::span<const nt::ExportTable> tables) {
  for (const nt::ExportTable table : tables) {
    for (const machine::ExportRow* row : table) {
      const std::string_view name = row->name;
      const bool importable =
          modules.contains(std::string_view(row->module)) || row->module == kmdf_functions;
      if (!importable || name.contains(' ')) continue;  // a routine of ours
      const bool in_hal =
          row->module == std::string_view("ntoskrnl.exe") && modules["hal.dll"].contains(name);
      modules[in_hal ? "hal.dll" : row->module][std::string(name)] = state_of(*row);
    }
  }
}

std::string title_of(const std::string& module) {
  return module == kmdf_functions ? "KMDF functions (bound through wdfldr.sys)" : module;
}

std::array<std::size_t, state_names.size()> count(const Functions& functions) {
  std::array<std::size_t, state_names.size()> counts{};
  for (const auto& [name, state] : functions) ++counts[static_cast<std::size_t>(state)];
  return counts;
}

void write_summary(const Modules& modules, std::string& page) {
  page += "\n| module | implemented | refused | trap |\n|---|---|---|---|\n";
  for (const auto& [module, functions] : modules) {
    const auto counts = count(functions);
    fmt::format_to(std::back_inserter(page), "| {} | {} | {} | {} |\n", title_of(module), counts[2],
                   counts[1], counts[0]);
  }
}

void write_module(const std::string& module, const Functions& functions, std::string& page) {
  fmt::format_to(std::back_inserter(page), "\n## {}\n\n| function | |\n|---|---|\n",
                 title_of(module));
  for (const auto& [name, state] : functions) {
    fmt::format_to(std::back_inserter(page), "| {} | {} |\n", name,
                   state_names[static_cast<std::size_t>(state)]);
  }
}

}  // namespace

std::string coverage_page(std::span<const nt::ExportTable> tables) {
  const nt::ExportDirectory directory(tables);
  Modules modules;
  add_known(modules, directory);
  add_rows(modules, tables);
  std::string page = head;
  write_summary(modules, page);
  for (const auto& [module, functions] : modules) write_module(module, functions, page);
  return page;
}

}  // namespace drydock::report

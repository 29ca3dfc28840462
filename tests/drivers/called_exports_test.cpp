// SPDX-License-Identifier: Apache-2.0
// Every export has a test that calls it from driver code: those that no driver built here imports
// (functions of the framework: names in its source) stand in uncalled_exports.txt, and nowhere
// else.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <regex>
#include <set>
#include <sstream>
#include <string>

#include "base/files.h"
#include "image/pe.h"
#include "kmdf/function_names.h"
#include "report/inspection.h"
#include "scenario/environment.h"

namespace drydock {
namespace {

namespace fs = std::filesystem;
using Names = std::set<std::string>;

Names imports_of(const fs::path& image) {
  Names names;
  const auto content = read_file(image.string());
  if (!content) return names;
  const auto inspection = report::inspect(*content, image.filename().string(),
                                          [](const image::Import&) { return true; });
  for (const report::InspectedModule& module : inspection.modules) {
    for (const report::InspectedImport& import : module.imports) names.insert(import.name);
  }
  return names;
}

Names imported_by_built_drivers() {
  Names all;
  for (const auto& entry : fs::recursive_directory_iterator(DRYDOCK_BINARY_DIR "/drivers")) {
    if (entry.path().extension() == ".sys") all.merge(imports_of(entry.path()));
  }
  return all;
}

// Sources of drivers, not of the kit: that declares every function.
Names framework_functions_in_sources() {
  static const std::regex call("\\bWdf[A-Z]\\w+(?=\\()");
  Names all;
  for (const char* folder :
       {"/drivers", "/tests/kmdf/drivers", "/tests/drivers/probes", "/tests/foreign"}) {
    for (const auto& entry :
         fs::recursive_directory_iterator(DRYDOCK_SOURCE_DIR + std::string(folder))) {
      if (!entry.is_regular_file()) continue;
      std::ifstream file(entry.path());
      std::stringstream text;
      text << file.rdbuf();
      const std::string source = text.str();
      for (std::sregex_iterator at(source.begin(), source.end(), call), end; at != end; ++at)
        all.insert(at->str());
    }
  }
  return all;
}

bool is_offered(const machine::ExportRow& row) {
  const std::string_view module = row.module;
  const bool ours =
      module == "iomgr" || std::string_view(row.name).find_first_of(" (") != std::string_view::npos;
  return !ours && row.name_hash != 0;
}

struct Exports {
  Names all;
  Names uncalled;
};

Exports exports() {
  const Names imported = imported_by_built_drivers();
  const Names framework = framework_functions_in_sources();
  Exports found;
  for (const nt::ExportTable table : scenario::export_tables()) {
    for (const machine::ExportRow* row : table) {
      if (!is_offered(*row)) continue;
      found.all.insert(row->name);
      if (!imported.contains(row->name) && !framework.contains(row->name))
        found.uncalled.insert(row->name);
    }
  }
  return found;
}

Names listed() {
  Names names;
  std::ifstream file(DRYDOCK_SOURCE_DIR "/tests/drivers/uncalled_exports.txt");
  for (std::string line; std::getline(file, line);) {
    if (!line.starts_with('#')) names.insert(line);
  }
  return names;
}

void write_list(const Exports& found) {
  std::ofstream file(DRYDOCK_BINARY_DIR "/uncalled_exports.txt");
  file << "# Exports that no driver built here calls: " << found.uncalled.size() << " of "
       << found.all.size() << ".\n";
  for (const std::string& name : found.uncalled) file << name << '\n';
}

// A new export comes with a driver that calls it. Names come off the list with their test.
TEST(CalledExports, those_that_no_driver_calls_are_listed) {
  const Exports found = exports();
  write_list(found);
  const Names known = listed();
  Names missing;
  std::ranges::set_difference(found.uncalled, known, std::inserter(missing, missing.end()));
  Names unknown;
  std::ranges::set_difference(known, found.all, std::inserter(unknown, unknown.end()));
  EXPECT_EQ(missing, Names{}) << "write a driver that calls them";
  EXPECT_EQ(unknown, Names{}) << "no exports";
}

}  // namespace
}  // namespace drydock

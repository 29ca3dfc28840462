// SPDX-License-Identifier: Apache-2.0
// Names for the addresses in a run's result, looked up once in the driver's debug information.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "image/symbols.h"
#include "scenario/inputs.h"
#include "scenario/run_result.h"

namespace drydock::report {

class Symbols {
 public:
  // Knows nothing: every place is "module+0x12".
  Symbols() = default;
  // Looks up every address of `result` that lies in one of the drivers. Takes a helper process for
  // each, no more.
  Symbols(const scenario::Inputs& inputs, const scenario::RunResult& result);

  // The functions that the frame is in, innermost first; empty when nothing is known.
  [[nodiscard]] image::Symbol at(const scenario::FrameRef& frame) const;
  void set(const scenario::FrameRef& frame, image::Symbol symbol);

 private:
  void look_up(const scenario::DriverInput& driver, const scenario::RunResult& result);

  std::map<std::pair<std::string, std::uint64_t>, image::Symbol> known_;
};

// A function's demangled name as one says it: unnamed namespaces have no name, and file and line
// tell overloads apart better than a list of parameters.
std::string plain_name(std::string name);
// A source file's name with the separators of this system.
std::string plain_file(std::string file);

// One line for each function of a frame: "Function  file.c:12", "Function (inlined)  file.c:7" or
// "foo.sys+0x1234".
std::vector<std::string> describe(const scenario::FrameRef& frame, const Symbols& symbols);

}  // namespace drydock::report

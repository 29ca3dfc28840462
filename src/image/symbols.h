// SPDX-License-Identifier: Apache-2.0
// Names for places in a driver, from its PDB or DWARF through llvm-symbolizer, else from its
// exports.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "image/pe.h"

namespace drydock::image {

struct SourceFrame {
  std::string function;    // empty: not known
  std::string file;        // as in the debug information; empty: not known
  std::uint32_t line = 0;  // 0: not known

  friend bool operator==(const SourceFrame&, const SourceFrame&) = default;
};

// The functions at one place: the innermost inlined one first, the one that has a frame last.
// Empty: nothing is known.
using Symbol = std::vector<SourceFrame>;

class Symbolizer {
 public:
  // `path` is the driver's file, `file` the same parsed; both are copied from.
  Symbolizer(std::string path, const PeFile& file);

  // Resolves all `rvas` with one run of the tool; cheap for those already known. For a return
  // address ask for the byte before it. Without tool or debug information names come from exports
  // ("Name+0x12").
  void resolve(std::span<const Rva> rvas,
               std::chrono::milliseconds patience = std::chrono::seconds(20));

  // What resolve found for `rva`; empty when it was not asked for.
  [[nodiscard]] const Symbol& at(Rva rva) const;

 private:
  void ask_tool(std::span<const Rva> rvas, std::chrono::milliseconds patience);
  [[nodiscard]] Symbol nearest_export(Rva rva) const;

  std::string path_;
  bool has_debug_info_ = false;
  std::map<Rva, std::string> exports_;
  std::map<Rva, Symbol> known_;
};

// One answer of llvm-symbolizer in its own style: lines of function and "file:line:column" in turn.
Symbol parse_symbolizer_answer(std::string_view answer);

}  // namespace drydock::image

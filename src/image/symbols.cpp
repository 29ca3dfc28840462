// SPDX-License-Identifier: Apache-2.0
#include "image/symbols.h"

#include <fmt/format.h>

#include <charconv>
#include <iterator>
#include <string_view>
#include <utility>

#include "image/process.h"

namespace drydock::image {
namespace {

constexpr const char* tools[] = {"llvm-symbolizer-19", "llvm-symbolizer"};

std::string_view take_until(std::string_view& text, std::string_view separator) {
  const std::size_t at = text.find(separator);
  const std::string_view taken = text.substr(0, at);
  text.remove_prefix(at == std::string_view::npos ? text.size() : at + separator.size());
  return taken;
}

// "C:\src\x.c:12:3": the last two fields are numbers, what is left may hold colons.
void read_place(std::string_view place, SourceFrame& frame) {
  const std::size_t column = place.rfind(':');
  if (column == std::string_view::npos || column == 0) return;
  const std::size_t line = place.rfind(':', column - 1);
  if (line == std::string_view::npos) return;
  const std::string_view digits = place.substr(line + 1, column - line - 1);
  std::from_chars(digits.data(), digits.data() + digits.size(), frame.line);
  if (place.substr(0, line) != "??") frame.file = place.substr(0, line);
}

bool says_nothing(const Symbol& symbol) {
  return symbol.empty() ||
         (symbol.size() == 1 && symbol[0].function.empty() && symbol[0].line == 0);
}

}  // namespace

Symbol parse_symbolizer_answer(std::string_view answer) {
  Symbol symbol;
  while (!answer.empty()) {
    SourceFrame frame;
    const std::string_view function = take_until(answer, "\n");
    if (function.empty()) continue;
    if (function != "??") frame.function = function;
    read_place(take_until(answer, "\n"), frame);
    symbol.push_back(std::move(frame));
  }
  if (says_nothing(symbol)) symbol.clear();
  return symbol;
}

Symbolizer::Symbolizer(std::string path, const PeFile& file)
    : path_(std::move(path)), has_debug_info_(file.debug.dwarf || !file.debug.pdb_path.empty()) {
  for (const Export& row : file.exports) {
    if (row.forwarder.empty() && !row.name.empty()) exports_.emplace(row.rva, row.name);
  }
}

void Symbolizer::resolve(std::span<const Rva> rvas, std::chrono::milliseconds patience) {
  std::vector<Rva> fresh;
  for (const Rva rva : rvas) {
    if (known_.try_emplace(rva).second) fresh.push_back(rva);
  }
  if (fresh.empty()) return;
  if (has_debug_info_) ask_tool(fresh, patience);
  for (const Rva rva : fresh) {
    Symbol& symbol = known_[rva];
    if (symbol.empty()) symbol = nearest_export(rva);
  }
}

void Symbolizer::ask_tool(std::span<const Rva> rvas, std::chrono::milliseconds patience) {
  std::string questions;
  for (const Rva rva : rvas) fmt::format_to(std::back_inserter(questions), "{:#x}\n", rva);
  for (const char* tool : tools) {
    const std::string command[] = {tool, "--obj=" + path_, "--relative-address",
                                   "--output-style=LLVM"};
    const auto output = run_program(command, questions, patience);
    if (!output) continue;
    std::string_view rest = *output;
    for (const Rva rva : rvas) known_[rva] = parse_symbolizer_answer(take_until(rest, "\n\n"));
    return;
  }
}

Symbol Symbolizer::nearest_export(Rva rva) const {
  const auto after = exports_.upper_bound(rva);
  if (after == exports_.begin()) return {};
  const auto& [start, name] = *std::prev(after);
  return {{start == rva ? name : fmt::format("{}+{:#x}", name, rva - start), "", 0}};
}

const Symbol& Symbolizer::at(Rva rva) const {
  static const Symbol nothing;
  const auto found = known_.find(rva);
  return found != known_.end() ? found->second : nothing;
}

}  // namespace drydock::image

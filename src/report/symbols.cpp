// SPDX-License-Identifier: Apache-2.0
#include "report/symbols.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

#include "image/pe.h"
#include "report/page.h"

namespace drydock::report {
namespace {

using scenario::FrameRef;

std::vector<FrameRef> all_frames(const scenario::RunResult& result, const std::string& module) {
  std::vector<FrameRef> frames;
  for (const auto& finding : result.findings) {
    for (const auto* stack : {&finding.acquired_at, &finding.found_at}) {
      std::ranges::copy_if(*stack, std::back_inserter(frames),
                           [&](const FrameRef& frame) { return frame.module == module; });
    }
  }
  return frames;
}

// A call lies before its return address, and may be the last instruction of its function.
image::Rva instruction_at(const FrameRef& frame) {
  const bool is_itself = frame.faulted || frame.rva == 0;
  return static_cast<image::Rva>(is_itself ? frame.rva : frame.rva - 1);
}

// Where a demangled name's parameter list begins; brackets of template arguments and of
// `operator()` are not it.
std::size_t parameters_of(std::string_view name) {
  int templates = 0;
  for (std::size_t at = 0; at < name.size(); ++at) {
    const std::string_view rest = name.substr(at);
    if (rest.starts_with("operator()")) {
      at += std::string_view("operator(").size();
    } else if (rest.starts_with("operator")) {
      at = std::min(name.find('(', at), name.size()) - 1;
    } else if (name[at] == '<') {
      ++templates;
    } else if (name[at] == '>') {
      --templates;
    } else if (name[at] == '(' && templates == 0 && at != 0) {
      return at;
    }
  }
  return name.size();
}

std::string place(const image::SourceFrame& source) {
  if (source.file.empty()) return {};
  const std::string file = plain_file(source.file);
  return source.line == 0 ? file : fmt::format("{}:{}", file, source.line);
}

}  // namespace

std::string plain_name(std::string name) {
  for (const std::string_view unnamed : {"`anonymous namespace'::", "(anonymous namespace)::"}) {
    for (auto at = name.find(unnamed); at != std::string::npos; at = name.find(unnamed))
      name.erase(at, unnamed.size());
  }
  name.resize(parameters_of(name));
  return name;
}

std::string plain_file(std::string file) {
  std::ranges::replace(file, '\\', '/');
  if (file.starts_with("./")) file.erase(0, 2);
  return file;
}

Symbols::Symbols(const scenario::Inputs& inputs, const scenario::RunResult& result) {
  look_up(inputs.driver, result);
  for (const scenario::DriverInput& driver : inputs.beside) look_up(driver, result);
}

void Symbols::look_up(const scenario::DriverInput& driver, const scenario::RunResult& result) {
  const auto frames = all_frames(result, driver.name);
  const auto file = image::parse(driver.content, driver.name);
  if (frames.empty() || !file) return;
  image::Symbolizer symbolizer(driver.path, *file);
  std::vector<image::Rva> places;
  places.reserve(frames.size());
  for (const FrameRef& frame : frames) places.push_back(instruction_at(frame));
  symbolizer.resolve(places);
  for (const FrameRef& frame : frames) set(frame, symbolizer.at(instruction_at(frame)));
}

image::Symbol Symbols::at(const FrameRef& frame) const {
  const auto found = known_.find({frame.module, instruction_at(frame)});
  return found == known_.end() ? image::Symbol{} : found->second;
}

void Symbols::set(const FrameRef& frame, image::Symbol symbol) {
  known_.insert_or_assign({frame.module, instruction_at(frame)}, std::move(symbol));
}

std::vector<std::string> describe(const FrameRef& frame, const Symbols& symbols) {
  std::vector<std::string> lines;
  const image::Symbol symbol = symbols.at(frame);
  for (const image::SourceFrame& source : symbol) {
    const bool inlined = &source != &symbol.back();
    const auto name = source.function.empty() ? fmt::format("{}+{:#x}", frame.module, frame.rva)
                                              : plain_name(source.function);
    const auto where = place(source);
    lines.push_back(printable(fmt::format("{}{}{}{}", name, inlined ? " (inlined)" : "",
                                          where.empty() ? "" : "  ", where)));
  }
  if (lines.empty()) lines.push_back(printable(fmt::format("{}+{:#x}", frame.module, frame.rva)));
  return lines;
}

}  // namespace drydock::report

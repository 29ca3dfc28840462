// SPDX-License-Identifier: Apache-2.0
#include "report/inspection.h"

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <ctime>
#include <iterator>
#include <map>
#include <string_view>
#include <vector>

#include "image/framework.h"

namespace drydock::report {
namespace {

using image::Import;
using image::PeFile;

std::string printable(std::string text) {
  std::ranges::replace_if(text, [](unsigned char c) { return c < 0x20 || c == 0x7f; }, '?');
  return text;
}

class Lines {
 public:
  template <class... Args>
  void add(fmt::format_string<Args...> format, Args&&... args) {
    fmt::format_to(std::back_inserter(text_), format, std::forward<Args>(args)...);
    text_ += '\n';
  }
  // "label       value"; nothing when there is no value.
  void field(std::string_view label, const std::string& value) {
    if (!value.empty()) add("{:<13}{}", label, printable(value));
  }
  [[nodiscard]] std::string take() { return std::move(text_); }

 private:
  std::string text_;
};

std::string timestamp(const PeFile& file) {
  return fmt::format("0x{:08x} ({:%Y-%m-%d %H:%M:%S} UTC, unless the build is reproducible)",
                     file.timestamp, fmt::gmtime(static_cast<std::time_t>(file.timestamp)));
}

std::string debug_information(const PeFile& file) {
  if (!file.debug.pdb_path.empty()) {
    return fmt::format("{} {{{}}} age {}", file.debug.pdb_path, to_string(file.debug.pdb_guid),
                       file.debug.pdb_age);
  }
  return file.debug.dwarf ? "DWARF, in the file" : "none";
}

std::string signature(const PeFile& file) {
  if (!file.signers.empty()) return fmt::format("{} (not verified)", fmt::join(file.signers, "; "));
  return file.has_certificates ? "present, unreadable" : "none in the file";
}

void describe_identity(Lines& lines, const PeFile& file) {
  lines.add("{}", printable(file.name));
  lines.field("kind", fmt::format("{}, {}, {}", image::machine_name(file.machine),
                                  image::subsystem_name(file.subsystem),
                                  file.pe32_plus ? "PE32+" : "PE32"));
  lines.field("framework", to_string(image::detect_framework(file)));
  lines.field("product", file.version.product_name);
  lines.field("description", file.version.description);
  lines.field("company", file.version.company_name);
  lines.field("version", file.version.file_version);
  lines.field("signer", signature(file));
  lines.field("debug", debug_information(file));
  lines.field("linker", fmt::format("{}.{}", file.linker_major, file.linker_minor));
  lines.field("timestamp", timestamp(file));
  lines.field(
      "image",
      fmt::format("base 0x{:x}, {} bytes, entry at 0x{:x}, {} relocations, {} unwind entries",
                  file.image_base, file.image_size, file.entry, file.relocations.size(),
                  file.functions.size()));
}

void describe_protection(Lines& lines, const PeFile& file) {
  if (!file.load_config) {
    lines.field("load config", "none");
    return;
  }
  const auto& config = *file.load_config;
  lines.field("load config", fmt::format("security cookie {}, control flow guard {}",
                                         config.security_cookie != 0 ? "yes" : "no",
                                         config.guard_check_slot != 0 ? "yes" : "no"));
}

std::string section_flags(const image::Section& section) {
  std::string flags;
  flags += section.readable() ? 'r' : '-';
  flags += section.writable() ? 'w' : '-';
  flags += section.executable() ? 'x' : '-';
  if (section.discardable()) flags += " discardable";
  if (section.pageable()) flags += " pageable";
  return flags;
}

void describe_sections(Lines& lines, const PeFile& file) {
  lines.add("\nsections ({})", file.sections.size());
  for (const auto& section : file.sections) {
    lines.add("  {:<8}  at 0x{:<6x}  {:>8} bytes  {}", printable(section.name), section.rva,
              section.virtual_size, section_flags(section));
  }
}

std::string import_name(const Import& import) {
  if (!import.name.empty()) return printable(import.name);
  return import.ordinal ? fmt::format("#{}", *import.ordinal) : "?";
}

void describe_imports(Lines& lines, const PeFile& file, const IsImplemented& implemented) {
  std::map<std::string, std::vector<const Import*>> modules;
  for (const auto& import : file.imports) modules[import.module].push_back(&import);
  lines.add("\nimports ({})", file.imports.size());
  std::size_t missing = 0;
  for (const auto& [module, imports] : modules) {
    lines.add("  {} ({})", printable(module), imports.size());
    for (const auto* import : imports) {
      const bool lacking = implemented && !implemented(*import);
      missing += lacking ? 1 : 0;
      lines.add("    {}{}", import_name(*import), lacking ? "  NOT IMPLEMENTED" : "");
    }
  }
  if (missing != 0) {
    lines.add("  {} of {} not implemented: a run that calls one of them ends as inconclusive",
              missing, file.imports.size());
  }
}

void describe_exports(Lines& lines, const PeFile& file) {
  if (file.exports.empty()) return;
  lines.add("\nexports ({})", file.exports.size());
  for (const auto& entry : file.exports) {
    const auto target = entry.forwarder.empty() ? fmt::format("at 0x{:x}", entry.rva)
                                                : "-> " + printable(entry.forwarder);
    lines.add("  #{:<4} {}  {}", entry.ordinal,
              entry.name.empty() ? "(no name)" : printable(entry.name), target);
  }
}

}  // namespace

std::string describe(const PeFile& file, const IsImplemented& implemented) {
  Lines lines;
  describe_identity(lines, file);
  describe_protection(lines, file);
  describe_sections(lines, file);
  describe_imports(lines, file, implemented);
  describe_exports(lines, file);
  return lines.take();
}

}  // namespace drydock::report

// SPDX-License-Identifier: Apache-2.0
#include "report/inspection.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "report/page.h"

namespace drydock::report {
namespace {

using image::Import;
using image::PeFile;

std::string name_of(const Import& import) {
  return import.ordinal ? fmt::format("#{}", *import.ordinal) : import.name;
}

std::vector<InspectedModule> by_module(const std::vector<Import>& imports,
                                       const IsImplemented& is_implemented) {
  std::vector<InspectedModule> modules;
  for (const Import& import : imports) {
    auto module = std::ranges::find(modules, import.module, &InspectedModule::name);
    if (module == modules.end()) module = modules.insert(module, {import.module, {}});
    module->imports.push_back({name_of(import), is_implemented(import)});
  }
  for (InspectedModule& module : modules) {
    std::ranges::sort(module.imports, {}, &InspectedImport::name);
  }
  return modules;
}

std::size_t count_missing(const std::vector<InspectedModule>& modules) {
  std::ptrdiff_t count = 0;
  for (const InspectedModule& module : modules) {
    count += std::ranges::count(module.imports, false, &InspectedImport::implemented);
  }
  return static_cast<std::size_t>(count);
}

void show_title(const Inspection& inspection, Page& page) {
  const PeFile& file = inspection.file;
  const auto name = printable(file.name);
  if (file.machine == 0) {
    page.line("{}: cannot be loaded", name);
  } else if (inspection.problems.empty()) {
    page.line("{}: {} driver for {}, can be loaded", name, to_string(inspection.framework),
              image::machine_name(file.machine));
  } else {
    page.line("{}: {} image for {}, cannot be loaded", name, image::subsystem_name(file.subsystem),
              image::machine_name(file.machine));
  }
  for (const std::string& problem : inspection.problems) page.line("  ! {}", printable(problem));
}

std::string product(const image::VersionInfo& version) {
  std::vector<std::string> parts;
  const auto add = [&](std::string_view before, const std::string& text) {
    if (!text.empty()) parts.push_back(fmt::format("{}{}", before, text));
  };
  add("", version.product_name.empty() ? version.description : version.product_name);
  add("version ", version.file_version);
  add("by ", version.company_name);
  return fmt::format("{}", fmt::join(parts, ", "));
}

std::string signature(const PeFile& file) {
  if (!file.signers.empty()) return fmt::format("{} (not verified)", fmt::join(file.signers, "; "));
  return file.has_certificates ? "by an unreadable signature" : "no";
}

std::string debug(const image::DebugInfo& info) {
  std::vector<std::string> parts;
  if (!info.pdb_path.empty()) {
    parts.push_back(
        fmt::format("PDB {} {{{}}} age {}", info.pdb_path, to_string(info.pdb_guid), info.pdb_age));
  }
  if (info.dwarf) parts.emplace_back("DWARF in the file");
  return parts.empty() ? "none" : fmt::format("{}", fmt::join(parts, "; "));
}

std::string guards(const PeFile& file) {
  const image::LoadConfig config = file.load_config.value_or(image::LoadConfig{});
  std::vector<std::string> parts;
  if (config.security_cookie != 0)
    parts.push_back(fmt::format("security cookie at {:#x}", config.security_cookie));
  if (config.guard_check_slot != 0) parts.emplace_back("control flow guard");
  if (file.has_tls) parts.emplace_back("TLS (ignored by the kernel)");
  return parts.empty() ? "none" : fmt::format("{}", fmt::join(parts, ", "));
}

void show_facts(const Inspection& inspection, Page& page) {
  const PeFile& file = inspection.file;
  page.field("product", product(file.version));
  page.field("signed", signature(file));
  page.field("file", fmt::format("{}, linker {}.{}, {}", plural(inspection.file_size, "byte"),
                                 file.linker_major, file.linker_minor,
                                 image::subsystem_name(file.subsystem)));
  page.field("image",
             fmt::format("{:#x} bytes at {:#x}, entry at {:#x}, {}, {}", file.image_size,
                         file.image_base, file.entry, plural(file.relocations.size(), "relocation"),
                         plural(file.functions.size(), "unwind row")));
  page.field("guards", guards(file));
  page.field("debug", debug(file.debug));
}

void show_sections(const PeFile& file, Page& page) {
  if (file.sections.empty()) return;
  page.line("\n{}", plural(file.sections.size(), "section"));
  for (const image::Section& section : file.sections) {
    page.line("  {:<10} {:>#9x} {:>#9x}  {}{}{}  {}{}", printable(section.name), section.rva,
              section.virtual_size, section.readable() ? 'r' : '-', section.writable() ? 'w' : '-',
              section.executable() ? 'x' : '-', section.pageable() ? "pageable" : "resident",
              section.discardable() ? ", discarded after DriverEntry" : "");
  }
}

void show_modules(const std::vector<InspectedModule>& modules, Page& page) {
  for (const InspectedModule& module : modules) {
    std::vector<std::string> words;
    for (const InspectedImport& import : module.imports) {
      words.push_back((import.implemented ? "" : "!") + import.name);
    }
    page.line("  {} ({})", printable(module.name), module.imports.size());
    page.words(words, 4);
  }
}

void show_imports(const Inspection& inspection, Page& page) {
  const std::size_t count = inspection.file.imports.size();
  if (inspection.missing_imports == 0) {
    page.line("\n{}{}", plural(count, "import"), count == 0 ? "" : ", all implemented");
  } else {
    page.line("\n{}, {} not implemented: a run that calls one marked ! is inconclusive",
              plural(count, "import"), inspection.missing_imports);
  }
  show_modules(inspection.modules, page);
  if (inspection.delayed.empty()) return;
  page.line("\n{}", plural(inspection.file.delay_imports.size(), "delayed import"));
  show_modules(inspection.delayed, page);
}

void show_exports(const PeFile& file, Page& page) {
  if (file.exports.empty()) return;
  std::vector<std::string> words;
  for (const image::Export& row : file.exports) {
    std::string word = row.name.empty() ? fmt::format("#{}", row.ordinal) : row.name;
    if (!row.forwarder.empty()) word += "->" + row.forwarder;
    words.push_back(std::move(word));
  }
  page.line("\n{}", plural(words.size(), "export"));
  page.words(words, 2);
}

}  // namespace

Inspection inspect(std::span<const std::byte> bytes, std::string_view name,
                   const IsImplemented& is_implemented) {
  auto read = image::inspect_headers(bytes, name);
  Inspection inspection;
  inspection.file = std::move(read.file);
  inspection.file_size = bytes.size();
  inspection.problems = std::move(read.problems);
  inspection.framework = image::detect_framework(inspection.file);
  inspection.modules = by_module(inspection.file.imports, is_implemented);
  inspection.delayed = by_module(inspection.file.delay_imports, is_implemented);
  inspection.missing_imports = count_missing(inspection.modules);
  return inspection;
}

std::string inspection_text(const Inspection& inspection) {
  Page page;
  show_title(inspection, page);
  if (inspection.file.machine == 0) return page.take();
  show_facts(inspection, page);
  show_sections(inspection.file, page);
  show_imports(inspection, page);
  show_exports(inspection.file, page);
  return page.take();
}

}  // namespace drydock::report

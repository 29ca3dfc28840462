// SPDX-License-Identifier: Apache-2.0
// A PE file as plain, already validated data: what later steps need and nothing that still has to
// be checked. Source of the format: the published "PE Format" specification.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/guid.h"

namespace drydock::image {

// Distance in bytes from the first byte of the loaded image.
using Rva = std::uint32_t;

enum class Directory : std::uint8_t {
  exports,
  imports,
  resources,
  exceptions,
  certificates,  // its "rva" is a file offset
  relocations,
  debug,
  architecture,
  global_pointer,
  tls,
  load_config,
  bound_imports,
  import_addresses,
  delay_imports,
  clr,
  reserved,
};
inline constexpr std::size_t directory_count = 16;

struct DataDirectory {
  Rva rva = 0;
  std::uint32_t size = 0;
};

struct Section {
  std::string name;
  Rva rva = 0;
  std::uint32_t virtual_size =
      0;  // bytes that the section occupies when loaded, before page rounding
  std::uint32_t raw_offset = 0;
  std::uint32_t raw_size = 0;
  std::uint32_t characteristics = 0;

  [[nodiscard]] bool discardable() const { return (characteristics & 0x02000000) != 0; }
  // By its name; Windows keeps everything else of a driver in memory.
  [[nodiscard]] bool pageable() const {
    return name.starts_with("PAGE") && (characteristics & 0x08000000) == 0;
  }
  [[nodiscard]] bool executable() const { return (characteristics & 0x20000000) != 0; }
  [[nodiscard]] bool readable() const { return (characteristics & 0x40000000) != 0; }
  [[nodiscard]] bool writable() const { return (characteristics & 0x80000000) != 0; }
};

struct Import {
  std::string module;                    // as written in the file, e.g. "fwpkclnt.sys"
  std::string name;                      // empty when imported by ordinal
  std::optional<std::uint16_t> ordinal;  // set when imported by ordinal
  Rva slot = 0;                          // where its address goes
};

struct Export {
  std::string name;  // empty when exported by ordinal only
  std::uint32_t ordinal = 0;
  Rva rva = 0;
  std::string forwarder;  // "module.name" when it forwards, then rva means nothing
};

struct LoadConfig {
  std::uint32_t size = 0;
  Rva security_cookie = 0;      // 0: none
  Rva guard_check_slot = 0;     // pointer the compiler's CFG check calls through; 0: none
  Rva guard_dispatch_slot = 0;  // pointer the compiler's CFG dispatch jumps through; 0: none
  std::uint32_t guard_flags = 0;
};

// One row of .pdata. An odd `unwind` names another row instead of unwind data (bit 0 cleared: its
// rva).
struct RuntimeFunction {
  Rva begin = 0;
  Rva end = 0;
  Rva unwind = 0;
};
static_assert(sizeof(RuntimeFunction) == 12);

struct DebugInfo {
  std::string pdb_path;  // empty: no CodeView record
  Guid pdb_guid;
  std::uint32_t pdb_age = 0;
  bool dwarf = false;  // has .debug_info
};

struct VersionInfo {
  std::string file_version;
  std::string product_name;
  std::string company_name;
  std::string description;
};

struct PeFile {
  std::string name;  // of the file, for messages

  std::uint16_t machine = 0;
  std::uint16_t subsystem = 0;
  std::uint16_t characteristics = 0;
  std::uint16_t dll_characteristics = 0;
  std::uint8_t linker_major = 0;
  std::uint8_t linker_minor = 0;
  std::uint32_t timestamp = 0;
  bool pe32_plus = false;

  std::uint64_t image_base = 0;
  std::uint32_t image_size = 0;  // a multiple of the page size once parsed
  std::uint32_t headers_size = 0;
  std::uint32_t section_alignment = 0;
  std::uint32_t file_alignment = 0;
  Rva entry = 0;

  std::vector<Section> sections;
  std::array<DataDirectory, directory_count> directories{};

  std::vector<Import> imports;
  std::vector<Import> delay_imports;
  std::vector<Export> exports;
  std::vector<Rva> relocations;  // 64-bit pointers to move with the image
  std::optional<LoadConfig> load_config;
  std::vector<RuntimeFunction> functions;  // sorted by begin, without overlap
  DebugInfo debug;
  VersionInfo version;
  bool has_tls = false;
  bool has_certificates = false;
  // Common names of who signed, a nested second signature included; read, not verified. Empty:
  // unsigned, or signed through a catalogue.
  std::vector<std::string> signers;
  std::vector<std::byte> layout;

  [[nodiscard]] const DataDirectory& directory(Directory which) const {
    return directories[static_cast<std::size_t>(which)];
  }
  // The section that holds `rva`, or null.
  [[nodiscard]] const Section* section_at(Rva rva) const;
};

// What could be read of a file, and one line per reason why it cannot be loaded (none: it can).
struct Inspection {
  PeFile file;
  std::vector<std::string> problems;
};

// A native x86-64 image, every field validated; else the first problem as one line that begins with
// `name`.
Result<PeFile> parse(std::span<const std::byte> file, std::string_view name);

// As parse, but goes on as far as it can: for files that cannot be loaded (32-bit, not native,
// truncated).
Inspection inspect_headers(std::span<const std::byte> file, std::string_view name);

// "x86-64", "i386", "ARM64", ... or the number.
std::string machine_name(std::uint16_t machine);
// "native", "Windows console", ... or the number.
std::string subsystem_name(std::uint16_t subsystem);

}  // namespace drydock::image

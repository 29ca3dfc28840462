// SPDX-License-Identifier: Apache-2.0
// Headers and section table: from file bytes to a laid-out image, then on to the directory readers.
#include "image/pe.h"

#include <algorithm>
#include <bit>

#include "image/directories.h"

namespace drydock::image {
namespace {

constexpr std::uint16_t machine_amd64 = 0x8664;
constexpr std::uint16_t subsystem_native = 1;
constexpr std::uint16_t magic_pe32 = 0x10b;
constexpr std::uint16_t magic_pe32_plus = 0x20b;
constexpr std::uint32_t page = 4096;
constexpr std::uint32_t largest_image = 64U << 20;
constexpr std::uint16_t most_sections = 96;  // the limit of the Windows loader
constexpr std::size_t file_header_size = 20;
constexpr std::size_t section_header_size = 40;

struct Named {
  std::uint16_t value;
  const char* name;
};

constexpr Named machines[] = {
    {0x14c, "i386"},           {0x1c0, "ARM"},    {0x1c4, "ARM Thumb-2"}, {0x200, "Itanium"},
    {machine_amd64, "x86-64"}, {0xaa64, "ARM64"}, {0xebc, "EFI bytecode"}};
constexpr Named subsystems[] = {{0, "unknown"},
                                {subsystem_native, "native"},
                                {2, "Windows GUI"},
                                {3, "Windows console"},
                                {5, "OS/2 console"},
                                {7, "POSIX console"},
                                {8, "native Windows 9x"},
                                {9, "Windows CE"},
                                {10, "EFI application"},
                                {11, "EFI boot service driver"},
                                {12, "EFI run-time driver"},
                                {13, "EFI ROM"},
                                {14, "Xbox"},
                                {16, "Windows boot application"}};

std::string name_of(std::span<const Named> table, std::uint16_t value) {
  const auto found = std::ranges::find(table, value, &Named::value);
  return found != table.end() ? found->name : fmt::format("{:#x}", value);
}

std::uint64_t round_up(std::uint64_t value, std::uint64_t alignment) {
  return (value + alignment - 1) & ~(alignment - 1);
}

// Where things are in the file, as far as they could be found.
struct Places {
  std::uint64_t optional_header = 0;
  std::uint64_t section_table = 0;
  std::uint16_t section_count = 0;
  std::uint64_t string_table = 0;  // 0: none
};

// The file header. False: there is nothing more to read.
bool read_file_header(Bytes raw, PeFile& file, Places& places, Problems& problems) {
  if (raw.size() < 64) {
    problems.add("truncated: {} bytes, a PE file has at least 64", raw.size());
    return false;
  }
  if (read_or<std::uint16_t>(raw, 0, 0) != 0x5a4d) {
    problems.add("not a PE file: does not begin with \"MZ\"");
    return false;
  }
  const std::uint64_t signature = read_or<std::uint32_t>(raw, 60, 0);
  if (!contains(raw, signature, 4 + file_header_size)) {
    problems.add("truncated: PE header expected at offset {:#x}, the file ends at {:#x}", signature,
                 raw.size());
    return false;
  }
  if (read_or<std::uint32_t>(raw, signature, 0) != 0x4550) {
    problems.add("not a PE file: no \"PE\\0\\0\" signature at offset {:#x}", signature);
    return false;
  }
  const std::uint64_t header = signature + 4;
  file.machine = read_or<std::uint16_t>(raw, header, 0);
  places.section_count = read_or<std::uint16_t>(raw, header + 2, 0);
  file.timestamp = read_or<std::uint32_t>(raw, header + 4, 0);
  file.characteristics = read_or<std::uint16_t>(raw, header + 18, 0);
  const std::uint64_t symbols = read_or<std::uint32_t>(raw, header + 8, 0);
  const std::uint64_t symbol_count = read_or<std::uint32_t>(raw, header + 12, 0);
  if (symbols != 0) places.string_table = symbols + symbol_count * 18;
  places.optional_header = header + file_header_size;
  places.section_table = places.optional_header + read_or<std::uint16_t>(raw, header + 16, 0);
  return true;
}

void check_identity(const PeFile& file, Problems& problems) {
  if (file.machine != machine_amd64) {
    problems.add("not for this machine: built for {}, expected x86-64", machine_name(file.machine));
  }
  if (file.pe32_plus != (file.machine == machine_amd64) && file.machine == machine_amd64) {
    problems.add("32-bit headers (PE32) on an x86-64 image, expected PE32+");
  }
  if (file.subsystem != subsystem_native) {
    problems.add("not a driver: subsystem is {} ({}), expected 1 (native)", file.subsystem,
                 subsystem_name(file.subsystem));
  }
  if ((file.characteristics & 0x2) == 0) {
    problems.add("not linked: the file header lacks IMAGE_FILE_EXECUTABLE_IMAGE");
  }
}

bool check_alignments(const PeFile& file, Problems& problems) {
  const std::uint32_t section = file.section_alignment;
  const std::uint32_t in_file = file.file_alignment;
  if (!std::has_single_bit(section) || section > (1U << 24)) {
    problems.add("section alignment is {:#x}, expected a power of two up to 0x1000000", section);
    return false;
  }
  if (!std::has_single_bit(in_file) || in_file > 0x10000 || in_file > section) {
    problems.add(
        "file alignment is {:#x}, expected a power of two up to the section alignment {:#x}",
        in_file, section);
    return false;
  }
  if (section < page && section != in_file) {
    problems.add("section alignment {:#x} below a page needs the same file alignment, found {:#x}",
                 section, in_file);
    return false;
  }
  return true;
}

// The optional header. False: the section table cannot be trusted.
bool read_optional_header(Bytes raw, PeFile& file, const Places& places, Problems& problems) {
  const std::uint64_t at = places.optional_header;
  const Bytes header = slice(raw, at, places.section_table - at);
  const auto magic = read_or<std::uint16_t>(header, 0, 0);
  if (magic != magic_pe32 && magic != magic_pe32_plus) {
    problems.add("optional header magic is {:#x}, expected 0x20b (PE32+)", magic);
    return false;
  }
  file.pe32_plus = magic == magic_pe32_plus;
  const std::size_t directories = file.pe32_plus ? 112 : 96;
  if (header.size() < directories) {
    problems.add("truncated: optional header has {} bytes, expected at least {}", header.size(),
                 directories);
    return false;
  }
  file.linker_major = read_or<std::uint8_t>(header, 2, 0);
  file.linker_minor = read_or<std::uint8_t>(header, 3, 0);
  file.entry = read_or<std::uint32_t>(header, 16, 0);
  file.image_base = file.pe32_plus ? read_or<std::uint64_t>(header, 24, 0)
                                   : read_or<std::uint32_t>(header, 28, 0);
  file.section_alignment = read_or<std::uint32_t>(header, 32, 0);
  file.file_alignment = read_or<std::uint32_t>(header, 36, 0);
  file.image_size = read_or<std::uint32_t>(header, 56, 0);
  file.headers_size = read_or<std::uint32_t>(header, 60, 0);
  file.subsystem = read_or<std::uint16_t>(header, 68, 0);
  file.dll_characteristics = read_or<std::uint16_t>(header, 70, 0);
  const auto count =
      std::min<std::uint32_t>(read_or<std::uint32_t>(header, directories - 4, 0), directory_count);
  for (std::uint32_t i = 0; i < count; ++i) {
    file.directories[i].rva = read_or<std::uint32_t>(header, directories + std::size_t{8} * i, 0);
    file.directories[i].size =
        read_or<std::uint32_t>(header, directories + std::size_t{8} * i + 4, 0);
  }
  check_identity(file, problems);
  return check_alignments(file, problems);
}

// Names longer than eight bytes (".debug_info" of MinGW) live in the COFF string table as
// "/offset".
std::string section_name(Bytes raw, std::uint64_t header, const Places& places) {
  std::string name;
  for (std::size_t i = 0; i < 8; ++i) {
    const auto character = read_or<char>(raw, header + i, 0);
    if (character == 0) break;
    name.push_back(character >= 0x20 && character <= 0x7e ? character : '?');
  }
  if (name.size() < 2 || name[0] != '/' || places.string_table == 0) return name;
  std::uint64_t offset = 0;
  for (const char digit : std::string_view(name).substr(1)) {
    if (digit < '0' || digit > '9') return name;
    offset = offset * 10 + static_cast<std::uint64_t>(digit - '0');
  }
  return read_text(raw, places.string_table + offset).value_or(name);
}

Section read_section(Bytes raw, std::uint64_t header, const Places& places) {
  Section section;
  section.name = section_name(raw, header, places);
  section.virtual_size = read_or<std::uint32_t>(raw, header + 8, 0);
  section.rva = read_or<std::uint32_t>(raw, header + 12, 0);
  section.raw_size = read_or<std::uint32_t>(raw, header + 16, 0);
  section.raw_offset = read_or<std::uint32_t>(raw, header + 20, 0);
  section.characteristics = read_or<std::uint32_t>(raw, header + 36, 0);
  if (section.virtual_size == 0) section.virtual_size = section.raw_size;
  if (section.raw_offset == 0) section.raw_size = 0;
  return section;
}

bool read_sections(Bytes raw, PeFile& file, const Places& places, Problems& problems) {
  if (places.section_count == 0 || places.section_count > most_sections) {
    problems.add("has {} sections, expected 1 to {}", places.section_count, most_sections);
    return false;
  }
  const std::uint64_t size = places.section_count * section_header_size;
  if (!contains(raw, places.section_table, size)) {
    problems.add("truncated: section table ends at offset {:#x}, the file at {:#x}",
                 places.section_table + size, raw.size());
    return false;
  }
  for (std::uint64_t i = 0; i < places.section_count; ++i) {
    file.sections.push_back(
        read_section(raw, places.section_table + i * section_header_size, places));
  }
  return true;
}

// The loader of Windows wants sections in order, back to back, and so do we. False: no layout is
// possible.
bool check_sections(Bytes raw, PeFile& file, Problems& problems) {
  std::uint64_t next = round_up(file.headers_size, file.section_alignment);
  for (const Section& section : file.sections) {
    if (section.rva != next) {
      problems.add("section {} begins at rva {:#x}, expected {:#x}", section.name, section.rva,
                   next);
      return false;
    }
    next = round_up(next + section.virtual_size, file.section_alignment);
    if (next > largest_image) {
      problems.add("section {} ends at rva {:#x}, images over {:#x} bytes are not supported",
                   section.name, next, largest_image);
      return false;
    }
    if (section.raw_size != 0 && section.raw_offset % std::min(file.file_alignment, 512U) != 0) {
      problems.add("section {} has its data at offset {:#x}, expected a multiple of {:#x}",
                   section.name, section.raw_offset, file.file_alignment);
    }
    if (!contains(raw, section.raw_offset, section.raw_size)) {
      problems.add("truncated: section {} needs the file up to offset {:#x}, it ends at {:#x}",
                   section.name, std::uint64_t{section.raw_offset} + section.raw_size, raw.size());
    }
  }
  if (round_up(file.image_size, file.section_alignment) != next) {
    problems.add("image size is {:#x}, expected {:#x} where the last section ends", file.image_size,
                 next);
  }
  file.image_size = static_cast<std::uint32_t>(round_up(next, page));
  return true;
}

void lay_out(Bytes raw, PeFile& file) {
  file.layout.resize(file.image_size);
  const auto place = [&](Bytes data, Rva rva) {
    if (!data.empty()) std::memcpy(file.layout.data() + rva, data.data(), data.size());
  };
  place(slice(raw, 0, std::min(file.headers_size, file.image_size)), 0);
  for (const Section& section : file.sections) {
    // Data beyond the virtual size is loaded up to the end of its last page, as page-wise mapping
    // does.
    const std::uint64_t room = std::min<std::uint64_t>(
        round_up(section.virtual_size, file.section_alignment), file.image_size - section.rva);
    place(slice(raw, section.raw_offset, std::min<std::uint64_t>(section.raw_size, room)),
          section.rva);
  }
}

void check_entry(const PeFile& file, Problems& problems) {
  const Section* section = file.section_at(file.entry);
  if (file.entry == 0) {
    problems.add("has no entry point, expected DriverEntry");
  } else if (section == nullptr || !section->executable()) {
    problems.add("entry point {:#x} is not in an executable section", file.entry);
  }
}

bool check_headers_size(Bytes raw, const PeFile& file, const Places& places, Problems& problems) {
  const std::uint64_t least = places.section_table + places.section_count * section_header_size;
  if (file.headers_size < least || file.headers_size > raw.size() ||
      file.headers_size > largest_image) {
    problems.add("size of headers is {:#x}, expected {:#x} to the file's size {:#x}",
                 file.headers_size, least, raw.size());
    return false;
  }
  return true;
}

void check_base(const PeFile& file, Problems& problems) {
  if (file.image_base % 0x10000 != 0) {
    problems.add("image base is {:#x}, expected a multiple of 0x10000", file.image_base);
  }
}

void read_directories(Bytes raw, PeFile& file, Problems& problems) {
  read_imports(file, problems);
  read_delay_imports(file, problems);
  read_exports(file, problems);
  if (file.pe32_plus && file.machine == machine_amd64) {
    read_relocations(file, problems);
    read_load_config(file, problems);
    read_functions(file, problems);
  }
  read_debug(file);
  read_version(file);
  read_signer(file, raw);
  file.has_tls = file.directory(Directory::tls).rva != 0;
}

void inspect_into(Bytes raw, PeFile& file, Problems& problems) {
  Places places;
  if (!read_file_header(raw, file, places, problems)) return;
  if (!read_optional_header(raw, file, places, problems)) return;
  if (!read_sections(raw, file, places, problems)) return;
  check_base(file, problems);
  if (!check_headers_size(raw, file, places, problems)) return;
  if (!check_sections(raw, file, problems)) return;
  lay_out(raw, file);
  check_entry(file, problems);
  read_directories(raw, file, problems);
}

}  // namespace

std::string machine_name(std::uint16_t machine) {
  return name_of(machines, machine);
}
std::string subsystem_name(std::uint16_t subsystem) {
  return name_of(subsystems, subsystem);
}

const Section* PeFile::section_at(Rva rva) const {
  const auto holds = [rva](const Section& section) {
    return rva >= section.rva && rva - section.rva < section.virtual_size;
  };
  const auto found = std::ranges::find_if(sections, holds);
  return found != sections.end() ? &*found : nullptr;
}

Inspection inspect_headers(std::span<const std::byte> raw, std::string_view name) {
  Inspection inspection;
  inspection.file.name = name;
  Problems problems{std::string(name)};
  inspect_into(raw, inspection.file, problems);
  inspection.problems = problems.take();
  return inspection;
}

Result<PeFile> parse(std::span<const std::byte> raw, std::string_view name) {
  Inspection inspection = inspect_headers(raw, name);
  if (!inspection.problems.empty()) return failure(std::move(inspection.problems.front()));
  return std::move(inspection.file);
}

}  // namespace drydock::image

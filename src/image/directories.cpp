// SPDX-License-Identifier: Apache-2.0
// The tables a loader acts on: imports, exports, relocations, load configuration, function table.
#include "image/directories.h"

#include <algorithm>

namespace drydock::image {
namespace {

// Far above any driver; keeps overlapping tables of hostile files from growing without bound.
constexpr std::size_t most_entries = 1U << 14;

// The table's bytes, or nothing; a table that leaves the image is a problem.
Bytes table(const PeFile& file, Directory which, const char* name, Problems& problems) {
  const DataDirectory& directory = file.directory(which);
  if (directory.rva == 0 || directory.size == 0) return {};
  if (!contains(file.layout, directory.rva, directory.size)) {
    problems.add("{} table at rva {:#x}, {:#x} bytes, leaves the image of {:#x} bytes", name,
                 directory.rva, directory.size, file.layout.size());
    return {};
  }
  return slice(file.layout, directory.rva, directory.size);
}

struct ThunkTable {
  std::string module;
  Rva names = 0;
  Rva slots = 0;
};

// One thunk as an import; nothing (and a problem) when it is malformed.
std::optional<Import> read_thunk(const PeFile& file, const ThunkTable& from, std::uint64_t thunk,
                                 Rva slot, Problems& problems) {
  const std::uint64_t by_ordinal = file.pe32_plus ? 1ULL << 63 : 1ULL << 31;
  Import import{.module = from.module, .name = {}, .ordinal = {}, .slot = slot};
  if ((thunk & by_ordinal) != 0) {
    import.ordinal = static_cast<std::uint16_t>(thunk);
    return import;
  }
  auto name = thunk < file.layout.size() ? read_text(file.layout, thunk + 2) : std::nullopt;
  if (!name || name->empty()) {
    problems.add("import from {} at rva {:#x} names rva {:#x}, where no name is", from.module, slot,
                 thunk);
    return std::nullopt;
  }
  import.name = std::move(*name);
  return import;
}

bool read_thunks(const PeFile& file, const ThunkTable& from, std::vector<Import>& imports,
                 Problems& problems) {
  const std::uint32_t width = file.pe32_plus ? 8 : 4;
  for (std::uint64_t offset = 0;; offset += width) {
    if (!contains(file.layout, from.names + offset, width) ||
        !contains(file.layout, from.slots + offset, width)) {
      problems.add("imports from {} run out of the image, expected a zero entry before rva {:#x}",
                   from.module, file.layout.size());
      return false;
    }
    const std::uint64_t at = from.names + offset;
    const std::uint64_t thunk = file.pe32_plus ? read_or<std::uint64_t>(file.layout, at, 0)
                                               : read_or<std::uint32_t>(file.layout, at, 0);
    if (thunk == 0) return true;
    if (imports.size() == most_entries) {
      problems.add("more than {} imports", most_entries);
      return false;
    }
    auto import = read_thunk(file, from, thunk, static_cast<Rva>(from.slots + offset), problems);
    if (!import) return false;
    imports.push_back(std::move(*import));
  }
}

std::optional<std::string> module_name(const PeFile& file, Rva rva, const char* kind,
                                       Problems& problems) {
  auto name = read_text(file.layout, rva);
  if (name && !name->empty()) return name;
  problems.add("{} table names its module at rva {:#x}, where no name is", kind, rva);
  return std::nullopt;
}

}  // namespace

void read_imports(PeFile& file, Problems& problems) {
  const Bytes descriptors = table(file, Directory::imports, "import", problems);
  for (std::uint64_t at = 0; contains(descriptors, at, 20); at += 20) {
    const Rva names = read_or<std::uint32_t>(descriptors, at, 0);
    const Rva module = read_or<std::uint32_t>(descriptors, at + 12, 0);
    const Rva slots = read_or<std::uint32_t>(descriptors, at + 16, 0);
    if (module == 0 && slots == 0) return;
    auto name = module_name(file, module, "import", problems);
    if (!name) return;
    const ThunkTable thunks{std::move(*name), names != 0 ? names : slots, slots};
    if (!read_thunks(file, thunks, file.imports, problems)) return;
  }
}

// Only noted: the kernel's loader leaves delay imports to code in the driver.
void read_delay_imports(PeFile& file, Problems& problems) {
  const Bytes descriptors = table(file, Directory::delay_imports, "delay import", problems);
  for (std::uint64_t at = 0; contains(descriptors, at, 32); at += 32) {
    const Rva module = read_or<std::uint32_t>(descriptors, at + 4, 0);
    const Rva slots = read_or<std::uint32_t>(descriptors, at + 12, 0);
    const Rva names = read_or<std::uint32_t>(descriptors, at + 16, 0);
    if (module == 0) return;
    auto name = module_name(file, module, "delay import", problems);
    if (!name) return;
    if (!read_thunks(file, {std::move(*name), names, slots}, file.delay_imports, problems)) return;
  }
}

void read_exports(PeFile& file, Problems& problems) {
  const DataDirectory& directory = file.directory(Directory::exports);
  const Bytes header = table(file, Directory::exports, "export", problems);
  if (header.empty()) return;
  const auto ordinal_base = read_or<std::uint32_t>(header, 16, 0);
  const auto count = read_or<std::uint32_t>(header, 20, 0);
  const auto named = read_or<std::uint32_t>(header, 24, 0);
  const auto functions = read_or<std::uint32_t>(header, 28, 0);
  const auto names = read_or<std::uint32_t>(header, 32, 0);
  const auto ordinals = read_or<std::uint32_t>(header, 36, 0);
  if (header.size() < 40 || count > most_entries || named > most_entries ||
      !contains(file.layout, functions, std::uint64_t{count} * 4) ||
      !contains(file.layout, names, std::uint64_t{named} * 4) ||
      !contains(file.layout, ordinals, std::uint64_t{named} * 2)) {
    problems.add("export table lists {} functions and {} names that leave the image", count, named);
    return;
  }
  std::vector<std::string> name_of(count);
  for (std::uint32_t i = 0; i < named; ++i) {
    const auto index = read_or<std::uint16_t>(file.layout, ordinals + 2ULL * i, 0);
    const auto at = read_or<std::uint32_t>(file.layout, names + 4ULL * i, 0);
    auto name = read_text(file.layout, at, 1024);
    if (index >= count || !name) {
      problems.add("export name {} of {} is malformed", i + 1, named);
      return;
    }
    name_of[index] = std::move(*name);
  }
  for (std::uint32_t i = 0; i < count; ++i) {
    const auto rva = read_or<std::uint32_t>(file.layout, functions + 4ULL * i, 0);
    if (rva == 0) continue;
    if (rva >= file.layout.size()) {
      problems.add("export {} points to rva {:#x}, outside the image", ordinal_base + i, rva);
      return;
    }
    const bool forwards = rva - directory.rva < directory.size;
    std::string forwarder = forwards ? read_text(file.layout, rva).value_or("?") : "";
    file.exports.push_back({std::move(name_of[i]), ordinal_base + i, rva, std::move(forwarder)});
  }
}

void read_relocations(PeFile& file, Problems& problems) {
  enum : unsigned { absolute = 0, dir64 = 10 };
  const Bytes blocks = table(file, Directory::relocations, "relocation", problems);
  std::uint64_t at = 0;
  while (contains(blocks, at, 8)) {
    const std::uint64_t block_page = read_or<std::uint32_t>(blocks, at, 0);
    const std::uint32_t size = read_or<std::uint32_t>(blocks, at + 4, 0);
    if (size == 0) return;  // padding at the end
    if (size < 8 || size % 2 != 0 || !contains(blocks, at, size)) {
      problems.add("relocation block for rva {:#x} has {} bytes, expected 8 to {}", block_page,
                   size, blocks.size() - at);
      return;
    }
    for (std::uint64_t entry = at + 8; entry < at + size; entry += 2) {
      const unsigned value = read_or<std::uint16_t>(blocks, entry, 0);
      const unsigned type = value >> 12;
      const std::uint64_t target = block_page + (value & 0xfff);
      if (type == absolute) continue;
      if (type != dir64 || !contains(file.layout, target, 8)) {
        problems.add("relocation of type {} at rva {:#x}, expected type 10 inside the image", type,
                     target);
        return;
      }
      file.relocations.push_back(static_cast<Rva>(target));
    }
    at += size;
  }
}

void read_load_config(PeFile& file, Problems& problems) {
  const DataDirectory& directory = file.directory(Directory::load_config);
  if (directory.rva == 0) return;
  // The size inside the structure counts; old linkers wrote a fixed 64 into the directory.
  const auto size = read<std::uint32_t>(file.layout, directory.rva);
  if (!size || !contains(file.layout, directory.rva, *size)) {
    problems.add("load configuration at rva {:#x} leaves the image", directory.rva);
    return;
  }
  const Bytes config = slice(file.layout, directory.rva, *size);
  const auto rva_at = [&](std::uint64_t offset, const char* what) -> Rva {
    const auto address = read_or<std::uint64_t>(config, offset, 0);
    if (address == 0) return 0;
    const std::uint64_t rva = address - file.image_base;
    if (contains(file.layout, rva, 8)) return static_cast<Rva>(rva);
    problems.add("load configuration has its {} at {:#x}, outside the image", what, address);
    return 0;
  };
  LoadConfig result{.size = *size};
  result.security_cookie = rva_at(0x58, "security cookie");
  result.guard_check_slot = rva_at(0x70, "guard check pointer");
  result.guard_dispatch_slot = rva_at(0x78, "guard dispatch pointer");
  result.guard_flags = read_or<std::uint32_t>(config, 0x90, 0);
  const Section* home = file.section_at(result.security_cookie);
  if (result.security_cookie != 0 && (home == nullptr || !home->writable())) {
    problems.add("security cookie at rva {:#x}, expected in a writable section",
                 result.security_cookie);
  }
  file.load_config = result;
}

void read_functions(PeFile& file, Problems& problems) {
  const Bytes rows = table(file, Directory::exceptions, "exception", problems);
  Rva previous_end = 0;
  for (std::uint64_t at = 0; contains(rows, at, sizeof(RuntimeFunction));
       at += sizeof(RuntimeFunction)) {
    const auto row = read_or<RuntimeFunction>(rows, at, {});
    if (row.begin == 0 && row.end == 0) break;  // padding
    if (row.begin < previous_end || row.end <= row.begin || row.end > file.layout.size()) {
      problems.add(
          "exception table row {} covers rva {:#x} to {:#x}, expected a range from {:#x} up",
          at / sizeof(RuntimeFunction), row.begin, row.end, previous_end);
      return;
    }
    if (!contains(file.layout, row.unwind & ~1U, 4)) {
      problems.add("exception table row {} has its unwind data at rva {:#x}, outside the image",
                   at / sizeof(RuntimeFunction), row.unwind);
      return;
    }
    previous_end = row.end;
    file.functions.push_back(row);
  }
}

}  // namespace drydock::image

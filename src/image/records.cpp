// SPDX-License-Identifier: Apache-2.0
// What a file says about itself for people to read: debug records and the version resource. Nothing
// here can keep a driver from loading.
#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "image/directories.h"

namespace drydock::image {
namespace {

void read_codeview(PeFile& file, Bytes record) {
  constexpr std::uint32_t rsds = 0x53445352;
  if (read_or<std::uint32_t>(record, 0, 0) != rsds || record.size() < 24) return;
  file.debug.pdb_guid = read_or<Guid>(record, 4, {});
  file.debug.pdb_age = read_or<std::uint32_t>(record, 20, 0);
  file.debug.pdb_path = read_text(record, 24, 4096).value_or("");
}

// The resource tree has three levels: type, name, language. An entry's offset counts from the
// tree's root.
struct ResourceEntry {
  std::uint32_t id;
  std::uint32_t offset;
  bool is_directory;
};

std::optional<ResourceEntry> find_entry(Bytes tree, std::uint32_t at,
                                        std::optional<std::uint32_t> id) {
  const std::uint32_t named = read_or<std::uint16_t>(tree, at + 12ULL, 0);
  const std::uint32_t count = named + read_or<std::uint16_t>(tree, at + 14ULL, 0);
  for (std::uint32_t i = 0; i < count; ++i) {
    const std::uint64_t entry = at + 16ULL + 8ULL * i;
    const auto entry_id = read<std::uint32_t>(tree, entry);
    const auto offset = read<std::uint32_t>(tree, entry + 4);
    if (!entry_id || !offset) return std::nullopt;
    if (!id || *entry_id == *id)
      return ResourceEntry{*entry_id, *offset & 0x7fffffff, *offset >> 31 != 0};
  }
  return std::nullopt;
}

// The bytes of the first resource of the given type.
Bytes find_resource(const PeFile& file, std::uint32_t type) {
  const DataDirectory& directory = file.directory(Directory::resources);
  const Bytes tree = slice(file.layout, directory.rva, directory.size);
  std::uint32_t at = 0;
  std::optional<std::uint32_t> wanted = type;
  for (int level = 0; level < 3; ++level) {
    const auto entry = find_entry(tree, at, wanted);
    if (!entry || entry->is_directory != (level < 2)) return {};
    at = entry->offset;
    wanted.reset();
  }
  return slice(file.layout, read_or<std::uint32_t>(tree, at, 0),
               read_or<std::uint32_t>(tree, at + 4ULL, 0));
}

// A version string is {length, value length, type, key, padding to 4, value}; the key is searched
// for.
std::string version_string(Bytes version, std::string_view key) {
  std::vector<std::byte> wide(2 * key.size() + 2);
  for (std::size_t i = 0; i < key.size(); ++i) wide[2 * i] = static_cast<std::byte>(key[i]);
  const auto found = std::ranges::search(version, wide);
  if (found.empty()) return {};
  const auto end = static_cast<std::uint64_t>(found.end() - version.begin());
  return read_utf16(version, (end + 3) & ~3ULL, 256);
}

std::string fixed_file_version(Bytes version) {
  constexpr std::uint64_t fixed = 40;  // after the header and the key "VS_VERSION_INFO"
  if (read_or<std::uint32_t>(version, fixed, 0) != 0xfeef04bd) return {};
  const auto high = read_or<std::uint32_t>(version, fixed + 8, 0);
  const auto low = read_or<std::uint32_t>(version, fixed + 12, 0);
  return fmt::format("{}.{}.{}.{}", high >> 16, high & 0xffff, low >> 16, low & 0xffff);
}

}  // namespace

void read_debug(PeFile& file) {
  constexpr std::uint32_t codeview = 2;
  const DataDirectory& directory = file.directory(Directory::debug);
  const Bytes entries = slice(file.layout, directory.rva, directory.size);
  for (std::uint64_t at = 0; contains(entries, at, 28); at += 28) {
    if (read_or<std::uint32_t>(entries, at + 12, 0) != codeview) continue;
    const auto size = read_or<std::uint32_t>(entries, at + 16, 0);
    read_codeview(file, slice(file.layout, read_or<std::uint32_t>(entries, at + 20, 0), size));
  }
  file.debug.dwarf =
      std::ranges::find(file.sections, ".debug_info", &Section::name) != file.sections.end();
}

void read_version(PeFile& file) {
  constexpr std::uint32_t version_type = 16;
  const Bytes version = find_resource(file, version_type);
  if (version.empty()) return;
  file.version.file_version = version_string(version, "FileVersion");
  if (file.version.file_version.empty()) file.version.file_version = fixed_file_version(version);
  file.version.product_name = version_string(version, "ProductName");
  file.version.company_name = version_string(version, "CompanyName");
  file.version.description = version_string(version, "FileDescription");
}

}  // namespace drydock::image

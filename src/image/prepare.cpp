// SPDX-License-Identifier: Apache-2.0
#include "image/prepare.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

#include "image/bytes.h"

namespace drydock::image {
namespace {

constexpr std::uint64_t default_cookie = 0x0000'2b99'2ddf'a232ULL;  // the compiler's initial value
constexpr std::uint64_t kuser_base = 0xffff'f780'0000'0000ULL;
constexpr std::uint64_t image_base_offset_in_optional_header = 24;

std::uint32_t round_up_to_page(std::uint32_t value) {
  return (value + page_size - 1) & ~(page_size - 1);
}

void write(std::vector<std::byte>& bytes, std::uint64_t offset, std::uint64_t value) {
  std::memcpy(bytes.data() + offset, &value, sizeof value);
}

// Overlapping entries are legal for our purpose, so each is read back before it is moved.
void relocate(const PeFile& file, std::uint64_t base, std::vector<std::byte>& bytes) {
  const std::uint64_t delta = base - file.image_base;
  if (delta == 0) return;
  for (const Rva rva : file.relocations)
    write(bytes, rva, *read<std::uint64_t>(bytes, rva) + delta);
  // The header in memory tells where the image is, as Windows leaves it.
  const std::uint64_t header = read_or<std::uint32_t>(bytes, 60, 0) + 24ULL;
  const std::uint64_t field = header + image_base_offset_in_optional_header;
  if (contains(bytes, field, 8)) write(bytes, field, base);
}

std::string describe(const Import& import) {
  return import.ordinal ? fmt::format("{}!#{}", import.module, *import.ordinal)
                        : fmt::format("{}!{}", import.module, import.name);
}

Result<void> bind(const PeFile& file, const ImportResolver& resolver,
                  std::vector<std::byte>& bytes) {
  for (const Import& import : file.imports) {
    const std::uint64_t address = resolver(import);
    if (address == 0) {
      return failure(fmt::format("{}: import {} has no address", file.name, describe(import)));
    }
    write(bytes, import.slot, address);
  }
  return {};
}

// Images of old compilers have no load configuration: there the cookie is known by its initial
// value.
Rva find_security_cookie(const PeFile& file) {
  if (file.load_config) return file.load_config->security_cookie;
  for (const Section& section : file.sections) {
    if (!section.writable()) continue;
    const std::uint64_t end = std::uint64_t{section.rva} + section.virtual_size;
    for (std::uint64_t rva = (section.rva + 7ULL) & ~7ULL; rva + 8 <= end; rva += 8) {
      if (read_or<std::uint64_t>(file.layout, rva, 0) == default_cookie)
        return static_cast<Rva>(rva);
    }
  }
  return 0;
}

std::vector<KuserSite> find_kuser_sites(const PeFile& file) {
  std::vector<KuserSite> sites;
  for (const Section& section : file.sections) {
    if (!section.executable()) continue;
    const Bytes code = slice(file.layout, section.rva, section.virtual_size);
    for (std::size_t at = 0; at + 8 <= code.size(); ++at) {
      if (code[at + 7] != std::byte{0xff}) continue;
      const std::uint64_t value = read_or<std::uint64_t>(code, at, 0);
      if ((value & ~0xfffULL) != kuser_base) continue;
      sites.push_back(
          {static_cast<Rva>(section.rva + at), static_cast<std::uint32_t>(value & 0xfff)});
    }
  }
  return sites;
}

Region region_of(const Section& section) {
  return {.rva = section.rva,
          .size = round_up_to_page(section.virtual_size),
          .readable = section.readable(),
          .writable = section.writable(),
          .executable = section.executable(),
          .discardable = section.discardable(),
          .pageable = section.pageable(),
          .name = section.name};
}

// Sections that share pages cannot have protections of their own: Windows then maps all of it open.
Region whole_image(const PeFile& file) {
  return {.rva = 0,
          .size = file.image_size,
          .readable = true,
          .writable = true,
          .executable = true,
          .discardable = false,
          .pageable = false,
          .name = "image"};
}

std::vector<Region> final_regions(const PeFile& file) {
  if (file.section_alignment < page_size) return {whole_image(file)};
  std::vector<Region> regions;
  regions.push_back(
      {.rva = 0, .size = round_up_to_page(file.headers_size), .readable = true, .name = "headers"});
  for (const Section& section : file.sections) {
    // With an alignment above a page there are unused pages between sections; they stay
    // inaccessible.
    if (section.virtual_size != 0) regions.push_back(region_of(section));
  }
  return regions;
}

bool is_valid_cookie(std::uint64_t cookie) {
  return cookie != 0 && cookie != default_cookie && cookie >> 48 == 0;
}

}  // namespace

Result<PreparedImage> prepare(const PeFile& file, std::uint64_t base_address,
                              const ImportResolver& resolver, const PrepareOptions& options) {
  if (base_address % page_size != 0) {
    return failure(fmt::format("{}: load address {:#x} is not a multiple of the page size",
                               file.name, base_address));
  }
  const bool movable = !file.relocations.empty() || (file.characteristics & 1) == 0;
  if (base_address != file.image_base && !movable) {
    return failure(fmt::format("{}: relocations are stripped, it can be loaded at {:#x} only",
                               file.name, file.image_base));
  }
  if (!is_valid_cookie(options.security_cookie)) {
    return failure(fmt::format("{}: security cookie {:#x} is not a 48-bit value of its own",
                               file.name, options.security_cookie));
  }
  PreparedImage image;
  image.name = file.name;
  image.base = base_address;
  image.entry = file.entry;
  image.bytes = file.layout;
  relocate(file, base_address, image.bytes);
  if (const auto bound = bind(file, resolver, image.bytes); !bound) {
    return std::unexpected(bound.error());
  }
  image.security_cookie = find_security_cookie(file);
  if (image.security_cookie != 0)
    write(image.bytes, image.security_cookie, options.security_cookie);
  image.regions = final_regions(file);
  image.functions = file.functions;
  image.function_table = file.directory(Directory::exceptions).rva;
  image.kuser_sites = find_kuser_sites(file);
  return image;
}

}  // namespace drydock::image

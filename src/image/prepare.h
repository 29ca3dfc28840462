// SPDX-License-Identifier: Apache-2.0
// From a parsed file to the bytes a loader would leave in memory: a pure function, so that its
// result can be cached and copied for each run. Mapping and protecting memory is the caller's
// business.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "base/error.h"
#include "image/pe.h"

namespace drydock::image {

inline constexpr std::uint32_t page_size = 4096;

// The address that goes into the import's slot: an implementation or a trap. 0 means: cannot be
// bound, and fails the whole preparation.
using ImportResolver = std::function<std::uint64_t(const Import&)>;

struct PrepareOptions {
  // Written where the image keeps its /GS cookie. Must be non-zero, not the compiler's default, and
  // below 2^48 (the check routine rejects a value with high bits).
  std::uint64_t security_cookie = 0x0000'5ea5'0b0a'7d0cULL;
};

// A run of whole pages that gets one final protection. Regions are in order and do not overlap;
// pages of the image that belong to none are inaccessible.
struct Region {
  Rva rva = 0;
  std::uint32_t size = 0;
  bool readable = false;
  bool writable = false;
  bool executable = false;
  bool discardable = false;  // gone after a successful DriverEntry
  bool pageable = false;
  std::string name;  // of the section; "headers" for the first
};

// An 8-byte constant in code that points into KUSER_SHARED_DATA (FFFFF78000000000 + offset), a page
// that user space cannot have at that address.
struct KuserSite {
  Rva rva = 0;               // of the 8 bytes
  std::uint32_t offset = 0;  // into KUSER_SHARED_DATA
};

struct PreparedImage {
  std::string name;
  std::uint64_t base = 0;
  Rva entry = 0;
  std::vector<std::byte>
      bytes;  // image_size bytes; also good as the unwinder's view (never faults)
  std::vector<Region> regions;
  std::vector<RuntimeFunction> functions;
  Rva function_table = 0;  // where the image itself has them
  std::vector<KuserSite> kuser_sites;
  Rva security_cookie = 0;  // 0: the image has none
};

// Lays out, relocates to `base_address` (page aligned), binds imports through `resolver` in file
// order, sets the security cookie. Control flow guard pointers already hold routines of the image
// itself and stay. Errors: base not page aligned, relocations stripped and another base asked for,
// an import without address.
Result<PreparedImage> prepare(const PeFile& file, std::uint64_t base_address,
                              const ImportResolver& resolver, const PrepareOptions& options = {});

}  // namespace drydock::image

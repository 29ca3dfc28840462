// SPDX-License-Identifier: Apache-2.0
#include "machine/region.h"

#include <fmt/core.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>

namespace drydock::machine {

namespace {

[[noreturn]] void die(const char* what, std::uint64_t address) {
  fmt::print(stderr, "drydock: cannot {} simulated memory at {:#x}: {}\n", what, address,
             std::strerror(errno));
  std::exit(70);
}

}  // namespace

Region::Region(std::uint64_t address, std::size_t size, Access access)
    : size_(round_up(size, page_size)) {
  void* wanted = reinterpret_cast<void*>(address);
  void* got = mmap(wanted, size_, static_cast<int>(access),
                   MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED_NOREPLACE, -1, 0);
  if (got != wanted) die("reserve", address);
  base_ = static_cast<std::byte*>(got);
}

Region::~Region() {
  munmap(base_, size_);
}

void Region::protect(std::size_t offset, std::size_t size, Access access) const {
  if (mprotect(base_ + offset, size, static_cast<int>(access)) != 0)
    die("protect", begin() + offset);
}

// Neighbours differ in whether a core dump has them, so Linux does not merge them.
void Region::separate(std::size_t offset, std::size_t size) const {
  if (madvise(base_ + offset, size, MADV_DONTDUMP) != 0) die("separate", begin() + offset);
}

void Region::join(std::size_t offset, std::size_t size) const {
  if (madvise(base_ + offset, size, MADV_DODUMP) != 0) die("join", begin() + offset);
}

void Region::discard(std::size_t offset, std::size_t size) const {
  if (madvise(base_ + offset, size, MADV_DONTNEED) != 0) die("discard", begin() + offset);
}

}  // namespace drydock::machine

// SPDX-License-Identifier: Apache-2.0
// Memory at addresses that are the same in every process: what a driver sees of addresses must not
// depend on the host.
#pragma once

#include <sys/mman.h>

#include <cstddef>
#include <cstdint>
#include <span>

namespace drydock::machine {

inline constexpr std::size_t page_size = 4096;

constexpr std::size_t round_up(std::size_t value, std::size_t unit) {
  return (value + unit - 1) / unit * unit;
}

// The map of simulated memory. Each kind of memory has its own terabyte-aligned home, far from what
// Linux hands out.
namespace home {
inline constexpr std::uint64_t user = 0x1000'0000'0000;
inline constexpr std::uint64_t large_user = 0x1100'0000'0000;
inline constexpr std::uint64_t stubs = 0x2000'0000'0000;
inline constexpr std::uint64_t images = 0x2100'0000'0000;
inline constexpr std::uint64_t kernel_objects = 0x2200'0000'0000;
inline constexpr std::uint64_t pool = 0x2300'0000'0000;
inline constexpr std::uint64_t large_pool = 0x2400'0000'0000;
inline constexpr std::uint64_t stacks = 0x2500'0000'0000;
inline constexpr std::uint64_t shared_data = 0x2600'0000'0000;
}  // namespace home

enum class Access : int {
  none = PROT_NONE,
  read = PROT_READ,
  read_write = PROT_READ | PROT_WRITE,
  read_execute = PROT_READ | PROT_EXEC,
  all = PROT_READ | PROT_WRITE | PROT_EXEC,
};

// A reserved range of addresses. Reserving fails only when the address is taken; that ends the
// process with a message, since no run is possible then.
class Region {
 public:
  Region(std::uint64_t address, std::size_t size, Access access);
  ~Region();
  Region(const Region&) = delete;
  Region& operator=(const Region&) = delete;

  [[nodiscard]] std::byte* data() const { return base_; }
  [[nodiscard]] std::size_t size() const { return size_; }
  [[nodiscard]] bool contains(std::uint64_t address) const { return address - begin() < size_; }
  [[nodiscard]] std::uint64_t begin() const { return reinterpret_cast<std::uint64_t>(base_); }

  // Offset and size in whole pages.
  void protect(std::size_t offset, std::size_t size, Access access) const;
  // Keeps the pages in a mapping of their own whatever their access: changing it then costs a third
  // of what it costs to split a mapping and to merge it again. join() undoes it.
  void separate(std::size_t offset, std::size_t size) const;
  void join(std::size_t offset, std::size_t size) const;
  // Gives the pages back to the host; they read as zero afterwards.
  void discard(std::size_t offset, std::size_t size) const;

 private:
  std::byte* base_;
  std::size_t size_;
};

}  // namespace drydock::machine

// SPDX-License-Identifier: Apache-2.0
#include "nt/stub_memory.h"

#include <algorithm>
#include <cstring>

#include "nt/loader.h"

namespace drydock::nt {

using machine::Access;

namespace {

constexpr std::uint64_t exports_home = machine::home::stubs;
constexpr std::uint64_t tail_home = exports_home + (std::uint64_t{1} << 20);
constexpr std::uint64_t traps_home = exports_home + (std::uint64_t{16} << 20);

__attribute__((ms_abi)) void call_of_unimplemented(std::uint64_t number) {
  machine::Machine::current()->get<Loader>().end_run_at_trap(
      static_cast<std::uint32_t>(number / StubMemory::max_traps),
      static_cast<std::uint32_t>(number % StubMemory::max_traps));
}

template <std::size_t N>
std::byte* put(std::byte* at, const unsigned char (&code)[N]) {
  std::memcpy(at, code, N);
  return at + N;
}

template <class T>
std::byte* put_value(std::byte* at, T value) {
  std::memcpy(at, &value, sizeof value);
  return at + sizeof value;
}

// movabs r11, target; jmp r11
void put_far_jump(std::byte* at, void* target) {
  at = put(at, {0x49, 0xbb});
  at = put_value(at, reinterpret_cast<std::uint64_t>(target));
  put(at, {0x41, 0xff, 0xe3});
}

}  // namespace

StubMemory::StubMemory()
    : exports_(exports_home, export_capacity, Access::none),
      tail_(tail_home, tail_size, Access::read_write),
      traps_(traps_home, std::size_t{max_slots} * max_traps * stub_size, Access::none),
      open_traps_(max_slots) {
  // mov rcx, r11; then to the handler
  put_far_jump(put(tail_.data(), {0x4c, 0x89, 0xd9}),
               reinterpret_cast<void*>(&call_of_unimplemented));
  tail_.protect(0, tail_size, Access::read_execute);
}

void StubMemory::write_exports(const std::vector<void*>& entries) {
  const std::size_t size =
      std::min(export_capacity, machine::round_up(entries.size() * stub_size, machine::page_size));
  if (size == 0) return;
  exports_.protect(0, size, Access::read_write);
  for (std::size_t i = 0; i < entries.size(); ++i)
    put_far_jump(exports_.data() + i * stub_size, entries[i]);
  exports_.protect(0, size, Access::read_execute);
}

// mov r11d, number; jmp tail
void StubMemory::write_trap(std::uint32_t slot, std::uint32_t index) {
  const std::uint64_t address = trap_stub(slot, index);
  std::byte* at = traps_.data() + (address - traps_.begin());
  at = put(at, {0x41, 0xbb});
  at = put_value(at, slot * max_traps + index);
  at = put(at, {0xe9});
  put_value(at, static_cast<std::int32_t>(tail_.begin() - (address + 11)));
}

void StubMemory::open_traps(std::uint32_t slot, std::uint32_t count) {
  if (count <= open_traps_[slot]) return;
  const std::size_t offset = trap_stub(slot, 0) - traps_.begin();
  const std::size_t size = machine::round_up(count * stub_size, machine::page_size);
  traps_.protect(offset, size, Access::read_write);
  for (std::uint32_t i = 0; i < count; ++i) write_trap(slot, i);
  traps_.protect(offset, size, Access::read_execute);
  open_traps_[slot] = count;
}

}  // namespace drydock::nt

// SPDX-License-Identifier: Apache-2.0
#include "nt/user_memory.h"

#include "machine/recovery.h"
#include "machine/region.h"
#include "nt/context.h"

namespace drydock::nt {

namespace {

constexpr std::uint64_t simulated_kernel_end = machine::home::shared_data + (1ULL << 40);

void touch_pages(std::uint64_t address, std::uint64_t last, Touch touch) {
  for (std::uint64_t at = address;;) {
    auto* byte = reinterpret_cast<volatile std::uint8_t*>(at);
    const std::uint8_t value = *byte;
    if (touch == Touch::write) *byte = value;
    if (last - at < machine::page_size - at % machine::page_size) return;
    at = (at / machine::page_size + 1) * machine::page_size;
  }
}

}  // namespace

bool is_user_range(std::uint64_t address, std::uint64_t size) {
  if (address > user_probe_address || size > user_probe_address - address) return false;
  return address + size <= machine::home::stubs || address >= simulated_kernel_end;
}

bool can_access(std::uint64_t address, std::uint64_t size, Touch touch) {
  if (size == 0) return true;
  if (address + (size - 1) < address) return false;
  machine::Recovery recovery(the_machine().running());
  if (__builtin_setjmp(recovery.place.data()) != 0) {
    the_machine().running().departure.landing = 0;  // the answer is all that is wanted
    return false;
  }
  touch_pages(address, address + (size - 1), touch);
  return true;
}

}  // namespace drydock::nt

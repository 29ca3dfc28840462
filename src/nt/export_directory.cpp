// SPDX-License-Identifier: Apache-2.0
#include "nt/export_directory.h"

#include <algorithm>

namespace drydock::nt {

namespace {

constexpr std::string_view kernel = "ntoskrnl.exe";
constexpr std::string_view hal = "hal.dll";

std::string key_of(std::string_view module, std::string_view name) {
  std::string key(module);
  std::ranges::transform(key, key.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  });
  key += '!';
  key += name;
  return key;
}

}  // namespace

ExportDirectory::ExportDirectory(std::span<const ExportTable> tables) {
  std::vector<void*> entries;
  for (const ExportTable table : tables) {
    for (const machine::ExportRow* row : table) {
      index_.emplace(key_of(row->module, row->name), entries.size());
      entries.push_back(row->entry);
    }
  }
  stubs_.write_exports(entries);
}

std::uint64_t ExportDirectory::find(std::string_view module, std::string_view name) const {
  const std::string key = key_of(module, name);
  const bool is_kernel = key.starts_with(key_of(kernel, "")) || key.starts_with(key_of(hal, ""));
  if (is_kernel) {
    const std::uint64_t variable = variables_.find(name);
    return variable != 0 ? variable : find_system_routine(name);
  }
  const auto found = index_.find(key);
  return found == index_.end() ? 0 : stubs_.export_stub(found->second);
}

std::uint64_t ExportDirectory::find_system_routine(std::string_view name) const {
  for (const std::string_view module : {kernel, hal}) {
    const auto found = index_.find(key_of(module, name));
    if (found != index_.end()) return stubs_.export_stub(found->second);
  }
  return 0;
}

std::uint64_t ExportDirectory::trap(std::uint32_t slot, std::uint32_t index) {
  if (index >= StubMemory::max_traps) return 0;
  // A page of stubs at a time.
  constexpr std::uint32_t step = machine::page_size / StubMemory::stub_size;
  stubs_.open_traps(slot, (index / step + 1) * step);
  return stubs_.trap_stub(slot, index);
}

}  // namespace drydock::nt

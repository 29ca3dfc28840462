// SPDX-License-Identifier: Apache-2.0
// As much of a registry as drivers read: keys with values that the host has set, a key for each
// driver's service, and handles to them.
#pragma once

#include <ntddk.h>

#include <cstddef>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "ledger/record.h"
#include "machine/machine.h"
#include "nt/objects.h"

namespace drydock::nt {

class Registry final : public ObjectOwner {
 public:
  static constexpr auto slot = machine::Slot::registry;

  struct Value {
    std::u16string name;
    ULONG type = REG_NONE;
    std::vector<std::byte> data;
  };

  // Record, Objects and IoManager must be installed. Installs itself.
  explicit Registry(machine::Machine& machine);

  // Paths are absolute ("\Registry\Machine\..."); letters of paths and value names compare without
  // case. Setting a value makes its key.
  void create_key(std::u16string_view path);
  void set(std::u16string_view path, std::u16string_view name, ULONG type,
           std::span<const std::byte> data);
  bool remove(std::u16string_view path, std::u16string_view name);
  // With its values. False: not there, or it cannot go since there are keys below it.
  bool remove_key(std::u16string_view path);
  [[nodiscard]] bool has_key(std::u16string_view path) const;
  // Null when there is none.
  [[nodiscard]] const Value* find(std::u16string_view path, std::u16string_view name) const;
  // The n-th value of a key, in order of their names; null behind the last.
  [[nodiscard]] const Value* at(std::u16string_view path, std::size_t index) const;

  // All of it, by canonical path of the key and name of the value.
  using Values = std::map<std::u16string, Value>;
  using Keys = std::map<std::u16string, Values>;
  [[nodiscard]] const Keys& contents() const { return keys_; }
  void restore(const Keys& contents) { keys_ = contents; }

  // Handles are a registry_key in the ledger until they are closed.
  HANDLE open(std::u16string_view path);
  // Null when the handle is no key's, or the key has been deleted.
  [[nodiscard]] const std::u16string* path_of(HANDLE handle) const;
  // What to say when that is null: STATUS_INVALID_HANDLE or STATUS_KEY_DELETED.
  [[nodiscard]] NTSTATUS why_no_path(HANDLE handle) const;

  void unreferenced(void* object) override;

 private:
  struct OpenKey {
    std::u16string path;
    ledger::EntryId entry = 0;
    bool deleted = false;
  };

  machine::Machine& machine_;
  ledger::Record& record_;
  Objects& objects_;
  Keys keys_;
  std::unordered_map<const void*, OpenKey> open_;
};

}  // namespace drydock::nt

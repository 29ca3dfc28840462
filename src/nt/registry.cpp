// SPDX-License-Identifier: Apache-2.0
#include "nt/registry.h"

#include <algorithm>

#include "nt/context.h"
#include "nt/io_manager.h"
#include "nt/names.h"

namespace drydock::nt {

namespace {

constexpr std::u16string_view services =
    u"\\REGISTRY\\MACHINE\\SYSTEM\\CURRENTCONTROLSET\\SERVICES";
constexpr std::size_t opaque_key_size = 16;

bool is_same_or_below(std::u16string_view path, std::u16string_view ancestor) {
  return path.starts_with(ancestor) &&
         (path.size() == ancestor.size() || path[ancestor.size()] == u'\\');
}

}  // namespace

Registry::Registry(machine::Machine& machine)
    : machine_(machine), record_(machine.get<ledger::Record>()), objects_(machine.get<Objects>()) {
  keys_[std::u16string(services)];
  machine.install(*this);
}

void Registry::create_key(std::u16string_view path) {
  keys_[canonical_name(path)];
}

void Registry::set(std::u16string_view path, std::u16string_view name, ULONG type,
                   std::span<const std::byte> data) {
  keys_[canonical_name(path)][canonical_name(name)] = {
      std::u16string(name), type, std::vector<std::byte>(data.begin(), data.end())};
}

bool Registry::remove(std::u16string_view path, std::u16string_view name) {
  const auto key = keys_.find(canonical_name(path));
  return key != keys_.end() && key->second.erase(canonical_name(name)) > 0;
}

bool Registry::remove_key(std::u16string_view path) {
  const std::u16string gone = canonical_name(path);
  const bool is_parent = std::ranges::any_of(keys_, [&](const auto& key) {
    return key.first != gone && is_same_or_below(key.first, gone);
  });
  if (is_parent || keys_.erase(gone) == 0) return false;
  for (auto& [object, key] : open_) key.deleted = key.deleted || canonical_name(key.path) == gone;
  return true;
}

// A key is there when it or one below it was made, or when it is the service key of a driver.
bool Registry::has_key(std::u16string_view path) const {
  const std::u16string wanted = canonical_name(path);
  if (std::ranges::any_of(keys_,
                          [&](const auto& key) { return is_same_or_below(key.first, wanted); })) {
    return true;
  }
  const auto& io = machine_.get<IoManager>();
  for (machine::DriverId id = 0; id < io.driver_count(); ++id) {
    const std::u16string service = canonical_name(widen(io.driver(id).name));
    if (wanted == std::u16string(services) + u'\\' + service) return true;
  }
  return false;
}

const Registry::Value* Registry::find(std::u16string_view path, std::u16string_view name) const {
  const auto key = keys_.find(canonical_name(path));
  if (key == keys_.end()) return nullptr;
  const auto value = key->second.find(canonical_name(name));
  return value == key->second.end() ? nullptr : &value->second;
}

const Registry::Value* Registry::at(std::u16string_view path, std::size_t index) const {
  const auto key = keys_.find(canonical_name(path));
  if (key == keys_.end() || index >= key->second.size()) return nullptr;
  return &std::next(key->second.begin(), static_cast<std::ptrdiff_t>(index))->second;
}

HANDLE Registry::open(std::u16string_view path) {
  void* object = machine_.memory().kernel.allocate(opaque_key_size);
  open_[object] = {std::u16string(path),
                   record_.ledger().acquire(ledger::Kind::registry_key, address_of(object),
                                            {.name = printable(path)})};
  objects_.add(object, ObjectType::key, *this);
  const HANDLE handle = objects_.open_handle(object);
  objects_.dereference(object);  // from here on the handle holds it
  return handle;
}

const std::u16string* Registry::path_of(HANDLE handle) const {
  const auto found = open_.find(objects_.from_handle(handle));
  return found == open_.end() || found->second.deleted ? nullptr : &found->second.path;
}

NTSTATUS Registry::why_no_path(HANDLE handle) const {
  return open_.contains(objects_.from_handle(handle)) ? STATUS_KEY_DELETED : STATUS_INVALID_HANDLE;
}

void Registry::unreferenced(void* object) {
  const auto found = open_.find(object);
  record_.ledger().release(found->second.entry);
  open_.erase(found);
  machine_.memory().kernel.release(static_cast<std::byte*>(object), opaque_key_size);
}

}  // namespace drydock::nt

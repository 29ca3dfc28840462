// SPDX-License-Identifier: Apache-2.0
#include "nt/objects.h"

#include "nt/context.h"
#include "nt/stop.h"

namespace drydock::nt {

namespace {

constexpr std::uint32_t reference_by_pointer = 0x18;
constexpr std::size_t opaque_type_size = 16;

}  // namespace

Objects::Objects(machine::Machine& machine, KernelVariables& variables) : handles_(1) {
  // Opaque but for its beginning, an empty list: what a driver of the kit gets when it reads one
  // level deeper than a Windows driver is the type again.
  for (POBJECT_TYPE& type : types_) {
    auto* list = reinterpret_cast<PLIST_ENTRY>(machine.memory().kernel.allocate(opaque_type_size));
    list->Flink = list->Blink = list;
    type = reinterpret_cast<POBJECT_TYPE>(list);
  }
  variables.set("PsProcessType", type_object(ObjectType::process));
  variables.set("PsThreadType", type_object(ObjectType::thread));
  variables.set("ExEventObjectType", type_object(ObjectType::event));
  variables.set("IoFileObjectType", type_object(ObjectType::file));
  variables.set("IoDriverObjectType", type_object(ObjectType::driver));
  variables.set("IoDeviceObjectType", type_object(ObjectType::device));
  machine.install(*this);
}

void Objects::add(void* object, ObjectType type, ObjectOwner& owner) {
  objects_[object] = {type, &owner, 1, 0};
}

void Objects::remove(void* object) {
  objects_.erase(object);
}

bool Objects::known(const void* object) const {
  return objects_.contains(object);
}

std::optional<ObjectType> Objects::type_of(const void* object) const {
  const auto found = objects_.find(object);
  return found == objects_.end() ? std::nullopt : std::optional(found->second.type);
}

LONG_PTR Objects::references(const void* object) const {
  const auto found = objects_.find(object);
  return found == objects_.end() ? 0 : found->second.references;
}

Objects::Object& Objects::find_or_stop(void* object) {
  const auto found = objects_.find(object);
  if (found == objects_.end()) {
    bug_check(reference_by_pointer, "a reference was changed on something that is no object",
              {0, address_of(object), 0, 0});
  }
  return found->second;
}

LONG_PTR Objects::reference(void* object) {
  Object& entry = find_or_stop(object);
  const LONG_PTR count = ++entry.references;
  entry.owner->referenced(object);
  return count;
}

LONG_PTR Objects::dereference(void* object) {
  Object& entry = find_or_stop(object);
  ObjectOwner& owner = *entry.owner;
  const LONG_PTR count = --entry.references;
  owner.dereferenced(object);
  if (count == 0) {
    remove(object);
    owner.unreferenced(object);
  }
  return count;
}

HANDLE Objects::open_handle(void* object) {
  ++find_or_stop(object).handles;
  reference(object);
  handles_.push_back(object);
  return reinterpret_cast<HANDLE>(4 * (handles_.size() - 1));
}

void* Objects::from_handle(HANDLE handle) const {
  const std::size_t index = index_of(handle);
  return index < handles_.size() ? handles_[index] : nullptr;
}

NTSTATUS Objects::close_handle(HANDLE handle) {
  void* object = from_handle(handle);
  if (object == nullptr) return STATUS_INVALID_HANDLE;
  handles_[index_of(handle)] = nullptr;
  Object& entry = find_or_stop(object);
  if (--entry.handles == 0) entry.owner->last_handle_closed(object);
  dereference(object);
  return STATUS_SUCCESS;
}

}  // namespace drydock::nt

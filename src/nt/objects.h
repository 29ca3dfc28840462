// SPDX-License-Identifier: Apache-2.0
// What all kernel objects have in common: a type, references, handles. What becomes of an object is
// its owner's business.
#pragma once

#include <ntddk.h>

#include <array>
#include <cstdint>
#include <optional>
#include <unordered_map>
#include <vector>

#include "machine/machine.h"
#include "nt/variables.h"

namespace drydock::nt {

enum class ObjectType : std::uint8_t {
  device,
  driver,
  file,
  thread,
  event,
  process,
  key,
  callback,
  count
};

// The subsystem behind a type of object. Called on the fiber that referenced or closed.
class ObjectOwner {
 public:
  virtual ~ObjectOwner() = default;
  virtual void referenced(void* object) { (void)object; }
  virtual void dereferenced(void* object) { (void)object; }
  virtual void last_handle_closed(void* object) { (void)object; }
  // The count has reached zero, the object is no longer known here.
  virtual void unreferenced(void* object) = 0;
};

class Objects {
 public:
  static constexpr auto slot = machine::Slot::objects;

  // Sets the variables that drivers know types by (PsThreadType...).
  Objects(machine::Machine& machine, KernelVariables& variables);

  // The object begins with one reference: its creator's.
  void add(void* object, ObjectType type, ObjectOwner& owner);
  // Forgets it whatever its count.
  void remove(void* object);
  [[nodiscard]] bool known(const void* object) const;
  [[nodiscard]] std::optional<ObjectType> type_of(const void* object) const;
  [[nodiscard]] LONG_PTR references(const void* object) const;

  // The new count. An address that is no object, or no longer, ends the run as bug check 0x18.
  LONG_PTR reference(void* object);
  LONG_PTR dereference(void* object);

  // A handle holds a reference.
  HANDLE open_handle(void* object);
  // Null when there is no such handle.
  [[nodiscard]] void* from_handle(HANDLE handle) const;
  // STATUS_INVALID_HANDLE when there is no such handle.
  NTSTATUS close_handle(HANDLE handle);

  // What ObReferenceObjectByHandle compares with.
  [[nodiscard]] POBJECT_TYPE type_object(ObjectType type) const {
    return types_[static_cast<std::size_t>(type)];
  }

 private:
  struct Object {
    ObjectType type = ObjectType::event;
    ObjectOwner* owner = nullptr;
    LONG_PTR references = 1;
    std::uint32_t handles = 0;
  };

  Object& find_or_stop(void* object);
  static std::size_t index_of(HANDLE handle) { return reinterpret_cast<std::uint64_t>(handle) / 4; }

  std::unordered_map<const void*, Object> objects_;  // looked up, never walked
  std::vector<void*> handles_;                       // value / 4; null: closed, never reused
  std::array<POBJECT_TYPE, static_cast<std::size_t>(ObjectType::count)> types_{};
};

}  // namespace drydock::nt

// SPDX-License-Identifier: Apache-2.0
// What all framework objects have in common: an opaque handle, a place in the tree, references,
// contexts and callbacks. Drivers see the handle only; everything here is the host's.
#pragma once

#include <wdf.h>

#include <cstddef>
#include <cstdint>
#include <vector>

#include "ledger/ledger.h"

namespace drydock::kmdf {

struct Client;
class CallbackLock;

enum class ObjectType : std::uint8_t {
  general,  // WdfObjectCreate
  driver,
  device,
  queue,
  request,
  file_object,
  timer,
  work_item,
  dpc,
  spin_lock,
  wait_lock,
  memory,
  collection,
  string,
  device_init,  // PWDFDEVICE_INIT is no object to drivers, but is looked up like one
  registry_key,
  lookaside,
  wmi_provider,
  wmi_instance,
  io_target,
  resource_list,
};

// "WDFQUEUE"
const char* type_name(ObjectType type);

enum class ObjectState : std::uint8_t {
  live,
  deleting,  // EvtCleanupCallback has run or is about to
  deleted,   // the framework's own reference is gone; others may keep the object
};

// One context area with its callbacks. The type is compared by address.
struct Context {
  PCWDF_OBJECT_CONTEXT_TYPE_INFO type = nullptr;
  std::byte* memory = nullptr;  // driver memory; null when there is no type
  PFN_WDF_OBJECT_CONTEXT_CLEANUP cleanup = nullptr;
  PFN_WDF_OBJECT_CONTEXT_DESTROY destroy = nullptr;
};

class Object {
 public:
  Object(ObjectType object_type, Client& owner) : type(object_type), client(owner) {}
  virtual ~Object() = default;
  Object(const Object&) = delete;
  Object& operator=(const Object&) = delete;

  // What the type stops or lets go of when it is deleted: after its children's cleanup, before its
  // own. Runs on a fiber and may wait.
  virtual void on_dispose() {}
  // After EvtDestroyCallback: what only the object itself still held.
  virtual void on_destroy() {}
  // Disposal may wait, so it must not happen above PASSIVE_LEVEL.
  [[nodiscard]] virtual bool disposed_at_passive() const { return false; }
  // What serializes its callbacks; only devices and queues may have one.
  [[nodiscard]] virtual CallbackLock* callback_lock() const { return nullptr; }

  const ObjectType type;
  Client& client;
  WDFOBJECT handle = nullptr;
  Object* parent = nullptr;
  std::vector<Object*> children;  // in order of creation
  std::uint32_t references = 1;   // the framework's own until it is deleted
  ObjectState state = ObjectState::live;
  bool deletion_requested = false;  // a worker is to delete it, or it waits for its last file
  std::vector<Context> contexts;    // in order of allocation
  WDF_EXECUTION_LEVEL level = WdfExecutionLevelInheritFromParent;
  WDF_SYNCHRONIZATION_SCOPE scope = WdfSynchronizationScopeInheritFromParent;
  ledger::EntryId entry = 0;
};

// The nearest that is not "inherit", up the tree; dispatch when nobody says.
WDF_EXECUTION_LEVEL execution_level(const Object& object);
// The object itself or the nearest device above it; null when there is none.
Object* device_above(Object* object);

}  // namespace drydock::kmdf

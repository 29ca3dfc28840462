// SPDX-License-Identifier: Apache-2.0
// The framework of one run: which drivers are bound to it, and every object they have.
#pragma once

#include <wdf.h>

#include <concepts>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <unordered_map>
#include <utility>
#include <vector>

#include "kmdf/object.h"
#include "ledger/callback.h"
#include "machine/machine.h"

namespace drydock::kmdf {

class Device;
class DriverObject;

// One driver that called WdfVersionBind; it stays known after it has unbound.
struct Client {
  machine::DriverId id = machine::no_driver;
  PDRIVER_OBJECT wdm_driver = nullptr;
  PWDF_DRIVER_GLOBALS globals = nullptr;  // null when unbound
  WDF_VERSION version{};
  WDFFUNC* table = nullptr;        // our copy, for clients from 1.15 on
  DriverObject* driver = nullptr;  // WDFDRIVER
  std::uint32_t pending_disposals = 0;
  std::vector<machine::Fiber*> waiters;  // for the disposals
  PVOID triage_block = nullptr;

  // What WdfGetTriageInfo gives, of the size that drivers expect: the framework's version.
  [[nodiscard]] std::byte& triage();
};

class Framework {
 public:
  static constexpr auto slot = machine::Slot::kmdf;

  // The loader must be installed. Installs itself.
  explicit Framework(machine::Machine& machine);

  // --- drivers

  // The version the driver bound to; none for a driver that never did.
  [[nodiscard]] std::optional<WDF_VERSION> bound_version(machine::DriverId driver) const;

  Client& bind(machine::DriverId driver, PDRIVER_OBJECT wdm_driver, const WDF_VERSION& version);
  void unbind(Client& client);
  // Null for globals that belong to no bound driver.
  [[nodiscard]] Client* client_of(const WDF_DRIVER_GLOBALS* globals) const;
  [[nodiscard]] Client* client_of(const DRIVER_OBJECT* wdm_driver) const;

  // Address of the n-th function of the table, also of one that is not implemented.
  [[nodiscard]] WDFFUNC function(std::size_t index) const;
  // Addresses for DRIVER_OBJECT and IRP.
  [[nodiscard]] PDRIVER_UNLOAD unload_routine() const;
  [[nodiscard]] PDRIVER_DISPATCH dispatch_routine() const;
  [[nodiscard]] PDRIVER_ADD_DEVICE add_device_routine() const;
  [[nodiscard]] PDRIVER_CANCEL cancel_routine() const;
  [[nodiscard]] PKDEFERRED_ROUTINE dpc_routine() const;
  [[nodiscard]] PIO_COMPLETION_ROUTINE completion_routine() const;

  // --- objects

  // Null when the handle is none of ours.
  [[nodiscard]] Object* find(const void* handle) const;

  // Null when no object of the client has a context there.
  [[nodiscard]] const Object* owner_of_context(const Client& client, const void* memory) const;

  // Makes the object, with the context and the callbacks that `attributes` ask for; it has no
  // parent yet. STATUS_INSUFFICIENT_RESOURCES when there is no memory for the context.
  template <std::derived_from<Object> T, class... Args>
  NTSTATUS create(Client& client, const WDF_OBJECT_ATTRIBUTES* attributes, Object* parent, T** out,
                  Args&&... args) {
    auto object = std::make_unique<T>(client, std::forward<Args>(args)...);
    *out = object.get();
    return adopt(std::move(object), attributes, parent);
  }
  NTSTATUS add_context(Object& object, const WDF_OBJECT_ATTRIBUTES& attributes, PVOID* memory);

  void reference(Object& object) { ++object.references; }
  // The last one destroys; bug check 0x10D for an object that was never deleted.
  void release(Object& object);
  // WdfObjectDelete: cleanup of the whole tree, then the framework's references go. Above
  // PASSIVE_LEVEL objects whose disposal may wait are handed to a worker.
  void remove(Object& object);
  // Blocks until nothing of the client is left to be disposed of by a worker.
  void wait_for_disposals(Client& client);

  // --- calls into the driver

  template <class R, class... P, class... A>
  R call(const Object& object, R(__attribute__((ms_abi)) * callback)(P...), A... arguments) {
    return ledger::call_driver<R>(callback_info(object), callback, arguments...);
  }

  // --- devices by what the I/O manager knows of them

  void map_device(PDEVICE_OBJECT wdm, Device* device) { devices_[wdm] = device; }
  void unmap_device(PDEVICE_OBJECT wdm) { devices_.erase(wdm); }
  [[nodiscard]] Device* device_of(PDEVICE_OBJECT wdm) const {
    const auto found = devices_.find(wdm);
    return found == devices_.end() ? nullptr : found->second;
  }

  // For names of devices that have none of their own.
  std::uint32_t next_device_number() { return ++device_number_; }

  machine::Machine& machine() { return machine_; }

 private:
  NTSTATUS adopt(std::unique_ptr<Object> owned, const WDF_OBJECT_ATTRIBUTES* attributes,
                 Object* parent);
  void give_handle(Object& object);
  static ledger::CallbackInfo callback_info(const Object& object);
  void remove_now(Object& object);
  void dispose(Object& object);
  void drop_tree(Object& object);
  void drop_creation_reference(Object& object);
  void destroy(Object& object);
  void forget(Object& object);
  void run_on_worker(Client& client, std::move_only_function<void()> work);
  [[nodiscard]] bool must_wait(const Object& object) const;

  machine::Machine& machine_;
  std::uint64_t first_function_ = 0;
  std::vector<std::unique_ptr<Client>> clients_;
  std::vector<std::unique_ptr<Object>> objects_;         // by what a handle points to; never reused
  std::vector<std::unique_ptr<Object>> destroyed_;       // that others may still name
  std::unordered_map<PDEVICE_OBJECT, Device*> devices_;  // looked up, never walked
  std::uint32_t device_number_ = 0;
};

// A form of a function that waits, called where only the others may be, is noted and then done as
// at APC_LEVEL.
class MayBlock {
 public:
  MayBlock(bool waits, const char* function);
  ~MayBlock();
  MayBlock(const MayBlock&) = delete;
  MayBlock& operator=(const MayBlock&) = delete;

 private:
  machine::Irql before_;
};

inline Framework& framework() {
  return machine::Machine::current()->get<Framework>();
}

// A reference for as long as a wait may take: who deletes the object meanwhile does not destroy it.
class Kept {
 public:
  explicit Kept(Object& object) : object_(object) { framework().reference(object_); }
  ~Kept() { framework().release(object_); }
  Kept(const Kept&) = delete;
  Kept& operator=(const Kept&) = delete;

 private:
  Object& object_;
};

}  // namespace drydock::kmdf

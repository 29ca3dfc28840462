// SPDX-License-Identifier: Apache-2.0
// The network module registrar: clients and providers of a network programming interface find each
// other by its id, whichever comes first, and part when one of them leaves.
#pragma once

#include <netioddk.h>
#include <ntddk.h>

#include <cstdint>
#include <memory>
#include <vector>

#include "ledger/callback.h"
#include "ledger/record.h"
#include "machine/machine.h"

namespace drydock::nt {

// What the characteristics hold as plain pointers (public documentation of the registrar).
using NmrClientAttach = NTSTATUS NTAPI(HANDLE, PVOID, const NPI_REGISTRATION_INSTANCE*);
using NmrProviderAttach = NTSTATUS NTAPI(HANDLE, PVOID, const NPI_REGISTRATION_INSTANCE*, PVOID,
                                         const VOID*, PVOID*, const VOID**);
using NmrDetach = NTSTATUS NTAPI(PVOID);
using NmrCleanup = VOID NTAPI(PVOID);

class ModuleRegistrar {
 public:
  enum class Role : std::uint8_t { client, provider };

  ModuleRegistrar(machine::Machine& machine, ledger::Record& record)
      : machine_(machine), record_(record) {}

  // On a fiber at PASSIVE_LEVEL: attaches to whom is there. STATUS_INVALID_PARAMETER.
  NTSTATUS add_client(const NPI_CLIENT_CHARACTERISTICS& characteristics, PVOID context,
                      HANDLE* handle);
  NTSTATUS add_provider(const NPI_PROVIDER_CHARACTERISTICS& characteristics, PVOID context,
                        HANDLE* handle);
  // The client's answer to its attach callback.
  NTSTATUS attach_provider(HANDLE binding, PVOID client_context, const VOID* client_dispatch,
                           PVOID* provider_context, const VOID** provider_dispatch);
  // STATUS_PENDING: the bindings go on a fiber of their own. STATUS_INVALID_PARAMETER.
  NTSTATUS leave(HANDLE handle, Role role);
  // A side that answered STATUS_PENDING to its detach callback has finished.
  void detached(HANDLE binding, Role role);
  // Until nothing of the registration is left. STATUS_INVALID_PARAMETER: it did not leave.
  NTSTATUS wait_gone(HANDLE handle, Role role);

 private:
  struct Module {
    HANDLE handle = nullptr;
    Role role = Role::client;
    machine::DriverId driver = machine::no_driver;
    ledger::EntryId entry = 0;
    PVOID context = nullptr;
    NPI_REGISTRATION_INSTANCE instance{};
    GUID interface{};
    void* attach = nullptr;
    void* detach = nullptr;
    void* cleanup = nullptr;
    bool leaving = false;
    bool gone = false;
    std::vector<machine::Fiber*> waiters;
  };
  struct Binding {
    HANDLE handle = nullptr;
    Module* client = nullptr;
    Module* provider = nullptr;
    PVOID client_context = nullptr;
    PVOID provider_context = nullptr;
    bool attached = false;
    bool parting = false;  // until it is cleaned
    bool client_detached = false;
    bool provider_detached = false;
    bool cleaned = false;
    machine::Fiber* waiter = nullptr;        // for both sides to detach
    std::vector<machine::Fiber*> observers;  // of the other side, that leaves too
  };

  Module& add(Role role, const NPI_REGISTRATION_INSTANCE& instance, PVOID context);
  void meet(Module& newcomer);
  void bind(Module& client, Module& provider);
  void part(Module& module);
  void unbind(Binding& binding);
  void wait_cleaned(Binding& binding);
  [[nodiscard]] Module* find(HANDLE handle, Role role) const;
  [[nodiscard]] Binding* find_binding(HANDLE handle) const;
  [[nodiscard]] static ledger::CallbackInfo call_of(const Module& module);

  machine::Machine& machine_;
  ledger::Record& record_;
  std::vector<std::unique_ptr<Module>> modules_;    // in order of registration, gone ones included
  std::vector<std::unique_ptr<Binding>> bindings_;  // in order of creation, ended ones included
};

}  // namespace drydock::nt

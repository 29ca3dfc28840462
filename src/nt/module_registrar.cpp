// SPDX-License-Identifier: Apache-2.0
#include "nt/module_registrar.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>

#include "ledger/callback.h"
#include "nt/context.h"
#include "nt/io_exports.h"
#include "nt/processes.h"

namespace drydock::nt {

namespace {

bool same(const GUID& a, const GUID& b) {
  return std::memcmp(&a, &b, sizeof a) == 0;
}

}  // namespace

ledger::CallbackInfo ModuleRegistrar::call_of(const Module& module) {
  return {.kind = machine::CallbackKind::other, .driver = module.driver, .entry = module.entry};
}

ModuleRegistrar::Module* ModuleRegistrar::find(HANDLE handle, Role role) const {
  const auto found = std::ranges::find_if(
      modules_, [&](const auto& one) { return one->handle == handle && one->role == role; });
  return found == modules_.end() ? nullptr : found->get();
}

ModuleRegistrar::Binding* ModuleRegistrar::find_binding(HANDLE handle) const {
  const auto found = std::ranges::find(bindings_, handle, &Binding::handle);
  return found == bindings_.end() ? nullptr : found->get();
}

ModuleRegistrar::Module& ModuleRegistrar::add(Role role, const NPI_REGISTRATION_INSTANCE& instance,
                                              PVOID context) {
  Module& module = *modules_.emplace_back(std::make_unique<Module>());
  module.handle = machine_.memory().kernel.allocate(sizeof(std::uint64_t));
  module.role = role;
  module.driver = machine_.running().driver;
  module.context = context;
  module.instance = instance;
  module.interface = *instance.NpiId;
  module.entry = record_.ledger().acquire(
      ledger::Kind::callback, address_of(module.handle),
      {.name = role == Role::client ? "NMR client registration" : "NMR provider registration"});
  return module;
}

NTSTATUS ModuleRegistrar::add_client(const NPI_CLIENT_CHARACTERISTICS& characteristics,
                                     PVOID context, HANDLE* handle) {
  if (characteristics.ClientAttachProvider == nullptr ||
      characteristics.ClientDetachProvider == nullptr ||
      characteristics.ClientRegistrationInstance.NpiId == nullptr)
    return STATUS_INVALID_PARAMETER;
  Module& client = add(Role::client, characteristics.ClientRegistrationInstance, context);
  client.attach = characteristics.ClientAttachProvider;
  client.detach = characteristics.ClientDetachProvider;
  client.cleanup = characteristics.ClientCleanupBindingContext;
  *handle = client.handle;
  meet(client);
  return STATUS_SUCCESS;
}

NTSTATUS ModuleRegistrar::add_provider(const NPI_PROVIDER_CHARACTERISTICS& characteristics,
                                       PVOID context, HANDLE* handle) {
  if (characteristics.ProviderAttachClient == nullptr ||
      characteristics.ProviderDetachClient == nullptr ||
      characteristics.ProviderRegistrationInstance.NpiId == nullptr)
    return STATUS_INVALID_PARAMETER;
  Module& provider = add(Role::provider, characteristics.ProviderRegistrationInstance, context);
  provider.attach = characteristics.ProviderAttachClient;
  provider.detach = characteristics.ProviderDetachClient;
  provider.cleanup = characteristics.ProviderCleanupBindingContext;
  *handle = provider.handle;
  meet(provider);
  return STATUS_SUCCESS;
}

// Callbacks may register more.
void ModuleRegistrar::meet(Module& newcomer) {
  // NOLINTNEXTLINE(modernize-loop-convert)
  for (std::size_t i = 0; i < modules_.size(); ++i) {
    Module& other = *modules_[i];
    const bool match = other.role != newcomer.role && !other.leaving && !newcomer.leaving &&
                       same(other.interface, newcomer.interface);
    if (!match) continue;
    if (newcomer.role == Role::client) {
      bind(newcomer, other);
    } else {
      bind(other, newcomer);
    }
  }
}

void ModuleRegistrar::bind(Module& client, Module& provider) {
  Binding& binding = *bindings_.emplace_back(std::make_unique<Binding>());
  binding.handle = machine_.memory().kernel.allocate(sizeof(std::uint64_t));
  binding.client = &client;
  binding.provider = &provider;
  auto* instance = machine_.memory().kernel.make<NPI_REGISTRATION_INSTANCE>(provider.instance);
  const auto status = ledger::call_driver<NTSTATUS>(
      call_of(client), reinterpret_cast<NmrClientAttach*>(client.attach), binding.handle,
      client.context, instance);
  machine_.memory().kernel.drop(instance);
  if (!NT_SUCCESS(status)) binding.attached = false;
}

NTSTATUS ModuleRegistrar::attach_provider(HANDLE handle, PVOID client_context,
                                          const VOID* client_dispatch, PVOID* provider_context,
                                          const VOID** provider_dispatch) {
  Binding* binding = find_binding(handle);
  if (binding == nullptr || binding->attached) return STATUS_INVALID_PARAMETER;
  if (binding->provider->leaving) return STATUS_NOINTERFACE;
  auto* instance =
      machine_.memory().kernel.make<NPI_REGISTRATION_INSTANCE>(binding->client->instance);
  const auto status = ledger::call_driver<NTSTATUS>(
      call_of(*binding->provider), reinterpret_cast<NmrProviderAttach*>(binding->provider->attach),
      binding->handle, binding->provider->context, instance, client_context, client_dispatch,
      provider_context, provider_dispatch);
  machine_.memory().kernel.drop(instance);
  if (!NT_SUCCESS(status)) return status;
  binding->client_context = client_context;
  binding->provider_context = *provider_context;
  binding->attached = true;
  return STATUS_SUCCESS;
}

NTSTATUS ModuleRegistrar::leave(HANDLE handle, Role role) {
  Module* module = find(handle, role);
  if (module == nullptr || module->leaving) return STATUS_INVALID_PARAMETER;
  module->leaving = true;
  machine_.spawn_helper("NMR deregistration", machine::Irql::passive,
                        [this, module] { part(*module); });
  return STATUS_PENDING;
}

void ModuleRegistrar::part(Module& module) {
  // NOLINTNEXTLINE(modernize-loop-convert): callbacks may register more
  for (std::size_t i = 0; i < bindings_.size(); ++i) {
    Binding& binding = *bindings_[i];
    if (binding.client != &module && binding.provider != &module) continue;
    if (binding.attached) {
      unbind(binding);
    } else if (binding.parting) {
      wait_cleaned(binding);
    }
  }
  module.gone = true;
  record_.ledger().release(module.entry);
  for (machine::Fiber* waiter : module.waiters) machine_.make_ready(*waiter);
  module.waiters.clear();
}

// Both sides first let go, at once or later; then their contexts are cleaned up.
void ModuleRegistrar::unbind(Binding& binding) {
  binding.attached = false;
  binding.parting = true;
  binding.client_detached =
      ledger::call_driver<NTSTATUS>(call_of(*binding.client),
                                    reinterpret_cast<NmrDetach*>(binding.client->detach),
                                    binding.client_context) != STATUS_PENDING ||
      binding.client_detached;
  binding.provider_detached =
      ledger::call_driver<NTSTATUS>(call_of(*binding.provider),
                                    reinterpret_cast<NmrDetach*>(binding.provider->detach),
                                    binding.provider_context) != STATUS_PENDING ||
      binding.provider_detached;
  while (!binding.client_detached || !binding.provider_detached) {
    binding.waiter = &machine_.running();
    machine_.block("a network module to detach", binding.client->entry);
  }
  for (const auto& [module, context] : {std::pair(binding.client, binding.client_context),
                                        std::pair(binding.provider, binding.provider_context)}) {
    if (module->cleanup != nullptr)
      ledger::call_driver(call_of(*module), reinterpret_cast<NmrCleanup*>(module->cleanup),
                          context);
  }
  binding.cleaned = true;
  for (machine::Fiber* observer : binding.observers) machine_.make_ready(*observer);
  binding.observers.clear();
}

void ModuleRegistrar::wait_cleaned(Binding& binding) {
  while (!binding.cleaned) {
    binding.observers.push_back(&machine_.running());
    machine_.block("a network module to detach", binding.client->entry);
  }
}

void ModuleRegistrar::detached(HANDLE handle, Role role) {
  Binding* binding = find_binding(handle);
  if (binding == nullptr) return;
  (role == Role::client ? binding->client_detached : binding->provider_detached) = true;
  if (binding->waiter != nullptr) machine_.make_ready(*std::exchange(binding->waiter, nullptr));
}

NTSTATUS ModuleRegistrar::wait_gone(HANDLE handle, Role role) {
  Module* module = find(handle, role);
  if (module == nullptr || !module->leaving) return STATUS_INVALID_PARAMETER;
  while (!module->gone) {
    module->waiters.push_back(&machine_.running());
    machine_.block("a network module to be deregistered", module->entry);
  }
  return STATUS_SUCCESS;
}

namespace {

using Role = ModuleRegistrar::Role;

ModuleRegistrar& registrar() {
  return service<Processes>().registrar();
}

NTSTATUS register_client(PNPI_CLIENT_CHARACTERISTICS characteristics, PVOID context,
                         PHANDLE handle) {
  return registrar().add_client(*characteristics, context, handle);
}

NTSTATUS register_provider(PNPI_PROVIDER_CHARACTERISTICS characteristics, PVOID context,
                           PHANDLE handle) {
  return registrar().add_provider(*characteristics, context, handle);
}

NTSTATUS client_attach(HANDLE binding, PVOID context, const VOID* dispatch, PVOID* provider_context,
                       const VOID** provider_dispatch) {
  return registrar().attach_provider(binding, context, dispatch, provider_context,
                                     provider_dispatch);
}

template <Role role>
NTSTATUS deregister(HANDLE handle) {
  return registrar().leave(handle, role);
}

template <Role role>
void complete_detach(HANDLE binding) {
  registrar().detached(binding, role);
}

template <Role role>
NTSTATUS wait_for(HANDLE handle) {
  return registrar().wait_gone(handle, role);
}

constexpr Traits registers{
    .max_irql = Irql::passive, .may_fail = true, .failure = insufficient_resources};

template <ledger::Literal Name, class Declared, auto Implementation, Traits T>
const ExportRow* row() {
  return &ledger::export_row<"netio.sys", Name, Declared, Implementation, T>();
}

}  // namespace

Exports module_registrar_exports() {
  static const std::array rows = {
      row<"NmrRegisterClient", decltype(::NmrRegisterClient), register_client, registers>(),
      row<"NmrRegisterProvider", decltype(::NmrRegisterProvider), register_provider, registers>(),
      row<"NmrClientAttachProvider", decltype(::NmrClientAttachProvider), client_attach,
          passive_only>(),
      row<"NmrDeregisterClient", decltype(::NmrDeregisterClient), deregister<Role::client>,
          up_to_dispatch>(),
      row<"NmrDeregisterProvider", decltype(::NmrDeregisterProvider), deregister<Role::provider>,
          up_to_dispatch>(),
      row<"NmrClientDetachProviderComplete", decltype(::NmrClientDetachProviderComplete),
          complete_detach<Role::client>, up_to_dispatch>(),
      row<"NmrProviderDetachClientComplete", decltype(::NmrProviderDetachClientComplete),
          complete_detach<Role::provider>, up_to_dispatch>(),
      row<"NmrWaitForClientDeregisterComplete", decltype(::NmrWaitForClientDeregisterComplete),
          wait_for<Role::client>, up_to_apc>(),
      row<"NmrWaitForProviderDeregisterComplete", decltype(::NmrWaitForProviderDeregisterComplete),
          wait_for<Role::provider>, up_to_apc>(),
  };
  return rows;
}

}  // namespace drydock::nt

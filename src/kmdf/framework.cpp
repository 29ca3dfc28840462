// SPDX-License-Identifier: Apache-2.0
#include "kmdf/framework.h"

#include <algorithm>
#include <array>
#include <cstring>

#include "kmdf/driver.h"
#include "kmdf/exports.h"
#include "kmdf/function_names.h"
#include "nt/context.h"
#include "nt/loader.h"
#include "nt/stub_memory.h"

namespace drydock::kmdf {

namespace {

constexpr std::size_t triage_size = 96;

}  // namespace

Framework::Framework(machine::Machine& machine) : machine_(machine) {
  first_function_ =
      machine.get<nt::Loader>().store().exports.find(function_module, function_name(0));
  machine.install(*this);
}

std::optional<WDF_VERSION> Framework::bound_version(machine::DriverId driver) const {
  const auto found = std::ranges::find(clients_, driver, &Client::id);
  if (found == clients_.end()) return std::nullopt;
  return (*found)->version;
}

Client& Framework::bind(machine::DriverId driver, PDRIVER_OBJECT wdm_driver,
                        const WDF_VERSION& version) {
  auto client = std::make_unique<Client>();
  client->id = driver;
  client->wdm_driver = wdm_driver;
  client->globals = machine_.memory().kernel.make<WDF_DRIVER_GLOBALS>();
  client->version = version;
  return *clients_.emplace_back(std::move(client));
}

void Framework::unbind(Client& client) {
  machine::KernelArena& arena = machine_.memory().kernel;
  if (client.driver != nullptr) {
    remove(*client.driver);
    wait_for_disposals(client);
  }
  arena.drop(client.globals);
  client.globals = nullptr;
  if (client.triage_block != nullptr)
    arena.release(static_cast<std::byte*>(client.triage_block), triage_size);
  client.triage_block = nullptr;
  if (client.table != nullptr) {
    arena.release(reinterpret_cast<std::byte*>(client.table), function_count * sizeof(WDFFUNC));
    client.table = nullptr;
  }
}

std::byte& Client::triage() {
  if (triage_block == nullptr) {
    constexpr std::array<ULONG, 4> versions = {1, 33, 1, 0};
    triage_block = framework().machine().memory().kernel.allocate(triage_size);
    std::memcpy(triage_block, versions.data(), sizeof versions);
  }
  return *static_cast<std::byte*>(triage_block);
}

Client* Framework::client_of(const WDF_DRIVER_GLOBALS* globals) const {
  if (globals == nullptr) return nullptr;
  const auto found = std::ranges::find(clients_, globals, &Client::globals);
  return found == clients_.end() ? nullptr : found->get();
}

Client* Framework::client_of(const DRIVER_OBJECT* wdm_driver) const {
  const auto found = std::ranges::find_if(clients_, [&](const auto& client) {
    return client->wdm_driver == wdm_driver && client->globals != nullptr;
  });
  return found == clients_.end() ? nullptr : found->get();
}

// The directory lays the stubs of one table side by side, in its order.
WDFFUNC Framework::function(std::size_t index) const {
  return reinterpret_cast<WDFFUNC>(first_function_ + index * nt::StubMemory::stub_size);
}

PDRIVER_UNLOAD Framework::unload_routine() const {
  return reinterpret_cast<PDRIVER_UNLOAD>(function(unload_index));
}

PDRIVER_DISPATCH Framework::dispatch_routine() const {
  return reinterpret_cast<PDRIVER_DISPATCH>(function(dispatch_index));
}

PDRIVER_ADD_DEVICE Framework::add_device_routine() const {
  return reinterpret_cast<PDRIVER_ADD_DEVICE>(function(add_device_index));
}

PDRIVER_CANCEL Framework::cancel_routine() const {
  return reinterpret_cast<PDRIVER_CANCEL>(function(cancel_index));
}

PKDEFERRED_ROUTINE Framework::dpc_routine() const {
  return reinterpret_cast<PKDEFERRED_ROUTINE>(function(dpc_index));
}

PIO_COMPLETION_ROUTINE Framework::completion_routine() const {
  return reinterpret_cast<PIO_COMPLETION_ROUTINE>(function(completion_index));
}

// A handle is the address of a block that names the object's place in our table.
Object* Framework::find(const void* handle) const {
  const std::uint64_t address = nt::address_of(handle);
  if (address % 16 != 0 || !machine_.memory().kernel.contains(address)) return nullptr;
  const std::uint64_t index = *static_cast<const std::uint64_t*>(handle);
  if (index >= objects_.size() || objects_[index] == nullptr) return nullptr;
  return objects_[index]->handle == handle ? objects_[index].get() : nullptr;
}

const Object* Framework::owner_of_context(const Client& client, const void* memory) const {
  for (const auto& object : objects_) {
    if (object == nullptr || &object->client != &client) continue;
    const auto& contexts = object->contexts;
    if (std::ranges::find(contexts, memory, &Context::memory) != contexts.end())
      return object.get();
  }
  return nullptr;
}

void Framework::give_handle(Object& object) {
  // Blocks of handles are never given back, so that a stale handle is always found out.
  std::byte* block = machine_.memory().kernel.allocate(sizeof(std::uint64_t));
  *reinterpret_cast<std::uint64_t*>(block) = objects_.size();
  object.handle = reinterpret_cast<WDFOBJECT>(block);
}

ledger::CallbackInfo Framework::callback_info(const Object& object) {
  return {.kind = machine::CallbackKind::wdf_callback,
          .driver = object.client.id,
          .entry = object.entry,
          .values = {nt::address_of(object.handle), static_cast<std::uint64_t>(object.type)}};
}

}  // namespace drydock::kmdf

// SPDX-License-Identifier: Apache-2.0
// Engine sessions of drivers (Fwpm): handles, waiting for the one writer, the ledger entries of
// what drivers added, and the state of the base filtering engine. Spec: lifecycle sections 10, 11;
// engine section 2.
#pragma once

#include <cstdint>
#include <map>
#include <vector>

#include "fwpmk.h"
#include "ledger/record.h"
#include "machine/machine.h"
#include "wfp/engine/engine.h"
#include "wfp/engine/security_descriptor.h"
#include "wfp/kernel/bfe.h"
#include "wfp/kernel/endpoints.h"
#include "wfp/kernel/enumerations.h"
#include "wfp/kernel/kernel_blocks.h"
#include "wfp/kernel/variants.h"

namespace drydock::wfp {

using ledger::ManagedKind;

template <class T>
inline constexpr ManagedKind kind_of = ManagedKind::provider;
template <>
inline constexpr ManagedKind kind_of<ProviderContext> = ManagedKind::provider_context;
template <>
inline constexpr ManagedKind kind_of<SubLayer> = ManagedKind::sublayer;
template <>
inline constexpr ManagedKind kind_of<CalloutObject> = ManagedKind::callout;
template <>
inline constexpr ManagedKind kind_of<Filter> = ManagedKind::filter;

// What has a security descriptor of its own although it is no object; the first five are the
// containers of the object kinds, in their order.
enum class Container : std::uint8_t {
  providers,
  provider_contexts,
  sublayers,
  callouts,
  filters,
  layers,  // and each layer, by its key
  engine,
  net_events,
  connections,
  vswitch_events,
  endpoints,
};

class Management {
 public:
  static constexpr auto slot = machine::Slot::engine;

  Management(machine::Machine& machine, Engine& engine, Workers& workers,
             const LifecycleVariants& variants)
      : machine_(machine),
        engine_(engine),
        variants_(variants),
        enumerations_(machine),
        bfe_(machine, workers, variants) {}
  Management(const Management&) = delete;
  Management& operator=(const Management&) = delete;

  NTSTATUS open(const FWPM_SESSION0* session, HANDLE* handle);
  // Deletes the objects of a dynamic session before it returns.
  NTSTATUS close(HANDLE handle);

  // body(engine, session) -> FwpStatus, again and again while another session writes, until the
  // session's time-out. It must leave no heap memory behind on the stack between two tries. Notes a
  // failure under `name`.
  template <class Body>
  NTSTATUS call(const char* name, HANDLE handle, ledger::EntryId subject, const Body& body) {
    if (refuses_irql()) return fail(name, STATUS_NOT_SUPPORTED, subject);
    const Session* session = find(handle);
    if (session == nullptr) return fail(name, STATUS_INVALID_HANDLE, subject);
    if (session->dead) return fail(name, call_failed, subject);
    const machine::VirtualTime deadline = deadline_of(*session);
    const SessionId id = session->id;
    FwpStatus status = body(engine_, id);
    while (status == FwpStatus::would_block) {
      if (!wait_for_writer(deadline)) {
        status = FwpStatus::timeout;
        break;
      }
      status = body(engine_, id);
    }
    if (!engine_.busy()) wake_writers();
    const auto result = static_cast<NTSTATUS>(status);
    return status == FwpStatus::success ? result : fail(name, result, subject);
  }

  // Like call(), for deletes.
  template <class Body>
  NTSTATUS delete_call(const char* name, HANDLE handle, ledger::EntryId subject, const Body& body) {
    const NTSTATUS failure = transient_failure();
    if (failure != STATUS_SUCCESS) return fail(name, failure, subject);
    const NTSTATUS status = call(name, handle, subject, body);
    if (status == STATUS_SUCCESS) note_deleted(name, subject);
    return status;
  }

  // --- the ledger entries of objects
  // After a successful add. A dynamic object is related to its session.
  template <class T>
  void added(const T& object, std::uint64_t id, ledger::EntryId related = 0) {
    const ledger::EntryId session = entry_of_session(object.owner);
    record_added(kind_of<T>, object.spec.key, object.serial, object.spec.display, id,
                 session != 0 ? session : related);
  }
  // The entry of the object that has the key now; 0 if it is not a driver's.
  template <class T>
  [[nodiscard]] ledger::EntryId entry_of(const T* object) const {
    return object == nullptr ? 0 : entry_of(object->serial);
  }
  // A delete may fail for a moment: what the fault injector chose, if it did (lifecycle section
  // 10).
  [[nodiscard]] NTSTATUS transient_failure();
  // A call under `name` has deleted the object of this entry, if any; the transaction may be open.
  static void note_deleted(const char* name, ledger::EntryId entry);
  // The object of this entry, if any, is gone for good.
  void forget(ledger::EntryId entry);
  // Releases the entries of all objects that are gone for good; no transaction is open.
  void settle();
  // What a call under `name` hands out lives until FwpmFreeMemory0.
  void keep(const char* name, void* structure, KernelBlocks blocks);
  void free_memory(void* structure);
  Enumerations& enumerations() { return enumerations_; }
  // Empty: the default one. `key` is zero but for layers.
  SecurityBytes& container_security(Container container, const Guid& key) {
    return container_security_[{container, key}];
  }

  // The host's sockets; null: nobody knows of any.
  void set_endpoint_source(const EndpointSource* source) { endpoint_source_ = source; }
  [[nodiscard]] std::vector<AleEndpoint> endpoints() const {
    return endpoint_source_ == nullptr ? std::vector<AleEndpoint>{} : endpoint_source_->endpoints();
  }

  [[nodiscard]] const Engine& engine() const { return engine_; }

  // --- the base filtering engine as a service
  Bfe& bfe() { return bfe_; }
  // On a fiber: when the service stops, its sessions end and their dynamic objects go.
  void set_bfe_state(FWPM_SERVICE_STATE state);
  // Notes a failure under the export's name.
  NTSTATUS noted(const char* name, NTSTATUS status) {
    return NT_SUCCESS(status) ? status : fail(name, status, 0);
  }

 private:
  struct Session {
    SessionId id = SessionId::none;
    ledger::EntryId entry = 0;
    bool dead = false;
  };
  struct Object {
    ManagedKind kind = ManagedKind::provider;
    Guid key;
    ledger::EntryId entry = 0;
  };

  static constexpr NTSTATUS call_failed = static_cast<NTSTATUS>(0xc002001b);  // RPC_NT_CALL_FAILED
  static constexpr std::uint32_t usual_wait_ms = 15000;
  static constexpr std::uint32_t no_limit = 0xffffffff;

  [[nodiscard]] bool refuses_irql() const;
  [[nodiscard]] const Session* find(HANDLE handle) const;
  [[nodiscard]] machine::VirtualTime deadline_of(const Session& session) const;
  bool wait_for_writer(machine::VirtualTime deadline);
  void wake_writers();
  NTSTATUS fail(const char* name, NTSTATUS status, ledger::EntryId subject);
  // For MGMT-08.
  void note_maker(ledger::EntryId made);
  // 0 for none: the owner of static objects.
  [[nodiscard]] ledger::EntryId entry_of_session(SessionId id) const;
  void record_added(ManagedKind kind, const Guid& key, std::uint64_t serial,
                    const DisplayData& display, std::uint64_t id, ledger::EntryId related);
  [[nodiscard]] ledger::EntryId entry_of(std::uint64_t serial) const;
  [[nodiscard]] bool exists(const Object& object, std::uint64_t serial) const;
  const EndpointSource* endpoint_source_ = nullptr;
  machine::Machine& machine_;
  Engine& engine_;
  const LifecycleVariants& variants_;
  std::map<std::uint64_t, Session> sessions_;  // by handle
  std::map<std::uint64_t, Object> objects_;    // by serial
  std::map<void*, KernelBlocks> handed_out_;
  Enumerations enumerations_;
  std::map<std::pair<Container, Guid>, SecurityBytes> container_security_;
  std::vector<machine::Fiber*> waiting_writers_;
  Bfe bfe_;
};

}  // namespace drydock::wfp

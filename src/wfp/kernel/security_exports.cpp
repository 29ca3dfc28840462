// SPDX-License-Identifier: Apache-2.0
// The Fwpm functions that get and set security descriptors, and the engine's options.
#include <array>
#include <cstring>

#include "fwpsk.h"
#include "wfp/engine/security_descriptor.h"
#include "wfp/kernel/exports.h"
#include "wfp/kernel/guid_cast.h"
#include "wfp/kernel/management.h"
#include "wfp/kernel/management_rows.h"
#include "wfp/kernel/windows_security.h"

namespace drydock::wfp {
namespace {

// Where a caller wants the parts of a descriptor; each may be null.
struct SecurityOut {
  PSID* owner;
  PSID* group;
  PACL* dacl;
  PACL* sacl;
  PSECURITY_DESCRIPTOR* descriptor;
};

template <class Pointer>
void point_at(Pointer* out, std::uint8_t* descriptor, const SecurityView::Part& part,
              const std::uint8_t* composed) {
  if (out == nullptr) return;
  const bool there = part && !part->empty();
  *out = there ? reinterpret_cast<Pointer>(descriptor + (part->data() - composed)) : nullptr;
}

// The parts asked for as one descriptor, which FwpmFreeMemory0 frees, and pointers into it.
void hand_out(const char* name, const SecurityBytes& composed, const SecurityOut& out) {
  KernelBlocks blocks(machine::Machine::current()->memory().kernel);
  auto* descriptor = blocks.copy(composed);
  const SecurityView view = *view_security(composed);
  point_at(out.owner, descriptor, view.owner, composed.data());
  point_at(out.group, descriptor, view.group, composed.data());
  point_at(out.dacl, descriptor, view.dacl, composed.data());
  point_at(out.sacl, descriptor, view.sacl, composed.data());
  *out.descriptor = descriptor;
  management().keep(name, descriptor, std::move(blocks));
}

// stored(engine, session) -> FwpResult<SecurityBytes>.
template <class Stored>
NTSTATUS get_security(const char* name, HANDLE session, SECURITY_INFORMATION wanted,
                      const SecurityOut& out, const Stored& stored) {
  return management().call(name, session, 0, [&](Engine& engine, SessionId id) {
    if (out.descriptor == nullptr) return FwpStatus::null_pointer;
    const auto bytes = stored(engine, id);
    if (!bytes) return bytes.error();
    const SecurityParts whole = parts_of(*bytes);
    hand_out(name, compose_security(only(whole, wanted)), out);
    return FwpStatus::success;
  });
}

// stored as above; store(engine, session, SecurityBytes) -> FwpStatus.
template <class Stored, class Store>
NTSTATUS set_security(const char* name, HANDLE session, SECURITY_INFORMATION given,
                      const SecurityPointers& parts, const Stored& stored, const Store& store) {
  return management().call(name, session, 0, [&](Engine& engine, SessionId id) {
    const auto bytes = stored(engine, id);
    if (!bytes) return bytes.error();
    auto changed = replaced(parts_of(*bytes), given, parts);
    if (!changed) return changed.error();
    return store(engine, id, compose_security(*changed));
  });
}

// An object by its key; no key, or the zero key, is the container of all objects of the kind.
template <ledger::Literal Name, ObjectKind Kind>
NTSTATUS get_by_key(HANDLE session, const GUID* key, SECURITY_INFORMATION wanted, PSID* owner,
                    PSID* group, PACL* dacl, PACL* sacl, PSECURITY_DESCRIPTOR* descriptor) {
  const Guid object = key == nullptr ? Guid{} : from_windows(*key);
  return get_security(Name.text, session, wanted, {owner, group, dacl, sacl, descriptor},
                      [&](Engine& engine, SessionId id) -> FwpResult<SecurityBytes> {
                        if (!object.is_zero()) return engine.security_of(id, Kind, object);
                        return management().container_security(static_cast<Container>(Kind), {});
                      });
}

template <ledger::Literal Name, ObjectKind Kind>
NTSTATUS set_by_key(HANDLE session, const GUID* key, SECURITY_INFORMATION given, const SID* owner,
                    const SID* group, const ACL* dacl, const ACL* sacl) {
  const Guid object = key == nullptr ? Guid{} : from_windows(*key);
  constexpr auto container = static_cast<Container>(Kind);
  return set_security(
      Name.text, session, given, {owner, group, dacl, sacl},
      [&](Engine& engine, SessionId id) -> FwpResult<SecurityBytes> {
        if (!object.is_zero()) return engine.security_of(id, Kind, object);
        return management().container_security(container, {});
      },
      [&](Engine& engine, SessionId id, SecurityBytes bytes) {
        if (!object.is_zero()) return engine.set_security(id, Kind, object, std::move(bytes));
        management().container_security(container, {}) = std::move(bytes);
        return FwpStatus::success;
      });
}

FwpStatus check_layer(const Guid& key) {
  return key.is_zero() || find_layer(key) != nullptr ? FwpStatus::success
                                                     : FwpStatus::layer_not_found;
}

template <ledger::Literal Name, Container Kind>
NTSTATUS get_of(HANDLE session, SECURITY_INFORMATION wanted, PSID* owner, PSID* group, PACL* dacl,
                PACL* sacl, PSECURITY_DESCRIPTOR* descriptor) {
  return get_security(Name.text, session, wanted, {owner, group, dacl, sacl, descriptor},
                      [](Engine&, SessionId) -> FwpResult<SecurityBytes> {
                        return management().container_security(Kind, {});
                      });
}

template <ledger::Literal Name, Container Kind>
NTSTATUS set_of(HANDLE session, SECURITY_INFORMATION given, const SID* owner, const SID* group,
                const ACL* dacl, const ACL* sacl) {
  return set_security(
      Name.text, session, given, {owner, group, dacl, sacl},
      [](Engine&, SessionId) -> FwpResult<SecurityBytes> {
        return management().container_security(Kind, {});
      },
      [](Engine&, SessionId, SecurityBytes bytes) {
        management().container_security(Kind, {}) = std::move(bytes);
        return FwpStatus::success;
      });
}

NTSTATUS get_of_layer(HANDLE session, const GUID* key, SECURITY_INFORMATION wanted, PSID* owner,
                      PSID* group, PACL* dacl, PACL* sacl, PSECURITY_DESCRIPTOR* descriptor) {
  const Guid layer = key == nullptr ? Guid{} : from_windows(*key);
  return get_security("FwpmLayerGetSecurityInfoByKey0", session, wanted,
                      {owner, group, dacl, sacl, descriptor},
                      [&](Engine&, SessionId) -> FwpResult<SecurityBytes> {
                        const FwpStatus status = check_layer(layer);
                        if (status != FwpStatus::success) return std::unexpected(status);
                        return management().container_security(Container::layers, layer);
                      });
}

NTSTATUS set_of_layer(HANDLE session, const GUID* key, SECURITY_INFORMATION given, const SID* owner,
                      const SID* group, const ACL* dacl, const ACL* sacl) {
  const Guid layer = key == nullptr ? Guid{} : from_windows(*key);
  return set_security(
      "FwpmLayerSetSecurityInfoByKey0", session, given, {owner, group, dacl, sacl},
      [&](Engine&, SessionId) -> FwpResult<SecurityBytes> {
        const FwpStatus status = check_layer(layer);
        if (status != FwpStatus::success) return std::unexpected(status);
        return management().container_security(Container::layers, layer);
      },
      [&](Engine&, SessionId, SecurityBytes bytes) {
        management().container_security(Container::layers, layer) = std::move(bytes);
        return FwpStatus::success;
      });
}

NTSTATUS get_option(HANDLE session, FWPM_ENGINE_OPTION option, FWP_VALUE0** out) {
  constexpr const char* name = "FwpmEngineGetOption0";
  return management().call(name, session, 0, [&](Engine& engine, SessionId id) {
    if (out == nullptr) return FwpStatus::null_pointer;
    const auto value = engine.option(id, static_cast<EngineOption>(option));
    if (!value) return value.error();
    KernelBlocks blocks(machine::Machine::current()->memory().kernel);
    auto* shown = blocks.make<FWP_VALUE0>();
    shown->type = FWP_UINT32;
    shown->uint32 = *value;
    management().keep(name, shown, std::move(blocks));
    *out = shown;
    return FwpStatus::success;
  });
}

NTSTATUS set_option(HANDLE session, FWPM_ENGINE_OPTION option, const FWP_VALUE0* value) {
  return management().call("FwpmEngineSetOption0", session, 0, [&](Engine& engine, SessionId id) {
    if (value == nullptr) return FwpStatus::null_pointer;
    if (value->type != FWP_UINT32) return FwpStatus::type_mismatch;
    return engine.set_option(id, static_cast<EngineOption>(option), value->uint32);
  });
}

#define SECURITY_ROWS(get, set, kind)                        \
  MANAGEMENT_ROW(get, (get_by_key<#get, ObjectKind::kind>)), \
      MANAGEMENT_ROW(set, (set_by_key<#set, ObjectKind::kind>))
#define CONTAINER_ROWS(row, get, set, container) \
  row(get, (get_of<#get, Container::container>)), row(set, (set_of<#set, Container::container>))

}  // namespace

ExportRows security_exports() {
  static const std::array rows{
      SECURITY_ROWS(FwpmProviderGetSecurityInfoByKey0, FwpmProviderSetSecurityInfoByKey0, provider),
      SECURITY_ROWS(FwpmProviderContextGetSecurityInfoByKey0,
                    FwpmProviderContextSetSecurityInfoByKey0, provider_context),
      SECURITY_ROWS(FwpmSubLayerGetSecurityInfoByKey0, FwpmSubLayerSetSecurityInfoByKey0, sublayer),
      SECURITY_ROWS(FwpmCalloutGetSecurityInfoByKey0, FwpmCalloutSetSecurityInfoByKey0, callout),
      SECURITY_ROWS(FwpmFilterGetSecurityInfoByKey0, FwpmFilterSetSecurityInfoByKey0, filter),
      MANAGEMENT_ROW(FwpmLayerGetSecurityInfoByKey0, get_of_layer),
      MANAGEMENT_ROW(FwpmLayerSetSecurityInfoByKey0, set_of_layer),
      CONTAINER_ROWS(MANAGEMENT_ROW, FwpmEngineGetSecurityInfo0, FwpmEngineSetSecurityInfo0,
                     engine),
      CONTAINER_ROWS(MANAGEMENT_ROW, FwpsAleEndpointGetSecurityInfo0,
                     FwpsAleEndpointSetSecurityInfo0, endpoints),
      CONTAINER_ROWS(UNDECLARED_ROW, FwpmNetEventsGetSecurityInfo0, FwpmNetEventsSetSecurityInfo0,
                     net_events),
      CONTAINER_ROWS(UNDECLARED_ROW, FwpmConnectionGetSecurityInfo0, FwpmConnectionSetSecurityInfo0,
                     connections),
      CONTAINER_ROWS(UNDECLARED_ROW, FwpmvSwitchEventsGetSecurityInfo0,
                     FwpmvSwitchEventsSetSecurityInfo0, vswitch_events),
      MANAGEMENT_ROW(FwpmEngineGetOption0, get_option),
      MANAGEMENT_ROW(FwpmEngineSetOption0, set_option),
  };
  return rows;
}

}  // namespace drydock::wfp

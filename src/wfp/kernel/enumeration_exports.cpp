// SPDX-License-Identifier: Apache-2.0
// The Fwpm functions that enumerate: a handle from a template, portions of it, its end; and layers
// by key and number.
#include <array>

#include "wfp/kernel/enum_rows.h"
#include "wfp/kernel/exports.h"
#include "wfp/kernel/guid_cast.h"
#include "wfp/kernel/management.h"
#include "wfp/kernel/management_rows.h"
#include "wfp/kernel/management_views.h"
#include "wfp/kernel/windows_specs.h"

namespace drydock::wfp {
namespace {

template <class T>
void* show(const void* object, KernelBlocks& blocks) {
  return to_windows_object(*static_cast<const T*>(object), blocks);
}

template <class T>
Enumerations::List list_of(Enumerated kind, const std::vector<std::shared_ptr<const T>>& objects) {
  return {.kind = kind, .show = show<T>, .objects = {objects.begin(), objects.end()}};
}

// find(engine, session) -> FwpResult<Enumerations::List>.
template <class Find>
NTSTATUS create(const char* name, HANDLE session, HANDLE* handle, const Find& find) {
  return management().call(name, session, 0, [&](Engine& engine, SessionId id) {
    if (handle == nullptr) return FwpStatus::null_pointer;
    auto list = find(engine, id);
    if (!list) return list.error();
    *handle = management().enumerations().open(session, std::move(*list));
    return FwpStatus::success;
  });
}

// With a template: read it, ask the engine.
template <class T, class Template, class Ask>
NTSTATUS create_by_template(const char* name, HANDLE session, HANDLE* handle, Enumerated kind,
                            const Template* wanted, const Ask& ask) {
  return create(name, session, handle,
                [&](Engine& engine, SessionId id) -> FwpResult<Enumerations::List> {
                  const auto fitting = enum_template(wanted);
                  if (!fitting) return std::unexpected(fitting.error());
                  const auto found = ask(engine, id, *fitting);
                  if (!found) return std::unexpected(found.error());
                  return list_of<T>(kind, *found);
                });
}

NTSTATUS create_providers(HANDLE session, const FWPM_PROVIDER_ENUM_TEMPLATE0*, HANDLE* handle) {
  return create("FwpmProviderCreateEnumHandle0", session, handle,
                [](Engine& engine, SessionId id) -> FwpResult<Enumerations::List> {
                  const auto found = engine.enumerate_providers(id);
                  if (!found) return std::unexpected(found.error());
                  return list_of<Provider>(Enumerated::providers, *found);
                });
}

NTSTATUS create_provider_contexts(HANDLE session,
                                  const FWPM_PROVIDER_CONTEXT_ENUM_TEMPLATE0* wanted,
                                  HANDLE* handle) {
  return create_by_template<ProviderContext>(
      "FwpmProviderContextCreateEnumHandle0", session, handle, Enumerated::provider_contexts,
      wanted, [](Engine& engine, SessionId id, const ProviderContextTemplate& fitting) {
        return engine.enumerate_provider_contexts(id, fitting);
      });
}

NTSTATUS create_sublayers(HANDLE session, const FWPM_SUBLAYER_ENUM_TEMPLATE0* wanted,
                          HANDLE* handle) {
  return create_by_template<SubLayer>(
      "FwpmSubLayerCreateEnumHandle0", session, handle, Enumerated::sublayers, wanted,
      [](Engine& engine, SessionId id, const SubLayerTemplate& fitting) {
        return engine.enumerate_sublayers(id, fitting);
      });
}

NTSTATUS create_callouts(HANDLE session, const FWPM_CALLOUT_ENUM_TEMPLATE0* wanted,
                         HANDLE* handle) {
  return create_by_template<CalloutObject>(
      "FwpmCalloutCreateEnumHandle0", session, handle, Enumerated::callouts, wanted,
      [](Engine& engine, SessionId id, const CalloutTemplate& fitting) {
        return engine.enumerate_callouts(id, fitting);
      });
}

NTSTATUS create_filters(HANDLE session, const FWPM_FILTER_ENUM_TEMPLATE0* wanted, HANDLE* handle) {
  return create_by_template<Filter>(
      "FwpmFilterCreateEnumHandle0", session, handle, Enumerated::filters, wanted,
      [](Engine& engine, SessionId id, const FilterTemplate& fitting) {
        return engine.enumerate_filters(id, fitting);
      });
}

NTSTATUS create_sessions(HANDLE session, const FWPM_SESSION_ENUM_TEMPLATE0*, HANDLE* handle) {
  return create("FwpmSessionCreateEnumHandle0", session, handle,
                [](Engine& engine, SessionId id) -> FwpResult<Enumerations::List> {
                  const auto found = engine.enumerate_sessions(id);
                  if (!found) return std::unexpected(found.error());
                  std::vector<std::shared_ptr<const SessionInfo>> sessions;
                  for (const SessionInfo& one : *found)
                    sessions.push_back(std::make_shared<const SessionInfo>(one));
                  return list_of<SessionInfo>(Enumerated::sessions, sessions);
                });
}

// Layers are constant: nobody owns what these pointers share.
std::shared_ptr<const Layer> shared(const Layer& layer) {
  return {std::shared_ptr<const Layer>(), &layer};
}

NTSTATUS create_layers(HANDLE session, const FWPM_LAYER_ENUM_TEMPLATE0*, HANDLE* handle) {
  return create("FwpmLayerCreateEnumHandle0", session, handle,
                [](Engine&, SessionId) -> FwpResult<Enumerations::List> {
                  std::vector<std::shared_ptr<const Layer>> all;
                  for (const Layer& layer : layers()) all.push_back(shared(layer));
                  return list_of<Layer>(Enumerated::layers, all);
                });
}

// Connection objects are those of IPsec, and there is none here: an enumeration is empty, and
// refused as long as nobody has asked for their monitoring.
FwpStatus check_connections(Engine& engine, SessionId id) {
  const auto monitored = engine.option(id, EngineOption::monitor_ipsec_connections);
  if (!monitored) return monitored.error();
  return *monitored == 0 ? FwpStatus::connections_disabled : FwpStatus::success;
}

NTSTATUS create_connections(HANDLE session, const void*, HANDLE* handle) {
  return create("FwpmConnectionCreateEnumHandle0", session, handle,
                [](Engine& engine, SessionId id) -> FwpResult<Enumerations::List> {
                  const FwpStatus status = check_connections(engine, id);
                  if (status != FwpStatus::success) return std::unexpected(status);
                  return Enumerations::List{.kind = Enumerated::connections};
                });
}

NTSTATUS get_connection(HANDLE session, UINT64, void** connection) {
  return management().call("FwpmConnectionGetById0", session, 0, [&](Engine& engine, SessionId id) {
    if (connection == nullptr) return FwpStatus::null_pointer;
    const FwpStatus status = check_connections(engine, id);
    return status == FwpStatus::success ? FwpStatus::not_found : status;
  });
}

NTSTATUS get_layer(HANDLE session, const GUID* key, FWPM_LAYER0** out) {
  return get("FwpmLayerGetByKey0", session, out, [&](Engine&, SessionId) -> Found<Layer> {
    if (key == nullptr) return std::unexpected(FwpStatus::null_pointer);
    const Layer* layer = find_layer(from_windows(*key));
    if (layer == nullptr) return std::unexpected(FwpStatus::layer_not_found);
    return shared(*layer);
  });
}

NTSTATUS get_layer_by_id(HANDLE session, UINT16 number, FWPM_LAYER0** out) {
  return get("FwpmLayerGetById0", session, out, [&](Engine&, SessionId) -> Found<Layer> {
    const Layer* layer = find_layer(static_cast<LayerId>(number));
    if (layer == nullptr) return std::unexpected(FwpStatus::layer_not_found);
    return shared(*layer);
  });
}

}  // namespace

ExportRows enumeration_exports() {
  static const std::array rows{
      MANAGEMENT_ROW(FwpmSessionCreateEnumHandle0, create_sessions),
      ENUM_ROW(FwpmSessionEnum0, sessions, FWPM_SESSION0),
      DESTROY_ROW(FwpmSessionDestroyEnumHandle0, sessions),
      MANAGEMENT_ROW(FwpmProviderCreateEnumHandle0, create_providers),
      ENUM_ROW(FwpmProviderEnum0, providers, FWPM_PROVIDER0),
      DESTROY_ROW(FwpmProviderDestroyEnumHandle0, providers),
      MANAGEMENT_ROW(FwpmProviderContextCreateEnumHandle0, create_provider_contexts),
      ENUM_ROW(FwpmProviderContextEnum0, provider_contexts, FWPM_PROVIDER_CONTEXT0),
      ENUM_ROW(FwpmProviderContextEnum1, provider_contexts, FWPM_PROVIDER_CONTEXT1),
      ENUM_ROW(FwpmProviderContextEnum2, provider_contexts, FWPM_PROVIDER_CONTEXT2),
      ENUM_ROW(FwpmProviderContextEnum3, provider_contexts, FWPM_PROVIDER_CONTEXT3),
      DESTROY_ROW(FwpmProviderContextDestroyEnumHandle0, provider_contexts),
      MANAGEMENT_ROW(FwpmSubLayerCreateEnumHandle0, create_sublayers),
      ENUM_ROW(FwpmSubLayerEnum0, sublayers, FWPM_SUBLAYER0),
      DESTROY_ROW(FwpmSubLayerDestroyEnumHandle0, sublayers),
      MANAGEMENT_ROW(FwpmLayerGetByKey0, get_layer),
      MANAGEMENT_ROW(FwpmLayerGetById0, get_layer_by_id),
      MANAGEMENT_ROW(FwpmLayerCreateEnumHandle0, create_layers),
      ENUM_ROW(FwpmLayerEnum0, layers, FWPM_LAYER0),
      DESTROY_ROW(FwpmLayerDestroyEnumHandle0, layers),
      MANAGEMENT_ROW(FwpmCalloutCreateEnumHandle0, create_callouts),
      ENUM_ROW(FwpmCalloutEnum0, callouts, FWPM_CALLOUT0),
      DESTROY_ROW(FwpmCalloutDestroyEnumHandle0, callouts),
      MANAGEMENT_ROW(FwpmFilterCreateEnumHandle0, create_filters),
      ENUM_ROW(FwpmFilterEnum0, filters, FWPM_FILTER0),
      DESTROY_ROW(FwpmFilterDestroyEnumHandle0, filters),
      UNDECLARED_ROW(FwpmConnectionCreateEnumHandle0, create_connections),
      UNDECLARED_ROW(FwpmConnectionEnum0,
                     (enumerate<"FwpmConnectionEnum0", Enumerated::connections, void>)),
      UNDECLARED_ROW(FwpmConnectionDestroyEnumHandle0,
                     (destroy<"FwpmConnectionDestroyEnumHandle0", Enumerated::connections>)),
      UNDECLARED_ROW(FwpmConnectionGetById0, get_connection),
  };
  return rows;
}

}  // namespace drydock::wfp

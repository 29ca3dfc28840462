// SPDX-License-Identifier: Apache-2.0
// The Fwpm functions: from Windows arguments to management.h and the engine.
#include <array>

#include "wfp/kernel/exports.h"
#include "wfp/kernel/guid_cast.h"
#include "wfp/kernel/management.h"
#include "wfp/kernel/management_rows.h"
#include "wfp/kernel/management_views.h"
#include "wfp/kernel/windows_security.h"
#include "wfp/kernel/windows_specs.h"

namespace drydock::wfp {
namespace {

using machine::Irql;

NTSTATUS open_engine(const wchar_t*, UINT32, SEC_WINNT_AUTH_IDENTITY_W*,
                     const FWPM_SESSION0* session, HANDLE* handle) {
  return management().open(session, handle);
}

NTSTATUS close_engine(HANDLE handle) {
  return management().close(handle);
}

NTSTATUS begin(HANDLE handle, UINT32 flags) {
  const auto kind =
      (flags & FWPM_TXN_READ_ONLY) != 0 ? TransactionKind::read_only : TransactionKind::read_write;
  return management().call("FwpmTransactionBegin0", handle, 0, [&](Engine& engine, SessionId id) {
    if ((flags & ~std::uint32_t{FWPM_TXN_READ_ONLY}) != 0) return FwpStatus::invalid_flags;
    return engine.begin(id, kind);
  });
}

NTSTATUS commit(HANDLE handle) {
  return management().call("FwpmTransactionCommit0", handle, 0, [](Engine& engine, SessionId id) {
    const FwpStatus status = engine.commit(id);
    if (!engine.busy()) management().settle();
    return status;
  });
}

NTSTATUS abort(HANDLE handle) {
  return management().call("FwpmTransactionAbort0", handle, 0, [](Engine& engine, SessionId id) {
    const FwpStatus status = engine.abort(id);
    if (!engine.busy()) management().settle();
    return status;
  });
}

// Reads the structure, adds, makes the ledger entry: in one go without a switch, unless notifyFn
// does one.
template <class T, class Read, class Add, class Look>
NTSTATUS add(const char* name, HANDLE handle, PSECURITY_DESCRIPTOR descriptor, const Read& read,
             const Add& add_to, const Look& look) {
  return management().call(name, handle, 0, [&](Engine& engine, SessionId id) {
    auto spec = read();
    if (!spec) return spec.error();
    auto security = security_from_windows(descriptor);
    if (!security) return security.error();
    spec->security = std::move(*security);
    const auto added = add_to(engine, id, std::move(*spec));
    if (!added) return added.error();
    look(engine, *added);
    return FwpStatus::success;
  });
}

NTSTATUS add_provider(HANDLE handle, const FWPM_PROVIDER0* provider, PSECURITY_DESCRIPTOR sd) {
  return add<Provider>(
      "FwpmProviderAdd0", handle, sd, [&] { return provider_spec(provider); },
      [](Engine& engine, SessionId id, ProviderSpec spec) {
        return engine.add_provider(id, std::move(spec));
      },
      [](Engine& engine, const Guid& key) {
        management().added(*engine.store().all<Provider>().find(key)->object, 0);
      });
}

template <class Context>
NTSTATUS add_provider_context(HANDLE handle, const Context* context, PSECURITY_DESCRIPTOR sd,
                              UINT64* id_out) {
  static_assert(sizeof(Context) == sizeof(FWPM_PROVIDER_CONTEXT0));
  return add<ProviderContext>(
      "FwpmProviderContextAdd", handle, sd,
      [&] {
        return provider_context_spec(reinterpret_cast<const FWPM_PROVIDER_CONTEXT0*>(context));
      },
      [](Engine& engine, SessionId id, ProviderContextSpec spec) {
        return engine.add_provider_context(id, std::move(spec));
      },
      [&](Engine& engine, std::uint64_t number) {
        if (id_out != nullptr) *id_out = number;
        management().added(*engine.store().provider_context(number), number);
      });
}

NTSTATUS add_sublayer(HANDLE handle, const FWPM_SUBLAYER0* sublayer, PSECURITY_DESCRIPTOR sd) {
  return add<SubLayer>(
      "FwpmSubLayerAdd0", handle, sd, [&] { return sublayer_spec(sublayer); },
      [](Engine& engine, SessionId id, SubLayerSpec spec) {
        return engine.add_sublayer(id, std::move(spec));
      },
      [](Engine& engine, const Guid& key) {
        management().added(*engine.store().all<SubLayer>().find(key)->object, 0);
      });
}

NTSTATUS add_callout(HANDLE handle, const FWPM_CALLOUT0* callout, PSECURITY_DESCRIPTOR sd,
                     UINT32* id_out) {
  return add<CalloutObject>(
      "FwpmCalloutAdd0", handle, sd, [&] { return callout_spec(callout); },
      [](Engine& engine, SessionId id, CalloutSpec spec) {
        return engine.add_callout(id, std::move(spec));
      },
      [&](Engine& engine, CalloutId number) {
        if (id_out != nullptr) *id_out = std::to_underlying(number);
        management().added(*engine.store().callout(number), std::to_underlying(number));
      });
}

NTSTATUS add_filter(HANDLE handle, const FWPM_FILTER0* filter, PSECURITY_DESCRIPTOR sd,
                    UINT64* id_out) {
  return add<Filter>(
      "FwpmFilterAdd0", handle, sd, [&] { return filter_spec(filter); },
      [](Engine& engine, SessionId id, FilterSpec spec) {
        return engine.add_filter(id, std::move(spec));
      },
      [&](Engine& engine, FilterId number) {
        if (id_out != nullptr) *id_out = std::to_underlying(number);
        const auto object = engine.store().filter(number);
        if (!object) return;  // notifyFn switched, and somebody else was faster
        const auto functions = ledger::record().ledger().find_latest(
            ledger::Kind::callout, std::to_underlying(object->callout_id));
        management().added(*object, std::to_underlying(number), functions);
      });
}

template <class T>
ledger::EntryId entry_by_key(const GUID* key) {
  if (key == nullptr) return 0;
  const auto* found = management().engine().store().all<T>().find(from_windows(*key));
  return found == nullptr ? 0 : management().entry_of(found->object.get());
}

using DeleteByKey = FwpStatus (Engine::*)(SessionId, const Guid&);

// One delete: outside a transaction its ledger entry ends at once, else at the commit.
template <class Delete>
NTSTATUS delete_object(const char* name, HANDLE handle, ledger::EntryId entry,
                       const Delete& delete_it) {
  return management().delete_call(name, handle, entry, [&](Engine& engine, SessionId id) {
    const FwpStatus status = delete_it(engine, id);
    if (status == FwpStatus::success && !engine.busy()) management().forget(entry);
    return status;
  });
}

template <class T, DeleteByKey Delete>
NTSTATUS delete_by_key(const char* name, HANDLE handle, const GUID* key) {
  return delete_object(name, handle, entry_by_key<T>(key), [&](Engine& engine, SessionId id) {
    return key == nullptr ? FwpStatus::null_pointer : (engine.*Delete)(id, from_windows(*key));
  });
}

NTSTATUS delete_provider(HANDLE handle, const GUID* key) {
  return delete_by_key<Provider, &Engine::delete_provider>("FwpmProviderDeleteByKey0", handle, key);
}

NTSTATUS delete_provider_context(HANDLE handle, const GUID* key) {
  return delete_by_key<ProviderContext, &Engine::delete_provider_context>(
      "FwpmProviderContextDeleteByKey0", handle, key);
}

NTSTATUS delete_sublayer(HANDLE handle, const GUID* key) {
  return delete_by_key<SubLayer, &Engine::delete_sublayer>("FwpmSubLayerDeleteByKey0", handle, key);
}

NTSTATUS delete_callout(HANDLE handle, const GUID* key) {
  return delete_by_key<CalloutObject, &Engine::delete_callout>("FwpmCalloutDeleteByKey0", handle,
                                                               key);
}

NTSTATUS delete_filter(HANDLE handle, const GUID* key) {
  return delete_by_key<Filter, &Engine::delete_filter>("FwpmFilterDeleteByKey0", handle, key);
}

NTSTATUS delete_provider_context_by_id(HANDLE handle, UINT64 number) {
  const auto object = management().engine().store().provider_context(number);
  return delete_object("FwpmProviderContextDeleteById0", handle,
                       management().entry_of(object.get()), [&](Engine& engine, SessionId id) {
                         return engine.delete_provider_context(id, std::uint64_t{number});
                       });
}

NTSTATUS delete_callout_by_id(HANDLE handle, UINT32 number) {
  const ledger::EntryId entry =
      management().entry_of(management().engine().store().callout(CalloutId{number}).get());
  return delete_object("FwpmCalloutDeleteById0", handle, entry, [&](Engine& engine, SessionId id) {
    return engine.delete_callout(id, CalloutId{number});
  });
}

NTSTATUS delete_filter_by_id(HANDLE handle, UINT64 number) {
  const ledger::EntryId entry =
      management().entry_of(management().engine().store().filter(FilterId{number}).get());
  return delete_object("FwpmFilterDeleteById0", handle, entry, [&](Engine& engine, SessionId id) {
    return engine.delete_filter(id, FilterId{number});
  });
}

NTSTATUS get_provider(HANDLE handle, const GUID* key, FWPM_PROVIDER0** out) {
  return get("FwpmProviderGetByKey0", handle, out, [&](Engine& engine, SessionId id) {
    return key == nullptr ? Found<Provider>(std::unexpected(FwpStatus::null_pointer))
                          : engine.get_provider(id, from_windows(*key));
  });
}

NTSTATUS get_sublayer(HANDLE handle, const GUID* key, FWPM_SUBLAYER0** out) {
  return get("FwpmSubLayerGetByKey0", handle, out, [&](Engine& engine, SessionId id) {
    return key == nullptr ? Found<SubLayer>(std::unexpected(FwpStatus::null_pointer))
                          : engine.get_sublayer(id, from_windows(*key));
  });
}

NTSTATUS get_callout(HANDLE handle, const GUID* key, FWPM_CALLOUT0** out) {
  return get("FwpmCalloutGetByKey0", handle, out, [&](Engine& engine, SessionId id) {
    return key == nullptr ? Found<CalloutObject>(std::unexpected(FwpStatus::null_pointer))
                          : engine.get_callout(id, from_windows(*key));
  });
}

NTSTATUS get_callout_by_id(HANDLE handle, UINT32 number, FWPM_CALLOUT0** out) {
  return get("FwpmCalloutGetById0", handle, out, [&](Engine& engine, SessionId id) {
    return engine.get_callout(id, CalloutId{number});
  });
}

NTSTATUS get_filter(HANDLE handle, const GUID* key, FWPM_FILTER0** out) {
  return get("FwpmFilterGetByKey0", handle, out, [&](Engine& engine, SessionId id) {
    return key == nullptr ? Found<Filter>(std::unexpected(FwpStatus::null_pointer))
                          : engine.get_filter(id, from_windows(*key));
  });
}

NTSTATUS get_filter_by_id(HANDLE handle, UINT64 number, FWPM_FILTER0** out) {
  return get("FwpmFilterGetById0", handle, out,
             [&](Engine& engine, SessionId id) { return engine.get_filter(id, FilterId{number}); });
}

template <class Context>
NTSTATUS get_provider_context(HANDLE handle, const GUID* key, Context** out) {
  return get("FwpmProviderContextGetByKey", handle, out, [&](Engine& engine, SessionId id) {
    return key == nullptr ? Found<ProviderContext>(std::unexpected(FwpStatus::null_pointer))
                          : engine.get_provider_context(id, from_windows(*key));
  });
}

template <class Context>
NTSTATUS get_provider_context_by_id(HANDLE handle, UINT64 number, Context** out) {
  return get("FwpmProviderContextGetById", handle, out, [&](Engine& engine, SessionId id) {
    return engine.get_provider_context(id, std::uint64_t{number});
  });
}

void free_memory(void** pointer) {
  if (pointer == nullptr) return;
  management().free_memory(*pointer);
  *pointer = nullptr;
}

FWPM_SERVICE_STATE bfe_state() {
  return management().bfe().state();
}

NTSTATUS subscribe_bfe(void* device, FWPM_SERVICE_STATE_CHANGE_CALLBACK0 callback, void* context,
                       HANDLE* handle) {
  return management().noted("FwpmBfeStateSubscribeChanges0",
                            management().bfe().subscribe(device, callback, context, handle));
}

NTSTATUS unsubscribe_bfe(HANDLE handle) {
  return management().noted("FwpmBfeStateUnsubscribeChanges0",
                            management().bfe().unsubscribe(handle));
}

// Asks the fault injector itself: a delete has several ways to fail for a moment.
#define DELETE_ROW(name, implementation) \
  FWPKCLNT_ROW(name, (implementation), .max_irql = Irql::passive)

}  // namespace

ExportRows management_exports() {
  static const std::array rows{
      MANAGEMENT_ROW(FwpmEngineOpen0, open_engine),
      FWPKCLNT_ROW(FwpmEngineClose0, close_engine, .max_irql = Irql::passive),
      MANAGEMENT_ROW(FwpmTransactionBegin0, begin),
      MANAGEMENT_ROW(FwpmTransactionCommit0, commit),
      FWPKCLNT_ROW(FwpmTransactionAbort0, abort, .max_irql = Irql::passive),
      MANAGEMENT_ROW(FwpmProviderAdd0, add_provider),
      MANAGEMENT_ROW(FwpmProviderContextAdd0, add_provider_context<FWPM_PROVIDER_CONTEXT0>),
      MANAGEMENT_ROW(FwpmProviderContextAdd1, add_provider_context<FWPM_PROVIDER_CONTEXT1>),
      MANAGEMENT_ROW(FwpmProviderContextAdd2, add_provider_context<FWPM_PROVIDER_CONTEXT2>),
      MANAGEMENT_ROW(FwpmProviderContextAdd3, add_provider_context<FWPM_PROVIDER_CONTEXT3>),
      MANAGEMENT_ROW(FwpmSubLayerAdd0, add_sublayer),
      MANAGEMENT_ROW(FwpmCalloutAdd0, add_callout),
      MANAGEMENT_ROW(FwpmFilterAdd0, add_filter),
      DELETE_ROW(FwpmProviderDeleteByKey0, delete_provider),
      DELETE_ROW(FwpmProviderContextDeleteByKey0, delete_provider_context),
      DELETE_ROW(FwpmProviderContextDeleteById0, delete_provider_context_by_id),
      DELETE_ROW(FwpmSubLayerDeleteByKey0, delete_sublayer),
      DELETE_ROW(FwpmCalloutDeleteByKey0, delete_callout),
      DELETE_ROW(FwpmCalloutDeleteById0, delete_callout_by_id),
      DELETE_ROW(FwpmFilterDeleteByKey0, delete_filter),
      DELETE_ROW(FwpmFilterDeleteById0, delete_filter_by_id),
      MANAGEMENT_ROW(FwpmProviderGetByKey0, get_provider),
      MANAGEMENT_ROW(FwpmSubLayerGetByKey0, get_sublayer),
      MANAGEMENT_ROW(FwpmCalloutGetByKey0, get_callout),
      MANAGEMENT_ROW(FwpmCalloutGetById0, get_callout_by_id),
      MANAGEMENT_ROW(FwpmFilterGetByKey0, get_filter),
      MANAGEMENT_ROW(FwpmFilterGetById0, get_filter_by_id),
      MANAGEMENT_ROW(FwpmProviderContextGetByKey0, get_provider_context<FWPM_PROVIDER_CONTEXT0>),
      MANAGEMENT_ROW(FwpmProviderContextGetByKey1, get_provider_context<FWPM_PROVIDER_CONTEXT1>),
      MANAGEMENT_ROW(FwpmProviderContextGetByKey2, get_provider_context<FWPM_PROVIDER_CONTEXT2>),
      MANAGEMENT_ROW(FwpmProviderContextGetByKey3, get_provider_context<FWPM_PROVIDER_CONTEXT3>),
      MANAGEMENT_ROW(FwpmProviderContextGetById0,
                     get_provider_context_by_id<FWPM_PROVIDER_CONTEXT0>),
      MANAGEMENT_ROW(FwpmProviderContextGetById1,
                     get_provider_context_by_id<FWPM_PROVIDER_CONTEXT1>),
      MANAGEMENT_ROW(FwpmProviderContextGetById2,
                     get_provider_context_by_id<FWPM_PROVIDER_CONTEXT2>),
      MANAGEMENT_ROW(FwpmProviderContextGetById3,
                     get_provider_context_by_id<FWPM_PROVIDER_CONTEXT3>),
      FWPKCLNT_ROW(FwpmFreeMemory0, free_memory),
      FWPKCLNT_ROW(FwpmBfeStateGet0, bfe_state),
      FWPKCLNT_ROW(FwpmBfeStateSubscribeChanges0, subscribe_bfe, .max_irql = Irql::passive),
      FWPKCLNT_ROW(FwpmBfeStateUnsubscribeChanges0, unsubscribe_bfe, .max_irql = Irql::passive),
  };
  return rows;
}

}  // namespace drydock::wfp

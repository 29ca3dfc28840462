// SPDX-License-Identifier: Apache-2.0
// A dynamic session of the filter engine: what is added in it goes with it. PASSIVE_LEVEL.
#pragma once

#include "time.h"
#include "wdk.h"

namespace kit {

// Names are only read, but the interface wants them writable.
inline FWPM_DISPLAY_DATA0 display(const wchar_t* name) {
  return {const_cast<wchar_t*>(name), const_cast<wchar_t*>(name)};
}

class EngineSession {
 public:
  EngineSession() = default;
  EngineSession(const EngineSession&) = delete;
  EngineSession& operator=(const EngineSession&) = delete;
  // R2: the filters are gone when this returns. The engine is reached through a remote call, which
  // may fail for the moment.
  _IRQL_requires_max_(PASSIVE_LEVEL) ~EngineSession() {
    for (int attempt = 0; engine_ != nullptr && attempt < 20; ++attempt) {
      if (NT_SUCCESS(FwpmEngineClose0(engine_))) return;
      sleep(milliseconds(50));
    }
  }

  _IRQL_requires_max_(PASSIVE_LEVEL) NTSTATUS open(const wchar_t* name) {
    FWPM_SESSION0 session = {};
    session.displayData = display(name);
    session.flags = FWPM_SESSION_FLAG_DYNAMIC;
    return FwpmEngineOpen0(nullptr, RPC_C_AUTHN_WINNT, nullptr, &session, &engine_);
  }

  _IRQL_requires_max_(PASSIVE_LEVEL) NTSTATUS
      add_sublayer(const GUID& key, const wchar_t* name, UINT16 weight) {
    FWPM_SUBLAYER0 sublayer = {};
    sublayer.subLayerKey = key;
    sublayer.displayData = display(name);
    sublayer.weight = weight;
    return FwpmSubLayerAdd0(engine_, &sublayer, nullptr);
  }

  _IRQL_requires_max_(PASSIVE_LEVEL) NTSTATUS
      add_callout(const GUID& key, const wchar_t* name, const GUID& layer) {
    FWPM_CALLOUT0 callout = {};
    callout.calloutKey = key;
    callout.displayData = display(name);
    callout.applicableLayer = layer;
    return FwpmCalloutAdd0(engine_, &callout, nullptr, nullptr);
  }

  // A filter that asks the callout; `conditions` may be null when there are none.
  _IRQL_requires_max_(PASSIVE_LEVEL) NTSTATUS
      add_filter(const wchar_t* name, const GUID& layer, const GUID& sublayer,
                 FWP_ACTION_TYPE action, const GUID& callout, FWPM_FILTER_CONDITION0* conditions,
                 UINT32 condition_count) {
    FWPM_FILTER0 filter = {};
    filter.displayData = display(name);
    filter.layerKey = layer;
    filter.subLayerKey = sublayer;
    filter.weight.type = FWP_EMPTY;
    filter.action.type = action;
    filter.action.calloutKey = callout;
    filter.filterCondition = conditions;
    filter.numFilterConditions = condition_count;
    return FwpmFilterAdd0(engine_, &filter, nullptr, nullptr);
  }

  HANDLE get() const { return engine_; }

 private:
  HANDLE engine_ = nullptr;
};

// All or nothing: what was added since begin() is undone unless commit() succeeded.
class Transaction {
 public:
  explicit Transaction(const EngineSession& session) : engine_(session.get()) {}
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;
  _IRQL_requires_max_(PASSIVE_LEVEL) ~Transaction() {
    if (open_) FwpmTransactionAbort0(engine_);
  }

  _IRQL_requires_max_(PASSIVE_LEVEL) NTSTATUS begin() {
    const NTSTATUS status = FwpmTransactionBegin0(engine_, 0);
    open_ = NT_SUCCESS(status);
    return status;
  }

  _IRQL_requires_max_(PASSIVE_LEVEL) NTSTATUS commit() {
    const NTSTATUS status = FwpmTransactionCommit0(engine_);
    if (NT_SUCCESS(status)) open_ = false;
    return status;
  }

 private:
  HANDLE engine_;
  bool open_ = false;
};

}  // namespace kit

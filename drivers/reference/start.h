// SPDX-License-Identifier: Apache-2.0
// Loading, given the device: the steps after it are the same for both reference drivers. A step
// that fails leaves the undoing to the destructor of the driver.
#pragma once

#include "drivers/reference/data_path.h"

namespace reference {

// What tells one reference driver from another. Its callouts' keys are the sublayer's with another
// first number.
struct Identity {
  const wchar_t* name;
  GUID sublayer;
  UINT16 weight = 0x100;  // of the sublayer
};

// One callout and the filter that asks it.
struct CalloutRow {
  const GUID* layer;
  FWPS_CALLOUT_CLASSIFY_FN1 classify;
  FWP_ACTION_TYPE action;
  DataLayer data_layer = DataLayer::None;  // of the flow contexts it keeps
  UINT32 flags = 0;
  bool udp_only = false;
};

inline GUID callout_key(const Identity& identity, const CalloutRow& row) {
  GUID key = identity.sublayer;
  key.Data1 = row.layer->Data1;
  return key;
}

template <class Driver>
NTSTATUS register_callout(Driver& driver, const Identity& identity, const CalloutRow& row) {
  const bool has_flows = row.data_layer != DataLayer::None;
  FWPS_CALLOUT1 callout = {};
  callout.calloutKey = callout_key(identity, row);
  callout.flags = row.flags;
  callout.classifyFn = row.classify;
  callout.notifyFn = notify;
  callout.flowDeleteFn = has_flows ? kit::FlowList::flow_deleted : nullptr;
  UINT32 id = 0;
  const NTSTATUS status = driver.callouts.add(driver.device.get(), callout, &id);
  if (NT_SUCCESS(status) && has_flows) {
    driver.data.callouts[static_cast<ULONG>(row.data_layer)] = id;
  }
  return status;
}

inline NTSTATUS add_filter(kit::EngineSession& session, const Identity& identity,
                           const CalloutRow& row) {
  const GUID key = callout_key(identity, row);
  const NTSTATUS status = session.add_callout(key, identity.name, *row.layer);
  if (!NT_SUCCESS(status)) return status;
  FWPM_FILTER_CONDITION0 udp = {};
  udp.fieldKey = FWPM_CONDITION_IP_PROTOCOL;
  udp.matchType = FWP_MATCH_EQUAL;
  udp.conditionValue.type = FWP_UINT8;
  udp.conditionValue.uint8 = IPPROTO_UDP;
  return session.add_filter(identity.name, *row.layer, identity.sublayer, row.action, key,
                            row.udp_only ? &udp : nullptr, row.udp_only ? 1 : 0);
}

template <ULONG Count>
NTSTATUS add_filters(kit::EngineSession& session, const Identity& identity,
                     const CalloutRow (&rows)[Count]) {
  kit::Transaction transaction(session);
  NTSTATUS status = transaction.begin();
  if (NT_SUCCESS(status))
    status = session.add_sublayer(identity.sublayer, identity.name, identity.weight);
  for (const CalloutRow& row : rows) {
    if (NT_SUCCESS(status)) status = add_filter(session, identity, row);
  }
  return NT_SUCCESS(status) ? transaction.commit() : status;
}

// Callouts in the order of the rows: those at data layers stand before the ones that associate
// flow contexts with them. Filters come last, for a filter without its callout blocks.
template <class Driver, ULONG Count>
_IRQL_requires_max_(PASSIVE_LEVEL) NTSTATUS
    start(Driver& driver, const Identity& identity, const CalloutRow (&rows)[Count]) {
  running = &driver.data;
  NTSTATUS status = driver.data.injection.create(AF_UNSPEC, FWPS_INJECTION_TYPE_TRANSPORT);
  for (const CalloutRow& row : rows) {
    if (NT_SUCCESS(status)) status = register_callout(driver, identity, row);
  }
  if (NT_SUCCESS(status)) status = driver.session.open(identity.name);
  if (NT_SUCCESS(status)) status = add_filters(driver.session, identity, rows);
  return status;
}

}  // namespace reference

// SPDX-License-Identifier: Apache-2.0
// A run with the filtering platform in it; functions of this file stand for a callout driver's.
#pragma once

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "ndis/run.h"
#include "wfp/engine/layers.h"
#include "wfp/kernel/exports.h"
#include "wfp/kernel/guid_cast.h"
#include "wfp/kernel/kernel_side.h"

namespace drydock::wfp {

inline constexpr Guid first_key{.data1 = 1};
inline constexpr Guid second_key{.data1 = 2};

// What the functions of the callouts do; a test fills in what it needs.
struct Script {
  std::function<void(const FWPS_INCOMING_VALUES0&, const FWPS_FILTER3&, UINT64 context,
                     FWPS_CLASSIFY_OUT0&)>
      classify;
  std::function<void(UINT16 layer, UINT32 callout, UINT64 context)> flow_delete;
  std::function<NTSTATUS(FWPS_CALLOUT_NOTIFY_TYPE, const GUID*, FWPS_FILTER3&)> notify;

  inline static Script* current = nullptr;
  Script() { current = this; }
  ~Script() { current = nullptr; }
};

inline void NTAPI scripted_classify(const FWPS_INCOMING_VALUES0* values,
                                    const FWPS_INCOMING_METADATA_VALUES0*, void*, const void*,
                                    const FWPS_FILTER3* filter, UINT64 context,
                                    FWPS_CLASSIFY_OUT0* out) {
  if (Script::current->classify) Script::current->classify(*values, *filter, context, *out);
}

inline void NTAPI scripted_flow_delete(UINT16 layer, UINT32 callout, UINT64 context) {
  if (Script::current->flow_delete) Script::current->flow_delete(layer, callout, context);
}

inline NTSTATUS NTAPI scripted_notify(FWPS_CALLOUT_NOTIFY_TYPE type, const GUID* key,
                                      FWPS_FILTER3* filter) {
  return Script::current->notify ? Script::current->notify(type, key, *filter) : STATUS_SUCCESS;
}

// Round robin, but answers every other question with its last option.
struct LastOption final : machine::Choices {
  machine::RoundRobin round_robin{1};
  std::size_t pick_fiber(std::span<const machine::FiberId> candidates, bool goes_on) override {
    return round_robin.pick_fiber(candidates, goes_on);
  }
  std::size_t choose(machine::Question, std::size_t options) override { return options - 1; }
};

struct KernelRun : TestRun {
  static constexpr LayerId layer = LayerId::datagram_data_v4;
  static constexpr UINT16 layer_number = std::to_underlying(layer);

  Script script;
  KernelSide side;
  SessionId session;

  explicit KernelRun(const KernelOptions& options = {}, machine::Choices* choices = nullptr)
      : TestRun({}, choices), side(machine, options), session(side.engine().open_session({})) {}

  // --- what a driver does
  static FWPS_CALLOUT3 functions(const Guid& key) {
    return {to_windows(key), 0, scripted_classify, scripted_notify, scripted_flow_delete};
  }
  NTSTATUS register_callout(const FWPS_CALLOUT3& callout, UINT32* id = nullptr) {
    return IMPORT(callout_exports(), FwpsCalloutRegister3)(&device, &callout, id);
  }
  UINT32 registered(const Guid& key) {
    UINT32 id = 0;
    EXPECT_EQ(register_callout(functions(key), &id), STATUS_SUCCESS);
    return id;
  }
  static NTSTATUS unregister(UINT32 id) {
    return IMPORT(callout_exports(), FwpsCalloutUnregisterById0)(id);
  }
  static NTSTATUS associate(FlowId flow, UINT32 callout, UINT64 context) {
    return IMPORT(flow_exports(), FwpsFlowAssociateContext0)(std::to_underlying(flow), layer_number,
                                                             callout, context);
  }
  static NTSTATUS remove_context(FlowId flow, UINT32 callout) {
    return IMPORT(flow_exports(), FwpsFlowRemoveContext0)(std::to_underlying(flow), layer_number,
                                                          callout);
  }

  // --- what the system does
  void add_filter(const Guid& callout, Action action = Action::callout_terminating,
                  std::uint8_t weight = 0, std::uint32_t flags = 0) {
    const DisplayData display{u"test", {}};
    const Guid layer_key = find_layer(layer)->key;
    if (!side.engine().get_callout(session, callout)) {
      ASSERT_TRUE(side.engine().add_callout(
          session, {.key = callout, .display = display, .provider = {}, .layer = layer_key}));
    }
    FilterSpec spec;
    spec.display = display;
    spec.layer = layer_key;
    spec.weight = Value::number(DataType::uint8, weight);
    spec.action = action;
    spec.callout = callout;
    spec.flags = flags;
    const auto added = side.engine().add_filter(session, spec);
    ASSERT_TRUE(added) << name(added.error());
  }
  Verdict indicate(FlowId flow = FlowId::none, machine::Irql irql = machine::Irql::dispatch) {
    return side.classify(
        {.layer = layer, .values = values, .metadata = &metadata, .flow = flow, .irql = irql});
  }

  int device = 0;
  FWPS_INCOMING_METADATA_VALUES0 metadata{};
  std::vector<FWP_VALUE0> values{find_layer(layer)->fields.size()};
};

// The statuses of all notes of a kind, in order.
inline std::vector<NTSTATUS> statuses(const TestRun& run, ledger::NoteKind kind) {
  std::vector<NTSTATUS> found;
  for (const ledger::Note& note : run.notes(kind)) found.push_back(static_cast<NTSTATUS>(note.a));
  return found;
}

}  // namespace drydock::wfp

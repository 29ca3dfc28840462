// SPDX-License-Identifier: Apache-2.0
// FwpsCalloutRegister and FwpsCalloutUnregister, FwpsFlow: from Windows arguments to callouts.h and
// flows.h.
#include <array>

#include "wfp/kernel/callouts.h"
#include "wfp/kernel/exports.h"
#include "wfp/kernel/flows.h"
#include "wfp/kernel/guid_cast.h"

namespace drydock::wfp {
namespace {

using machine::Irql;

Callouts& callouts() {
  return machine::Machine::current()->get<Callouts>();
}

Flows& flows() {
  return machine::Machine::current()->get<Flows>();
}

template <class Registration, std::uint8_t Version>
NTSTATUS register_callout(void* device, const Registration* callout, UINT32* id) {
  CalloutFunctions functions{.version = Version};
  if (callout != nullptr) {
    functions.key = from_windows(callout->calloutKey);
    functions.flags = callout->flags;
    functions.classify = reinterpret_cast<std::uint64_t>(callout->classifyFn);
    functions.notify = reinterpret_cast<std::uint64_t>(callout->notifyFn);
    functions.flow_delete = callout->flowDeleteFn;
  }
  return callouts().add(device, functions, id);
}

NTSTATUS unregister_by_id(UINT32 id) {
  return callouts().remove(CalloutId{id});
}

NTSTATUS unregister_by_key(const GUID* key) {
  return key == nullptr ? callouts().remove(CalloutId::none)
                        : callouts().remove(from_windows(*key));
}

NTSTATUS associate_context(UINT64 flow, UINT16 layer, UINT32 callout, UINT64 context) {
  return flows().associate(FlowId{flow}, layer, CalloutId{callout}, context);
}

NTSTATUS remove_context(UINT64 flow, UINT16 layer, UINT32 callout) {
  return flows().remove(FlowId{flow}, layer, CalloutId{callout});
}

NTSTATUS abort_flow(UINT64 flow) {
  return flows().abort(FlowId{flow});
}

constexpr std::uint64_t no_resources = 0xc000009a;  // STATUS_INSUFFICIENT_RESOURCES

}  // namespace

ExportRows callout_exports() {
  // Unregistering is for PASSIVE_LEVEL only, but the system itself answers a call at another IRQL
  // (STATUS_NOT_SUPPORTED), and the note says so; a note of the thunk would be the same finding
  // twice.
  static const std::array rows{
      FWPKCLNT_ROW(FwpsCalloutRegister0, (register_callout<FWPS_CALLOUT0, 0>),
                   .max_irql = Irql::passive, .may_fail = true, .failure = no_resources),
      FWPKCLNT_ROW(FwpsCalloutRegister1, (register_callout<FWPS_CALLOUT1, 1>),
                   .max_irql = Irql::passive, .may_fail = true, .failure = no_resources),
      FWPKCLNT_ROW(FwpsCalloutRegister2, (register_callout<FWPS_CALLOUT2, 2>),
                   .max_irql = Irql::passive, .may_fail = true, .failure = no_resources),
      FWPKCLNT_ROW(FwpsCalloutRegister3, (register_callout<FWPS_CALLOUT3, 3>),
                   .max_irql = Irql::passive, .may_fail = true, .failure = no_resources),
      FWPKCLNT_ROW(FwpsCalloutUnregisterById0, unregister_by_id),
      FWPKCLNT_ROW(FwpsCalloutUnregisterByKey0, unregister_by_key),
  };
  return rows;
}

ExportRows flow_exports() {
  static const std::array rows{
      FWPKCLNT_ROW(FwpsFlowAssociateContext0, associate_context, .may_fail = true,
                   .failure = no_resources),
      FWPKCLNT_ROW(FwpsFlowRemoveContext0, remove_context),
      FWPKCLNT_ROW(FwpsFlowAbort0, abort_flow),
  };
  return rows;
}

}  // namespace drydock::wfp

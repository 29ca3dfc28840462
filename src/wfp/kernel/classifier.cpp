// SPDX-License-Identifier: Apache-2.0
#include "wfp/kernel/classifier.h"

#include <string>
#include <utility>

#include "ledger/callback.h"
#include "wfp/engine/layers.h"
#include "wfp/kernel/filter_view.h"
#include "wfp/kernel/raised_irql.h"

namespace drydock::wfp {
namespace {

// Layers at which a callout may acquire a classify handle: authorization, redirection and closure.
bool has_classify_handles(LayerId layer) {
  return (layer >= LayerId::ale_resource_assignment_v4 &&
          layer <= LayerId::ale_auth_connect_v6_discard) ||
         (layer >= LayerId::ale_resource_release_v4 && layer <= LayerId::ale_bind_redirect_v6);
}

}  // namespace

// The engine's way to the drivers, for one classification.
class Classifier::Call final : public CalloutInvoker {
 public:
  Call(Classifier& classifier, const Indication& indication)
      : classifier_(classifier),
        indication_(indication),
        values_{std::to_underlying(indication.layer), static_cast<UINT32>(indication.values.size()),
                reinterpret_cast<FWPS_INCOMING_VALUE0*>(
                    const_cast<FWP_VALUE0*>(indication.values.data()))} {}

  bool registered(CalloutId callout) override {
    return classifier_.callouts_.find_for_classify(callout) != nullptr;
  }

  CalloutAnswer invoke(const Filter& filter, ClassifyRights rights) override {
    Callouts& callouts = classifier_.callouts_;
    Callout& callout = *callouts.find_for_classify(filter.callout_id);
    const std::uint64_t context =
        Flows::context_of(classifier_.flows_.find(indication_.flow), indication_.layer, callout);
    if ((callout.flags & FWP_CALLOUT_FLAG_CONDITIONAL_ON_FLOW) != 0 && context == 0) {
      return {.skipped = true};
    }
    FWPS_CLASSIFY_OUT0 out{};  // E-8: fresh every time
    out.filterId = std::to_underlying(filter.id);
    out.rights = rights.write ? FWPS_RIGHT_ACTION_WRITE : 0;
    RunningClassify node{.callout = &callout, .flow = indication_.flow};
    callouts.enter(node);
    // The callout is chosen; whatever unregisters it or removes the context from now on meets a
    // running classify.
    classifier_.machine_.switch_point();
    call(callout, filter, context, out);
    callouts.leave(node);
    if (indication_.flow != FlowId::none)
      classifier_.flows_.classify_returned(indication_.flow, callout);
    ++called_;
    return {.action = static_cast<Action>(out.actionType),
            .wrote = out.actionType != 0,
            .hard = (out.rights & FWPS_RIGHT_ACTION_WRITE) == 0,
            .absorb = (out.flags & FWPS_CLASSIFY_OUT_FLAG_ABSORB) != 0};
  }

  [[nodiscard]] std::uint32_t called() const { return called_; }

 private:
  void call(const Callout& callout, const Filter& filter, std::uint64_t context,
            FWPS_CLASSIFY_OUT0& out) {
    const FWPS_FILTER0* shown = view_of(filter, classifier_.machine_.memory().kernel).filter;
    const ledger::CallbackInfo info{
        .kind = machine::CallbackKind::classify,
        .driver = callout.driver,
        .entry = callout.entry,
        .values = {std::to_underlying(indication_.layer), std::to_underlying(indication_.flow)}};
    if (callout.version == 0) {
      ledger::call_driver(info, reinterpret_cast<FWPS_CALLOUT_CLASSIFY_FN0>(callout.classify),
                          &values_, indication_.metadata, indication_.layer_data, shown, context,
                          &out);
      return;
    }
    const void* handles =
        has_classify_handles(indication_.layer) ? classifier_.classify_context_ : nullptr;
    ledger::call_driver(info, reinterpret_cast<FWPS_CALLOUT_CLASSIFY_FN3>(callout.classify),
                        &values_, indication_.metadata, indication_.layer_data, handles,
                        reinterpret_cast<const FWPS_FILTER3*>(shown), context, &out);
  }

  Classifier& classifier_;
  const Indication& indication_;
  const FWPS_INCOMING_VALUES0 values_;
  std::uint32_t called_ = 0;
};

Classifier::Classifier(machine::Machine& machine, Engine& engine, Callouts& callouts, Flows& flows)
    : machine_(machine),
      engine_(engine),
      callouts_(callouts),
      flows_(flows),
      classify_context_(machine.memory().kernel.allocate(64)) {}

Verdict Classifier::classify(const Indication& indication) {
  static_assert(sizeof(ValueView) == sizeof(FWP_VALUE0) &&
                offsetof(FWP_VALUE0, uint64) == offsetof(ValueView, raw));
  LayerCount& count = counts_[std::to_underlying(indication.layer)];
  ++count.indications;
  if (!engine_.has_filters(indication.layer)) return {};
  const RaisedIrql raised(machine_, indication.irql);
  Call call(*this, indication);
  const Decision decision = engine_.classify(
      indication.layer,
      {reinterpret_cast<const ValueView*>(indication.values.data()), indication.values.size()},
      call);
  callouts_.classification_ended();
  count.callouts += call.called();
  if (decision.action == Action::block) ++count.blocks;
  return {.action = decision.action,
          .absorbed = decision.absorbed,
          .inconclusive = decision.inconclusive,
          .filter = decision.filter,
          .callouts = call.called()};
}

void Classifier::fold_counts(ledger::Counters& counters) const {
  for (const Layer& layer : layers()) {
    const LayerCount& count = counts_[std::to_underlying(layer.id)];
    if (count.indications == 0) continue;
    const std::string name(layer.name);
    counters.values["classify " + name] += count.indications;
    if (count.callouts != 0) counters.values["classifyFn " + name] += count.callouts;
    if (count.blocks != 0) counters.values["block " + name] += count.blocks;
  }
}

}  // namespace drydock::wfp

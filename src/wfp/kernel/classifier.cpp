// SPDX-License-Identifier: Apache-2.0
#include "wfp/kernel/classifier.h"

#include <string>
#include <utility>

#include "ledger/callback.h"
#include "wfp/engine/layers.h"
#include "wfp/kernel/filter_view.h"
#include "wfp/kernel/raised_irql.h"

namespace drydock::wfp {
// The engine's way to the drivers, for one classification.
class Classifier::Call : public CalloutInvoker {
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
    return run(filter, *classifier_.callouts_.find_for_classify(filter.callout_id),
               rights.write ? FWPS_RIGHT_ACTION_WRITE : 0, 0);
  }

  [[nodiscard]] const std::uint32_t& called() const { return called_; }

 protected:
  CalloutAnswer run(const Filter& filter, Callout& callout, UINT32 rights, UINT32 flags) {
    Callouts& callouts = classifier_.callouts_;
    const std::uint64_t context =
        Flows::context_of(classifier_.flows_.find(indication_.flow), indication_.layer, callout);
    if ((callout.flags & FWP_CALLOUT_FLAG_CONDITIONAL_ON_FLOW) != 0 && context == 0) {
      return {.skipped = true};
    }
    FWPS_CLASSIFY_OUT0 fresh{};
    FWPS_CLASSIFY_OUT0& out = callouts.variants().classify_out_kept ? kept_ : fresh;  // E-8
    out.filterId = std::to_underlying(filter.id);
    out.rights = rights;
    out.flags = flags;
    RunningClassify node{.callout = &callout, .flow = indication_.flow};
    callouts.enter(node);
    // The callout is chosen; whatever unregisters it or removes the context from now on meets a
    // running classify.
    classifier_.machine_.switch_point();
    if (indication_.watcher != nullptr) indication_.watcher->begins(callout);
    call(callout, filter, context, out);
    if (indication_.watcher != nullptr) indication_.watcher->returned(out);
    callouts.leave(node);
    if (indication_.flow != FlowId::none)
      classifier_.flows_.classify_returned(indication_.flow, callout);
    ++called_;
    return {.action = static_cast<Action>(out.actionType),
            .wrote = out.actionType != 0,
            .hard = (out.rights & FWPS_RIGHT_ACTION_WRITE) == 0,
            .absorb = (out.flags & FWPS_CLASSIFY_OUT_FLAG_ABSORB) != 0};
  }

  [[nodiscard]] Classifier& classifier() const { return classifier_; }

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
    ledger::call_driver(info, reinterpret_cast<FWPS_CALLOUT_CLASSIFY_FN3>(callout.classify),
                        &values_, indication_.metadata, indication_.layer_data,
                        indication_.classify_context, reinterpret_cast<const FWPS_FILTER3*>(shown),
                        context, &out);
  }

  Classifier& classifier_;
  const Indication& indication_;
  const FWPS_INCOMING_VALUES0 values_;
  FWPS_CLASSIFY_OUT0 kept_{};
  std::uint32_t called_ = 0;
};

// The same for a stream layer: the visitor decides, and the engine goes on to the next callout.
class Classifier::StreamCall final : public Call, private StreamCallout {
 public:
  StreamCall(Classifier& classifier, const Indication& indication, StreamVisitor& visitor)
      : Call(classifier, indication), visitor_(visitor) {}

  CalloutAnswer invoke(const Filter& filter, ClassifyRights) override {
    filter_ = &filter;
    visitor_.visit(*this);
    return {.skipped = true};
  }

 private:
  [[nodiscard]] Callout* found() const {
    return classifier().callouts_.find_for_classify(filter_->callout_id);
  }
  [[nodiscard]] CalloutId id() const override { return filter_->callout_id; }
  [[nodiscard]] machine::DriverId driver() const override { return found()->driver; }
  [[nodiscard]] ledger::EntryId entry() const override { return found()->entry; }
  [[nodiscard]] std::uint32_t flags() const override { return found()->flags; }
  [[nodiscard]] Action filter_action() const override { return filter_->spec.action; }
  CalloutAnswer call(std::uint32_t flags) override {
    Callout* callout = found();
    if (callout == nullptr) return {.skipped = true};
    return run(*filter_, *callout, FWPS_RIGHT_ACTION_WRITE, flags);
  }

  StreamVisitor& visitor_;
  const Filter* filter_ = nullptr;
};

Classifier::Classifier(machine::Machine& machine, Engine& engine, Callouts& callouts, Flows& flows)
    : machine_(machine), engine_(engine), callouts_(callouts), flows_(flows) {}

Verdict Classifier::classify(const Indication& indication) {
  Call call(*this, indication);
  return decide(indication, call, call.called());
}

Verdict Classifier::classify_stream(const Indication& indication, StreamVisitor& visitor) {
  StreamCall call(*this, indication, visitor);
  return decide(indication, call, call.called());
}

Verdict Classifier::decide(const Indication& indication, CalloutInvoker& call,
                           const std::uint32_t& called) {
  static_assert(sizeof(ValueView) == sizeof(FWP_VALUE0) &&
                offsetof(FWP_VALUE0, uint64) == offsetof(ValueView, raw));
  LayerCount& count = counts_[std::to_underlying(indication.layer)];
  ++count.indications;
  if (!engine_.has_filters(indication.layer)) return {};
  const RaisedIrql raised(machine_, indication.irql);
  const Decision decision = engine_.classify(
      indication.layer,
      {reinterpret_cast<const ValueView*>(indication.values.data()), indication.values.size()},
      call);
  callouts_.classification_ended();
  count.callouts += called;
  if (decision.action == Action::block) ++count.blocks;
  return {.action = decision.action,
          .absorbed = decision.absorbed,
          .inconclusive = decision.inconclusive,
          .filter = decision.filter,
          .callouts = called};
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

// SPDX-License-Identifier: Apache-2.0
#include "wfp/kernel/flows.h"

#include <algorithm>
#include <utility>

#include "ledger/callback.h"
#include "wfp/engine/layers.h"
#include "wfp/kernel/raised_irql.h"

namespace drydock::wfp {

using ledger::Kind;
using ledger::NoteKind;
using machine::Irql;
using State = FlowContext::State;

namespace {

void note(NoteKind kind, ledger::EntryId entry, NTSTATUS status, FlowId flow) {
  ledger::record().note(kind, entry, static_cast<std::uint32_t>(status), std::to_underlying(flow));
}

LayerId layer_of(UINT16 number) {
  return static_cast<LayerId>(number);
}

}  // namespace

FlowId Flows::begin() {
  const std::uint64_t number = next_flow_++;
  ++alive_;
  return flows_.get(number, Flow{.id = FlowId{number}}).id;
}

bool Flows::alive(FlowId id) const {
  const Flow* flow = find(id);
  return flow != nullptr && !flow->ended;
}

// All contexts belong to the end at once; a removal that comes while the first is being deleted is
// too late for the others as well.
void Flows::end(FlowId id) {
  Flow* flow = find(id);
  if (flow == nullptr || flow->ended) return;
  flow->ended = true;
  --alive_;
  for (FlowContext* context = flow->contexts; context != nullptr; context = context->next) {
    if (context->state == State::attached) {
      context->state = State::ending;
      ++flow->leaving;
    }
  }
  const Hold hold(*this, *flow);
  const RaisedIrql raised(machine_, Irql::dispatch);
  while (FlowContext* context = next_ending(*flow)) delete_now(*flow, *context);
}

// Those with a classify under way are left for its return.
FlowContext* Flows::next_ending(Flow& flow) {
  const auto ready = [&](const FlowContext& context) {
    return context.state == State::ending && !context.scheduled &&
           !callouts_.classifying(*context.callout, flow.id);
  };
  FlowContext* first = nullptr;
  std::size_t count = 0;
  for (FlowContext* context = flow.contexts; context != nullptr; context = context->next) {
    if (!ready(*context)) continue;
    ++count;
    if (first == nullptr || context->callout->entry < first->callout->entry ||
        (context->callout == first->callout && context->number < first->number)) {
      first = context;
    }
  }
  const bool any_order = callouts_.variants().delete_order == LifecycleVariants::DeleteOrder::any;
  if (count < 2 || !any_order) return first;
  std::size_t skip = machine_.choices().choose(machine::Question::delete_order, count);
  for (FlowContext* context = flow.contexts; context != nullptr; context = context->next) {
    if (ready(*context) && skip-- == 0) return context;
  }
  return first;
}

void Flows::delete_waiting(Flow& flow, const Callout& callout) {
  const Hold hold(*this, flow);
  const auto next = [&]() -> FlowContext* {
    for (FlowContext* context = flow.contexts; context != nullptr; context = context->next) {
      const bool waits = context->state == State::removing || context->state == State::ending;
      if (waits && !context->scheduled && context->callout == &callout) return context;
    }
    return nullptr;
  };
  while (!callouts_.classifying(callout, flow.id)) {
    FlowContext* context = next();
    if (context == nullptr) break;
    if (callouts_.variants().pending_delete_comes_late) {
      schedule(flow, *context);
    } else {
      delete_now(flow, *context);
    }
  }
}

// one of four moments within ten seconds.
void Flows::schedule(Flow& flow, FlowContext& context) {
  context.scheduled = true;
  const std::size_t late = machine_.choices().choose(machine::Question::completion_delay, 4);
  const auto delay =
      machine::VirtualTime{machine::seconds(10).ticks * static_cast<std::int64_t>(late) / 3};
  const auto run = [](void* self, std::uint64_t number) {
    static_cast<Flows*>(self)->delete_scheduled(number);
  };
  // Enough to find it again: a flow's number is never reused, and the low bits tell its contexts
  // apart.
  workers_.post_at(machine_.now() + delay,
                   {run, this, std::to_underlying(flow.id) << 24 | (context.number & 0xffffff)});
}

void Flows::delete_scheduled(std::uint64_t number) {
  Flow* flow = find(FlowId{number >> 24});
  if (flow == nullptr) return;
  const Hold hold(*this, *flow);
  for (FlowContext* context = flow->contexts; context != nullptr; context = context->next) {
    if (context->scheduled && (context->number & 0xffffff) == (number & 0xffffff)) {
      delete_now(*flow, *context);
      return;
    }
  }
}

// Exactly once per context. It is off the flow for everybody while its flowDeleteFn runs.
void Flows::delete_now(Flow& flow, FlowContext& context) {
  if (context.state != State::attached) --flow.leaving;
  context.state = State::deleting;
  Callout& callout = *context.callout;
  --callout.contexts;
  ++callout.callbacks;
  // From here on what the context refers to is the driver's alone; flowDeleteFn usually frees it.
  ledger::record().ledger().release(context.entry);
  ledger::call_driver({.kind = machine::CallbackKind::flow_delete,
                       .driver = callout.driver,
                       .entry = callout.entry,
                       .values = {std::to_underlying(context.layer), std::to_underlying(flow.id)}},
                      callout.flow_delete, std::to_underlying(context.layer),
                      std::to_underlying(callout.id), context.value);
  FlowContext** link = &flow.contexts;
  while (*link != &context) link = &(*link)->next;
  *link = context.next;
  free_contexts_.push_back(&context);
  callouts_.callback_returned(callout);
}

void Flows::forget_if_over(Flow& flow) {
  if (!flow.ended || flow.holders != 0 || flow.contexts != nullptr) return;
  flows_.erase(std::to_underlying(flow.id));
}

NTSTATUS Flows::check_associate(FlowId id, UINT16 layer, const Callout* callout,
                                std::uint64_t value) const {
  if (value == 0 || find_layer(layer_of(layer)) == nullptr) return STATUS_INVALID_PARAMETER;
  if (callout == nullptr) return STATUS_FWP_CALLOUT_NOT_FOUND;
  if (callout->flow_delete == nullptr) return STATUS_INVALID_PARAMETER;
  const bool refused = callout->draining ||
                       (callout->unregistering &&
                        callouts_.variants().after_busy != LifecycleVariants::AfterBusy::as_before);
  if (refused) return STATUS_FWP_CALLOUT_NOT_FOUND;
  return alive(id) ? STATUS_SUCCESS : STATUS_NOT_FOUND;
}

NTSTATUS Flows::associate(FlowId id, UINT16 layer, CalloutId callout_id, std::uint64_t value) {
  Callout* callout = callouts_.find(callout_id);
  const NTSTATUS checked = check_associate(id, layer, callout, value);
  if (checked != STATUS_SUCCESS) {
    note(NoteKind::flow_context_associated, 0, checked, id);
    return checked;
  }
  Flow& flow = *find(id);
  if (const FlowContext* present = find_attached(flow, layer_of(layer), *callout)) {
    note(NoteKind::flow_context_associated, present->entry, STATUS_OBJECT_NAME_EXISTS, id);
    return STATUS_OBJECT_NAME_EXISTS;
  }
  attach(flow, layer_of(layer), *callout, value);
  note(NoteKind::flow_context_associated, flow.contexts->entry, STATUS_SUCCESS, id);
  return STATUS_SUCCESS;
}

void Flows::attach(Flow& flow, LayerId layer, Callout& callout, std::uint64_t value) {
  FlowContext* context =
      free_contexts_.empty() ? &context_store_.emplace_back() : free_contexts_.back();
  if (!free_contexts_.empty()) free_contexts_.pop_back();
  *context = {.layer = layer,
              .callout = &callout,
              .value = value,
              .number = next_context_++,
              .next = flow.contexts};
  context->entry = ledger::record().ledger().acquire(Kind::flow_context, context->number,
                                                     {.name = std::string(find_layer(layer)->name),
                                                      .a = std::to_underlying(flow.id),
                                                      .b = value,
                                                      .related = callout.entry});
  flow.contexts = context;
  ++callout.contexts;
}

NTSTATUS Flows::remove(FlowId id, UINT16 layer, CalloutId callout_id) {
  ledger::EntryId entry = 0;
  const NTSTATUS status = try_remove(id, layer, callouts_.find(callout_id), entry);
  note(NoteKind::flow_context_removed, entry, status, id);
  return status;
}

NTSTATUS Flows::try_remove(FlowId id, UINT16 layer, Callout* callout, ledger::EntryId& entry) {
  Flow* flow = find(id);
  FlowContext* context = flow == nullptr || callout == nullptr
                             ? nullptr
                             : find_attached(*flow, layer_of(layer), *callout);
  if (context == nullptr) return too_late(flow, layer, callout);
  entry = context->entry;
  if (callouts_.classifying(*callout, id)) {
    context->state = State::removing;
    ++flow->leaving;
    return STATUS_PENDING;
  }
  const Hold hold(*this, *flow);
  delete_now(*flow, *context);
  return STATUS_SUCCESS;
}

//
NTSTATUS Flows::too_late(const Flow* flow, UINT16 layer, const Callout* callout) const {
  using enum LifecycleVariants::RemoveTooLate;
  const auto choice = callouts_.variants().remove_too_late;
  if (choice == success) return STATUS_SUCCESS;
  if (choice == unsuccessful || flow == nullptr) return STATUS_UNSUCCESSFUL;
  for (const FlowContext* context = flow->contexts; context != nullptr; context = context->next) {
    const bool queued = context->state == State::removing || context->state == State::ending;
    if (queued && context->callout == callout && context->layer == layer_of(layer))
      return STATUS_PENDING;
  }
  return STATUS_UNSUCCESSFUL;
}

NTSTATUS Flows::abort(FlowId id) {
  if (!alive(id)) return STATUS_NOT_FOUND;
  const auto run = [](void* self, std::uint64_t flow) {
    auto& flows = *static_cast<Flows*>(self);
    if (!flows.alive(FlowId{flow})) return;
    if (flows.listener_ != nullptr) flows.listener_->flow_aborted(FlowId{flow});
    flows.end(FlowId{flow});
  };
  workers_.post({run, this, std::to_underlying(id)});
  return STATUS_SUCCESS;
}

}  // namespace drydock::wfp

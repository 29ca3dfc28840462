// SPDX-License-Identifier: Apache-2.0
// Flows and the contexts that callouts keep on them. Spec: lifecycle section 8.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <vector>

#include "base/serial_table.h"
#include "machine/machine.h"
#include "wfp/kernel/callouts.h"
#include "wfp/kernel/workers.h"

namespace drydock::wfp {

struct FlowContext {
  enum class State : std::uint8_t {
    attached,
    removing,  // FwpsFlowRemoveContext0 answered STATUS_PENDING
    ending,    // the flow is over
    deleting,  // flowDeleteFn runs
  };

  LayerId layer{};
  State state = State::attached;
  bool scheduled = false;  // its deletion is on its way
  Callout* callout = nullptr;
  std::uint64_t value = 0;
  std::uint64_t number = 0;
  ledger::EntryId entry = 0;
  FlowContext* next = nullptr;
};

struct Flow {
  FlowId id = FlowId::none;
  bool ended = false;
  std::uint32_t holders = 0;        // fibers in the middle of deleting its contexts
  std::uint32_t leaving = 0;        // contexts that wait for their classifies to return
  FlowContext* contexts = nullptr;  // newest first
};

// Hears that a driver aborted a connection (FwpsFlowAbort0).
class FlowListener {
 public:
  virtual ~FlowListener() = default;
  // At DISPATCH_LEVEL on a kernel fiber; the flow is over when this returns.
  virtual void flow_aborted(FlowId flow) = 0;
};

class Flows {
 public:
  static constexpr auto slot = machine::Slot::flows;

  Flows(machine::Machine& machine, Callouts& callouts, Workers& workers)
      : machine_(machine), callouts_(callouts), workers_(workers) {}
  Flows(const Flows&) = delete;
  Flows& operator=(const Flows&) = delete;

  void set_listener(FlowListener* listener) { listener_ = listener; }

  // --- for the network path
  // A new flow; its number is never used again in the run.
  FlowId begin();
  // Deletes the flow's contexts: flowDeleteFn on this fiber at DISPATCH_LEVEL, except for those
  // with a classify under way, whose deletion comes when that returns. Nothing for a flow that is
  // over.
  void end(FlowId id);
  [[nodiscard]] bool alive(FlowId id) const;
  [[nodiscard]] std::size_t count_alive() const { return alive_; }

  // --- for classification
  [[nodiscard]] Flow* find(FlowId id) const { return flows_.find(static_cast<std::uint64_t>(id)); }
  // The value that a new classify of the callout at the layer gets, 0 if none.
  [[nodiscard]] static std::uint64_t context_of(const Flow* flow, LayerId layer,
                                                const Callout& callout) {
    if (flow == nullptr) return 0;
    const FlowContext* context = find_attached(*flow, layer, callout);
    return context == nullptr ? 0 : context->value;
  }
  // A classify of the callout for the flow has returned: contexts that waited for it go now.
  void classify_returned(FlowId id, const Callout& callout) {
    Flow* flow = find(id);
    if (flow != nullptr && flow->leaving != 0) [[unlikely]]
      delete_waiting(*flow, callout);
  }

  // --- exports
  NTSTATUS associate(FlowId id, UINT16 layer, CalloutId callout, std::uint64_t value);
  NTSTATUS remove(FlowId id, UINT16 layer, CalloutId callout);
  NTSTATUS abort(FlowId id);

 private:
  static constexpr std::uint64_t first_id = 0x100;

  static FlowContext* find_attached(const Flow& flow, LayerId layer, const Callout& callout) {
    for (FlowContext* context = flow.contexts; context != nullptr; context = context->next) {
      if (context->callout == &callout && context->layer == layer &&
          context->state == FlowContext::State::attached) {
        return context;
      }
    }
    return nullptr;
  }
  NTSTATUS check_associate(FlowId id, UINT16 layer, const Callout* callout,
                           std::uint64_t value) const;
  void attach(Flow& flow, LayerId layer, Callout& callout, std::uint64_t value);
  NTSTATUS try_remove(FlowId id, UINT16 layer, Callout* callout, ledger::EntryId& entry);
  [[nodiscard]] NTSTATUS too_late(const Flow* flow, UINT16 layer, const Callout* callout) const;
  FlowContext* next_ending(Flow& flow);
  void delete_waiting(Flow& flow, const Callout& callout);
  void schedule(Flow& flow, FlowContext& context);
  void delete_scheduled(std::uint64_t number);
  void delete_now(Flow& flow, FlowContext& context);
  // Keeps a flow while callbacks run between two looks at it; the last holder forgets one that is
  // over.
  class Hold {
   public:
    Hold(Flows& flows, Flow& flow) : flows_(flows), flow_(flow) { ++flow_.holders; }
    ~Hold() {
      --flow_.holders;
      flows_.forget_if_over(flow_);
    }
    Hold(const Hold&) = delete;
    Hold& operator=(const Hold&) = delete;

   private:
    Flows& flows_;
    Flow& flow_;
  };
  void forget_if_over(Flow& flow);

  machine::Machine& machine_;
  Callouts& callouts_;
  Workers& workers_;
  FlowListener* listener_ = nullptr;
  SerialTable<Flow> flows_;
  std::uint64_t next_flow_ = first_id;
  std::deque<FlowContext> context_store_;
  std::vector<FlowContext*> free_contexts_;
  std::size_t alive_ = 0;
  std::uint64_t next_context_ = 1;
};

}  // namespace drydock::wfp

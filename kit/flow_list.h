// SPDX-License-Identifier: Apache-2.0
// Contexts that callouts keep on flows, all on one list. What is hard about them is hidden here: a
// flow may end at any moment on another processor, also while its context is being associated or
// removed.
#pragma once

#include "pool.h"
#include "spin_lock.h"
#include "time.h"

namespace kit {

class FlowList;

// Base of what a driver keeps per flow. A flow holds one reference from its association to its
// flowDeleteFn; whoever removes or associates the context holds one of his own meanwhile.
class FlowContext : public Pooled<'wolF'>, private LIST_ENTRY {
 public:
  FlowContext() : LIST_ENTRY{} {}
  FlowContext(const FlowContext&) = delete;
  FlowContext& operator=(const FlowContext&) = delete;
  virtual ~FlowContext() = default;

  // What a classify function was handed as its flow context; null when the flow has none.
  static FlowContext* from(UINT64 flow_context) {
    return reinterpret_cast<FlowContext*>(static_cast<ULONG_PTR>(flow_context));
  }

 private:
  friend class FlowList;
  enum class State { Associating, Associated, Deleted };

  FlowList* list_ = nullptr;
  UINT64 flow_ = 0;
  UINT32 callout_ = 0;
  UINT16 layer_ = 0;
  State state_ = State::Associating;  // guarded by the list's lock
  ULONG pass_ = 0;                    // of drain() that has seen it; guarded by the list's lock
  volatile LONG references_ = 1;
};

class FlowList {
 public:
  FlowList() {
    InitializeListHead(&contexts_);
    KeInitializeEvent(&drained_, NotificationEvent, FALSE);
  }
  FlowList(const FlowList&) = delete;
  FlowList& operator=(const FlowList&) = delete;

  // Puts the context on the flow and takes it over in every case. Anything but STATUS_SUCCESS means
  // that the flow does not have it: STATUS_OBJECT_NAME_EXISTS too, although NT_SUCCESS says yes.
  _IRQL_requires_max_(DISPATCH_LEVEL) NTSTATUS
      associate(Owned<FlowContext> owned, UINT64 flow, UINT16 layer, UINT32 callout) {
    FlowContext* context = owned.release();
    context->list_ = this;
    context->flow_ = flow;
    context->layer_ = layer;
    context->callout_ = callout;
    if (!publish(*context)) {
      release(*context);
      return STATUS_DELETE_PENDING;
    }
    const NTSTATUS status = FwpsFlowAssociateContext0(
        flow, layer, callout, static_cast<UINT64>(reinterpret_cast<ULONG_PTR>(context)));
    if (status != STATUS_SUCCESS) {
      withdraw(*context);
    } else if (left_to_us(*context)) {
      remove(*context);
    }
    release(*context);
    return status;
  }

  // The flowDeleteFn of every callout whose contexts are on the list.
  _IRQL_requires_max_(DISPATCH_LEVEL) static void NTAPI
      flow_deleted(UINT16, UINT32, UINT64 flow_context) {
    FlowContext& context = *FlowContext::from(flow_context);
    context.list_->withdraw(context);
  }

  // R1: no context is associated any more.
  _IRQL_requires_max_(DISPATCH_LEVEL) void close() {
    const SpinLock::Held held(lock_);
    closed_ = true;
    if (IsListEmpty(&contexts_)) KeSetEvent(&drained_, IO_NO_INCREMENT, FALSE);
  }

  // R5: removes every context and returns when flowDeleteFn has been called for each. What
  // FwpsFlowRemoveContext0 answers does not matter, since only flowDeleteFn takes contexts off the
  // list: STATUS_PENDING says "later", STATUS_UNSUCCESSFUL "the flow ends just now" or, on some
  // systems, "not this time", which is why removal is asked for again.
  _IRQL_requires_max_(PASSIVE_LEVEL) void drain() {
    close();
    do {
      ++pass_;
      while (FlowContext* context = next_of_pass()) {
        remove(*context);
        release(*context);
      }
    } while (!wait(milliseconds(1000)));
    const SpinLock::Held held(lock_);  // whoever set the event has let go of the lock
  }

 private:
  // The second reference is the associating thread's, until it has seen how the association went.
  bool publish(FlowContext& context) {
    const SpinLock::Held held(lock_);
    if (closed_) return false;
    InterlockedIncrement(&context.references_);
    InsertTailList(&contexts_, &context);
    return true;
  }

  // Did drain() pass by before the association was made?
  bool left_to_us(FlowContext& context) {
    const SpinLock::Held held(lock_);
    if (context.state_ == FlowContext::State::Deleted) return false;
    context.state_ = FlowContext::State::Associated;
    return closed_;
  }

  void withdraw(FlowContext& context) {
    {
      const SpinLock::Held held(lock_);
      context.state_ = FlowContext::State::Deleted;
      RemoveEntryList(&context);
      if (closed_ && IsListEmpty(&contexts_)) KeSetEvent(&drained_, IO_NO_INCREMENT, FALSE);
    }
    release(context);
  }

  // The next associated context not yet seen in this pass, with a reference; seen ones move to the
  // end.
  FlowContext* next_of_pass() {
    const SpinLock::Held held(lock_);
    while (!IsListEmpty(&contexts_)) {
      FlowContext* context = static_cast<FlowContext*>(contexts_.Flink);
      if (context->pass_ == pass_) return nullptr;
      context->pass_ = pass_;
      RemoveEntryList(context);
      InsertTailList(&contexts_, context);
      if (context->state_ == FlowContext::State::Associated) {
        InterlockedIncrement(&context->references_);
        return context;
      }
    }
    return nullptr;
  }

  // Never with the lock held: flowDeleteFn takes it, perhaps inside the call.
  void remove(FlowContext& context) {
    FwpsFlowRemoveContext0(context.flow_, context.layer_, context.callout_);
  }

  bool wait(LARGE_INTEGER timeout) {
    return KeWaitForSingleObject(&drained_, Executive, KernelMode, FALSE, &timeout) ==
           STATUS_SUCCESS;
  }

  static void release(FlowContext& context) {
    if (InterlockedDecrement(&context.references_) == 0) delete &context;
  }

  SpinLock lock_;
  LIST_ENTRY contexts_;
  bool closed_ = false;
  ULONG pass_ = 0;
  KEVENT drained_;  // set once the list is closed and empty
};

}  // namespace kit

// SPDX-License-Identifier: Apache-2.0
// The functions that drivers register for callouts (Fwps), which of them are running, and when they
// may go. Spec: lifecycle section 7. The management half of a callout lives in the engine; the two
// share a number.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "base/guid.h"
#include "fwpsk.h"
#include "ledger/record.h"
#include "machine/machine.h"
#include "wfp/engine/engine.h"
#include "wfp/kernel/device_references.h"
#include "wfp/kernel/variants.h"

namespace drydock::wfp {

enum class FlowId : std::uint64_t { none = 0 };

// A callout's registered functions.
struct Callout {
  CalloutId id = CalloutId::none;
  Guid key;
  std::uint8_t version = 0;  // of FwpsCalloutRegister
  std::uint32_t flags = 0;   // FWP_CALLOUT_FLAG_...
  std::uint64_t classify = 0;
  std::uint64_t notify = 0;  // may be 0
  FWPS_CALLOUT_FLOW_DELETE_NOTIFY_FN0 flow_delete = nullptr;
  machine::DriverId driver = machine::no_driver;
  ledger::EntryId entry = 0;
  void* device = nullptr;

  std::uint32_t callbacks = 0;  // running now: classifyFn, notifyFn, flowDeleteFn
  std::uint32_t contexts = 0;   // flow contexts whose flowDeleteFn has not been called
  bool unregistering = false;   // an attempt was answered with DEVICE_BUSY
  bool draining = false;        // a thread waits in unregister for the callbacks to return
  machine::Fiber* waiter = nullptr;
};

// What the four versions of the registration structure have in common.
struct CalloutFunctions {
  Guid key{};
  std::uint8_t version = 0;
  std::uint32_t flags = 0;
  std::uint64_t classify = 0;
  std::uint64_t notify = 0;
  FWPS_CALLOUT_FLOW_DELETE_NOTIFY_FN0 flow_delete = nullptr;
};

// One classifyFn that is running, on the stack of the fiber that called it.
struct RunningClassify {
  Callout* callout = nullptr;
  FlowId flow = FlowId::none;
  RunningClassify* next = nullptr;
  RunningClassify** link = nullptr;
};

class Callouts {
 public:
  static constexpr auto slot = machine::Slot::callouts;

  Callouts(machine::Machine& machine, Engine& engine, const LifecycleVariants& variants,
           DeviceReferences* devices)
      : machine_(machine), engine_(engine), variants_(variants), devices_(devices) {}
  Callouts(const Callouts&) = delete;
  Callouts& operator=(const Callouts&) = delete;

  // STATUS_FWP_ALREADY_EXISTS, STATUS_FWP_IN_USE (another thread unregisters it),
  // STATUS_FWP_NULL_POINTER.
  NTSTATUS add(void* device, const CalloutFunctions& functions, UINT32* id);
  // Lifecycle section 7, statuses and states. May wait.
  NTSTATUS remove(CalloutId id);
  NTSTATUS remove(const Guid& key);

  // Null when no functions are registered under the number.
  [[nodiscard]] Callout* find(CalloutId id) const {
    const auto index = static_cast<std::size_t>(id);
    return index < by_id_.size() ? by_id_[index] : nullptr;
  }
  // The callout whose classifyFn a new classify may call.
  [[nodiscard]] Callout* find_for_classify(CalloutId id) const {
    Callout* callout = find(id);
    if (callout == nullptr || callout->draining) [[unlikely]]
      return nullptr;
    const bool stopped = callout->unregistering &&
                         variants_.after_busy == LifecycleVariants::AfterBusy::stop_classify;
    return stopped ? nullptr : callout;
  }
  [[nodiscard]] const LifecycleVariants& variants() const { return variants_; }

  // --- callbacks under way
  void enter(RunningClassify& node) {
    ++node.callout->callbacks;
    node.next = running_;
    node.link = &running_;
    if (running_ != nullptr) running_->link = &node.next;
    running_ = &node;
  }
  void leave(RunningClassify& node) {
    *node.link = node.next;
    if (node.next != nullptr) node.next->link = node.link;
    callback_returned(*node.callout);
  }
  // Is a classifyFn of the callout running for the flow, on whatever processor?
  [[nodiscard]] bool classifying(const Callout& callout, FlowId flow) const {
    for (const RunningClassify* node = running_; node != nullptr; node = node->next) {
      if (node->callout == &callout && node->flow == flow) return true;
    }
    return false;
  }
  // Until some classification ends, for whoever waits for one that uses a deleted filter.
  void wait_for_classification() {
    classification_waiters_.push_back(&machine_.running());
    machine_.block("classifications to end");
  }
  void classification_ended() {
    if (!classification_waiters_.empty()) [[unlikely]]
      wake_classification_waiters();
  }
  void callback_returned(Callout& callout) {
    if (--callout.callbacks == 0 && callout.waiter != nullptr) [[unlikely]]
      wake(callout);
  }

 private:
  NTSTATUS try_remove(Callout* callout);
  NTSTATUS wait_for_callbacks(Callout& callout);
  void forget(Callout& callout);
  void wake(Callout& callout);
  void wake_classification_waiters();
  void note(ledger::NoteKind kind, ledger::EntryId entry, NTSTATUS status, std::uint64_t id);
  [[nodiscard]] Callout* find_key(const Guid& key) const;

  machine::Machine& machine_;
  Engine& engine_;
  const LifecycleVariants& variants_;
  DeviceReferences* devices_;
  std::vector<std::unique_ptr<Callout>>
      all_;  // also those gone: numbers and pointers stay valid for the run
  std::vector<Callout*> by_id_;
  RunningClassify* running_ = nullptr;
  std::vector<machine::Fiber*> classification_waiters_;
};

}  // namespace drydock::wfp

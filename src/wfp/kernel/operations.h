// SPDX-License-Identifier: Apache-2.0
// Indications that a callout may hold up: pended operations (FwpsPendOperation0), pended
// classifications and the handles for them, the requests that redirection rewrites. Spec: engine
// sections 9 and 10.
#pragma once

#include <cstdint>
#include <deque>
#include <unordered_map>
#include <vector>

#include "fwpsk.h"
#include "ledger/record.h"
#include "machine/machine.h"
#include "wfp/engine/layer_id.h"
#include "wfp/kernel/callouts.h"
#include "wfp/kernel/classifier.h"
#include "wfp/kernel/redirects.h"
#include "wfp/kernel/variants.h"
#include "wfp/kernel/workers.h"

namespace drydock::wfp {

// Whose operation it is: the network path. Calls come on the fiber that completes, or on a worker.
class OperationOwner {
 public:
  virtual ~OperationOwner() = default;
  // FwpsCompleteOperation0: decide anew.
  virtual void operation_completed(std::uint64_t number) = 0;
  // FwpsCompleteClassify0, of the last one that pended. `again`: indicate once more.
  virtual void classify_completed(std::uint64_t number, bool again) = 0;
};

// One callout's classify handle at one indication, and what hangs on it.
struct ClassifyHold {
  ledger::EntryId callout = 0;
  std::uint64_t handle = 0;
  std::uint32_t handle_count = 0;  // acquired, not released
  std::uint32_t pend_count = 0;
  ledger::EntryId handle_entry = 0;
  ledger::EntryId pended_entry = 0;
  void* writable = nullptr;  // acquired, not applied
  ledger::EntryId data_entry = 0;
  FWPS_CLASSIFY_OUT0* data_out = nullptr;  // of the classifyFn that acquired it, while it runs
};

// One indication, from its offer until nobody can refer to it any more.
struct Operation {
  enum class Phase : std::uint8_t {
    running,    // its callouts run
    withdrawn,  // they have returned; the owner does not listen yet
    waiting,    // the owner listens
    telling,    // it is told
    over
  };
  enum class Completion : std::uint8_t { none, of_operation, of_classification };
  // What the callout that runs has asked for; judged when it returns.
  struct Call {
    ledger::EntryId callout = 0;
    ledger::EntryId pended = 0;      // operation
    ledger::EntryId classified = 0;  // pended classification
    const char* refused = nullptr;   // the export that answered STATUS_FWP_CANNOT_PEND
    bool refused_classify = false;
    ledger::StackId refused_at = 0;
    machine::DriverId refused_driver = machine::no_driver;
  };

  std::uint64_t number = 0;  // completionHandle and classifyContext while its callouts run
  LayerId layer{};
  FlowId flow = FlowId::none;
  bool reauthorizes = false;
  Phase phase = Phase::running;
  Call call;
  OperationOwner* owner = nullptr;  // from withdraw() on

  bool pended = false;  // FwpsPendOperation0
  ledger::EntryId pended_entry = 0;
  std::vector<ClassifyHold> holds;  // a callout appears once
  // What the owner is to hear of; meanwhile the operation stays.
  Completion completion = Completion::none;
  bool again = false;

  // Redirection; the newest version of the request, null unless one was applied. In the kernel
  // arena, as long as the run.
  void* original = nullptr;  // FWPS_CONNECT_REQUEST0 or FWPS_BIND_REQUEST0
  std::size_t request_size = 0;
  void* applied = nullptr;
};

class Operations {
 public:
  static constexpr auto slot = machine::Slot::operations;

  Operations(machine::Machine& machine, Workers& workers, const LifecycleVariants& variants)
      : machine_(machine), workers_(workers), variants_(variants), redirects_(machine) {}
  Operations(const Operations&) = delete;
  Operations& operator=(const Operations&) = delete;

  // --- for the network path
  // Layers whose indications can be held up, or have classify handles.
  [[nodiscard]] static bool applies_to(LayerId layer);
  // An indication begins. `original`: the request at a redirect layer, in the kernel arena.
  Operation& offer(LayerId layer, FlowId flow, bool reauthorizes, void* original,
                   std::size_t request_size);
  // Tells the operation of each callout that runs for it.
  class Watch final : public CalloutWatcher {
   public:
    Watch(Operations& operations, Operation& operation)
        : operations_(operations), operation_(operation) {}
    void begins(const Callout& callout) override;
    void returned(const FWPS_CLASSIFY_OUT0& out) override;

   private:
    Operations& operations_;
    Operation& operation_;
  };
  // Its callouts have returned. True: it waits for a completion, or has one already; `owner` (may
  // be null) hears of it once it listens.
  bool withdraw(Operation& operation, OperationOwner* owner);
  // From now on the owner can be told. What came before that, it is told by a worker.
  void listen(std::uint64_t number);
  // Nobody waits for that owner's operations any more.
  void forget(const OperationOwner& owner);
  [[nodiscard]] Operation* find(std::uint64_t number);

  // --- exports
  NTSTATUS pend(HANDLE completion, HANDLE* context);
  void complete(HANDLE context, NET_BUFFER_LIST* list);
  NTSTATUS acquire_handle(void* classify_context, UINT64* handle);
  void release_handle(UINT64 handle);
  NTSTATUS pend_classify(UINT64 handle, FWPS_CLASSIFY_OUT0* out);
  void complete_classify(UINT64 handle, const FWPS_CLASSIFY_OUT0* out);
  NTSTATUS acquire_data(UINT64 handle, UINT64 filter, PVOID* data, FWPS_CLASSIFY_OUT0* out);
  void apply_data(UINT64 handle, PVOID data);

  Redirects& redirects() { return redirects_; }

 private:
  struct Held {
    Operation* operation = nullptr;
    ClassifyHold* hold = nullptr;
    explicit operator bool() const { return hold != nullptr; }
  };
  Held by_handle(UINT64 handle, const char* name);
  ClassifyHold& hold_of(Operation& operation);
  void refuse(Operation* operation, bool classify, const char* name);
  void judge_pends(const Operation& operation, bool blocked, bool absorbed);
  void judge_refusal(const Operation& operation, bool blocked, bool absorbed);
  void judge_data(Operation& operation);
  void note(ledger::PendMisuse misuse, ledger::EntryId entry, const char* name,
            NTSTATUS status = 0);
  void recycle_if_over(Operation& operation);
  void completed(Operation& operation);
  void tell_later(const Operation& operation);
  void tell(Operation& operation);

  machine::Machine& machine_;
  Workers& workers_;
  const LifecycleVariants& variants_;
  Redirects redirects_;
  std::deque<Operation> store_;
  std::vector<Operation*> free_;
  std::unordered_map<std::uint64_t, Operation*> by_number_;  // looked up, never walked
  std::uint64_t last_number_ = 0;
  std::uint64_t last_handle_ = 0;
};

}  // namespace drydock::wfp

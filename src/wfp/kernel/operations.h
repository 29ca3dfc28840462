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
#include "wfp/kernel/redirects.h"
#include "wfp/kernel/variants.h"
#include "wfp/kernel/workers.h"

namespace drydock::wfp {

// Whose operation it is: the network path. Calls come on the fiber that completes, or on a worker.
class OperationOwner {
 public:
  virtual ~OperationOwner() = default;
  // FwpsCompleteOperation0: decide anew. `list` is the owner's from now on; usually null.
  virtual void operation_completed(std::uint64_t number, NET_BUFFER_LIST* list) = 0;
  // FwpsCompleteClassify0. `again`: indicate once more.
  virtual void classify_completed(std::uint64_t number, bool again) = 0;
};

// One indication, from its offer until nobody can refer to it any more.
struct Operation {
  std::uint64_t number = 0;  // completionHandle and classifyContext while its callouts run
  LayerId layer{};
  FlowId flow = FlowId::none;
  bool reauthorizes = false;
  bool running = false;                           // its callouts run
  machine::DriverId driver = machine::no_driver;  // that holds it up

  bool pended = false;
  ledger::EntryId pended_entry = 0;

  std::uint64_t handle = 0;  // of FwpsAcquireClassifyHandle0
  std::uint32_t handle_count = 0;
  std::uint32_t pend_count = 0;
  ledger::EntryId handle_entry = 0;

  // Redirection; the newest version of the request, null unless one was applied. In the kernel
  // arena, as long as the run.
  void* original = nullptr;  // FWPS_CONNECT_REQUEST0 or FWPS_BIND_REQUEST0
  std::size_t request_size = 0;
  void* writable = nullptr;  // acquired, not applied
  void* applied = nullptr;
  ledger::EntryId data_entry = 0;
  FWPS_CLASSIFY_OUT0* data_out = nullptr;  // of the classifyFn that acquired it

  OperationOwner* owner = nullptr;  // once it waits
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
  // Its callouts have returned. True: it waits for a completion, which `owner` will hear of.
  bool withdraw(Operation& operation, bool blocked, bool absorbed, OperationOwner* owner);
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
  Operation* by_handle(UINT64 handle, const char* name);
  void note(ledger::PendMisuse misuse, ledger::EntryId entry, const char* name,
            NTSTATUS status = 0);
  void recycle_if_over(Operation& operation);
  void tell_completed(Operation& operation, NET_BUFFER_LIST* list);

  machine::Machine& machine_;
  Workers& workers_;
  const LifecycleVariants& variants_;
  Redirects redirects_;
  std::deque<Operation> store_;
  std::vector<Operation*> free_;
  std::unordered_map<std::uint64_t, Operation*> by_number_;  // looked up, never walked
  std::uint64_t last_number_ = 0;
};

}  // namespace drydock::wfp

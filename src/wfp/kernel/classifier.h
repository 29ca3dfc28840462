// SPDX-License-Identifier: Apache-2.0
// One indication of the network path at one layer: asks the engine, calls the drivers' classifyFn
// on the way, hands back the verdict. On the path of every packet: nothing here allocates.
#pragma once

#include <array>
#include <cstdint>
#include <span>

#include "fwpsk.h"
#include "ledger/record.h"
#include "machine/machine.h"
#include "wfp/engine/engine.h"
#include "wfp/kernel/callouts.h"
#include "wfp/kernel/flows.h"

namespace drydock::wfp {

// Hears of each classifyFn that an indication calls.
class CalloutWatcher {
 public:
  virtual ~CalloutWatcher() = default;
  virtual void begins(const Callout& callout) = 0;
  // As it has left its classifyOut.
  virtual void returned(const FWPS_CLASSIFY_OUT0& out) = 0;
};

struct Indication {
  LayerId layer{};
  std::span<const FWP_VALUE0> values;  // in the order of the layer's fields
  const FWPS_INCOMING_METADATA_VALUES0* metadata = nullptr;
  void* layer_data = nullptr;  // NET_BUFFER_LIST, FWPS_STREAM_CALLOUT_IO_PACKET0, or null
  FlowId flow = FlowId::none;
  machine::Irql irql = machine::Irql::dispatch;  // that the callouts run at, at least
  const void* classify_context = nullptr;        // at layers with classify handles
  CalloutWatcher* watcher = nullptr;             // the same
};

struct Verdict {
  Action action = Action::permit;    // PERMIT or BLOCK
  bool absorbed = false;             // silent drop: the driver took the packet over
  bool inconclusive = false;         // a condition could not be evaluated
  FilterId filter = FilterId::none;  // the deciding one
  std::uint32_t callouts = 0;        // classifyFns that ran
  std::uint64_t pended = 0;          // operation that waits for a completion; 0: none
};

// A callout that a stream layer's data meet. Its functions stay registered at most until the next
// call.
class StreamCallout {
 public:
  virtual ~StreamCallout() = default;
  [[nodiscard]] virtual CalloutId id() const = 0;
  [[nodiscard]] virtual machine::DriverId driver() const = 0;
  [[nodiscard]] virtual ledger::EntryId entry() const = 0;
  [[nodiscard]] virtual std::uint32_t flags() const = 0;   // FWP_CALLOUT_FLAG_...
  [[nodiscard]] virtual Action filter_action() const = 0;  // of the filter that matched
  // Calls its classifyFn with the indication's layer data; `flags`: FWPS_CLASSIFY_OUT_FLAG_... it
  // finds. `skipped`: it did not want to be called, or is gone.
  virtual CalloutAnswer call(std::uint32_t flags) = 0;
};

// The way of stream data through the callouts of a stream layer (engine section 11).
class StreamVisitor {
 public:
  virtual ~StreamVisitor() = default;
  // Each callout that matches, by weight, once.
  virtual void visit(StreamCallout& callout) = 0;
};

// What happened at one layer, for reports.
struct LayerCount {
  std::uint64_t indications = 0;
  std::uint64_t callouts = 0;
  std::uint64_t blocks = 0;
};

class Classifier {
 public:
  Classifier(machine::Machine& machine, Engine& engine, Callouts& callouts, Flows& flows);
  Classifier(const Classifier&) = delete;
  Classifier& operator=(const Classifier&) = delete;

  // On the running fiber, raised to `irql` meanwhile; may be switched away from.
  Verdict classify(const Indication& indication);
  // At a stream layer: no arbitration between callouts, `visitor` calls them. The verdict is that
  // of filters without a callout and of filters whose callout is missing.
  Verdict classify_stream(const Indication& indication, StreamVisitor& visitor);

  [[nodiscard]] std::span<const LayerCount> counts() const { return counts_; }
  // Adds "classify LAYER", "classifyFn LAYER" and "block LAYER" to the record's counters.
  void fold_counts(ledger::Counters& counters) const;

 private:
  class Call;
  class StreamCall;

  Verdict decide(const Indication& indication, CalloutInvoker& call, const std::uint32_t& called);

  machine::Machine& machine_;
  Engine& engine_;
  Callouts& callouts_;
  Flows& flows_;
  std::array<LayerCount, layer_count> counts_{};
};

}  // namespace drydock::wfp

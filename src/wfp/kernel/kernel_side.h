// SPDX-License-Identifier: Apache-2.0
// The filtering platform's kernel side as one object: engine, callouts, flows, injection, installed
// on a machine.
#pragma once

#include "machine/machine.h"
#include "wfp/engine/engine.h"
#include "wfp/kernel/callouts.h"
#include "wfp/kernel/classifier.h"
#include "wfp/kernel/flows.h"
#include "wfp/kernel/injections.h"
#include "wfp/kernel/management.h"
#include "wfp/kernel/notifier.h"
#include "wfp/kernel/operations.h"
#include "wfp/kernel/subscriptions.h"
#include "wfp/kernel/workers.h"

namespace drydock::wfp {

struct KernelOptions {
  Variants engine;
  LifecycleVariants lifecycle;

  friend bool operator==(const KernelOptions&, const KernelOptions&) = default;
};

class KernelSide {
 public:
  // `devices` may be null: then callouts refer to no device object.
  explicit KernelSide(machine::Machine& machine, const KernelOptions& options = {},
                      DeviceReferences* devices = nullptr)
      : options_(options),
        engine_(options_.engine),
        callouts_(machine, engine_, options_.lifecycle, devices),
        workers_(machine),
        notifier_(machine, engine_, callouts_, workers_),
        subscriptions_(workers_),
        flows_(machine, callouts_, workers_),
        classifier_(machine, engine_, callouts_, flows_),
        management_(machine, engine_, workers_, options_.lifecycle),
        injections_(machine, workers_, callouts_, options_.lifecycle),
        operations_(machine, workers_, options_.lifecycle) {
    engine_.set_observer(&notifier_);
    engine_.set_change_observer(&subscriptions_);
    machine.install(callouts_);
    machine.install(flows_);
    machine.install(management_);
    machine.install(injections_);
    machine.install(operations_);
  }
  KernelSide(const KernelSide&) = delete;
  KernelSide& operator=(const KernelSide&) = delete;

  Engine& engine() { return engine_; }
  Callouts& callouts() { return callouts_; }
  Flows& flows() { return flows_; }
  Workers& workers() { return workers_; }
  Subscriptions& subscriptions() { return subscriptions_; }
  Injections& injections() { return injections_; }
  Operations& operations() { return operations_; }
  Management& management() { return management_; }
  Classifier& classifier() { return classifier_; }
  // What was exercised, into the record's counters; once, when the run is over.
  void fold_counts(ledger::Counters& counters) const {
    classifier_.fold_counts(counters);
    injections_.fold_counts(counters);
  }
  [[nodiscard]] const LifecycleVariants& lifecycle() const { return options_.lifecycle; }
  Verdict classify(const Indication& indication) { return classifier_.classify(indication); }

 private:
  KernelOptions options_;
  Engine engine_;
  Callouts callouts_;
  Workers workers_;
  Notifier notifier_;
  Subscriptions subscriptions_;
  Flows flows_;
  Classifier classifier_;
  Management management_;
  Injections injections_;
  Operations operations_;
};

}  // namespace drydock::wfp

// SPDX-License-Identifier: Apache-2.0
// The network stack of the simulated host as the filtering platform meets it: indicates steps to
// the classifier, knows the conversations that live. One per run; traffic comes over HostPaths
// (host_path.h).
#pragma once

#include <map>
#include <string>

#include "machine/machine.h"
#include "net/conversations.h"
#include "net/host_injection.h"
#include "net/layer_input.h"
#include "wfp/kernel/kernel_side.h"

namespace drydock::net {

// The layer that a step is indicated at; not for flow_end.
wfp::LayerId layer_of(StepKind kind, IpVersion version);

class HostNetwork {
 public:
  static constexpr auto slot = machine::Slot::network;

  HostNetwork(machine::Machine& machine, wfp::KernelSide& side);
  ~HostNetwork();
  HostNetwork(const HostNetwork&) = delete;
  HostNetwork& operator=(const HostNetwork&) = delete;

  machine::Machine& machine() { return machine_; }
  wfp::Flows& flows() { return side_.flows(); }
  // Would anybody look at an indication there? If not, nothing has to be prepared for it.
  [[nodiscard]] bool watched(wfp::LayerId layer) { return side_.engine().has_filters(layer); }

  // Asks the classifier; a BLOCK without ABSORB is told to the layer's discard twin as well.
  // `layer_data` as drivers get it, or null. May be switched away from; `input` and `indicated`
  // stay.
  wfp::Verdict indicate(Indicated& indicated, LayerInput& input, void* layer_data,
                        machine::Irql irql);

  Conversations& conversations() { return conversations_; }
  // Adds what became of injected packets.
  void fold_counts(ledger::Counters& counters) const { injection_.fold_counts(counters); }

 private:
  wfp::Verdict classify(Indicated& indicated, LayerInput& input, void* layer_data,
                        machine::Irql irql);
  FWP_BYTE_BLOB* app_id_of(const Process& process);

  machine::Machine& machine_;
  wfp::KernelSide& side_;
  std::map<std::string, FWP_BYTE_BLOB*, std::less<>> app_ids_;  // by path
  Conversations conversations_;
  HostInjection injection_;
  std::uint64_t last_completion_ = 0;
};

}  // namespace drydock::net

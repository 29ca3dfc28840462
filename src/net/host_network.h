// SPDX-License-Identifier: Apache-2.0
// The network stack of the simulated host as the filtering platform meets it: indicates steps to
// the classifier, knows the conversations that live. One per run; traffic comes over HostPaths
// (host_path.h).
#pragma once

#include <compare>
#include <map>
#include <string>

#include "machine/machine.h"
#include "net/layer_input.h"
#include "wfp/kernel/kernel_side.h"

namespace drydock::net {

// The layer that a step is indicated at; not for flow_end.
wfp::LayerId layer_of(StepKind kind, IpVersion version);

// Both ends of a TCP or UDP flow.
struct Conversation {
  Protocol protocol{};
  IpAddress local, remote;
  std::uint16_t local_port = 0, remote_port = 0;

  auto operator<=>(const Conversation&) const = default;
};

class HostNetwork {
 public:
  static constexpr auto slot = machine::Slot::network;

  HostNetwork(machine::Machine& machine, wfp::KernelSide& side) : machine_(machine), side_(side) {}
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

  // A flow that begins, and one that is over.
  void remember(const Step& step, wfp::FlowId flow, std::uint64_t first_endpoint);
  void forget(const Step& step);

 private:
  struct Known {
    wfp::FlowId flow = wfp::FlowId::none;
    EndpointId endpoint{};
    std::uint64_t first_endpoint = 0;
    std::uint32_t interface_index = 0;
  };

  wfp::Verdict classify(Indicated& indicated, LayerInput& input, void* layer_data,
                        machine::Irql irql);
  FWP_BYTE_BLOB* app_id_of(const Process& process);

  machine::Machine& machine_;
  wfp::KernelSide& side_;
  std::map<std::string, FWP_BYTE_BLOB*, std::less<>> app_ids_;  // by path
  std::map<Conversation, Known> conversations_;
  std::uint64_t last_completion_ = 0;
};

}  // namespace drydock::net

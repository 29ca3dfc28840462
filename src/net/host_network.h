// SPDX-License-Identifier: Apache-2.0
// The network stack of the simulated host as the filtering platform meets it: indicates steps to
// the classifier, knows the conversations that live. One per run; traffic comes over HostPaths
// (host_path.h).
#pragma once

#include <map>
#include <optional>
#include <span>
#include <string>

#include "machine/machine.h"
#include "net/conversations.h"
#include "net/fragments.h"
#include "net/host_injection.h"
#include "net/layer_input.h"
#include "net/mac_frame.h"
#include "net/socket_place.h"
#include "net/stream_layer.h"
#include "net/tokens.h"
#include "net/tracker.h"
#include "wfp/kernel/kernel_side.h"

namespace drydock::net {

// The layer that a step is indicated at; not for flow_end and link_frame.
wfp::LayerId layer_of(StepKind kind, IpVersion version);

// The MAC layers in the order in which a frame meets them.
std::span<const StepKind> frame_layers(Direction direction);

SocketPlace read_socket_address(const SOCKADDR_STORAGE& storage);

// Hears that what a driver had taken comes again: a packet which was held up at RECV_ACCEPT and is
// let in, or a fragment that has been stopped.
class AcceptListener {
 public:
  virtual ~AcceptListener() = default;
  virtual void accepted(std::uint64_t operation) = 0;
  virtual void fragment_came(const FragmentKey& fragment) = 0;
};

class PathListener;

class HostNetwork final : private wfp::FlowListener, private wfp::EndpointSource {
 public:
  static constexpr auto slot = machine::Slot::network;

  // `host`: its interfaces and routes; which addresses are its own may be left out, then only
  // traffic tells.
  HostNetwork(machine::Machine& machine, wfp::KernelSide& side, LocalHost host = {});
  ~HostNetwork() override;
  HostNetwork(const HostNetwork&) = delete;
  HostNetwork& operator=(const HostNetwork&) = delete;

  machine::Machine& machine() { return machine_; }
  [[nodiscard]] const LocalHost& host() const { return host_; }
  wfp::Flows& flows() { return side_.flows(); }
  // Would anybody look at an indication there? If not, nothing has to be prepared for it.
  [[nodiscard]] bool watched(wfp::LayerId layer) { return side_.engine().has_filters(layer); }

  // The same of the MAC layers.
  [[nodiscard]] bool watches_frames(Direction direction);
  // Whether all callouts that would be asked at that MAC layer take chains of frames
  // (FWP_CALLOUT_FLAG_ALLOW_L2_BATCH_CLASSIFY).
  [[nodiscard]] bool takes_batches(wfp::LayerId layer);
  // What the host's interfaces are called, as far as frames have told.
  void learn_mac(std::uint32_t interface_index, Direction direction, const EthernetHeader& frame);
  [[nodiscard]] std::optional<MacAddress> mac_of(std::uint32_t interface_index) const;

  // Changes whenever filters come to the layer or go.
  [[nodiscard]] std::uint64_t policy_of(wfp::LayerId layer) {
    return side_.engine().generation(layer);
  }

  // Asks the classifier; a BLOCK without ABSORB is told to the layer's discard twin as well.
  // `layer_data` as drivers get it, or null. May be switched away from; `input` and `indicated`
  // stay.
  wfp::Verdict indicate(Indicated& indicated, LayerInput& input, void* layer_data,
                        machine::Irql irql);

  // The same for a stream layer, whose verdict no discard layer hears of.
  wfp::Verdict classify_stream(Indicated& indicated, LayerInput& input, void* layer_data,
                               machine::Irql irql, wfp::StreamVisitor& visitor);
  // The connection of `step` is over; its contexts are deleted.
  void end_connection(const Step& step, wfp::FlowId flow);

  // Packets that have to come again, by the operation that held them up.
  void await_packet(std::uint64_t operation, AcceptListener* listener);
  void packet_accepted(std::uint64_t operation);
  void forget_packet(std::uint64_t operation) { awaited_.erase(operation); }
  void await_fragment(const FragmentKey& fragment, AcceptListener* listener);
  void forget_fragment(const FragmentKey& fragment) { fragments_awaited_.erase(fragment); }
  void fragment_came(const FragmentKey& fragment);
  void forget(const AcceptListener& listener);

  // Hears of packets that drivers inject; null: nobody.
  void set_listener(PathListener* listener) { listener_ = listener; }
  [[nodiscard]] PathListener* listener() const { return listener_; }

  [[nodiscard]] const wfp::LifecycleVariants& variants() const { return side_.lifecycle(); }
  wfp::Injections& injections() { return side_.injections(); }
  wfp::Operations& operations() { return side_.operations(); }
  wfp::Callouts& callouts() { return side_.callouts(); }
  wfp::Workers& workers() { return side_.workers(); }
  StreamLayer& streams() { return streams_; }
  Conversations& conversations() { return conversations_; }
  // Adds what became of injected packets.
  void fold_counts(ledger::Counters& counters) const { injection_.fold_counts(counters); }

 private:
  wfp::Verdict classify(Indicated& indicated, LayerInput& input, void* layer_data,
                        machine::Irql irql);
  wfp::Indication indication_of(Indicated& indicated, LayerInput& input, void* layer_data,
                                machine::Irql irql);
  wfp::Operation* offer(Indicated& indicated, wfp::Indication& indication);
  void flow_aborted(wfp::FlowId flow) override;
  [[nodiscard]] std::vector<wfp::AleEndpoint> endpoints() const override;
  FWP_BYTE_BLOB* app_id_of(const Program& program);

  machine::Machine& machine_;
  wfp::KernelSide& side_;
  const LocalHost host_;
  std::map<std::string, FWP_BYTE_BLOB*, std::less<>> app_ids_;  // by path
  Tokens tokens_;
  Conversations conversations_;
  std::map<std::uint64_t, AcceptListener*> awaited_;
  std::map<FragmentKey, AcceptListener*> fragments_awaited_;
  std::map<std::uint32_t, MacAddress> macs_;  // by interface
  PathListener* listener_ = nullptr;
  HostInjection injection_;
  StreamLayer streams_;
};

}  // namespace drydock::net

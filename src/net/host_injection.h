// SPDX-License-Identifier: Apache-2.0
// Packets that drivers inject: they enter the path at the layer that belongs to the function
// (engine section 12.3) and are shown to callouts in lists of the stack's own, which count as
// injected.
#pragma once

#include <deque>
#include <optional>
#include <vector>

#include "ledger/record.h"
#include "ndis/packet_buffer.h"
#include "net/layer_input.h"
#include "wfp/kernel/classifier.h"
#include "wfp/kernel/injections.h"

namespace drydock::net {

class HostNetwork;

class HostInjection final : public wfp::InjectionSink {
 public:
  explicit HostInjection(HostNetwork& network) : network_(network) {}
  HostInjection(const HostInjection&) = delete;
  HostInjection& operator=(const HostInjection&) = delete;

  // STATUS_INVALID_PARAMETER: not a packet, or one that nobody could send;
  // STATUS_DATA_NOT_ACCEPTED: blocked, or to be forwarded without a hop left. A packet that a
  // callout absorbed has arrived.
  NTSTATUS deliver(const wfp::Injection& injection) override;
  NTSTATUS take_stream(const wfp::Injection& injection) override;
  NTSTATUS continue_stream(wfp::FlowId flow, wfp::CalloutId callout) override;

  // Adds "injected packets blocked".
  void fold_counts(ledger::Counters& counters) const;

 private:
  // What one delivery works with. Kept here, not on the fiber's stack: the fiber may be abandoned
  // in the middle of a callout.
  struct Desk {
    std::vector<std::uint8_t> bytes;  // the IP packet
    Step step;
    LayerInput* input = nullptr;
    ndis::PacketBuffer* buffer = nullptr;
    bool absorbed = false;  // by a callout: it is there, but goes no further
  };

  Desk& take_desk();
  void give_back(Desk& desk);
  NTSTATUS deliver_buffer(const wfp::Injection& injection, const NET_BUFFER& buffer, Desk& desk);
  NTSTATUS deliver_packet(const wfp::Injection& injection, Desk& desk);
  // host_injection_frames.cpp
  NTSTATUS deliver_frame(const wfp::Injection& injection, Desk& desk);
  NTSTATUS pass_frame(const wfp::Injection& injection, const EthernetHeader& header, Desk& desk);
  void tell_frame(const wfp::Injection& injection, const EthernetHeader& header, const Desk& desk);
  void tell(const wfp::Injection& injection, const ParsedPacket& header, Desk& desk);
  bool read(const wfp::Injection& injection, const NET_BUFFER& buffer, Desk& desk) const;
  bool put_ip_header(const wfp::Injection& injection, Desk& desk) const;
  NTSTATUS pass(const wfp::Injection& injection, const ParsedPacket& header, Desk& desk);
  NTSTATUS pass_layers(std::span<const StepKind> kinds, const ParsedPacket& header, Desk& desk);
  NTSTATUS pass_accepting(const ParsedPacket& header, std::uint64_t operation, Desk& desk);
  wfp::Verdict show(StepKind kind, const ParsedPacket& header, Desk& desk);

  HostNetwork& network_;
  std::deque<Desk> desks_;
  std::vector<Desk*> free_;
  ndis::PacketPool pool_;
  std::uint64_t blocked_ = 0;
};

}  // namespace drydock::net

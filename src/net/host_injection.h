// SPDX-License-Identifier: Apache-2.0
// Packets that drivers inject: they enter the path at the layer that belongs to the function
// (engine section 12.3) and are shown to callouts in lists of the stack's own, which count as
// injected.
#pragma once

#include <deque>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "ledger/record.h"
#include "ndis/packet_buffer.h"
#include "net/layer_input.h"
#include "wfp/kernel/classifier.h"
#include "wfp/kernel/injections.h"

namespace drydock::net {

class HostNetwork;
struct KnownFlow;

// An injected packet that begins a flow, for whoever plays it along a path.
struct InjectedPacket {
  std::span<const std::uint8_t> bytes;  // of the IP packet alone
  const ParsedPacket& header;
  Direction direction{};
  std::uint32_t interface_index = 0;  // that the driver names; 0: the one by the routes
  std::string how;                    // "inject network receive"
  wfp::InjectionMark mark;
  // To be called when its layers have seen it, once. The status is that of HostInjection::deliver.
  std::move_only_function<void(NTSTATUS)> done;
};

class HostInjection final : public wfp::InjectionSink {
 public:
  explicit HostInjection(HostNetwork& network) : network_(network) {}
  HostInjection(const HostInjection&) = delete;
  HostInjection& operator=(const HostInjection&) = delete;

  // STATUS_INVALID_PARAMETER: not a packet, or one that nobody could send;
  // STATUS_DATA_NOT_ACCEPTED: blocked, or to be forwarded without a hop left. A packet that a
  // callout absorbed has arrived. STATUS_PENDING: a path has it.
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
  [[nodiscard]] const KnownFlow* live_flow(const Step& step) const;
  [[nodiscard]] bool may_begin_flow(const wfp::Injection& injection, const ParsedPacket& header,
                                    const Step& step) const;
  bool hand_over(const wfp::Injection& injection, const ParsedPacket& header, Desk& desk);
  void arrived(const wfp::Injection& injection, NTSTATUS status);
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

  // Of an injection whose packets go along a path: how many are on their way.
  struct HandedOver {
    std::size_t packets = 0;
    NTSTATUS status = STATUS_SUCCESS;
  };

  HostNetwork& network_;
  std::unordered_map<const wfp::Injection*, HandedOver> handed_over_;  // looked up, never walked
  std::deque<Desk> desks_;
  std::vector<Desk*> free_;
  ndis::PacketPool pool_;
  std::uint64_t blocked_ = 0;
};

}  // namespace drydock::net

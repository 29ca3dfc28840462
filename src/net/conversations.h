// SPDX-License-Identifier: Apache-2.0
// Who talks to whom right now: what the stack looks up for a packet that does not come with its
// socket, as injected ones do.
#pragma once

#include <compare>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>

#include "net/step.h"
#include "wfp/kernel/callouts.h"

namespace drydock::net {

// transportEndpointHandle of a step: its socket's number behind `first_endpoint`, or the stack's
// own endpoint for the protocol.
std::uint64_t endpoint_handle(const Step& step, std::uint64_t first_endpoint);

// Ports: TCP and UDP. The stack keeps all else apart by addresses alone.
struct Conversation {
  Protocol protocol{};
  IpAddress local, remote;
  std::uint16_t local_port = 0, remote_port = 0;

  auto operator<=>(const Conversation&) const = default;
};

// The local side of an endpoint.
struct LocalEnd {
  Protocol protocol{};
  IpAddress address;
};

struct KnownFlow {
  wfp::FlowId flow = wfp::FlowId::none;
  EndpointId endpoint{};
  std::uint64_t first_endpoint = 0;
  Direction direction{};  // who opened it
  std::uint32_t interface_index = 0;
  bool pended = false;  // its authorization waits
  std::shared_ptr<const Program> program = {};
  std::uint64_t accepting = 0;  // the operation whose packet has to come again (RECV_ACCEPT)
};

// A socket that is bound: one that listens, or is for datagrams.
struct BoundSocket {
  Protocol protocol{};
  IpAddress local;
  std::uint16_t port = 0;
  std::shared_ptr<const Program> program;
};

class Conversations {
 public:
  // An operation of a socket that nobody has refused.
  void note_socket(const Step& step, std::uint64_t first_endpoint);
  [[nodiscard]] const std::map<Conversation, KnownFlow>& flows() const { return flows_; }
  [[nodiscard]] const std::map<std::uint64_t, BoundSocket>& bound() const { return bound_; }
  // The flow of `step` begins or is over. Another one between the same ends stays.
  void begin(const Step& step, wfp::FlowId flow, std::uint64_t first_endpoint);
  void end(const Step& step, wfp::FlowId flow);
  // Nothing when there is no such flow.
  void set_waiting(const Step& step, bool pended, std::uint64_t accepting);

  // Null when there is no such flow.
  [[nodiscard]] const KnownFlow* find(const Step& step) const;
  // Who would send to `remote` over that endpoint, whether or not it has done so before; nothing
  // when there is no such endpoint. `by_route`: the host's address towards it, where it is known.
  [[nodiscard]] std::optional<LocalEnd> local_end(std::uint64_t endpoint, const IpAddress& remote,
                                                  const IpAddress& by_route) const;

 private:
  [[nodiscard]] const LocalEnd* any_local_end(std::uint64_t endpoint, IpVersion version) const;

  struct Route {
    std::uint64_t endpoint = 0;
    IpAddress remote;

    auto operator<=>(const Route&) const = default;
  };

  std::map<Conversation, KnownFlow> flows_;
  std::map<std::uint64_t, BoundSocket> bound_;  // by endpoint handle
  std::map<Route, LocalEnd> local_ends_;        // also of flows that are over: sockets outlive them
};

}  // namespace drydock::net

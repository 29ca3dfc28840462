// SPDX-License-Identifier: Apache-2.0
// What sockets and their packets show the layers: steps made of them.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "net/host/socket.h"
#include "net/packet.h"
#include "net/step.h"
#include "net/tracker.h"
#include "wfp/kernel/injections.h"

namespace drydock::net {

// What a driver injects on its way through the layers.
struct Carried {
  wfp::InjectionMark mark;
  std::string how;                    // "inject network receive"
  std::uint32_t interface_index = 0;  // 0: the one by the routes
  NTSTATUS status = STATUS_SUCCESS;   // what the layers have made of it so far
};

// A packet of the host's while it goes through the layers, in one direction.
struct HostPacket {
  PacketBytes bytes;
  ParsedPacket header;
  Direction direction{};
  bool loopback = false;
  std::shared_ptr<Carried> carried = {};  // null: by no driver

  [[nodiscard]] SocketPlace local() const {
    return direction == Direction::outbound
               ? SocketPlace{header.source, header.source_port}
               : SocketPlace{header.destination, header.destination_port};
  }
  [[nodiscard]] SocketPlace remote() const {
    return direction == Direction::outbound
               ? SocketPlace{header.destination, header.destination_port}
               : SocketPlace{header.source, header.source_port};
  }
};

// What the host's interfaces are called.
struct HostInterfaces {
  const LocalHost& host;

  [[nodiscard]] std::uint32_t index(bool is_loopback, const IpAddress& local,
                                    const IpAddress& remote) const {
    return is_loopback ? host.loopback_interface_index : host.interface_between(local, remote);
  }
};

// An operation of a socket: no packet. At its flow's layers, of the flow.
Step operation_step(StepKind kind, const Socket& socket, const HostInterfaces& interfaces,
                    Nanoseconds now);
// A layer that a packet meets; nobody's yet.
Step packet_step(StepKind kind, const HostPacket& packet, const HostInterfaces& interfaces,
                 Nanoseconds now);
// ... that of a socket's connection or datagrams.
void own_step(Step& step, const Socket& socket);
void own_step(Step& step, const Socket& socket, const DatagramFlow& flow);

// Data of a connection, or its end, at the stream layer.
Step stream_step(const Socket& socket, Direction direction, PacketBytes data, bool fin,
                 const HostInterfaces& interfaces, Nanoseconds now);

}  // namespace drydock::net

// SPDX-License-Identifier: Apache-2.0
// A socket of a simulated program, and what its host knows of it.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <vector>

#include "fwpsk.h"
#include "machine/gate.h"
#include "net/host/tcp_end.h"
#include "net/socket_place.h"
#include "net/step.h"

namespace drydock::net {

class Lane;

enum class SocketId : std::uint32_t { none = 0 };

struct Datagram {
  SocketPlace from;
  std::vector<std::uint8_t> bytes;
  HANDLE redirect_records = nullptr;  // held; null: nobody has redirected it
};

// What a UDP socket and one other end say to each other.
struct DatagramFlow {
  FlowId flow{};
  SocketPlace local, remote;
  Direction direction{};  // who spoke first
  Nanoseconds last_activity{};
  bool loopback = false;
  bool over = false;                  // a verdict has ended it
  HANDLE redirect_records = nullptr;  // the path's, as long as the flow lives
};

struct Socket {
  SocketId id{};
  Protocol protocol{};
  IpVersion version{};
  Process process;
  Lane* lane = nullptr;
  EndpointId endpoint{};
  EndpointId parent{};  // of an accepted connection: its listener's
  SocketPlace local;    // bound: the address may be unspecified
  SocketPlace remote;   // of a connection; of UDP: whom send() goes to
  bool bound = false;
  bool implicit = false;  // bound by connect or send
  bool listens = false;
  bool closed = false;    // by its program
  NTSTATUS why_over = 0;  // what a call answers from now on; 0: it lives
  machine::Gate changed;

  // A TCP connection
  std::unique_ptr<TcpEnd> tcp;
  FlowId flow{};
  Direction direction{};  // who opened it
  bool loopback = false;
  bool redirected = false;
  bool established = false;           // as far as its program knows
  bool ended = false;                 // flow and endpoint have been cleared up
  bool finishing = false;             // its program has nothing more to send
  std::uint64_t sent = 0, heard = 0;  // bytes that came to the stream layer
  std::deque<TcpSegment> to_send;
  bool sending = false;            // some fiber is at it
  std::uint32_t repeats = 0;       // of what waits for its acknowledgement
  std::uint32_t acknowledged = 0;  // when it was last looked at
  bool timer = false;
  std::vector<std::uint8_t> received;
  bool fin_shown = false;     // the other end's, to the stream layer
  bool received_fin = false;  // behind it
  SocketId listener{};
  HANDLE redirect_records = nullptr;
  bool holds_records = false;
  bool address_by_route = false;  // its local address is not the program's choice

  // A listener
  std::deque<SocketId> backlog;

  // UDP
  std::map<SocketPlace, DatagramFlow> flows;  // by the other end
  std::deque<Datagram> datagrams;
  HANDLE heard_records = nullptr;  // of the one received last; held
};

}  // namespace drydock::net

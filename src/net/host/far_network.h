// SPDX-License-Identifier: Apache-2.0
// Everybody whom the simulated host talks to: servers that answer and clients that come, made up
// from a seed.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <tuple>
#include <vector>

#include "base/generator.h"
#include "net/host/agenda.h"
#include "net/host/tcp_end.h"
#include "net/host/wire.h"
#include "net/socket_place.h"

namespace drydock::net {

enum class FarBehaviour : std::uint8_t {
  answers,   // made-up bytes for whatever is sent
  echoes,    // what is sent
  discards,  // takes it and says nothing
  refuses,   // by a reset, or port unreachable
  silent,    // as if nobody were there
};

struct FarServer {
  Protocol protocol = Protocol::tcp;
  std::optional<IpAddress> address;  // none: any
  std::uint16_t port = 0;            // 0: any
  FarBehaviour does = FarBehaviour::answers;
  std::uint32_t answer = 200;  // bytes
};

// Connects, or sends datagrams, to the host; sends again when it has got an answer.
struct FarClient {
  Protocol protocol = Protocol::tcp;
  IpAddress address;
  SocketPlace to;
  machine::VirtualTime begins{};
  std::vector<std::uint8_t> says;
  std::uint32_t rounds = 1;
  std::uint32_t connections = 1;  // one after the other
};

struct FarNetworkOptions {
  std::vector<FarServer> servers;  // the first that fits; others answer (FarServer's defaults)
  std::vector<FarClient> clients;
  std::uint64_t seed = 1;
};

class FarNetwork final : public WireEnd {
 public:
  // `host` stays.
  FarNetwork(Agenda& agenda, WireEnd& host, FarNetworkOptions options);
  FarNetwork(const FarNetwork&) = delete;
  FarNetwork& operator=(const FarNetwork&) = delete;

  // The clients' time begins.
  void start();
  // One more, whose time begins now.
  void add(FarClient client);
  void arrive(const PacketBytes& packet) override;

 private:
  using Key = std::tuple<SocketPlace, SocketPlace>;  // ours, the host's
  struct Connection {
    SocketPlace ours, theirs;
    TcpEnd tcp;
    const FarServer* server = nullptr;
    const FarClient* client = nullptr;
    std::uint32_t rounds = 0;  // the client's, so far
    std::uint32_t connection = 0;
    bool timer = false;
    std::uint32_t repeats = 0;
    std::uint32_t acknowledged = 0;
  };

  [[nodiscard]] const FarServer& server_for(Protocol protocol, const SocketPlace& place) const;
  std::vector<std::uint8_t> made_up(std::size_t size);
  void begin(const FarClient& client, std::uint32_t connection);
  void connect(const FarClient& client, std::uint32_t connection);
  void say_datagram(const FarClient& client, const SocketPlace& from);
  void hear_tcp(const ParsedPacket& header, std::span<const std::uint8_t> bytes);
  void hear_udp(const ParsedPacket& header, std::span<const std::uint8_t> bytes);
  Connection* accept(const ParsedPacket& header, std::span<const std::uint8_t> bytes);
  void answer(Connection& connection, TcpState before);
  void speak(Connection& connection);
  void flush(Connection& connection);
  void watch(Connection& connection);
  void look_after(const Key& key);
  void send(std::vector<std::uint8_t> packet);

  Agenda& agenda_;
  WireEnd& host_;
  FarNetworkOptions options_;
  std::deque<FarClient> added_;
  FarServer anybody_;
  Generator random_;
  std::uint16_t next_port_ = 40000;
  std::map<Key, Connection> connections_;
  struct Sender {
    const FarClient* client = nullptr;
    std::uint32_t rounds = 0;
  };
  std::map<Key, Sender> senders_;  // clients that send datagrams
};

}  // namespace drydock::net

// SPDX-License-Identifier: Apache-2.0
// What a scenario file lets a process do with sockets.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "net/host/socket_host.h"
#include "net/socket_place.h"
#include "scenario/byte_text.h"

namespace drydock::scenario {

struct MakeSocket {
  net::Protocol protocol{};
  std::string as;
};
struct BindSocket {
  std::string on;
  net::SocketPlace place;
  bool reuse = false;
};
struct ListenOn {
  std::string on;
};
struct ConnectSocket {
  std::string on;
  net::SocketPlace to;
};
struct AcceptFrom {
  std::string on;
  std::string as;
};
struct SendBytes {
  std::string on;
  ByteText bytes;
  std::optional<net::SocketPlace> to;  // a datagram's
};
// TCP: until so many bytes are there, or no more come; UDP: one datagram.
struct ReceiveBytes {
  std::string on;
  std::uint64_t bytes = 0;
};
struct ShutDown {
  std::string on;
};
struct CloseSocket {
  std::string on;
};
// What SIO_QUERY_WFP_CONNECTION_REDIRECT_CONTEXT answers.
struct QueryRedirectContext {
  std::string on;
};
// SIO_QUERY_WFP_CONNECTION_REDIRECT_RECORDS of one socket, SIO_SET_... on the other.
struct HandOnRedirectRecords {
  std::string from;
  std::string on;
};

struct SocketAnswer {
  NTSTATUS status = 0;
  std::vector<std::byte> bytes;
};

class Application;

// The sockets of a process, by the names that its file gives them.
class SocketTable {
 public:
  explicit SocketTable(Application& application) : application_(application) {}

  SocketAnswer play(const MakeSocket& make);
  SocketAnswer play(const BindSocket& bind);
  SocketAnswer play(const ListenOn& listen);
  SocketAnswer play(const ConnectSocket& connect);
  SocketAnswer play(const AcceptFrom& accept);
  SocketAnswer play(const SendBytes& send, std::span<const std::byte> bytes);
  SocketAnswer play(const ReceiveBytes& receive);
  SocketAnswer play(const ShutDown& shut_down);
  SocketAnswer play(const CloseSocket& close);
  SocketAnswer play(const QueryRedirectContext& query);
  SocketAnswer play(const HandOnRedirectRecords& hand_on);

 private:
  // Made with the first address, which decides about the family.
  struct Named {
    net::Protocol protocol{};
    net::SocketId id{};
  };

  net::SocketHost& host();
  net::SocketId made(const std::string& name, const net::SocketPlace& place);
  net::SocketId made(const std::string& name);

  Application& application_;
  std::map<std::string, Named> named_;
};

}  // namespace drydock::scenario

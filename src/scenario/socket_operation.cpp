// SPDX-License-Identifier: Apache-2.0
#include "scenario/socket_operation.h"

#include "scenario/application.h"

namespace drydock::scenario {

namespace {

std::span<const std::uint8_t> as_numbers(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()};
}

std::vector<std::byte> as_bytes(std::span<const std::uint8_t> numbers) {
  const auto bytes = std::as_bytes(numbers);
  return {bytes.begin(), bytes.end()};
}

}  // namespace

net::SocketHost& SocketTable::host() {
  return application_.sockets();
}

net::SocketId SocketTable::made(const std::string& name, const net::SocketPlace& place) {
  Named& named = named_[name];
  if (named.id == net::SocketId::none)
    named.id = application_.open_socket(named.protocol, place.address.version);
  return named.id;
}

net::SocketId SocketTable::made(const std::string& name) {
  return made(name, {net::IpAddress::unspecified(net::IpVersion::v4), 0});
}

SocketAnswer SocketTable::play(const MakeSocket& make) {
  named_[make.as] = {make.protocol, net::SocketId::none};
  return {};
}

SocketAnswer SocketTable::play(const BindSocket& bind) {
  return {host().bind(made(bind.on, bind.place), bind.place, bind.reuse), {}};
}

SocketAnswer SocketTable::play(const ListenOn& listen) {
  return {host().listen(made(listen.on)), {}};
}

SocketAnswer SocketTable::play(const ConnectSocket& connect) {
  application_.await_traffic();
  return {host().connect(made(connect.on, connect.to), connect.to), {}};
}

SocketAnswer SocketTable::play(const AcceptFrom& accept) {
  application_.ready();
  const net::Accepted accepted = host().accept(made(accept.on));
  if (NT_SUCCESS(accepted.status)) {
    named_[accept.as] = {net::Protocol::tcp, accepted.socket};
    application_.own_socket(accepted.socket);
  }
  return {accepted.status, {}};
}

SocketAnswer SocketTable::play(const SendBytes& send, std::span<const std::byte> bytes) {
  application_.await_traffic();
  if (send.to) return {host().send_to(made(send.on, *send.to), *send.to, as_numbers(bytes)), {}};
  return {host().send(made(send.on), as_numbers(bytes)), {}};
}

SocketAnswer SocketTable::play(const ReceiveBytes& receive) {
  application_.ready();
  const net::SocketId socket = made(receive.on);
  const bool stream = named_[receive.on].protocol == net::Protocol::tcp;
  SocketAnswer answer;
  do {
    const net::Received received = host().receive(socket, receive.bytes - answer.bytes.size());
    answer.status = received.status;
    const auto bytes = as_bytes(received.bytes);
    answer.bytes.insert(answer.bytes.end(), bytes.begin(), bytes.end());
    if (bytes.empty()) break;
  } while (stream && answer.bytes.size() < receive.bytes);
  return answer;
}

SocketAnswer SocketTable::play(const ShutDown& shut_down) {
  return {host().shut_down(made(shut_down.on)), {}};
}

SocketAnswer SocketTable::play(const CloseSocket& close) {
  if (named_[close.on].id != net::SocketId::none) host().close(named_[close.on].id);
  return {};
}

SocketAnswer SocketTable::play(const QueryRedirectContext& query) {
  const auto context = host().redirect_context(made(query.on));
  return {0, {context.begin(), context.end()}};
}

SocketAnswer SocketTable::play(const HandOnRedirectRecords& hand_on) {
  const HANDLE records = host().redirect_records(made(hand_on.from));
  host().set_redirect_records(made(hand_on.on), records);
  return {};
}

}  // namespace drydock::scenario

// SPDX-License-Identifier: Apache-2.0
#include "policy/explain/connection.h"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <set>

#include "policy/text.h"

namespace drydock::policy {
namespace {

using net::Direction;
using net::IpAddress;
using net::IpVersion;
using net::Protocol;

constexpr const char* usage =
    "a connection is written 'tcp out 10.0.0.1:1234 -> 1.2.3.4:443', or with udp or icmp, or with "
    "'in' and the remote end first; user=SID and app=PATH may follow";

// --- reading ---

std::string_view take_word(std::string_view& text) {
  const std::size_t begin = std::min(text.find_first_not_of(' '), text.size());
  text.remove_prefix(begin);
  const std::size_t end = std::min(text.find(' '), text.size());
  const auto word = text.substr(0, end);
  text.remove_prefix(end);
  return word;
}

struct End {
  IpAddress address;
  std::uint16_t port = 0;
};

// "1.2.3.4:80", "[2001:db8::1]:80", or an address alone where there are no ports.
Result<End> parse_end(std::string_view text, bool has_port) {
  std::string_view address = text;
  std::string_view port;
  if (has_port) {
    const std::size_t colon = text.rfind(':');
    if (colon == std::string_view::npos)
      return failure(fmt::format("'{}' has no port; {}", text, usage));
    address = text.substr(0, colon);
    port = text.substr(colon + 1);
  }
  if (address.starts_with('[') && address.ends_with(']'))
    address = address.substr(1, address.size() - 2);
  const auto parsed = IpAddress::parse(std::string(address));
  if (!parsed) return failure(fmt::format("{}; {}", parsed.error(), usage));
  const auto number = has_port ? parse_number(port) : 0;
  if (!number || *number > UINT16_MAX)
    return failure(fmt::format("'{}' is no port; {}", port, usage));
  return End{*parsed, static_cast<std::uint16_t>(*number)};
}

std::string lower(std::string_view text) {
  std::string result(text);
  for (char& c : result) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return result;
}

Result<Protocol> parse_protocol(std::string_view word) {
  if (word == "tcp") return Protocol::tcp;
  if (word == "udp") return Protocol::udp;
  if (word == "icmp") return Protocol::icmp;
  return failure(fmt::format("'{}' is neither tcp, udp nor icmp; {}", word, usage));
}

Result<std::string> parse_app(std::string_view rest) {
  rest.remove_prefix(std::min(rest.find_first_not_of(' '), rest.size()));
  if (rest.empty()) return std::string();
  if (!rest.starts_with("app=") || rest.size() == 4)
    return failure(fmt::format("'{}' does not belong there; {}", rest, usage));
  return lower(rest.substr(4));
}

// Takes "user=..." off the front, when it is there.
Result<std::string> take_user(std::string_view& text) {
  std::string_view rest = text;
  const std::string_view word = take_word(rest);
  if (!word.starts_with("user=")) return std::string();
  text = rest;
  const std::string user(word.substr(5));
  if (!parse_sid(user)) return failure(fmt::format("'{}' is no SID; {}", user, usage));
  return user;
}

// --- packets ---

void put16(Bytes& out, std::size_t at, std::uint32_t number) {
  out[at] = static_cast<std::uint8_t>(number >> 8);
  out[at + 1] = static_cast<std::uint8_t>(number);
}

void put32(Bytes& out, std::size_t at, std::uint32_t number) {
  put16(out, at, number >> 16);
  put16(out, at + 2, number & 0xffff);
}

Bytes ip_header(const IpAddress& from, const IpAddress& to, Protocol protocol, std::size_t size) {
  const bool v4 = from.version == IpVersion::v4;
  Bytes header(v4 ? 20 : 40);
  header[0] = v4 ? 0x45 : 0x60;
  if (v4) {
    put16(header, 2, static_cast<std::uint32_t>(20 + size));
    header[8] = 64;
    header[9] = static_cast<std::uint8_t>(protocol);
    std::copy_n(from.bytes.begin(), 4, header.begin() + 12);
    std::copy_n(to.bytes.begin(), 4, header.begin() + 16);
  } else {
    put16(header, 4, static_cast<std::uint32_t>(size));
    header[6] = static_cast<std::uint8_t>(protocol);
    header[7] = 64;
    std::ranges::copy(from.bytes, header.begin() + 8);
    std::ranges::copy(to.bytes, header.begin() + 24);
  }
  return header;
}

// Makes the packets of one connection, seen from the side that opens it.
class Dialogue {
 public:
  explicit Dialogue(const Connection& connection) : connection_(connection) {}

  std::vector<net::CapturePacket> packets() {
    if (connection_.protocol == Protocol::tcp) {
      talk_tcp();
    } else {
      talk(true, datagram(true));
      talk(false, datagram(false));
    }
    return std::move(packets_);
  }

 private:
  void talk_tcp() {
    using namespace net::tcp;
    talk(true, segment(true, syn, 0));
    talk(false, segment(false, syn | ack, 0));
    talk(true, segment(true, ack, 0));
    talk(true, segment(true, ack | push, 4));
    talk(false, segment(false, ack | push, 4));
    talk(true, segment(true, fin | ack, 0));
    talk(false, segment(false, fin | ack, 0));
    talk(true, segment(true, ack, 0));
  }

  [[nodiscard]] std::uint16_t port(bool opener) const {
    const bool local = opener == (connection_.direction == Direction::outbound);
    return local ? connection_.local_port : connection_.remote_port;
  }
  [[nodiscard]] const IpAddress& address(bool opener) const {
    const bool local = opener == (connection_.direction == Direction::outbound);
    return local ? connection_.local : connection_.remote;
  }

  Bytes segment(bool from_opener, std::uint8_t flags, std::size_t data) {
    Bytes bytes(20 + data);
    put16(bytes, 0, port(from_opener));
    put16(bytes, 2, port(!from_opener));
    put32(bytes, 4, sequence_[from_opener ? 0 : 1]);
    put32(bytes, 8, sequence_[from_opener ? 1 : 0]);
    bytes[12] = 5 << 4;
    bytes[13] = flags;
    put16(bytes, 14, 0xffff);
    const bool counts = (flags & (net::tcp::syn | net::tcp::fin)) != 0;
    sequence_[from_opener ? 0 : 1] += static_cast<std::uint32_t>(data + (counts ? 1 : 0));
    return bytes;
  }
  [[nodiscard]] Bytes datagram(bool from_opener) const {
    Bytes bytes(12);
    if (connection_.protocol == Protocol::udp) {
      put16(bytes, 0, port(from_opener));
      put16(bytes, 2, port(!from_opener));
      put16(bytes, 4, static_cast<std::uint32_t>(bytes.size()));
      return bytes;
    }
    const bool v4 = connection_.protocol == Protocol::icmp;
    const int echo_request = v4 ? 8 : 128;
    const int echo_reply = v4 ? 0 : 129;
    bytes[0] = static_cast<std::uint8_t>(from_opener ? echo_request : echo_reply);
    put16(bytes, 4, 1);  // identifier
    return bytes;
  }
  void talk(bool from_opener, const Bytes& transport) {
    Bytes frame = ip_header(address(from_opener), address(!from_opener), connection_.protocol,
                            transport.size());
    frame.insert(frame.end(), transport.begin(), transport.end());
    packets_.push_back({.time = std::chrono::milliseconds(packets_.size()),
                        .frame = std::make_shared<const Bytes>(std::move(frame)),
                        .ip_offset = 0});
  }

  const Connection& connection_;
  std::vector<net::CapturePacket> packets_;
  std::array<std::uint32_t, 2> sequence_{1000, 5000};
};

bool is_classified(const net::Step& step) {
  return step.kind != net::StepKind::flow_end && step.kind != net::StepKind::link_frame;
}

bool names_program(const Connection& connection) {
  return !connection.app.empty() || !connection.user.empty();
}

net::LocalHost host_of(const Connection& connection) {
  net::LocalHost host{.addresses = {connection.local}, .processes = {}};
  if (names_program(connection)) {
    host.processes.push_back(
        {.protocol = connection.protocol,
         .direction = connection.direction,
         .process = net::make_process(4000, {connection.app, connection.user})});
  }
  return host;
}

// Not what the tracker would make up: who does not name a program asks about any.
void forget_made_up_program(const Connection& connection, std::vector<net::Step>& steps) {
  if (names_program(connection)) return;
  for (net::Step& step : steps) step.process = {};
}

}  // namespace

Result<Connection> parse_connection(std::string_view text) {
  const auto protocol = parse_protocol(take_word(text));
  if (!protocol) return std::unexpected(protocol.error());
  const auto direction = take_word(text);
  if (direction != "out" && direction != "in")
    return failure(fmt::format("'{}' is neither out nor in; {}", direction, usage));
  const bool has_port = *protocol != Protocol::icmp;
  const auto first = parse_end(take_word(text), has_port);
  if (!first) return std::unexpected(first.error());
  if (const auto arrow = take_word(text); arrow != "->")
    return failure(fmt::format("'{}' where -> should be; {}", arrow, usage));
  const auto second = parse_end(take_word(text), has_port);
  if (!second) return std::unexpected(second.error());
  if (first->address.version != second->address.version)
    return failure("one end has an IPv4 address, the other an IPv6 one");
  auto user = take_user(text);
  if (!user) return std::unexpected(user.error());
  auto app = parse_app(text);
  if (!app) return std::unexpected(app.error());
  const bool out = direction == "out";
  const End& local = out ? *first : *second;
  const End& remote = out ? *second : *first;
  Connection connection{.protocol = *protocol,
                        .direction = out ? Direction::outbound : Direction::inbound,
                        .local = local.address,
                        .remote = remote.address,
                        .local_port = local.port,
                        .remote_port = remote.port,
                        .user = std::move(*user),
                        .app = std::move(*app)};
  if (*protocol == Protocol::icmp && local.address.version == IpVersion::v6)
    connection.protocol = Protocol::icmpv6;
  return connection;
}

std::vector<net::Step> steps_of(const Connection& connection) {
  net::HostTracker tracker(host_of(connection));
  std::vector<net::Step> all;
  const auto append = [&](std::vector<net::Step> more) {
    std::ranges::move(more, std::back_inserter(all));
  };
  for (const net::CapturePacket& packet : Dialogue(connection).packets())
    append(tracker.feed(packet));
  append(tracker.close_all());
  std::vector<net::Step> steps;
  std::set<std::pair<net::StepKind, net::Direction>> seen;
  for (net::Step& step : all) {
    if (is_classified(step) && seen.emplace(step.kind, step.direction).second)
      steps.push_back(std::move(step));
  }
  forget_made_up_program(connection, steps);
  return steps;
}

Result<std::vector<net::Step>> steps_of_packet(const net::LocalHost& host,
                                               const net::Capture& capture, std::uint32_t number) {
  if (number == 0 || number > capture.packets.size())
    return failure(
        fmt::format("there is no packet {}: the capture has {}", number, capture.packets.size()));
  std::vector<net::Step> steps;
  for (net::Step& step : net::steps_of(host, capture.packets)) {
    if (step.packet_index == number - 1 && is_classified(step)) steps.push_back(std::move(step));
  }
  if (steps.empty())
    return failure(
        fmt::format("packet {} is not one of the local host's; --local names its "
                    "addresses",
                    number));
  return steps;
}

}  // namespace drydock::policy

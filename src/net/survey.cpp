// SPDX-License-Identifier: Apache-2.0
// One look ahead over a whole capture: which inbound packets found no socket on the local host.
#include <map>
#include <set>
#include <tuple>

#include "net/tracker.h"

namespace drydock::net {
namespace {

using Socket = std::tuple<IpVersion, std::uint16_t>;
using Tuple =
    std::tuple<Protocol, IpAddress, std::uint16_t, IpAddress, std::uint16_t>;  // local, remote

class Survey {
 public:
  Survey(const LocalHost& host, std::size_t count) : host_(host), refused_(count) {}

  void look(std::size_t index, std::span<const std::uint8_t> bytes) {
    const auto packet = parse_packet(bytes);
    if (!packet || packet->fragment_offset != 0) return;
    if (host_.owns(packet->destination)) received(index, *packet);
    if (host_.owns(packet->source)) sent(*packet, bytes.first(packet->total_size));
  }

  std::vector<bool> result() {
    for (const auto& [tuple, packets] : waiting_syns_) {
      const auto& [protocol, local, port, remote, remote_port] = tuple;
      if (!listening_.contains({local.version, port})) refuse(packets);
    }
    return refused_;
  }

 private:
  void received(std::size_t index, const ParsedPacket& packet) {
    const Tuple tuple{packet.protocol, packet.destination, packet.destination_port, packet.source,
                      packet.source_port};
    const bool syn = (packet.tcp_flags & (tcp::syn | tcp::ack)) == tcp::syn;
    if (packet.protocol == Protocol::tcp && syn) waiting_syns_[tuple].push_back(index);
    if (packet.protocol == Protocol::udp) last_datagram_[tuple] = index;
  }

  void sent(const ParsedPacket& packet, std::span<const std::uint8_t> bytes) {
    if (packet.protocol == Protocol::tcp) return sent_tcp(packet);
    if (!packet.is_icmp_error() || !is_port_unreachable(packet)) return;
    const auto inner = parse_quoted_packet(bytes.subspan(packet.payload_offset()));
    if (!inner) return;
    const auto datagram =
        last_datagram_.find({inner->protocol, inner->destination, inner->destination_port,
                             inner->source, inner->source_port});
    if (datagram != last_datagram_.end()) refused_[datagram->second] = true;
  }

  void sent_tcp(const ParsedPacket& packet) {
    const bool accepts = (packet.tcp_flags & (tcp::syn | tcp::ack)) == (tcp::syn | tcp::ack);
    if (accepts) listening_.insert({packet.version, packet.source_port});
    const auto syns = waiting_syns_.find({packet.protocol, packet.source, packet.source_port,
                                          packet.destination, packet.destination_port});
    if (syns == waiting_syns_.end()) return;
    if ((packet.tcp_flags & tcp::rst) != 0) refuse(syns->second);
    waiting_syns_.erase(syns);
  }

  static bool is_port_unreachable(const ParsedPacket& packet) {
    return packet.version == IpVersion::v4 ? packet.icmp_type == 3 && packet.icmp_code == 3
                                           : packet.icmp_type == 1 && packet.icmp_code == 4;
  }

  void refuse(const std::vector<std::size_t>& packets) {
    for (const std::size_t index : packets) refused_[index] = true;
  }

  const LocalHost& host_;
  std::vector<bool> refused_;
  std::map<Tuple, std::vector<std::size_t>> waiting_syns_;
  std::map<Tuple, std::size_t> last_datagram_;
  std::set<Socket> listening_;
};

}  // namespace

std::vector<bool> refused_packets(const LocalHost& host, std::span<const CapturePacket> packets) {
  Survey survey(host, packets.size());
  for (std::size_t i = 0; i < packets.size(); ++i) {
    if (packets[i].ip_offset)
      survey.look(i, std::span(*packets[i].frame).subspan(*packets[i].ip_offset));
  }
  return survey.result();
}

}  // namespace drydock::net

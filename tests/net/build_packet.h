// SPDX-License-Identifier: Apache-2.0
// Packets and capture files built byte by byte for the tests of net/, with right checksums.
#pragma once

#include <chrono>
#include <cstdint>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

#include "net/tracker.h"

namespace drydock::net::testing {

using Bytes = std::vector<std::uint8_t>;
using std::chrono::milliseconds;
using std::chrono::seconds;

struct Place {
  IpAddress address;
  std::uint16_t port = 0;
};

inline Place at(const std::string& address, std::uint16_t port = 0) {
  return {*IpAddress::parse(address), port};
}

inline void put16(Bytes& bytes, std::size_t value) {
  bytes.push_back(static_cast<std::uint8_t>(value >> 8));
  bytes.push_back(static_cast<std::uint8_t>(value));
}

inline void put32(Bytes& bytes, std::uint32_t value) {
  put16(bytes, value >> 16);
  put16(bytes, value & 0xffff);
}

inline void set16(Bytes& bytes, std::size_t at, std::uint16_t value) {
  bytes[at] = static_cast<std::uint8_t>(value >> 8);
  bytes[at + 1] = static_cast<std::uint8_t>(value);
}

inline Bytes text_bytes(std::string_view text) {
  return {text.begin(), text.end()};
}

// `checksum_at`: of the field inside `transport`, which is filled in; negative: none.
inline Bytes ip_packet(const IpAddress& from, const IpAddress& to, Protocol protocol,
                       Bytes transport, int checksum_at) {
  const std::size_t width = from.version == IpVersion::v4 ? 4 : 16;
  if (checksum_at >= 0) {
    Bytes pseudo;
    if (protocol != Protocol::icmp) {
      pseudo.insert(pseudo.end(), from.bytes.begin(), from.bytes.begin() + width);
      pseudo.insert(pseudo.end(), to.bytes.begin(), to.bytes.begin() + width);
      put32(pseudo, static_cast<std::uint32_t>(transport.size()));
      put32(pseudo, static_cast<std::uint32_t>(protocol));
    }
    pseudo.insert(pseudo.end(), transport.begin(), transport.end());
    set16(transport, checksum_at, static_cast<std::uint16_t>(~ones_complement_sum(pseudo)));
  }
  Bytes packet;
  if (from.version == IpVersion::v4) {
    packet = {0x45, 0};
    put16(packet, 20 + transport.size());
    put32(packet, 0x12340000);
    packet.insert(packet.end(), {64, static_cast<std::uint8_t>(protocol), 0, 0});
  } else {
    packet = {0x60, 0, 0, 0};
    put16(packet, transport.size());
    packet.insert(packet.end(), {static_cast<std::uint8_t>(protocol), 64});
  }
  packet.insert(packet.end(), from.bytes.begin(), from.bytes.begin() + width);
  packet.insert(packet.end(), to.bytes.begin(), to.bytes.begin() + width);
  if (from.version == IpVersion::v4) {
    set16(packet, 10, static_cast<std::uint16_t>(~ones_complement_sum(packet)));
  }
  packet.insert(packet.end(), transport.begin(), transport.end());
  return packet;
}

inline Bytes tcp_packet(const Place& from, const Place& to, std::uint8_t flags,
                        std::uint32_t sequence, std::uint32_t acknowledgement,
                        std::string_view payload = {}) {
  Bytes header;
  put16(header, from.port);
  put16(header, to.port);
  put32(header, sequence);
  put32(header, acknowledgement);
  header.insert(header.end(), {0x50, flags, 0xff, 0xff, 0, 0, 0, 0});
  header.insert(header.end(), payload.begin(), payload.end());
  return ip_packet(from.address, to.address, Protocol::tcp, std::move(header), 16);
}

inline Bytes udp_packet(const Place& from, const Place& to, std::string_view payload) {
  Bytes header;
  put16(header, from.port);
  put16(header, to.port);
  put16(header, 8 + payload.size());
  put16(header, 0);
  header.insert(header.end(), payload.begin(), payload.end());
  return ip_packet(from.address, to.address, Protocol::udp, std::move(header), 6);
}

inline Bytes icmp_packet(const Place& from, const Place& to, std::uint8_t type, std::uint8_t code,
                         std::uint16_t id, const Bytes& payload) {
  Bytes header = {type, code, 0, 0};
  put16(header, id);
  put16(header, 1);
  header.insert(header.end(), payload.begin(), payload.end());
  const bool v4 = from.address.version == IpVersion::v4;
  return ip_packet(from.address, to.address, v4 ? Protocol::icmp : Protocol::icmpv6,
                   std::move(header), 2);
}

// IPv4 fragments of `packet`, each with at most `size` bytes (a multiple of 8) of its payload.
inline std::vector<Bytes> fragments_of(const Bytes& packet, std::size_t size) {
  std::vector<Bytes> fragments;
  for (std::size_t offset = 0; 20 + offset < packet.size(); offset += size) {
    const std::size_t end = std::min(packet.size(), 20 + offset + size);
    Bytes fragment(packet.begin(), packet.begin() + 20);
    fragment.insert(fragment.end(), packet.begin() + 20 + offset, packet.begin() + end);
    set16(fragment, 2, static_cast<std::uint16_t>(fragment.size()));
    set16(fragment, 6, static_cast<std::uint16_t>(offset / 8 | (end < packet.size() ? 0x2000 : 0)));
    set16(fragment, 10, 0);
    set16(fragment, 10,
          static_cast<std::uint16_t>(~ones_complement_sum(std::span(fragment).first(20))));
    fragments.push_back(std::move(fragment));
  }
  return fragments;
}

inline CapturePacket captured(Nanoseconds time, Bytes ip) {
  return {time, std::make_shared<const Bytes>(std::move(ip)), 0, 0};
}

inline PacketView view_of(Bytes ip) {
  const std::size_t size = ip.size();
  return {std::make_shared<const Bytes>(std::move(ip)), 0, size};
}

inline void put_little32(Bytes& bytes, std::uint32_t value) {
  for (int shift = 0; shift < 32; shift += 8)
    bytes.push_back(static_cast<std::uint8_t>(value >> shift));
}

// A classic pcap file; packet n is stamped n microseconds after second 1,000.
inline Bytes pcap_file(std::uint32_t link_type, const std::vector<Bytes>& frames) {
  Bytes file;
  for (const std::uint32_t word : {0xa1b2c3d4u, 0x00040002u, 0u, 0u, 262144u, link_type})
    put_little32(file, word);
  for (std::size_t i = 0; i < frames.size(); ++i) {
    const auto size = static_cast<std::uint32_t>(frames[i].size());
    for (const std::uint32_t word : {1000u, static_cast<std::uint32_t>(i), size, size})
      put_little32(file, word);
    file.insert(file.end(), frames[i].begin(), frames[i].end());
  }
  return file;
}

inline std::string data_file(const std::string& name) {
  return DRYDOCK_SOURCE_DIR "/data/" + name;
}

inline Bytes read_data_file(const std::string& name) {
  std::ifstream stream(data_file(name), std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

inline std::vector<std::string> described(const std::vector<Step>& steps) {
  std::vector<std::string> lines;
  lines.reserve(steps.size());
  for (const Step& step : steps) lines.push_back(describe(step));
  return lines;
}

}  // namespace drydock::net::testing

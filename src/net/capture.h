// SPDX-License-Identifier: Apache-2.0
// Recorded traffic: pcap and pcapng files read whole and refused whole, before anything runs on
// them.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/error.h"

namespace drydock::net {

using Nanoseconds = std::chrono::nanoseconds;

// Immutable and shared: steps, clones and late completions all look at the one recorded packet.
using PacketBytes = std::shared_ptr<const std::vector<std::uint8_t>>;

// What the interface of a packet puts in front of it.
enum class Link : std::uint8_t {
  none,      // nothing that Windows would call a MAC frame
  recorded,  // an Ethernet header: it lies before the packet, in the same bytes
  made_up,   // one as well, of which nothing is recorded
};

struct CapturePacket {
  Nanoseconds time{};  // since the first packet; never decreases from packet to packet
  PacketBytes frame;   // as recorded, with its link header
  std::optional<std::size_t>
      ip_offset;  // where the IP packet starts in `frame`; empty: not IP (ARP, LLDP, ...)
  std::uint32_t interface_index =
      0;  // when the link type records it (Linux SLL2); 0: the host's only interface
  Link link = Link::none;
};

struct Capture {
  std::vector<CapturePacket> packets;
  int link_type = 0;    // DLT_* of libpcap, for writing the frames again
  Nanoseconds start{};  // when the first packet was recorded, since 1970
};

// pcap (micro- and nanoseconds, both byte orders) and pcapng; Ethernet (with VLAN tags), raw IP,
// BSD and OpenBSD loopback, Linux SLL and SLL2. Error: one line with `name` and what is wrong; a
// packet cut by a snapshot length is an error too, since a host never sees half a packet.
Result<Capture> read_capture(std::span<const std::uint8_t> file, const std::string& name);
Result<Capture> read_capture_file(const std::filesystem::path& path);

}  // namespace drydock::net

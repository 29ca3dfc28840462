// SPDX-License-Identifier: Apache-2.0
// RFC 791 and RFC 8200 reassembly with the overlap rule of RFC 5722 for both families.
#include "net/fragments.h"

#include <algorithm>
#include <iterator>

namespace drydock::net {
namespace {

// An atomic fragment's header stays: such a packet is never reassembled. IPv6: the fragment header
// is cut out and the next-header field in front of it takes over its value.
std::vector<std::uint8_t> unfragmented_header(const Fragment& first) {
  const auto bytes = first.packet.bytes();
  const std::size_t fragment_header = first.header.fragment_header_offset;
  if (first.header.version == IpVersion::v4) {
    return {bytes.begin(), bytes.begin() + first.header.ip_header_size};
  }
  std::vector<std::uint8_t> header(bytes.begin(), bytes.begin() + fragment_header);
  header[first.header.fragment_link_offset] = bytes[fragment_header];
  return header;
}

void set16(std::vector<std::uint8_t>& bytes, std::size_t at, std::size_t value) {
  bytes[at] = static_cast<std::uint8_t>(value >> 8);
  bytes[at + 1] = static_cast<std::uint8_t>(value);
}

void set_lengths(std::vector<std::uint8_t>& bytes, IpVersion version, std::size_t header_size) {
  if (version == IpVersion::v6) return set16(bytes, 4, bytes.size() - 40);
  set16(bytes, 2, bytes.size());
  set16(bytes, 6, 0);
  set16(bytes, 10, 0);
  set16(bytes, 10,
        static_cast<std::uint16_t>(~ones_complement_sum(std::span(bytes).first(header_size))));
}

// Where the fragmentable part starts in the first fragment: extension headers behind the fragment
// header belong to it.
std::size_t fragmentable_offset(const Fragment& fragment) {
  return fragment.header.version == IpVersion::v4 ? fragment.header.ip_header_size
                                                  : fragment.header.fragment_header_offset + 8;
}

}  // namespace

FragmentKey key_of_fragment(const ParsedPacket& header) {
  const Protocol protocol = header.version == IpVersion::v4 ? header.protocol : Protocol{};
  return {header.source, header.destination, protocol, header.fragment_id, header.fragment_offset};
}

AddedFragment FragmentReassembly::add(const Fragment& fragment, Direction direction, bool refused,
                                      Nanoseconds now) {
  expire(now);
  Key key{direction, key_of_fragment(fragment.header)};
  key.second.offset = 0;
  const auto [entry, is_new] = queues_.try_emplace(key);
  Queue& queue = entry->second;
  if (is_new) {
    queue.started = now;
    queue.number = ++last_number_;
  }
  queue.refused = queue.refused || refused;
  const std::uint32_t number = queue.number;
  return {number, add_to(queue, key, fragment)};
}

std::optional<ReassembledPacket> FragmentReassembly::add_to(Queue& queue, const Key& key,
                                                            const Fragment& fragment) {
  if (!accept(queue, fragment)) {
    queues_.erase(key);
    return std::nullopt;
  }
  if (!queue.total || queue.received != *queue.total) return std::nullopt;

  const Fragment& first = queue.fragments[queue.parts.at(0)];
  std::vector<std::uint8_t> whole = unfragmented_header(first);
  const std::size_t header_size = whole.size();
  for (const auto& [offset, index] : queue.parts) {
    const Fragment& part = queue.fragments[index];
    const auto data = part.packet.bytes().subspan(fragmentable_offset(part));
    whole.insert(whole.end(), data.begin(), data.end());
  }
  ReassembledPacket result{{}, std::move(queue.fragments), queue.refused};
  const IpVersion version = fragment.header.version;
  queues_.erase(key);
  if (whole.size() > 65535u + (version == IpVersion::v6 ? 40u : 0u)) return std::nullopt;
  set_lengths(whole, version, header_size);
  const std::size_t size = whole.size();
  result.packet = {std::make_shared<const std::vector<std::uint8_t>>(std::move(whole)), 0, size};
  return result;
}

bool FragmentReassembly::accept(Queue& queue, const Fragment& fragment) {
  const auto begin = fragment.header.fragment_offset;
  const auto size =
      static_cast<std::uint32_t>(fragment.packet.size - fragmentable_offset(fragment));
  queue.fragments.push_back(fragment);
  const auto same = queue.parts.find(begin);
  if (same != queue.parts.end()) {
    const Fragment& known = queue.fragments[same->second];
    return std::ranges::equal(known.packet.bytes().subspan(fragmentable_offset(known)),
                              fragment.packet.bytes().subspan(fragmentable_offset(fragment)));
  }
  const auto after = queue.parts.upper_bound(begin);
  if (after != queue.parts.end() && after->first < begin + size) return false;
  if (after != queue.parts.begin()) {
    const auto& [offset, index] = *std::prev(after);
    const Fragment& before = queue.fragments[index];
    if (offset + (before.packet.size - fragmentable_offset(before)) > begin) return false;
  }
  if (!fragment.header.more_fragments) {
    if (queue.total) return false;
    queue.total = begin + size;
  }
  queue.parts.emplace(begin, queue.fragments.size() - 1);
  queue.received += size;
  return !queue.total || queue.parts.rbegin()->first < std::max(*queue.total, 1u);
}

void FragmentReassembly::expire(Nanoseconds now) {
  std::erase_if(queues_, [now](const auto& entry) {
    return now - entry.second.started >= reassembly_timeout;
  });
}

}  // namespace drydock::net

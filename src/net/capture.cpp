// SPDX-License-Identifier: Apache-2.0
// Capture files through libpcap, which is given memory only: no path, no device, no name
// resolution.
#include "net/capture.h"

#include <fmt/format.h>
#include <pcap/pcap.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <sstream>
#include <string_view>
#include <system_error>

namespace drydock::net {
namespace {

using Bytes = std::span<const std::uint8_t>;

struct CloseFile {
  void operator()(FILE* file) const { std::fclose(file); }
};
struct ClosePcap {
  void operator()(pcap_t* pcap) const { pcap_close(pcap); }
};
using Pcap = std::unique_ptr<pcap_t, ClosePcap>;

constexpr std::uint16_t ethertype_ipv4 = 0x0800, ethertype_ipv6 = 0x86dd, ethertype_vlan = 0x8100,
                        ethertype_service_vlan = 0x88a8;

std::uint16_t read16(Bytes bytes, std::size_t at) {
  return static_cast<std::uint16_t>(bytes[at] << 8 | bytes[at + 1]);
}

std::uint32_t read32(Bytes bytes, std::size_t at) {
  return std::uint32_t{read16(bytes, at)} << 16 | read16(bytes, at + 2);
}

bool is_ip(std::uint16_t ethertype) {
  return ethertype == ethertype_ipv4 || ethertype == ethertype_ipv6;
}

std::optional<std::size_t> behind_ethernet(Bytes frame) {
  std::size_t at = 12;
  while (at + 2 <= frame.size()) {
    const std::uint16_t ethertype = read16(frame, at);
    if (is_ip(ethertype)) return at + 2;
    if (ethertype != ethertype_vlan && ethertype != ethertype_service_vlan) return std::nullopt;
    at += 4;
  }
  return std::nullopt;
}

// A fixed header with the ethertype at a fixed place.
std::optional<std::size_t> behind_cooked(Bytes frame, std::size_t type_at, std::size_t size) {
  if (frame.size() < size || !is_ip(read16(frame, type_at))) return std::nullopt;
  return size;
}

// The loopback header holds an address family whose numbers differ between systems; the IP version
// does not.
std::optional<std::size_t> at_ip_version(Bytes frame, std::size_t at) {
  if (frame.size() <= at) return std::nullopt;
  const int version = frame[at] >> 4;
  return version == 4 || version == 6 ? std::optional(at) : std::nullopt;
}

std::optional<std::size_t> find_ip(int link_type, Bytes frame) {
  switch (link_type) {
    case DLT_EN10MB:
      return behind_ethernet(frame);
    case DLT_LINUX_SLL:
      return behind_cooked(frame, 14, 16);
    case DLT_LINUX_SLL2:
      return behind_cooked(frame, 0, 20);
    case DLT_NULL:
    case DLT_LOOP:
      return at_ip_version(frame, 4);
    default:
      return at_ip_version(frame, 0);
  }
}

bool is_supported(int link_type) {
  constexpr std::array supported = {DLT_EN10MB, DLT_LINUX_SLL, DLT_LINUX_SLL2, DLT_NULL,
                                    DLT_LOOP,   DLT_RAW,       DLT_IPV4,       DLT_IPV6};
  return std::ranges::find(supported, link_type) != supported.end();
}

Result<Pcap> open(Bytes file, const std::string& name) {
  if (file.empty())
    return failure(fmt::format("{}: empty file, expected a pcap or pcapng capture", name));
  // fmemopen wants a mutable pointer even for "r", which never writes.
  std::unique_ptr<FILE, CloseFile> stream(
      fmemopen(const_cast<std::uint8_t*>(file.data()), file.size(), "r"));
  if (!stream) return failure(fmt::format("{}: {}", name, std::strerror(errno)));
  std::array<char, PCAP_ERRBUF_SIZE> error{};
  Pcap pcap(pcap_fopen_offline_with_tstamp_precision(stream.get(), PCAP_TSTAMP_PRECISION_NANO,
                                                     error.data()));
  if (!pcap) return failure(fmt::format("{}: not a readable capture: {}", name, error.data()));
  (void)stream.release();  // pcap_close closes it
  const int link_type = pcap_datalink(pcap.get());
  if (is_supported(link_type)) return pcap;
  const char* text = pcap_datalink_val_to_name(link_type);
  return failure(
      fmt::format("{}: link type {} ({}) is not supported; record on Ethernet, a loopback "
                  "or 'any'",
                  name, link_type, text != nullptr ? text : "unknown"));
}

// Captures taken on several processors may step back a little; the host's clock does not.
class RelativeClock {
 public:
  // Empty when the stamp is absurdly far (over 30 years) from the first packet: a damaged file.
  std::optional<Nanoseconds> at(const timeval& stamp) {
    if (!first_) first_ = stamp;
    constexpr std::int64_t limit = std::int64_t{30} * 366 * 86400;
    std::int64_t seconds = 0;
    if (__builtin_sub_overflow(std::int64_t{stamp.tv_sec}, std::int64_t{first_->tv_sec},
                               &seconds) ||
        seconds > limit || seconds < -limit) {
      return std::nullopt;
    }
    const std::int64_t fraction = std::clamp<std::int64_t>(stamp.tv_usec, 0, 999'999'999) -
                                  std::clamp<std::int64_t>(first_->tv_usec, 0, 999'999'999);
    last_ = std::max(last_, Nanoseconds{seconds * 1'000'000'000 + fraction});
    return last_;
  }

 private:
  std::optional<timeval> first_;
  Nanoseconds last_{0};
};

Result<CapturePacket> make_packet(const pcap_pkthdr& header, const std::uint8_t* data,
                                  int link_type, RelativeClock& clock, const std::string& where) {
  if (header.caplen < header.len) {
    return failure(
        fmt::format("{}: holds {} of its {} bytes; record whole packets (snapshot length 0)", where,
                    header.caplen, header.len));
  }
  const auto time = clock.at(header.ts);
  if (!time)
    return failure(fmt::format("{}: its time is decades away from the first packet's", where));
  auto frame = std::make_shared<const std::vector<std::uint8_t>>(data, data + header.caplen);
  CapturePacket packet{*time, frame, find_ip(link_type, *frame), 0};
  if (link_type == DLT_LINUX_SLL2 && frame->size() >= 20)
    packet.interface_index = read32(*frame, 4);
  if (link_type == DLT_EN10MB) packet.link = Link::recorded;
  return packet;
}

}  // namespace

Result<Capture> read_capture(std::span<const std::uint8_t> file, const std::string& name) {
  auto pcap = open(file, name);
  if (!pcap) return std::unexpected(pcap.error());
  Capture capture{{}, pcap_datalink(pcap->get())};
  RelativeClock clock;
  pcap_pkthdr* header = nullptr;
  const std::uint8_t* data = nullptr;
  int status = 0;
  while ((status = pcap_next_ex(pcap->get(), &header, &data)) == 1) {
    const std::string where = fmt::format("{}: packet {}", name, capture.packets.size() + 1);
    auto packet = make_packet(*header, data, capture.link_type, clock, where);
    if (!packet) return std::unexpected(packet.error());
    if (capture.packets.empty()) {
      // With nanosecond precision asked for, tv_usec counts nanoseconds.
      capture.start = std::chrono::seconds{header->ts.tv_sec} + Nanoseconds{header->ts.tv_usec};
    }
    capture.packets.push_back(*std::move(packet));
  }
  if (status != PCAP_ERROR_BREAK) {
    return failure(fmt::format("{}: damaged behind packet {}: {}", name, capture.packets.size(),
                               pcap_geterr(pcap->get())));
  }
  return capture;
}

Result<Capture> read_capture_file(const std::filesystem::path& path) {
  std::error_code error;
  if (std::filesystem::is_directory(path, error)) {
    return failure(
        fmt::format("{}: is a directory, expected a pcap or pcapng capture", path.string()));
  }
  std::ifstream stream(path, std::ios::binary);
  if (!stream) return failure(fmt::format("{}: {}", path.string(), std::strerror(errno)));
  std::ostringstream content;
  content << stream.rdbuf();
  if (stream.bad()) return failure(fmt::format("{}: cannot be read", path.string()));
  const std::string_view bytes = content.view();
  return read_capture({reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()},
                      path.string());
}

}  // namespace drydock::net

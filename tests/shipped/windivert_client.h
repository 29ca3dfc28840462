// SPDX-License-Identifier: Apache-2.0
// What an application says to the WinDivert 2.2 driver: its request codes and structures, as the
// project's public headers windivert.h and windivert_device.h (version 2.2) define them.
#pragma once

#include <ntddk.h>

#include <array>
#include <cstdint>
#include <cstring>
#include <span>
#include <vector>

#include "scenario/application.h"

namespace drydock::windivert {

enum class Layer : std::uint32_t { network = 0, forward = 1, flow = 2, socket = 3, reflect = 4 };

// WINDIVERT_EVENT_*
enum class Event : std::uint8_t {
  packet = 0,
  flow_established = 1,
  flow_deleted = 2,
  socket_bind = 3,
  socket_connect = 4,
  socket_listen = 5,
  socket_accept = 6,
  socket_close = 7,
  reflect_open = 8,
  reflect_close = 9,
};

namespace flag {  // WINDIVERT_FLAG_*
inline constexpr std::uint64_t sniff = 1, drop = 2, receive_only = 4, send_only = 8;
}
namespace filter_flag {  // WINDIVERT_FILTER_FLAG_*: which callouts a handle needs
inline constexpr std::uint64_t inbound = 0x10, outbound = 0x20, ip = 0x40, ipv6 = 0x80,
                               packets = inbound | outbound | ip | ipv6, flow_deleted = 0x100,
                               sockets = 0x3e00;
}
namespace field {  // WINDIVERT_FILTER_FIELD_*
inline constexpr std::uint32_t zero = 0, inbound = 1, outbound = 2, icmp = 7, tcp = 8, udp = 9;
}

// WINDIVERT_ADDRESS
struct Address {
  std::int64_t timestamp;
  std::uint8_t layer;
  Event event;
  std::uint8_t flags;
  std::uint8_t reserved1;
  std::uint32_t reserved2;
  union {
    struct {
      std::uint32_t interface_index, sub_interface_index;
    } network;
    struct {  // also of sockets
      std::uint64_t endpoint, parent_endpoint;
      std::uint32_t process;
      std::uint32_t local[4], remote[4];
      std::uint16_t local_port, remote_port;
      std::uint8_t protocol;
    } flow;
    std::uint8_t bytes[64];
  };

  static constexpr std::uint8_t outbound_bit = 0x02, ipv6_bit = 0x10, ip_checksum_bit = 0x20,
                                tcp_checksum_bit = 0x40, udp_checksum_bit = 0x80;
  [[nodiscard]] bool outbound() const { return (flags & outbound_bit) != 0; }
  // The driver is to calculate them all.
  void renew_checksums() {
    flags &= static_cast<std::uint8_t>(~(ip_checksum_bit | tcp_checksum_bit | udp_checksum_bit));
  }
};
static_assert(sizeof(Address) == 80);

// WINDIVERT_IOCTL: a union of 16 bytes.
struct Message {
  std::uint64_t first = 0, second = 0;
};

// WINDIVERT_VERSION
struct Version {
  std::uint64_t magic;
  std::uint32_t major, minor, bits;
  std::uint32_t reserved32[3] = {};
  std::uint64_t reserved64[4] = {};
};
static_assert(sizeof(Version) == 64);

// WINDIVERT_FILTER: one test of a filter program.
struct Test {
  std::uint32_t first;   // field 11 bits, test 5, where to go when it holds 16
  std::uint32_t second;  // where to go when not 16, negative 1
  std::uint32_t argument[4];
};
static_assert(sizeof(Test) == 24);

inline constexpr std::uint32_t accept = 0x7ffe, reject = 0x7fff, equal = 0;

// "field == value": a whole program.
inline std::vector<Test> when(std::uint32_t field, std::uint32_t value = 1) {
  return {{field | equal << 11 | accept << 16, reject, {value, 0, 0, 0}}};
}
inline std::vector<Test> always() {
  return when(field::zero, 0);
}

constexpr std::uint32_t request(std::uint32_t function, std::uint32_t method,
                                std::uint32_t access) {
  return CTL_CODE(FILE_DEVICE_NETWORK, function, method, access);
}
inline constexpr std::uint32_t both = FILE_READ_ACCESS | FILE_WRITE_ACCESS;
inline constexpr std::uint32_t initialize = request(0x921, METHOD_OUT_DIRECT, both),
                               startup = request(0x922, METHOD_IN_DIRECT, both),
                               receive = request(0x923, METHOD_OUT_DIRECT, FILE_READ_ACCESS),
                               send = request(0x924, METHOD_IN_DIRECT, both),
                               set_parameter = request(0x925, METHOD_IN_DIRECT, both),
                               get_parameter = request(0x926, METHOD_OUT_DIRECT, FILE_READ_ACCESS),
                               shut_down = request(0x927, METHOD_IN_DIRECT, both);
inline constexpr const char* device = R"(\\.\WinDivert)";
inline constexpr std::uint32_t largest_packet = 40 + 0xffff;
inline constexpr std::uint32_t middle_priority = 30000;  // on the device; 0 in the library

inline std::span<const std::byte> bytes_of(const Message& message) {
  return std::as_bytes(std::span(&message, 1));
}

// One handle of one application.
class Handle {
 public:
  explicit Handle(scenario::Application& application)
      : application_(application),
        result_(application.open(device)),
        address_(*reinterpret_cast<Address*>(application.allocate(sizeof(Address)).data())) {}

  [[nodiscard]] NTSTATUS opened() const { return result_.status; }
  [[nodiscard]] HANDLE get() const { return result_.handle; }

  // Until here no callout is registered.
  NTSTATUS initialize_layer(Layer layer, std::uint64_t flags, Version* version = nullptr,
                            std::uint32_t priority = middle_priority) {
    Version own{.magic = 0x4c4c447669645724, .major = 2, .minor = 2, .bits = 64};
    if (version == nullptr) version = &own;
    const Message message{static_cast<std::uint32_t>(layer) | std::uint64_t{priority} << 32, flags};
    return application_
        .ioctl(get(), initialize, bytes_of(message), std::as_writable_bytes(std::span(version, 1)))
        .status;
  }
  NTSTATUS start(std::vector<Test> filter, std::uint64_t filter_flags) {
    return application_
        .ioctl(get(), startup, bytes_of({filter_flags, 0}),
               std::as_writable_bytes(std::span(filter)))
        .status;
  }
  NTSTATUS shut(std::uint32_t how) {
    return application_.ioctl(get(), shut_down, bytes_of({how, 0}), {}).status;
  }

  // Waits for a packet or an event.
  struct Received {
    NTSTATUS status = STATUS_SUCCESS;
    Address address{};
    std::vector<std::uint8_t> packet;
  };
  Received receive_one(std::size_t room = largest_packet) {
    std::vector<std::uint8_t> packet(room);
    const nt::Transfer transfer = application_.ioctl(get(), receive, bytes_of({user_address(), 0}),
                                                     std::as_writable_bytes(std::span(packet)));
    packet.resize(std::min<std::size_t>(transfer.information, room));
    return {transfer.status, address_, std::move(packet)};
  }
  // The same, not waiting; `room` stays until it completes.
  scenario::Application::Ticket start_receive(std::span<std::byte> room) {
    return application_.start_ioctl(get(), receive, bytes_of({user_address(), 0}), room);
  }

  nt::Transfer send_one(std::vector<std::uint8_t> packet, const Address& address) {
    address_ = address;
    return application_.ioctl(get(), send, bytes_of({user_address(), sizeof(Address)}),
                              std::as_writable_bytes(std::span(packet)));
  }

  NTSTATUS close() { return application_.close(get()); }

 private:
  [[nodiscard]] std::uint64_t user_address() const {
    return reinterpret_cast<std::uint64_t>(&address_);
  }

  scenario::Application& application_;
  nt::OpenResult result_;
  Address& address_;
};

}  // namespace drydock::windivert

// SPDX-License-Identifier: Apache-2.0
// Traffic, and its packets from the capture that tells their verdicts.
#include <algorithm>
#include <array>
#include <bit>

#include "lib/connection.h"

namespace drydock::inline v1 {

using nlohmann::json;

namespace {

constexpr Duration longest_traffic = std::chrono::hours(1);

// A pcapng file as net/capture_file.h writes it: little-endian, times in nanoseconds, one comment
// on each packet. It comes from where the driver lives: believe no length.
class Reader {
 public:
  explicit Reader(std::span<const std::byte> file) : rest_(file) {}

  std::vector<Packet> packets() {
    std::vector<Packet> packets;
    while (rest_.size() >= 12) {
      const auto type = number(rest_, 0);
      const auto block = part(rest_, 0, number(rest_, 4));
      if (block.size() < 12) throw damaged();
      if (type == enhanced_packet) packets.push_back(packet(block));
      rest_ = rest_.subspan(block.size());
    }
    const auto first = packets.empty() ? std::chrono::nanoseconds{} : packets.front().time;
    for (Packet& each : packets) each.time -= first;
    return packets;
  }

 private:
  static constexpr std::uint32_t enhanced_packet = 6;
  static constexpr std::uint16_t comment = 1;
  static constexpr std::size_t fixed_part = 28;

  static Error damaged() { return Error("the machine has sent a damaged capture"); }

  static std::span<const std::byte> part(std::span<const std::byte> bytes, std::size_t offset,
                                         std::size_t size) {
    if (offset > bytes.size() || size > bytes.size() - offset) throw damaged();
    return bytes.subspan(offset, size);
  }

  static std::uint32_t number(std::span<const std::byte> bytes, std::size_t offset) {
    std::array<std::byte, 4> value{};
    std::ranges::copy(part(bytes, offset, value.size()), value.begin());
    return std::bit_cast<std::uint32_t>(value);
  }

  static Packet packet(std::span<const std::byte> block) {
    const std::size_t captured = number(block, 20);
    const auto time = std::uint64_t{number(block, 12)} << 32 | number(block, 16);
    const auto frame = part(block, fixed_part, captured);
    const std::size_t end = fixed_part + (captured + 3) / 4 * 4;
    if (end > block.size()) throw damaged();
    const auto options = block.subspan(end);
    Packet packet{.time = std::chrono::nanoseconds(time),
                  .frame = {frame.begin(), frame.end()},
                  .verdict = {}};
    if ((number(options, 0) & 0xffff) == comment) {
      const auto text = part(options, 4, number(options, 0) >> 16);
      packet.verdict.assign(reinterpret_cast<const char*>(text.data()), text.size());
    }
    return packet;
  }

  std::span<const std::byte> rest_;
};

}  // namespace

void Traffic::wait_for_step(std::uint64_t step) {
  const Reply state =
      machine_->request("await_traffic", {{"traffic", id_}, {"step", step}}, longest_traffic);
  if (!state.at("over").get<bool>() && state.at("steps").get<std::uint64_t>() < step)
    throw Error("the traffic has come to step " +
                std::to_string(state.at("steps").get<std::uint64_t>()) +
                " only after an hour of virtual time");
}

bool Traffic::over() {
  return machine_->request("await_traffic", {{"traffic", id_}, {"step", UINT64_MAX}}, Duration{0})
      .at("over");
}

Bytes Traffic::pcapng() const {
  return machine_->request("traffic_result", {{"traffic", id_}}).at("pcapng").bytes();
}

std::vector<Packet> Traffic::packets() const {
  return packets_of(pcapng());
}

std::vector<Packet> packets_of(const Bytes& pcapng) {
  return Reader(pcapng).packets();
}

std::map<std::string, std::uint64_t> Traffic::verdicts() const {
  std::map<std::string, std::uint64_t> counts;
  for (const Packet& packet : packets()) ++counts[packet.verdict];
  return counts;
}

}  // namespace drydock::inline v1

// SPDX-License-Identifier: Apache-2.0
// What became of recorded traffic, packet by packet, and the capture that tells it: every packet
// with its verdict as comment, also those that were stopped; but streams that a callout edited in
// packets of their own.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "net/host_path.h"
#include "net/stream_edits.h"
#include "net/traffic_stats.h"

namespace drydock::net {

class TrafficRecord final : public PathListener {
 public:
  // `capture`: what the steps were made of; stays.
  explicit TrafficRecord(const Capture& capture) : capture_(capture) {}

  void packet_begins(const Step& step) override { current_ = step.packet_index; }
  void packet_goes_on(const Step& step) override;
  void packet_stops(const Step& step, const std::string& why) override;
  void packet_waits(const Step& step, const std::string& why) override;
  void stream_arrives(const Step& step) override;
  void stream_bytes(const Step& connection, Direction direction,
                    std::span<const std::uint8_t> bytes) override;
  void stream_fin(const Step& connection, Direction direction) override;
  void packet_injected(std::span<const std::uint8_t> packet, Direction direction,
                       const std::string& how) override;

  void frame_injected(std::span<const std::uint8_t> frame, std::optional<std::size_t> ip_at,
                      Direction direction, const std::string& how) override;

  // Once the traffic is over.
  [[nodiscard]] std::vector<std::uint8_t> pcapng() const;
  [[nodiscard]] TrafficStats stats() const;

 private:
  friend class TrafficWriter;

  struct Fate {
    bool went_on = false;
    std::string stopped;  // why; empty: it was not
    std::string waits;    // for whom, when it does or did
    Direction direction{};
    FlowId flow{};  // TCP
  };
  // Bytes that left a stream, or its end.
  struct Emission {
    Direction direction{};
    std::vector<std::uint8_t> bytes;
    bool fin = false;
  };
  struct Flow {
    std::uint32_t packet = 0;  // the last one
    StreamEdits edits;
    std::map<std::uint32_t, std::vector<Emission>> emissions;  // by packet
  };
  struct Injected {
    std::vector<std::uint8_t> packet;
    Direction direction{};
    std::string how;
    bool whole_frame = false;  // with its link header
  };

  void remember(const Step& step, Fate& fate);
  Flow& flow_of(const Step& step) { return flows_[step.flow]; }
  [[nodiscard]] std::string verdict_of(std::uint32_t index) const;

  const Capture& capture_;
  std::uint32_t current_ = 0;
  std::map<std::uint32_t, Fate> fates_;
  std::map<FlowId, Flow> flows_;
  std::map<std::uint32_t, std::vector<Injected>> injected_;  // by the packet played last
};

}  // namespace drydock::net

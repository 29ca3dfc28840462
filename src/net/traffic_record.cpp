// SPDX-License-Identifier: Apache-2.0
#include "net/traffic_record.h"

#include <fmt/format.h>
#include <pcap/dlt.h>

#include <algorithm>
#include <array>

#include "net/capture_file.h"
#include "net/tcp_rewriter.h"

namespace drydock::net {

void TrafficRecord::packet_goes_on(const Step& step) {
  Fate& fate = fates_[step.packet_index];
  fate.went_on = true;
  remember(step, fate);
}

void TrafficRecord::remember(const Step& step, Fate& fate) {
  // What is forwarded has the link header with which it came.
  if (step.kind != StepKind::stream)
    fate.direction = step.forwarded ? Direction::inbound : step.direction;
  if (step.protocol != Protocol::tcp || step.loopback || step.flow == FlowId::none) return;
  fate.flow = step.flow;
  flow_of(step).packet = step.packet_index;
}

// The first reason counts.
void TrafficRecord::packet_stops(const Step& step, const std::string& why) {
  Fate& fate = fates_[step.packet_index];
  if (fate.stopped.empty()) fate.stopped = why;
  remember(step, fate);
}

void TrafficRecord::packet_waits(const Step& step, const std::string& why) {
  fates_[step.packet_index].waits = why;
}

void TrafficRecord::stream_arrives(const Step& step) {
  Flow& flow = flow_of(step);
  flow.packet = step.packet_index;
  flow.edits.arrives(step.direction, step.data(), step.stream_disconnect);
}

void TrafficRecord::stream_bytes(const Step& connection, Direction direction,
                                 std::span<const std::uint8_t> bytes) {
  Flow& flow = flow_of(connection);
  flow.edits.leave(direction, bytes);
  flow.emissions[flow.packet].push_back({direction, {bytes.begin(), bytes.end()}, false});
}

void TrafficRecord::stream_fin(const Step& connection, Direction direction) {
  Flow& flow = flow_of(connection);
  flow.edits.leave_fin(direction);
  flow.emissions[flow.packet].push_back({direction, {}, true});
}

void TrafficRecord::packet_injected(std::span<const std::uint8_t> packet, Direction direction,
                                    const std::string& how) {
  injected_[current_].push_back({{packet.begin(), packet.end()}, direction, how});
}

void TrafficRecord::frame_injected(std::span<const std::uint8_t> frame,
                                   std::optional<std::size_t> ip_at, Direction direction,
                                   const std::string& how) {
  if (capture_.link_type != DLT_EN10MB)
    return PathListener::frame_injected(frame, ip_at, direction, how);
  injected_[current_].push_back({{frame.begin(), frame.end()}, direction, how, true});
}

std::string TrafficRecord::verdict_of(std::uint32_t index) const {
  const auto fate = fates_.find(index);
  if (fate == fates_.end()) return "unseen";
  if (!fate->second.stopped.empty()) return fate->second.stopped;
  if (fate->second.went_on) return "permit";
  return fate->second.waits.empty() ? "unseen" : fate->second.waits;
}

TrafficStats TrafficRecord::stats() const {
  TrafficStats stats;
  const auto count = [&](const std::string& verdict, std::size_t bytes) {
    TrafficCount& entry = stats[verdict];
    ++entry.packets;
    entry.bytes += bytes;
  };
  for (std::uint32_t i = 0; i < capture_.packets.size(); ++i) {
    count(verdict_of(i), capture_.packets[i].frame->size());
  }
  for (const auto& [index, packets] : injected_) {
    for (const Injected& injected : packets) count(injected.how, injected.packet.size());
  }
  return stats;
}

// Writes the packets in the order in which they were played.
class TrafficWriter {
 public:
  explicit TrafficWriter(const TrafficRecord& record)
      : record_(record),
        file_(record.capture_.link_type, record.capture_.start),
        links_(record.capture_) {
    for (const auto& [index, fate] : record.fates_) {
      if (fate.went_on || !fate.stopped.empty())
        links_.learn(record.capture_.packets[index], fate.direction);
    }
  }

  std::vector<std::uint8_t> write() {
    for (std::uint32_t i = 0; i < record_.capture_.packets.size(); ++i) {
      write_packet(i);
      write_injected(i);
    }
    return file_.bytes();
  }

 private:
  // Link headers as the capture has them, for packets that it has not: they name the two ends and
  // the IP version.
  class Links {
   public:
    explicit Links(const Capture& capture) : capture_(capture) {}
    void learn(const CapturePacket& packet, Direction direction) {
      if (!packet.ip_offset) return;
      const CapturePacket*& like =
          known_.at(kind_of(std::span(*packet.frame).subspan(*packet.ip_offset), direction));
      if (like == nullptr) like = &packet;
    }
    [[nodiscard]] std::vector<std::uint8_t> frame(std::span<const std::uint8_t> ip,
                                                  Direction direction) const {
      const CapturePacket* like = known_.at(kind_of(ip, direction));
      if (like == nullptr) like = &capture_.packets.front();
      const std::size_t header = like->ip_offset.value_or(0);
      std::vector<std::uint8_t> bytes(like->frame->begin(),
                                      like->frame->begin() + static_cast<std::ptrdiff_t>(header));
      bytes.insert(bytes.end(), ip.begin(), ip.end());
      return bytes;
    }

   private:
    static std::size_t kind_of(std::span<const std::uint8_t> ip, Direction direction) {
      const bool version_6 = !ip.empty() && ip[0] >> 4 == 6;
      return 2 * static_cast<std::size_t>(direction) + (version_6 ? 1 : 0);
    }

    const Capture& capture_;
    std::array<const CapturePacket*, 4> known_ = {};  // by kind_of()
  };

  void write_packet(std::uint32_t index) {
    const CapturePacket& packet = record_.capture_.packets[index];
    const auto fate = record_.fates_.find(index);
    const bool known = fate != record_.fates_.end();
    const auto flow = known ? record_.flows_.find(fate->second.flow) : record_.flows_.end();
    if (flow != record_.flows_.end() && flow->second.edits.edited()) {
      return write_edited(index, packet, fate->second, flow->second);
    }
    file_.add(packet.time, *packet.frame, record_.verdict_of(index));
  }

  // A connection that a stream callout has edited: its data go in packets made anew.
  void write_edited(std::uint32_t index, const CapturePacket& packet,
                    const TrafficRecord::Fate& fate, const TrafficRecord::Flow& flow) {
    const auto ip = std::span(*packet.frame).subspan(*packet.ip_offset);
    TcpRewriter& rewriter = rewriters_[fate.flow];
    std::vector<Emitted> emitted;
    const auto emissions = flow.emissions.find(index);
    if (emissions != flow.emissions.end()) {
      for (const auto& emission : emissions->second) {
        emitted.push_back({emission.direction, emission.bytes, emission.fin});
      }
    }
    for (const RewrittenPacket& made : rewriter.rewrite(ip, fate.direction, emitted)) {
      file_.add(packet.time, links_.frame(made.packet, made.direction),
                made.has_data ? "permit: stream data" : "permit");
    }
  }

  void write_injected(std::uint32_t index) {
    const auto injected = record_.injected_.find(index);
    if (injected == record_.injected_.end()) return;
    for (const auto& packet : injected->second) {
      file_.add(record_.capture_.packets[index].time,
                packet.whole_frame ? packet.packet : links_.frame(packet.packet, packet.direction),
                packet.how);
    }
  }

  const TrafficRecord& record_;
  CaptureFile file_;
  Links links_;
  std::map<FlowId, TcpRewriter> rewriters_;
};

std::vector<std::uint8_t> TrafficRecord::pcapng() const {
  return TrafficWriter(*this).write();
}

}  // namespace drydock::net

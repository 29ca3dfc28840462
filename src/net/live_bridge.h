// SPDX-License-Identifier: Apache-2.0
// Real traffic through the simulated host: the packets of a network namespace pass from the side of
// its programs to that of its network and back, as far as the drivers let them. As long as it runs,
// virtual time goes with the clock on the wall: such a run cannot be repeated, but what was seen is
// kept as a capture.
#pragma once

#include <chrono>
#include <deque>
#include <map>
#include <memory>
#include <string>
#include <tuple>
#include <vector>

#include "net/capture_file.h"
#include "net/host_path.h"
#include "net/live_files.h"
#include "net/stream_edits.h"
#include "net/tcp_translator.h"
#include "net/tracker.h"
#include "net/traffic_stats.h"

namespace drydock::net {

class LiveBridge final : public PathListener {
 public:
  // `host`: its addresses need not be known, they are those at the host's end.
  LiveBridge(machine::Machine& machine, LocalHost host, LiveFiles files);

  // Takes packets along `path`, whose listener this is, for so much virtual time. On a fiber at
  // PASSIVE_LEVEL. May be called again.
  void run(HostPath& path, machine::VirtualTime duration);
  [[nodiscard]] bool asked_to_stop() const;
  // From now on run() ends when asked to: nobody is left who has to take leave of the traffic.
  void may_stop() { may_stop_ = true; }

  // What came, each packet with its verdict, and what was sent besides; nothing without
  // LiveFiles::keeps_packets.
  [[nodiscard]] const std::vector<std::uint8_t>& pcapng() const { return seen_.bytes(); }
  [[nodiscard]] TrafficStats stats() const;
  // Connections that something is known of: those that live and, for two maximum segment lifetimes,
  // those whose numbers were translated.
  [[nodiscard]] std::size_t connections() const { return connections_.size(); }

  void packet_goes_on(const Step& step) override;
  void packet_stops(const Step& step, const std::string& why) override;
  void packet_waits(const Step& step, const std::string& why) override;
  void connection_is_over(const Step& step) override;
  void step_decided(const Step& step, bool goes_on) override;
  void flow_dropped(const Step& step) override;
  void stream_arrives(const Step& step) override;
  void stream_bytes(const Step& connection, Direction direction,
                    std::span<const std::uint8_t> bytes) override;
  void stream_fin(const Step& connection, Direction direction) override;
  void packet_injected(std::span<const std::uint8_t> packet, Direction direction,
                       const std::string& how) override;

 private:
  using Clock = std::chrono::steady_clock;

  // A packet on its way.
  struct Passing {
    Nanoseconds time{};
    PacketBytes came;   // as it did
    PacketBytes heard;  // as the host's path took it
    Direction direction{};
    FlowId flow{};  // of TCP; also of a latecomer to a translated connection
    bool seen = false;
    bool goes_on = false;
    bool over = false;         // its connection was refused or dropped
    std::string stopped = {};  // why; empty: it was not
    std::string waits = {};    // for whom, when it does or did
  };
  // Bytes that left a stream, or its end.
  struct Emission {
    Direction direction{};
    std::vector<std::uint8_t> bytes;
    bool fin = false;
  };
  struct Connection {
    StreamEdits edits;
    TcpTranslator translator;
    std::vector<Emission> emissions;  // since the last packet
    bool began = false;               // the other side knows of it
  };
  struct Ended {
    FlowId flow{};
    bool closed = false;  // by both ends
  };
  // A translated connection that is over; packets of it may still come.
  struct Remembered {
    machine::VirtualTime until{};
    FlowId flow{};
  };

  // Who talks to whom: local and remote end.
  using Ends = std::tuple<IpAddress, std::uint16_t, IpAddress, std::uint16_t>;

  static Ends ends_of(const ParsedPacket& header, Direction direction);
  void hear(Passing& passing);
  [[nodiscard]] machine::VirtualTime wall_time() const;
  [[nodiscard]] machine::VirtualTime virtual_time() const { return machine_.now() - began_; }
  void keep_time();
  bool take_packet(int file, Direction direction);
  void learn_address(const ParsedPacket& header, Direction direction);
  void play(const std::vector<Step>& steps);
  void finish(Passing& passing);
  void finish_tcp(Passing& passing);
  [[nodiscard]] static bool is_decided(const Passing& packet);
  void finish_pending();
  void emit(const Step& connection, Emission emission);
  static std::vector<Emitted> as_emitted(const std::vector<Emission>& emissions);
  void send_late_emissions();
  void keep(Nanoseconds time, std::span<const std::uint8_t> packet, const std::string& verdict);
  void forget_ended();
  bool is_on_its_way(FlowId flow) const;
  void forget(FlowId flow);
  void send(std::span<const std::uint8_t> packet, Direction direction);
  void send_made(const std::vector<RewrittenPacket>& packets);
  void refuse(const Passing& passing);
  void tell(const Passing& passing, const std::string& verdict);
  Passing* passing(const Step& step);

  machine::Machine& machine_;
  HostTracker tracker_;
  LiveFiles files_;
  HostPath* path_ = nullptr;
  Clock::time_point wall_began_;
  machine::VirtualTime began_;
  bool may_stop_ = false;
  std::uint32_t packets_ = 0;
  std::map<std::uint32_t, Passing> passing_;  // by number; the last one, and such as wait
  std::map<FlowId, Connection> connections_;
  std::map<Ends, FlowId> edited_;
  std::vector<Ended> ended_;           // not looked at yet
  std::deque<Remembered> remembered_;  // in order of time
  std::vector<FlowId> emitting_;       // connections that may have emissions; some more than once
  CaptureFile seen_;
  TrafficStats stats_;
  std::vector<std::uint8_t> buffer_;
};

}  // namespace drydock::net

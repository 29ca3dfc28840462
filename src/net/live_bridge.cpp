// SPDX-License-Identifier: Apache-2.0
#include "net/live_bridge.h"

#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "net/tcp_packet.h"

namespace drydock::net {
namespace {

using machine::VirtualTime;

constexpr int raw_ip = 12;  // DLT_RAW
constexpr std::size_t largest_packet = 65535;
// The clock of the simulated machine is never further ahead than this.
constexpr VirtualTime tick = machine::milliseconds(1);
// How long packets of an ended connection may still come: two maximum segment lifetimes.
constexpr VirtualTime latecomers = machine::seconds(120);
// Packets of one side, before the other has its turn.
constexpr int most_at_once = 64;

Nanoseconds nanoseconds(VirtualTime time) {
  return Nanoseconds{time.ticks * 100};
}

Nanoseconds since_1970() {
  return std::chrono::duration_cast<Nanoseconds>(
      std::chrono::system_clock::now().time_since_epoch());
}

Direction other(Direction direction) {
  return direction == Direction::outbound ? Direction::inbound : Direction::outbound;
}

// Until one of them has a packet, or the time is over.
void wait_for_packets(const LiveFiles& files, VirtualTime patience) {
  pollfd wanted[] = {{.fd = files.host, .events = POLLIN, .revents = 0},
                     {.fd = files.network, .events = POLLIN, .revents = 0}};
  const auto wait = nanoseconds(patience).count();
  const timespec limit{.tv_sec = wait / 1'000'000'000, .tv_nsec = wait % 1'000'000'000};
  if (wait > 0) ppoll(wanted, 2, &limit, nullptr);
}

}  // namespace

LiveBridge::LiveBridge(machine::Machine& machine, LocalHost host, LiveFiles files)
    : machine_(machine),
      tracker_(std::move(host)),
      files_(files),
      seen_(raw_ip, since_1970()),
      buffer_(largest_packet) {}

VirtualTime LiveBridge::wall_time() const {
  return {std::chrono::duration_cast<Nanoseconds>(Clock::now() - wall_began_).count() / 100};
}

bool LiveBridge::asked_to_stop() const {
  return files_.stop != nullptr && *files_.stop;
}

void LiveBridge::run(HostPath& path, VirtualTime duration) {
  if (std::exchange(path_, &path) == nullptr) {
    began_ = machine_.now();
    wall_began_ = Clock::now();
  }
  const VirtualTime end = virtual_time() + duration;
  while (virtual_time() < end && !(may_stop_ && asked_to_stop())) {
    forget_ended();
    keep_time();
    for (int i = 0; i < most_at_once && take_packet(files_.host, Direction::outbound); ++i) {
    }
    for (int i = 0; i < most_at_once && take_packet(files_.network, Direction::inbound); ++i) {
    }
    play(tracker_.advance_time(nanoseconds(virtual_time())));
    finish_pending();
    send_late_emissions();
  }
  forget_ended();
}

// Sleeping lets everybody else run who can, and virtual time pass; waiting for packets makes it
// take as long as it says.
void LiveBridge::keep_time() {
  const VirtualTime wall = wall_time();
  const bool ahead = virtual_time() > wall;
  machine_.sleep_until(ahead ? machine_.now() + machine::microseconds(1) : began_ + wall + tick);
  wait_for_packets(files_, virtual_time() - wall_time());
}

bool LiveBridge::take_packet(int file, Direction direction) {
  const ssize_t size = read(file, buffer_.data(), buffer_.size());
  if (size <= 0) return false;
  const auto bytes = std::span(buffer_).first(static_cast<std::size_t>(size));
  const auto came = std::make_shared<const std::vector<std::uint8_t>>(bytes.begin(), bytes.end());
  Passing passing{
      .time = nanoseconds(virtual_time()), .came = came, .heard = came, .direction = direction};
  hear(passing);
  play(tracker_.advance_time(passing.time));  // those ends are not of this packet
  const auto steps = tracker_.feed({.time = passing.time, .frame = passing.heard, .ip_offset = 0});
  passing.seen = !steps.empty();
  passing_[packets_++] = std::move(passing);
  play(steps);
  finish_pending();
  machine_.switch_point();
  return true;
}

LiveBridge::Ends LiveBridge::ends_of(const ParsedPacket& header, Direction direction) {
  if (direction == Direction::outbound)
    return {header.source, header.source_port, header.destination, header.destination_port};
  return {header.destination, header.destination_port, header.source, header.source_port};
}

// Whoever gets an edited stream acknowledges what he got; the host's path knows what was sent.
void LiveBridge::hear(Passing& passing) {
  const auto header = parse_packet(*passing.came);
  if (!header) return;
  learn_address(*header, passing.direction);
  if (header->protocol != Protocol::tcp || edited_.empty()) return;
  const auto found = edited_.find(ends_of(*header, passing.direction));
  if (found == edited_.end()) return;
  if ((header->tcp_flags & tcp::syn) != 0) {
    edited_.erase(found);  // another connection between the same ends
    return;
  }
  passing.flow = found->second;
  passing.heard = std::make_shared<const std::vector<std::uint8_t>>(
      connections_[found->second].translator.in_terms_of_senders(*passing.came, passing.direction));
}

void LiveBridge::learn_address(const ParsedPacket& header, Direction direction) {
  const IpAddress& own = direction == Direction::outbound ? header.source : header.destination;
  if (own.type() == AddressType::unicast) tracker_.own(own);
}

void LiveBridge::play(const std::vector<Step>& steps) {
  for (const Step& step : steps) path_->play(step);
}

LiveBridge::Passing* LiveBridge::passing(const Step& step) {
  const auto found = passing_.find(step.packet_index);
  if (found == passing_.end()) return nullptr;
  if (step.protocol == Protocol::tcp && step.flow != FlowId::none) found->second.flow = step.flow;
  return &found->second;
}

void LiveBridge::packet_goes_on(const Step& step) {
  if (Passing* packet = passing(step)) packet->goes_on = true;
}

// The first reason counts.
void LiveBridge::packet_stops(const Step& step, const std::string& why) {
  Passing* packet = passing(step);
  if (packet != nullptr && packet->stopped.empty()) packet->stopped = why;
}

void LiveBridge::packet_waits(const Step& step, const std::string& why) {
  if (Passing* packet = passing(step)) packet->waits = why;
}

void LiveBridge::connection_is_over(const Step& step) {
  if (Passing* packet = passing(step)) packet->over = true;
}

void LiveBridge::step_decided(const Step& step, bool /*goes_on*/) {
  if (step.kind == StepKind::flow_end && step.protocol == Protocol::tcp)
    ended_.push_back({step.flow, step.end == FlowEnd::closed});
}

// Both ends are told by resets, which the tracker does not see.
void LiveBridge::flow_dropped(const Step& step) {
  tracker_.give_up(step);
}

void LiveBridge::stream_arrives(const Step& step) {
  passing(step);
  connections_[step.flow].edits.arrives(step.direction, step.data(), step.stream_disconnect);
}

void LiveBridge::stream_bytes(const Step& connection, Direction direction,
                              std::span<const std::uint8_t> bytes) {
  connections_[connection.flow].edits.leave(direction, bytes);
  emit(connection, {direction, {bytes.begin(), bytes.end()}, false});
}

void LiveBridge::stream_fin(const Step& connection, Direction direction) {
  connections_[connection.flow].edits.leave_fin(direction);
  emit(connection, {direction, {}, true});
}

void LiveBridge::emit(const Step& connection, Emission emission) {
  connections_[connection.flow].emissions.push_back(std::move(emission));
  emitting_.push_back(connection.flow);
}

std::vector<Emitted> LiveBridge::as_emitted(const std::vector<Emission>& emissions) {
  std::vector<Emitted> emitted;
  emitted.reserve(emissions.size());
  for (const auto& [direction, bytes, fin] : emissions) emitted.push_back({direction, bytes, fin});
  return emitted;
}

void LiveBridge::packet_injected(std::span<const std::uint8_t> packet, Direction direction,
                                 const std::string& how) {
  send(packet, direction);
  TrafficCount& count = stats_[how];
  ++count.packets;
  count.bytes += packet.size();
  keep(nanoseconds(virtual_time()), packet, how);
}

void LiveBridge::keep(Nanoseconds time, std::span<const std::uint8_t> packet,
                      const std::string& verdict) {
  if (files_.keeps_packets) seen_.add(time, packet, verdict);
}

// Packets that wait for a callout are not, as long as they do.
bool LiveBridge::is_decided(const Passing& packet) {
  return !packet.seen || packet.goes_on || !packet.stopped.empty();
}

void LiveBridge::finish_pending() {
  for (auto each = passing_.begin(); each != passing_.end();) {
    Passing& packet = each->second;
    const bool decided = is_decided(packet);
    if (decided) finish(packet);
    each = decided ? passing_.erase(each) : std::next(each);
  }
}

void LiveBridge::finish(Passing& passing) {
  if (passing.over) refuse(passing);
  if (passing.flow != FlowId::none) return finish_tcp(passing);
  tell(passing, !passing.seen ? "unseen" : passing.stopped.empty() ? "permit" : passing.stopped);
  if (passing.stopped.empty()) send(*passing.came, passing.direction);
}

void LiveBridge::finish_tcp(Passing& passing) {
  Connection& connection = connections_[passing.flow];
  const auto& bytes = *passing.heard;
  const bool stopped = !passing.stopped.empty() && passing.stopped != stream_data_withheld;
  if (connection.edits.keeps()) connection.edits.set_edited();
  tell(passing, passing.stopped.empty() ? "permit" : passing.stopped);
  if (passing.over) return;
  if (!connection.edits.edited()) {
    connection.emissions.clear();
    if (stopped) return;
    connection.began = true;
    connection.translator.pass(bytes, passing.direction);
    return send(bytes, passing.direction);
  }
  if (const auto header = parse_packet(bytes))
    edited_[ends_of(*header, passing.direction)] = passing.flow;
  const auto leaving = std::exchange(connection.emissions, {});
  const auto packets =
      connection.translator.translate(bytes, passing.direction, as_emitted(leaving));
  // What another layer has stopped is lost on the way, and will be sent again.
  if (!stopped) send_made(packets);
}

// Of callouts that make up their minds between packets.
void LiveBridge::send_late_emissions() {
  for (const FlowId flow : std::exchange(emitting_, {})) {
    Connection& connection = connections_[flow];
    if (connection.emissions.empty()) continue;
    connection.edits.set_edited();
    const auto leaving = std::exchange(connection.emissions, {});
    send_made(connection.translator.emit(as_emitted(leaving)));
  }
}

void LiveBridge::forget_ended() {
  for (const Ended& ended : std::exchange(ended_, {})) {
    const auto found = connections_.find(ended.flow);
    if (found == connections_.end()) continue;
    if (is_on_its_way(ended.flow)) {
      ended_.push_back(ended);
    } else if (ended.closed && found->second.edits.edited()) {
      remembered_.push_back({virtual_time() + latecomers, ended.flow});
    } else {
      forget(ended.flow);
    }
  }
  for (; !remembered_.empty() && remembered_.front().until <= virtual_time();
       remembered_.pop_front())
    forget(remembered_.front().flow);
}

bool LiveBridge::is_on_its_way(FlowId flow) const {
  return std::ranges::any_of(passing_, [&](const auto& each) { return each.second.flow == flow; });
}

void LiveBridge::forget(FlowId flow) {
  const auto found = connections_.find(flow);
  if (found == connections_.end()) return;
  if (found->second.edits.edited())
    std::erase_if(edited_, [&](const auto& each) { return each.second == flow; });
  connections_.erase(found);
}

void LiveBridge::send_made(const std::vector<RewrittenPacket>& packets) {
  for (const RewrittenPacket& made : packets) send(made.packet, made.direction);
}

// Who cannot take it now loses it, as on any wire.
void LiveBridge::send(std::span<const std::uint8_t> packet, Direction direction) {
  const int file = direction == Direction::outbound ? files_.network : files_.host;
  if (write(file, packet.data(), packet.size()) == static_cast<ssize_t>(packet.size())) return;
  TrafficCount& count = stats_["lost: could not be written"];
  ++count.packets;
  count.bytes += packet.size();
}

// Whom a host does not let in gets no answer.
void LiveBridge::refuse(const Passing& passing) {
  const auto known = connections_.find(passing.flow);
  const bool began = known != connections_.end() && known->second.began;
  const bool silent = passing.direction == Direction::inbound && !began;
  if (silent || !passing.stopped.starts_with("block")) return;
  const auto& bytes = *passing.came;
  const auto header = parse_packet(bytes);
  if (!header) return;
  if (const auto reset = reset_for(bytes, *header); !reset.empty())
    send(reset, other(passing.direction));
}

TrafficStats LiveBridge::stats() const {
  TrafficStats stats = stats_;
  for (const auto& [number, packet] : passing_) {
    if (is_decided(packet) || packet.waits.empty()) continue;
    TrafficCount& count = stats[packet.waits];
    ++count.packets;
    count.bytes += packet.came->size();
  }
  return stats;
}

void LiveBridge::tell(const Passing& passing, const std::string& verdict) {
  const auto& bytes = *passing.came;
  TrafficCount& count = stats_[verdict];
  ++count.packets;
  count.bytes += bytes.size();
  keep(passing.time, bytes, verdict);
}

}  // namespace drydock::net

// SPDX-License-Identifier: Apache-2.0
// The part of the path that all protocols share: packets in, tables of flows and sockets, steps
// out.
#include "net/tracker.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <iterator>
#include <utility>

#include "net/forwarding.h"
#include "net/layer_entry.h"
#include "net/tracker_impl.h"

namespace drydock::net {
namespace {

constexpr Nanoseconds closed_memory = std::chrono::seconds{120};  // two maximum segment lifetimes
constexpr std::size_t most_usual_steps = 4;

// As a stack sends them.
std::vector<Fragment> in_order(std::vector<Fragment> fragments) {
  const auto offset_of = [](const Fragment& part) { return part.header.fragment_offset; };
  std::vector<Fragment> sorted;
  for (Fragment& part : fragments) {
    const auto place = std::ranges::upper_bound(sorted, offset_of(part), {}, offset_of);
    sorted.insert(place, std::move(part));
  }
  return sorted;
}

}  // namespace

bool LocalHost::owns(const IpAddress& address) const {
  return address.is_loopback() || std::ranges::find(addresses, address) != addresses.end();
}

std::uint32_t LocalHost::interface_towards(const IpAddress& remote) const {
  if (interfaces.empty()) return interface_index;
  return net::interface_towards(interfaces, routes, remote);
}

std::uint32_t LocalHost::interface_of(const IpAddress& local) const {
  for (const HostInterface& each : interfaces) {
    if (std::ranges::find(each.addresses, local, &NetworkAddress::address) != each.addresses.end())
      return each.index;
  }
  return 0;
}

std::uint32_t LocalHost::interface_between(const IpAddress& local, const IpAddress& remote) const {
  if (const std::uint32_t own = interface_of(local); own != 0) return own;
  const std::uint32_t found = interface_towards(remote);
  return found != 0 ? found : interface_index;
}

IpAddress LocalHost::source_for(const IpAddress& remote) const {
  if (owns(remote)) return remote;
  const std::uint32_t index = interface_towards(remote);
  IpAddress source = IpAddress::unspecified(remote.version);
  for (const IpAddress& own : addresses) {
    if (own.version != remote.version) continue;
    if (interface_between(own, remote) == index) return own;
    if (source.is_unspecified()) source = own;  // no route: it goes somewhere all the same
  }
  return source;
}

LocalHost standard_local_host() {
  LocalHost host;
  host.addresses = {*IpAddress::parse("192.0.2.10"), *IpAddress::parse("2001:db8::10")};
  return host;
}

void HostTracker::Impl::feed(const CapturePacket& packet, bool refused) {
  out_.reserve(most_usual_steps);
  advance(std::max(now_, packet.time));
  if (std::exchange(fed_, true)) ++packet_index_;
  if (!packet.ip_offset) {
    if (!pass_frame(packet)) ++ignored_["not IP"];
    return;
  }
  const auto bytes = std::span(*packet.frame).subspan(*packet.ip_offset);
  const auto header = parse_packet(bytes);
  if (!header) {
    ++ignored_[std::string(to_string(header.error()))];
    return;
  }
  const PacketView view{packet.frame, *packet.ip_offset, header->total_size};
  const bool sent = host_.owns(header->source);
  const AddressType to = header->destination.type();
  const bool received = host_.owns(header->destination) ||
                        (!sent && !header->source.is_unspecified() &&
                         (to == AddressType::multicast || to == AddressType::broadcast));
  if (!sent && !received && !forward(packet, view, *header)) ++ignored_["not of the local host"];
  if (sent) pass(packet, view, *header, Direction::outbound, refused);
  if (received) pass(packet, view, *header, Direction::inbound, refused);
  if (received && !sent && host_.forwards) show_weak_host();
}

// What came by another interface than its address's is forwarded to there.
void HostTracker::Impl::show_weak_host() {
  const auto came = std::ranges::find_if(out_, [&](const Step& step) {
    return step.kind == StepKind::inbound_ippacket && !step.reassembled &&
           step.packet_index == packet_index_;
  });
  if (came == out_.end()) return;
  const Forwarding way{came->interface_index, host_.interface_of(came->local)};
  const auto header = parse_packet(came->packet.bytes());
  if (way.to == 0 || way.from == way.to || !header) return;
  Step step = weak_host_step(came->packet, *header, way, now_);
  step.packet_index = packet_index_;
  step.link = came->link;
  out_.insert(std::next(came), std::move(step));
}

void HostTracker::Impl::pass(const CapturePacket& packet, const PacketView& view,
                             const ParsedPacket& header, Direction direction, bool refused) {
  Passage passage;
  passage.view = view;
  passage.header = header;
  passage.direction = direction;
  passage.loopback = host_.owns(header.source) && host_.owns(header.destination);
  passage.refused = refused && direction == Direction::inbound;
  passage.interface_index = passage.loopback ? host_.loopback_interface_index
                            : packet.interface_index != 0
                                ? packet.interface_index
                                : host_.interface_between(passage.local(), passage.remote());
  if (!passage.loopback) passage.link = packet.link;
  if (packet.link == Link::recorded && passage.outbound()) learn_mac(packet);
  if (header.is_fragment) return pass_fragment(std::move(passage));
  dispatch(passage);
}

// A router passes fragments on as they come.
bool HostTracker::Impl::forward(const CapturePacket& packet, const PacketView& view,
                                const ParsedPacket& header) {
  const auto way = forwarding_of(host_, header, packet.interface_index);
  if (!way) return false;
  for (Step& step : forwarded_steps(view, header, *way, now_)) {
    step.packet_index = packet_index_;
    const bool made = packet.link != Link::none && step.direction == Direction::outbound;
    step.link = made ? Link::made_up : packet.link;
    out_.push_back(std::move(step));
  }
  return true;
}

// Inbound fragments are seen one by one and then whole; outbound ones wait, since the stack sees
// them whole first.
void HostTracker::Impl::pass_fragment(Passage passage) {
  auto [number, whole] =
      fragments_.add({passage.view, passage.header}, passage.direction, passage.refused, now_);
  if (!passage.outbound()) {
    passage.reassembly = number;
    emit(StepKind::inbound_ippacket, passage).fragment = true;
  }
  if (!whole) return;
  const auto header = parse_packet(whole->packet.bytes());
  if (!header) {
    ++ignored_[std::string(to_string(header.error()))];
    return;
  }
  passage.view = whole->packet;
  passage.header = *header;
  passage.refused = whole->refused;
  passage.reassembled = !passage.outbound();
  if (passage.outbound()) passage.fragments = in_order(std::move(whole->fragments));
  dispatch(passage);
}

void HostTracker::Impl::dispatch(const Passage& passage) {
  if (passage.header.protocol == Protocol::tcp) return pass_tcp(passage);
  if (passage.header.is_icmp_error()) return pass_icmp_error(passage);
  pass_datagram(passage);
}

Nanoseconds HostTracker::Impl::deadline(const Flow& flow) const {
  Nanoseconds timeout = idle_timeout;
  if (flow.key.protocol == Protocol::tcp) {
    if (flow.state == FlowState::established && !flow.given_up) return Nanoseconds::max();
    timeout = handshake_timeout;
  } else if (flow.direction == Direction::outbound &&
             flow.key.remote.type() != AddressType::unicast) {
    timeout = multicast_idle_timeout;
  }
  return flow.last_activity + std::min(timeout, Nanoseconds::max() - flow.last_activity);
}

void HostTracker::Impl::touch(Flow& flow) {
  flow.last_activity = now_;
}

Flow& HostTracker::Impl::add_flow(const FlowKey& key, const Passage& passage, FlowState state,
                                  EndpointId endpoint) {
  Flow flow;
  flow.key = key;
  flow.id = FlowId{++last_flow_};
  flow.direction = passage.direction;
  flow.state = state;
  flow.endpoint = endpoint;
  flow.last_activity = now_;
  flow.loopback = passage.loopback;
  flow.interface_index = passage.interface_index;
  flow.icmp_type = passage.header.icmp_type;
  flow.icmp_code = passage.header.icmp_code;
  flow.first_sequence = passage.header.tcp_sequence;
  if (endpoint != EndpointId::none) {
    Endpoint& socket = endpoints_.at(endpoint);
    ++socket.flows;
    flow.socket = &socket;
  }
  Flow& added = flows_.add(std::move(flow));
  watch(added);
  return added;
}

void HostTracker::Impl::end_flow(const FlowKey& key, FlowEnd reason) {
  Flow flow = flows_.take(key);
  append(StepKind::flow_end, &flow).end = reason;
  if (key.protocol == Protocol::tcp) {
    note_closed(key, reason);
  }
  const auto endpoint = endpoints_.find(flow.endpoint);
  if (endpoint == endpoints_.end()) return;
  --endpoint->second.flows;
  flow.socket = nullptr;
  if (key.protocol == Protocol::tcp) return close_endpoint(flow.endpoint, &flow);
  if (endpoint->second.flows == 0 && endpoint->second.closes_with_last_flow) {
    close_endpoint(flow.endpoint, nullptr);
  }
}

void HostTracker::Impl::note_closed(const FlowKey& key, FlowEnd reason) {
  for (; !closings_.empty() && now_ - closings_.front().first >= closed_memory;
       closings_.pop_front()) {
    const auto closed = recently_closed_.find(closings_.front().second);
    if (closed != recently_closed_.end() && closed->second.time == closings_.front().first)
      recently_closed_.erase(closed);
  }
  recently_closed_[key] = {now_, reason};
  closings_.emplace_back(now_, key);
}

void HostTracker::Impl::give_up(const Step& step) {
  if (step.protocol != Protocol::tcp) return;
  Flow* flow =
      flows_.find({step.protocol, step.local, step.remote, step.local_port, step.remote_port});
  if (flow == nullptr || flow->id != step.flow) return;
  if (!std::exchange(flow->given_up, true)) watch(*flow);
}

Endpoint& HostTracker::Impl::add_endpoint(const Passage& passage, Direction role) {
  const EndpointId id{++last_endpoint_};
  Endpoint endpoint;
  endpoint.id = id;
  endpoint.version = passage.header.version;
  endpoint.protocol = passage.header.protocol;
  endpoint.local = passage.local();
  endpoint.port = passage.local_port();
  const std::uint16_t port =
      role == Direction::inbound ? passage.local_port() : passage.remote_port();
  endpoint.process = processes_.of(host_, endpoint.protocol, role, port, id);
  return endpoints_.emplace(id, std::move(endpoint)).first->second;
}

Endpoint* HostTracker::Impl::find_socket(const SocketKey& key) {
  const auto socket = sockets_.find(key);
  return socket == sockets_.end() ? nullptr : &endpoints_.at(socket->second);
}

Endpoint& HostTracker::Impl::add_socket(const SocketKey& key, const Passage& passage,
                                        Direction role) {
  Endpoint& endpoint = add_endpoint(passage, role);
  sockets_[key] = endpoint.id;
  endpoint.found_by = std::get<std::uint16_t>(key);
  emit_bind(endpoint, role == Direction::outbound);
  return endpoint;
}

void HostTracker::Impl::close_endpoint(EndpointId id, const Flow* flow) {
  const auto node = endpoints_.extract(id);
  if (const Endpoint& closed = node.mapped(); closed.found_by) {
    const auto socket = sockets_.find({closed.protocol, closed.version, *closed.found_by});
    if (socket != sockets_.end() && socket->second == id) sockets_.erase(socket);
  }
  emit_endpoint(StepKind::ale_endpoint_closure, node.mapped(), flow);
  if (node.mapped().bound) emit_endpoint(StepKind::ale_resource_release, node.mapped());
}

void HostTracker::Impl::close_socket(const SocketKey& key) {
  const auto socket = sockets_.find(key);
  if (socket == sockets_.end()) return;
  const EndpointId id = socket->second;
  std::vector<std::pair<FlowId, FlowKey>> its_flows;
  flows_.for_each([&](const Flow& flow) {
    if (flow.endpoint == id) its_flows.emplace_back(flow.id, flow.key);
  });
  std::ranges::sort(its_flows, {}, &std::pair<FlowId, FlowKey>::first);
  for (const auto& [flow, flow_key] : its_flows) end_flow(flow_key, FlowEnd::endpoint_closed);
  if (endpoints_.contains(id)) close_endpoint(id, nullptr);
}

void HostTracker::Impl::watch(const Flow& flow) {
  const Nanoseconds time = deadline(flow);
  if (time != Nanoseconds::max()) due_.push({time, flow.id, &flow});
}

// A flow that has spoken meanwhile is looked at again when it would be due now.
void HostTracker::Impl::advance(Nanoseconds now) {
  while (!due_.empty() && due_.top().time <= now) {
    const Due due = due_.top();
    due_.pop();
    const Flow& flow = *due.place;
    if (flow.id != due.flow) continue;
    if (deadline(flow) != due.time) {
      watch(flow);
      continue;
    }
    now_ = std::max(now_, due.time);
    end_flow(FlowKey(flow.key), FlowEnd::idle);
  }
  now_ = std::max(now_, now);
}

void HostTracker::Impl::close_all() {
  std::vector<std::pair<FlowId, FlowKey>> open;
  open.reserve(flows_.size());
  flows_.for_each([&](const Flow& flow) { open.emplace_back(flow.id, flow.key); });
  std::ranges::sort(open);
  for (const auto& [id, key] : open) end_flow(key, FlowEnd::endpoint_closed);
  std::vector<EndpointId> left;
  left.reserve(endpoints_.size());
  for (const auto& [id, endpoint] : endpoints_) left.push_back(id);
  std::ranges::sort(left);
  for (const EndpointId id : left) close_endpoint(id, nullptr);
}

std::vector<OpenFlow> HostTracker::Impl::open_flows() const {
  std::vector<OpenFlow> open;
  flows_.for_each([&](const Flow& flow) {
    const FlowKey& key = flow.key;
    OpenFlow entry{flow.id, key.protocol, flow.direction, key.local, key.remote};
    if (key.protocol == Protocol::tcp || key.protocol == Protocol::udp) {
      entry.local_port = key.local_port;
      entry.remote_port = key.remote_port;
    }
    entry.established = flow.state == FlowState::established;
    open.push_back(entry);
  });
  std::ranges::sort(open, {}, &OpenFlow::id);
  return open;
}

// What a flow alone tells about a step; the packet's values go over it.
Step& HostTracker::Impl::append(StepKind kind, const Flow* flow) {
  Step& step = out_.emplace_back();
  step.kind = kind;
  step.time = now_;
  step.packet_index = packet_index_;
  if (flow == nullptr) return step;
  const FlowKey& key = flow->key;
  const bool ports = key.protocol == Protocol::tcp || key.protocol == Protocol::udp;
  step.direction = step.flow_direction = flow->direction;
  step.version = key.local.version;
  step.protocol = key.protocol;
  step.local = key.local;
  step.remote = key.remote;
  step.local_port = ports ? key.local_port : flow->icmp_type;
  step.remote_port = ports ? key.remote_port : flow->icmp_code;
  step.icmp_type = flow->icmp_type;
  step.icmp_code = flow->icmp_code;
  step.interface_index = flow->interface_index;
  step.loopback = flow->loopback;
  step.flow = flow->id;
  step.endpoint = flow->endpoint;
  step.parent_endpoint = flow->parent;
  step.process = flow->socket == nullptr ? processes_.system() : flow->socket->process;
  return step;
}

Step& HostTracker::Impl::emit(StepKind kind, const Passage& passage, const Flow* flow) {
  Step& step = append(kind, flow);
  const ParsedPacket& header = passage.header;
  step.direction = passage.direction;
  if (flow == nullptr) step.flow_direction = passage.direction;
  step.version = header.version;
  step.protocol = header.protocol;
  step.local = passage.local();
  step.remote = passage.remote();
  step.local_port = header.is_icmp() ? header.icmp_type : passage.local_port();
  step.remote_port = header.is_icmp() ? header.icmp_code : passage.remote_port();
  step.icmp_type = header.icmp_type;
  step.icmp_code = header.icmp_code;
  step.tcp_flags = header.tcp_flags;
  step.interface_index = passage.interface_index;
  step.loopback = passage.loopback;
  step.reassembled = passage.reassembled;
  step.reassembly = passage.reassembly;
  step.link = passage.link;
  put_packet(step, passage.view, header);
  return step;
}

Step& HostTracker::Impl::emit_endpoint(StepKind kind, const Endpoint& endpoint, const Flow* flow) {
  Step& step = append(kind, flow);
  step.version = endpoint.version;
  step.protocol = endpoint.protocol;
  if (flow == nullptr) {
    step.local = endpoint.local;
    step.local_port = endpoint.port;
    step.remote = IpAddress::unspecified(endpoint.version);
    step.interface_index = host_.interface_index;
  }
  step.endpoint = endpoint.id;
  step.process = endpoint.process;
  return step;
}

void HostTracker::Impl::emit_bind(Endpoint& endpoint, bool implicit) {
  endpoint.bound = true;
  for (const StepKind kind : {StepKind::ale_bind_redirect, StepKind::ale_resource_assignment}) {
    Step& step = emit_endpoint(kind, endpoint);
    step.local = IpAddress::unspecified(endpoint.version);
    step.wildcard_bind = true;
    step.implicit_bind = implicit;
  }
}

void HostTracker::Impl::outbound_layers(const Passage& passage, const Flow* flow) {
  emit(StepKind::outbound_transport, passage, flow);
  emit(StepKind::outbound_ippacket, passage, flow).fragmented = !passage.fragments.empty();
  for (const Fragment& part : passage.fragments) {
    Passage alone = passage;
    alone.view = part.packet;
    alone.header = part.header;
    emit(StepKind::outbound_ippacket, alone, flow).fragment = true;
  }
}

void HostTracker::Impl::inbound_layers(const Passage& passage, const Flow* flow,
                                       bool ale_classify_required) {
  emit(StepKind::inbound_ippacket, passage, flow);
  emit(StepKind::inbound_transport, passage, flow).ale_classify_required = ale_classify_required;
}

HostTracker::HostTracker(LocalHost host) : impl_(std::make_unique<Impl>(std::move(host))) {}
HostTracker::HostTracker(HostTracker&&) noexcept = default;
HostTracker& HostTracker::operator=(HostTracker&&) noexcept = default;
HostTracker::~HostTracker() = default;

std::vector<Step> HostTracker::feed(const CapturePacket& packet, bool refused) {
  impl_->feed(packet, refused);
  return impl_->take();
}

std::vector<Step> HostTracker::advance_time(Nanoseconds now) {
  impl_->advance(now);
  return impl_->take();
}

std::vector<Step> HostTracker::close_all() {
  impl_->close_all();
  return impl_->take();
}

void HostTracker::give_up(const Step& step) {
  impl_->give_up(step);
}

void HostTracker::own(const IpAddress& address) {
  impl_->own(address);
}

std::vector<OpenFlow> HostTracker::open_flows() const {
  return impl_->open_flows();
}

const std::map<std::string, std::size_t>& HostTracker::ignored() const {
  return impl_->ignored();
}

std::optional<FlowEnd> HostTracker::Impl::how_closed(const FlowKey& key) {
  const auto closed = recently_closed_.find(key);
  if (closed == recently_closed_.end() || now_ - closed->second.time >= closed_memory) {
    return std::nullopt;
  }
  return closed->second.how;
}

std::vector<Step> steps_of(const LocalHost& host, std::span<const CapturePacket> packets) {
  const std::vector<bool> refused = refused_packets(host, packets);
  HostTracker tracker(host);
  std::vector<Step> steps;
  for (std::size_t i = 0; i < packets.size(); ++i) {
    std::ranges::move(tracker.feed(packets[i], refused[i]), std::back_inserter(steps));
  }
  return steps;
}

}  // namespace drydock::net

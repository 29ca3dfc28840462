// SPDX-License-Identifier: Apache-2.0
#include "net/conversations.h"

namespace drydock::net {
namespace {

constexpr std::uint64_t stack_endpoints = std::uint64_t{1} << 40;

Conversation conversation_of(const Step& step) {
  const bool ports = step.protocol == Protocol::tcp || step.protocol == Protocol::udp;
  return {step.protocol, step.local, step.remote, ports ? step.local_port : std::uint16_t{0},
          ports ? step.remote_port : std::uint16_t{0}};
}

}  // namespace

std::uint64_t endpoint_handle(const Step& step, std::uint64_t first_endpoint) {
  return step.endpoint != EndpointId::none
             ? first_endpoint + static_cast<std::uint64_t>(step.endpoint)
             : stack_endpoints + static_cast<std::uint64_t>(step.protocol);
}

void Conversations::begin(const Step& step, wfp::FlowId flow, std::uint64_t first_endpoint) {
  flows_[conversation_of(step)] = {.flow = flow,
                                   .endpoint = step.endpoint,
                                   .first_endpoint = first_endpoint,
                                   .direction = step.flow_direction,
                                   .interface_index = step.interface_index,
                                   .program = step.process.program};
  local_ends_[{endpoint_handle(step, first_endpoint), step.remote}] = {step.protocol, step.local};
}

void Conversations::note_socket(const Step& step, std::uint64_t first_endpoint) {
  const std::uint64_t handle = endpoint_handle(step, first_endpoint);
  const bool for_datagrams =
      step.kind == StepKind::ale_resource_assignment && step.protocol != Protocol::tcp;
  if (for_datagrams || step.kind == StepKind::ale_auth_listen) {
    bound_[handle] = {step.protocol, step.local, step.local_port, step.process.program};
  } else if (step.kind == StepKind::ale_endpoint_closure) {
    bound_.erase(handle);
    const auto first = local_ends_.lower_bound({handle, {}});
    auto last = first;
    while (last != local_ends_.end() && last->first.endpoint == handle) ++last;
    local_ends_.erase(first, last);
  }
}

void Conversations::end(const Step& step, wfp::FlowId flow) {
  const auto known = flows_.find(conversation_of(step));
  if (known != flows_.end() && known->second.flow == flow) flows_.erase(known);
}

void Conversations::set_waiting(const Step& step, bool pended, std::uint64_t accepting) {
  const auto known = flows_.find(conversation_of(step));
  if (known == flows_.end() || known->second.endpoint != step.endpoint) return;
  known->second.pended = pended;
  known->second.accepting = accepting;
}

const KnownFlow* Conversations::find(const Step& step) const {
  const auto known = flows_.find(conversation_of(step));
  return known == flows_.end() ? nullptr : &known->second;
}

// One that has spoken to somebody else of that family.
const LocalEnd* Conversations::any_local_end(std::uint64_t endpoint, IpVersion version) const {
  auto end = local_ends_.lower_bound({endpoint, {}});
  while (end != local_ends_.end() && end->first.endpoint == endpoint &&
         end->second.address.version != version)
    ++end;
  const bool found = end != local_ends_.end() && end->first.endpoint == endpoint;
  return found ? &end->second : nullptr;
}

std::optional<LocalEnd> Conversations::local_end(std::uint64_t endpoint, const IpAddress& remote,
                                                 const IpAddress& by_route) const {
  const auto spoken = local_ends_.find({endpoint, remote});
  if (spoken != local_ends_.end()) return spoken->second;
  const LocalEnd* other = any_local_end(endpoint, remote.version);
  const auto bound = bound_.find(endpoint);
  const bool is_bound = bound != bound_.end() && bound->second.local.version == remote.version;
  if (other == nullptr && !is_bound) return std::nullopt;
  LocalEnd end = other != nullptr ? *other : LocalEnd{bound->second.protocol, by_route};
  if (is_bound && !bound->second.local.is_unspecified()) {
    end.address = bound->second.local;
  } else if (is_bound && !by_route.is_unspecified()) {
    end.address = by_route;
  }
  if (end.address.is_unspecified()) return std::nullopt;
  return end;
}

}  // namespace drydock::net

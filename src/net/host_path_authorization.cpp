// SPDX-License-Identifier: Apache-2.0
// Flows that are authorized again because filters have changed or packets come by another interface
// (engine section 8), and packets without a socket that get no answer (section 14).
#include <algorithm>
#include <utility>

#include "net/host_path.h"

namespace drydock::net {

namespace {

// Answers that are still to come; those to older packets never will.
constexpr std::size_t most_suppressed = 256;

// A stack answers at once. What comes later answers another packet.
constexpr Nanoseconds answer_time = std::chrono::seconds{1};

// Does `step` answer the packet of `unclaimed`: a reset, or an ICMP error that quotes it?
bool answers(const Step& unclaimed, const Step& step) {
  if (step.direction != Direction::outbound) return false;
  if (unclaimed.kind == StepKind::inbound_transport_discard) {
    return step.protocol == Protocol::tcp && (step.tcp_flags & tcp::rst) != 0 &&
           step.local == unclaimed.local && step.remote == unclaimed.remote &&
           step.local_port == unclaimed.local_port && step.remote_port == unclaimed.remote_port;
  }
  return step.quoted && step.quoted->protocol == unclaimed.protocol &&
         step.quoted->local == unclaimed.local && step.quoted->remote == unclaimed.remote &&
         step.quoted->local_port == unclaimed.local_port &&
         step.quoted->remote_port == unclaimed.remote_port;
}

}  // namespace

// Of the flow's own direction, whichever way the packet goes.
wfp::LayerId HostPath::authorizing_layer(const Step& step) const {
  const StepKind kind = step.flow_direction == Direction::outbound ? StepKind::ale_auth_connect
                                                                   : StepKind::ale_auth_recv_accept;
  return layer_of(kind, step.version);
}

// FWP_CONDITION_REAUTHORIZE_REASON_...; 0: none.
std::uint32_t HostPath::reasons_to_ask_again(const Step& step) {
  if (step.flow == FlowId::none) return 0;
  const PathFlow& flow = flow_of(step);
  if (flow.id == wfp::FlowId::none || flow.over) return 0;
  std::uint32_t reasons = 0;
  if (flow.policy != network_.policy_of(authorizing_layer(step)))
    reasons |= FWP_CONDITION_REAUTHORIZE_REASON_POLICY_CHANGE;
  if (step.kind == StepKind::inbound_transport && flow.arrives_by != step.interface_index)
    reasons |= FWP_CONDITION_REAUTHORIZE_REASON_NEW_ARRIVAL_INTERFACE;
  return reasons;
}

// What comes in is classified in the receive path, whoever opened the flow; what is sent, in its
// sender's thread.
machine::Irql HostPath::irql_of_reauthorization(const Step& step) {
  const bool sent = step.direction == Direction::outbound;
  return sent && step.kind == StepKind::ale_auth_connect ? flow_of(step).send_irql
                                                         : machine::Irql::dispatch;
}

// Asks once a packet, before any of it: a change in the middle of one counts from the next one on.
// False: its flow is not wanted any more, and over.
bool HostPath::still_authorized(const Step& step) {
  if (step.flow == FlowId::none) return true;
  if (std::exchange(flow_of(step).asked_packet, step.packet_index) == step.packet_index)
    return true;
  const std::uint32_t reasons = reasons_to_ask_again(step);
  if (reasons == 0) return true;
  const wfp::LayerId layer = authorizing_layer(step);
  flow_of(step).policy = network_.policy_of(layer);
  if ((reasons & FWP_CONDITION_REAUTHORIZE_REASON_NEW_ARRIVAL_INTERFACE) != 0)
    flow_of(step).arrives_by = step.interface_index;
  if (!network_.watched(layer)) return true;
  again_ = step;
  again_.kind = step.flow_direction == Direction::outbound ? StepKind::ale_auth_connect
                                                           : StepKind::ale_auth_recv_accept;
  again_.ale_classify_required = false;
  again_.reauthorize = true;
  again_.reauthorize_reason = reasons;
  again_.packet = {};
  again_.data_offset = again_.data_size = 0;
  again_.ip_header_size = again_.transport_header_size = 0;
  Indicated shown = indicated(again_);
  const wfp::Verdict verdict =
      network_.indicate(shown, input_, nullptr, irql_of_reauthorization(again_));
  if (verdict.action != wfp::Action::block) return true;
  if (listener_ != nullptr) tell(again_, verdict);
  act_on(again_, verdict);
  return false;
}

void HostPath::suppress_answer(const Step& step) {
  if (suppressed_.size() == most_suppressed) suppressed_.erase(suppressed_.begin());
  suppressed_.push_back(step);
  suppressed_.back().packet = {};
}

bool HostPath::is_suppressed(const Step& step) {
  std::erase_if(suppressed_,
                [&](const Step& unclaimed) { return step.time - unclaimed.time > answer_time; });
  const auto found = std::ranges::find_if(
      suppressed_, [&](const Step& unclaimed) { return answers(unclaimed, step); });
  if (found == suppressed_.end()) return false;
  suppressed_.erase(found);
  return true;
}

}  // namespace drydock::net

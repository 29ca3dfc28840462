// SPDX-License-Identifier: Apache-2.0
// Steps that a callout holds up (engine sections 9 and 10): what follows them waits, in order, and
// goes on from a thread of the stack's once the driver has completed them.
#include <algorithm>
#include <utility>

#include "ndis/lists.h"
#include "net/host_path.h"

namespace drydock::net {

using machine::Irql;

namespace {

// The socket itself waits, with whatever uses it.
bool is_of_socket(StepKind kind) {
  return kind == StepKind::ale_bind_redirect || kind == StepKind::ale_resource_assignment ||
         kind == StepKind::ale_auth_listen || kind == StepKind::ale_endpoint_closure;
}

// Of the packet that was the driver's to bring back.
bool went_with_packet(const Step& held, const Step& step) {
  if (step.packet_index != held.packet_index) return false;
  return step.kind == StepKind::datagram_data || step.kind == StepKind::outbound_transport ||
         step.kind == StepKind::outbound_ippacket ||
         (held.kind == StepKind::ale_auth_recv_accept &&
          step.kind == StepKind::ale_flow_established);
}

bool follows(const Step& held, const Step& step) {
  if (held.flow != FlowId::none && step.flow == held.flow) return true;
  if (held.endpoint == EndpointId::none) return false;
  const bool whole_socket = is_of_socket(held.kind) || held.protocol == Protocol::tcp;
  return whole_socket && (step.endpoint == held.endpoint || step.parent_endpoint == held.endpoint);
}

// What FwpsCompleteOperation0 takes over: a clone, or a reference to the stack's own.
void take_over(NET_BUFFER_LIST* list) {
  ndis::ListRecord* record = ndis::record_of(list);
  if (record == nullptr) return;
  if (record->kind == ndis::ListKind::stack) {
    if (record->references != 0) --record->references;
  } else {
    ndis::drop_clone(list, "FwpsCompleteOperation0");
  }
}

}  // namespace

HostPath::Turn::Turn(HostPath& path) : path_(path) {
  while (path_.playing_) {
    path_.turn_waiters_.push_back(&path_.machine_.running());
    path_.machine_.block("the path's turn");
  }
  path_.playing_ = true;
}

HostPath::Turn::~Turn() {
  path_.playing_ = false;
  for (machine::Fiber* fiber : std::exchange(path_.turn_waiters_, {})) {
    path_.machine_.make_ready(*fiber);
  }
}

void HostPath::hold(const Step& step, std::uint64_t operation) {
  while (!waiting_.empty() && waiting_.front().input == nullptr) waiting_.pop_front();
  waiting_.push_back({operation,
                      step,
                      {},
                      machine_.memory().kernel.make<LayerInput>(),
                      static_cast<bool>(step.packet)});
  ++held_up_;
  network_.conversations().set_waiting(step, true, 0);
}

bool HostPath::waits(const Step& step) {
  for (Waiting& waiting : waiting_) {
    if (waiting.operation == 0 || !follows(waiting.step, step)) continue;
    waiting.steps.push_back(step);
    return true;
  }
  return false;
}

HostPath::Waiting* HostPath::find_waiting(std::uint64_t operation) {
  const auto found = std::ranges::find(waiting_, operation, &Waiting::operation);
  return found == waiting_.end() ? nullptr : &*found;
}

void HostPath::operation_completed(std::uint64_t number, NET_BUFFER_LIST* list) {
  Waiting* waiting = find_waiting(number);
  if (waiting == nullptr) return;
  if (waiting->step.kind == StepKind::ale_auth_recv_accept) {
    take_over(list);
    network_.conversations().set_waiting(waiting->step, false, number);
    return network_.await_packet(number, this);
  }
  decide_anew(*waiting);
}

// E-14: the flow stays pended until this classification has returned.
void HostPath::decide_anew(Waiting& waiting) {
  Step step = waiting.step;
  step.reauthorize = true;
  step.reauthorize_reason = FWP_CONDITION_REAUTHORIZE_REASON_CLASSIFY_COMPLETION;
  step.packet = {};
  step.data_offset = step.data_size = 0;
  waiting.step = std::move(step);  // the fiber may be abandoned in the middle of a callout
  Indicated shown = indicated(waiting.step);
  const wfp::Verdict verdict =
      network_.indicate(shown, *waiting.input, nullptr, irql_of(waiting.step));
  network_.conversations().set_waiting(waiting.step, false, 0);
  act_on(waiting.step, verdict);
  tell_decided(waiting.step, verdict.action != wfp::Action::block);
  go_on(waiting);
}

void HostPath::classify_completed(std::uint64_t number, bool again) {
  Waiting* waiting = find_waiting(number);
  if (waiting == nullptr) return;
  const wfp::Operation* operation = network_.operations().find(number);
  const void* request = operation != nullptr ? operation->applied : nullptr;
  if (again) {
    Indicated shown = indicated(waiting->step);
    const wfp::Verdict verdict =
        network_.indicate(shown, *waiting->input, nullptr, irql_of(waiting->step));
    if (verdict.pended != 0) {
      waiting->operation = verdict.pended;
      return;
    }
    if (shown.redirected != nullptr) request = shown.redirected;
  }
  if (request != nullptr) redirect(waiting->step, request);
  tell_decided(waiting->step, true);
  go_on(*waiting);
}

void HostPath::accepted(std::uint64_t operation) {
  Waiting* waiting = find_waiting(operation);
  if (waiting == nullptr) return;
  network_.conversations().set_waiting(waiting->step, false, 0);
  tell_decided(waiting->step, true);
  go_on(*waiting);
}

// On a thread of the stack's: the driver's is not for that.
void HostPath::go_on(Waiting& waiting) {
  const auto run = [](void* self, std::uint64_t operation) {
    auto& path = *static_cast<HostPath*>(self);
    Waiting* found = path.find_waiting(operation);
    if (found != nullptr) path.replay(*found);
  };
  network_.workers().post({run, this, waiting.operation, Irql::passive});
}

void HostPath::replay(Waiting& waiting) {
  const Turn turn(*this);
  waiting.operation = 0;
  --held_up_;
  for (const Step& step : waiting.steps) {
    if (waiting.absorbed && went_with_packet(waiting.step, step)) {
      tell_decided(step, false);
      continue;
    }
    if (held_up_ == 0 || !waits(step)) play_now(step);
  }
  waiting.steps.clear();
  machine_.memory().kernel.drop(std::exchange(waiting.input, nullptr));
}

void HostPath::redirect(const Step& step, const void* request) {
  if (listener_ != nullptr) listener_->redirected(step, request);
  if (step.kind != StepKind::ale_connect_redirect) return;
  const auto& connect = *static_cast<const FWPS_CONNECT_REQUEST0*>(request);
  const SocketPlace remote = read_socket_address(connect.remoteAddressAndPort);
  if (remote.address == step.remote && remote.port == step.remote_port) return;
  redirected_.push_back({step.flow, remote});
}

void HostPath::forget_redirection(const Step& step) {
  std::erase_if(redirected_, [&](const Redirected& each) { return each.flow == step.flow; });
}

// The packets stay those of the recorded peer.
const HostPath::Redirected* HostPath::redirection_of(const Step& step) const {
  const auto found = std::ranges::find(redirected_, step.flow, &Redirected::flow);
  return found == redirected_.end() || step.flow == FlowId::none ? nullptr : &*found;
}

}  // namespace drydock::net

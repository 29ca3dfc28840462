// SPDX-License-Identifier: Apache-2.0
// Steps that a callout holds up (engine sections 9 and 10): what follows them waits, in order, and
// goes on from a thread of the stack's once the driver has completed them.
#include <algorithm>
#include <utility>

#include "net/host_path.h"
#include "net/layer_entry.h"

namespace drydock::net {

using machine::Irql;

namespace {

// A packet that a driver lets in comes again right behind the completion.
constexpr machine::VirtualTime patience = machine::seconds(1);

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
  waiting_.push_back({operation,
                      step,
                      {},
                      machine_.memory().kernel.make<LayerInput>(),
                      static_cast<bool>(step.packet)});
  ++held_up_;
  network_.conversations().set_waiting(step, true, 0);
  network_.operations().listen(operation);
}

bool HostPath::waits(const Step& step) {
  for (Waiting& waiting : waiting_) {
    if (waiting.operation == 0 || !follows(waiting.step, step)) continue;
    if (waiting.completed && asks_anew(waiting, step)) return false;
    waiting.steps.push_back(step);
    if (waiting.completed && clears_up(step.kind)) watch_for_end(waiting);
    return true;
  }
  return false;
}

HostPath::Waiting* HostPath::find_waiting(std::uint64_t operation) {
  const auto found = std::ranges::find(waiting_, operation, &Waiting::operation);
  return found == waiting_.end() ? nullptr : &*found;
}

void HostPath::operation_completed(std::uint64_t number) {
  Waiting* waiting = find_waiting(number);
  if (waiting == nullptr) return;
  if (waiting->step.kind == StepKind::ale_auth_recv_accept) {
    waiting->completed = machine_.now();
    network_.conversations().set_waiting(waiting->step, false, number);
    network_.await_packet(number, this);
    return watch_for_end(*waiting);
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
  step.ip_header_size = step.transport_header_size = 0;
  waiting.step = std::move(step);  // the fiber may be abandoned in the middle of a callout
  Indicated shown = indicated(waiting.step);
  const wfp::Verdict verdict =
      network_.indicate(shown, *waiting.input, nullptr, irql_of(waiting.step));
  network_.conversations().set_waiting(waiting.step, false, 0);
  if (listener_ != nullptr) tell(waiting.step, verdict);
  act_on(waiting.step, verdict);
  const bool goes_on = verdict.action != wfp::Action::block;
  if (!goes_on && listener_ != nullptr && waiting.step.kind == StepKind::ale_auth_connect)
    listener_->connection_is_over(waiting.step);
  if (goes_on) note_socket(waiting.step);
  tell_decided(waiting.step, goes_on);
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
      return network_.operations().listen(verdict.pended);
    }
    if (shown.redirected != nullptr) request = shown.redirected;
  }
  if (request != nullptr) redirect(waiting->step, request);
  note_socket(waiting->step);
  tell_decided(waiting->step, true);
  go_on(*waiting);
}

void HostPath::accepted(std::uint64_t operation) {
  Waiting* waiting = find_waiting(operation);
  if (waiting == nullptr) return;
  waiting->completed.reset();
  network_.conversations().set_waiting(waiting->step, false, 0);
  tell_of_waiting(*waiting, true);
  go_on(*waiting);
}

void HostPath::tell_of_waiting(Waiting& waiting, bool goes_on) {
  if (!std::exchange(waiting.told, true)) tell_decided(waiting.step, goes_on);
}

// Engine section 9.3: whoever completes a RECV_ACCEPT and does not bring its packet back has let
// nobody in. The next packet that can open the connection is decided by itself; the others of the
// connection still wait.
bool HostPath::asks_anew(Waiting& waiting, const Step& step) {
  if (waiting.attempt == step.packet_index)
    return step.kind == StepKind::inbound_transport || dropped_packet_ == step.packet_index;
  const bool opens = step.protocol != Protocol::tcp ||
                     (step.tcp_flags & (tcp::syn | tcp::ack | tcp::rst)) == tcp::syn;
  if (step.kind != StepKind::inbound_ippacket || step.flow != waiting.step.flow || !opens)
    return false;
  begin_attempt(waiting, step);
  return true;
}

// The flow of the packet before is over with it.
void HostPath::begin_attempt(Waiting& waiting, const Step& step) {
  waiting.attempt = step.packet_index;
  network_.forget_packet(waiting.operation);
  ++counts_.blocked_flows;
  network_.end_connection(waiting.step, std::exchange(flow_of(step).id, wfp::FlowId::none));
  if (step.protocol != Protocol::tcp) tell_of_waiting(waiting, false);
  std::erase_if(waiting.steps, [&](const Step& each) {
    if (!went_with_packet(waiting.step, each)) return false;
    tell_decided(each, false);
    return true;
  });
}

HostPath::Waiting* HostPath::find_attempt(const Step& step) {
  if (held_up_ == 0) return nullptr;
  const auto found = std::ranges::find_if(waiting_, [&](const Waiting& waiting) {
    return waiting.operation != 0 && waiting.completed && waiting.attempt == step.packet_index &&
           waiting.step.flow == step.flow;
  });
  return found == waiting_.end() ? nullptr : &*found;
}

bool HostPath::may_come_in(const Step& step) {
  Waiting* waiting = find_attempt(step);
  return waiting != nullptr ? let_in(*waiting, step) : still_authorized(step);
}

bool HostPath::let_in(Waiting& waiting, const Step& step) {
  again_ = step;
  again_.kind = StepKind::ale_auth_recv_accept;
  again_.ale_classify_required = false;
  if (const auto header = parse_packet(step.packet.bytes()))
    put_packet(again_, step.packet, *header);
  Indicated shown = indicated(again_);
  const wfp::Verdict verdict =
      network_.indicate(shown, *waiting.input, packet_of(again_), irql_of(again_));
  if (listener_ != nullptr) tell(again_, verdict);
  waiting.completed.reset();
  if (verdict.pended != 0) {
    waiting.operation = verdict.pended;
    // A connection's source hears of its first packet.
    if (!waiting.told) again_.packet_index = waiting.step.packet_index;
    waiting.step = again_;
    network_.conversations().set_waiting(again_, true, 0);
    network_.operations().listen(verdict.pended);
    return true;
  }
  act_on(again_, verdict);
  const bool comes_in =
      verdict.action != wfp::Action::block && (step.protocol == Protocol::tcp || establish());
  tell_of_waiting(waiting, comes_in);
  go_on(waiting);
  return comes_in;
}

bool HostPath::establish() {
  again_.kind = StepKind::ale_flow_established;
  Indicated shown = indicated(again_);
  const wfp::Verdict verdict = network_.indicate(shown, input_, packet_of(again_), irql_of(again_));
  if (listener_ != nullptr) tell(again_, verdict);
  act_on(again_, verdict);
  return verdict.action != wfp::Action::block;
}

// Of a connection that its source has ended.
void HostPath::watch_for_end(const Waiting& waiting) {
  const auto run = [](void* self, std::uint64_t operation) {
    static_cast<HostPath*>(self)->give_up(operation);
  };
  const bool ends =
      std::ranges::any_of(waiting.steps, [](const Step& step) { return clears_up(step.kind); });
  if (!ends) return;
  network_.workers().post_at(std::max(machine_.now(), *waiting.completed + patience),
                             {run, this, waiting.operation, Irql::passive});
}

void HostPath::give_up(std::uint64_t operation) {
  const Turn turn(*this);
  Waiting* waiting = find_waiting(operation);
  if (waiting == nullptr || !waiting->completed) return;
  waiting->completed.reset();
  network_.forget_packet(operation);
  block_flow(waiting->step);
  tell_of_waiting(*waiting, false);
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
  machine_.memory().kernel.drop(waiting.input);
  waiting_.remove_if([&](const Waiting& each) { return &each == &waiting; });
}

// The contexts that drivers have given are the platform's from now on.
void HostPath::redirect(const Step& step, const void* request) {
  if (step.kind != StepKind::ale_connect_redirect) {
    if (listener_ != nullptr) listener_->redirected(step, request, nullptr);
    return;
  }
  const auto& connect = *static_cast<const FWPS_CONNECT_REQUEST0*>(request);
  const auto older = reinterpret_cast<HANDLE>(step.redirect_records);
  Redirected entry{.endpoint = step.endpoint,
                   .remote = read_socket_address(connect.remoteAddressAndPort),
                   .records = network_.operations().redirects().record(older, connect)};
  const bool stays = entry.remote->address == step.remote && entry.remote->port == step.remote_port;
  if (stays) entry.remote.reset();
  if (!stays || entry.records != nullptr) redirected_.insert_or_assign(step.flow, entry);
  if (listener_ != nullptr) listener_->redirected(step, request, entry.records);
}

void HostPath::forget_redirection(const Step& step) {
  if (step.flow != FlowId::none) {
    const auto node = redirected_.extract(step.flow);
    if (!node.empty()) forget(node.mapped());
    return;
  }
  // The closure of a socket whose connection never came to be.
  std::erase_if(redirected_, [&](const auto& entry) {
    if (entry.second.endpoint != step.endpoint) return false;
    forget(entry.second);
    return true;
  });
}

void HostPath::forget(const Redirected& redirected) {
  if (redirected.records != nullptr) network_.operations().redirects().let_go(redirected.records);
}

// The packets stay those of the recorded peer.
const HostPath::Redirected* HostPath::redirection_of(const Step& step) const {
  const auto found = step.flow == FlowId::none ? redirected_.end() : redirected_.find(step.flow);
  return found == redirected_.end() || !found->second.remote ? nullptr : &found->second;
}

}  // namespace drydock::net

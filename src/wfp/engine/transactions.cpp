// SPDX-License-Identifier: Apache-2.0
// The half of the engine that decides when changes count: sessions, who may write, commit, undo,
// notifications.
#include <algorithm>
#include <map>
#include <ranges>

#include "wfp/engine/engine.h"
#include "wfp/engine/layer_filters.h"

namespace drydock::wfp {
namespace {

ObjectChange change_of(const AnyObject& object, bool added) {
  ObjectChange change{
      .kind = static_cast<ObjectKind>(object.index()), .added = added, .object = object};
  std::visit([&](const auto& pointer) { change.key = pointer->spec.key; }, object);
  if (const auto* filter = std::get_if<std::shared_ptr<Filter>>(&object))
    change.id = std::to_underlying((*filter)->id);
  if (const auto* callout = std::get_if<std::shared_ptr<CalloutObject>>(&object))
    change.id = std::to_underlying((*callout)->id);
  if (const auto* context = std::get_if<std::shared_ptr<ProviderContext>>(&object))
    change.id = (*context)->id;
  return change;
}

}  // namespace

Engine::Session* Engine::find(SessionId id) {
  const auto found = sessions_.find(id);
  return found == sessions_.end() ? nullptr : &found->second;
}

const Engine::Session* Engine::find(SessionId id) const {
  const auto found = sessions_.find(id);
  return found == sessions_.end() ? nullptr : &found->second;
}

FwpResult<SessionId> Engine::open(SessionSpec spec) {
  if (!running_) return std::unexpected(FwpStatus::session_aborted);
  const auto same_key = [&](const auto& item) { return item.second.spec.key == spec.key; };
  constexpr std::uint16_t of_sessions = 0x7365;
  if (spec.key.is_zero()) {
    spec.key = made_key(of_sessions, next_session_);
  } else if (std::ranges::any_of(sessions_, same_key)) {
    return std::unexpected(FwpStatus::already_exists);
  }
  const SessionId id{next_session_++};
  sessions_[id] = {.id = id, .spec = std::move(spec)};
  return id;
}

const SessionSpec* Engine::session(SessionId id) const {
  const Session* session = find(id);
  return session ? &session->spec : nullptr;
}

FwpStatus Engine::admit_read(SessionId id) const {
  const Session* session = find(id);
  if (!session || session->state == Session::State::closing) return FwpStatus::invalid_handle;
  if (session->state == Session::State::expired) return FwpStatus::txn_aborted;
  if (session->state == Session::State::committing) return FwpStatus::would_block;
  const bool free = writer_ == SessionId::none || writer_ == id;
  return free ? FwpStatus::success : FwpStatus::would_block;
}

FwpStatus Engine::admit_write(SessionId id) const {
  const FwpStatus readable = admit_read(id);
  if (readable != FwpStatus::success) return readable;
  const Session& session = *find(id);
  if (session.state == Session::State::read_only) return FwpStatus::incompatible_txn;
  if (session.state == Session::State::read_write) return FwpStatus::success;
  return readers_ == 0 ? FwpStatus::success : FwpStatus::would_block;
}

FwpStatus Engine::begin(SessionId id, TransactionKind kind) {
  Session* session = find(id);
  if (session && (session->state == Session::State::read_only ||
                  session->state == Session::State::read_write)) {
    return FwpStatus::txn_in_progress;
  }
  const bool reads = kind == TransactionKind::read_only;
  const FwpStatus status = reads ? admit_read(id) : admit_write(id);
  if (status != FwpStatus::success) return status;
  session->state = reads ? Session::State::read_only : Session::State::read_write;
  if (reads) {
    ++readers_;
  } else {
    writer_ = id;
  }
  return FwpStatus::success;
}

FwpStatus Engine::commit(SessionId id) {
  Session* session = find(id);
  if (!session || session->state == Session::State::closing) return FwpStatus::invalid_handle;
  switch (session->state) {
    case Session::State::committing:
      return FwpStatus::would_block;
    case Session::State::read_only:
      --readers_;
      session->state = Session::State::idle;
      return FwpStatus::success;
    case Session::State::read_write: {
      session->state = Session::State::committing;
      const FwpStatus status = commit_log(*session);
      session->state = Session::State::idle;
      writer_ = SessionId::none;
      return status;
    }
    case Session::State::expired:
      session->state = Session::State::idle;
      return FwpStatus::txn_aborted;
    default:
      return FwpStatus::no_txn_in_progress;
  }
}

FwpStatus Engine::abort(SessionId id) {
  Session* session = find(id);
  if (!session || session->state == Session::State::closing) return FwpStatus::invalid_handle;
  switch (session->state) {
    case Session::State::committing:
      return FwpStatus::would_block;
    case Session::State::read_only:
      --readers_;
      break;
    case Session::State::read_write:
      roll_back(*session);
      writer_ = SessionId::none;
      break;
    case Session::State::expired:
      break;
    default:
      return FwpStatus::no_txn_in_progress;
  }
  session->state = Session::State::idle;
  return FwpStatus::success;
}

bool Engine::in_transaction(SessionId id) const {
  const Session* session = find(id);
  return session && (session->state == Session::State::read_only ||
                     session->state == Session::State::read_write ||
                     session->state == Session::State::expired);
}

void Engine::expire_transaction(SessionId id) {
  Session* session = find(id);
  if (!session || session->state != Session::State::read_write) return;
  abort(id);
  session->state = Session::State::expired;
}

FwpStatus Engine::close_session(SessionId id) {
  Session* session = find(id);
  if (!session || session->state == Session::State::closing) return FwpStatus::invalid_handle;
  if (session->state == Session::State::committing) return FwpStatus::would_block;
  if (session->state != Session::State::idle) abort(id);
  if (!session->objects.empty()) {
    if (busy()) return FwpStatus::would_block;
    writer_ = id;
    session->state = Session::State::closing;
    while (!session->objects.empty()) {
      const AnyObject newest = session->objects.rbegin()->second;
      apply(*session, Change::Kind::removed, newest);
    }
    commit_log(*session);
    writer_ = SessionId::none;
  }
  sessions_.erase(id);
  return FwpStatus::success;
}

void Engine::apply(Session& session, Change::Kind kind, const AnyObject& object) {
  kind == Change::Kind::added ? put_in(object) : take_out(object);
  session.log.push_back({kind, object});
}

void Engine::put_in(const AnyObject& object) {
  store_.insert(object);
  const ObjectHead& head = head_of(object);
  if (Session* owner = find(head.owner)) owner->objects[head.serial] = object;
}

void Engine::take_out(const AnyObject& object) {
  const ObjectHead& head = head_of(object);
  if (Session* owner = find(head.owner)) owner->objects.erase(head.serial);
  store_.erase(object);
}

void Engine::undo(const Change& change) {
  switch (change.kind) {
    case Change::Kind::added:
      return take_out(change.object);
    case Change::Kind::removed:
      return put_in(change.object);
    case Change::Kind::secured:
      security_descriptor_of(change.object) = change.security_before;
  }
}

void Engine::roll_back(Session& session) {
  const NetEffect effect = net_effect(session.log);
  for (const Change& change : std::views::reverse(session.log)) {
    undo(change);
  }
  session.log.clear();
  retire_callout_numbers(effect.callout_keys);
}

// The serials of objects that `log` both adds and, in the end, removes; ascending.
std::vector<std::uint64_t> Engine::came_and_went(const std::vector<Change>& log) {
  struct Step {
    std::uint64_t serial;
    std::size_t index;
    bool added;
  };
  std::vector<Step> steps;
  steps.reserve(log.size());
  for (std::size_t i = 0; i < log.size(); ++i) {
    if (log[i].kind == Change::Kind::secured) continue;
    steps.push_back({head_of(log[i].object).serial, i, log[i].kind == Change::Kind::added});
  }
  std::ranges::sort(steps, {}, [](const Step& step) { return std::pair(step.serial, step.index); });
  std::vector<std::uint64_t> serials;
  bool added = false;
  for (std::size_t i = 0; i < steps.size(); ++i) {
    added |= steps[i].added;
    if (i + 1 < steps.size() && steps[i + 1].serial == steps[i].serial) continue;
    if (added && !steps[i].added) serials.push_back(steps[i].serial);
    added = false;
  }
  return serials;
}

Engine::NetEffect Engine::net_effect(const std::vector<Change>& log) const {
  NetEffect effect;
  const std::vector<std::uint64_t> passing = came_and_went(log);
  for (const auto& [kind, object, before] : log) {
    if (kind == Change::Kind::secured) continue;
    if (const auto* callout = std::get_if<std::shared_ptr<CalloutObject>>(&object))
      effect.callout_keys.push_back((*callout)->spec.key);
    if (std::ranges::binary_search(passing, head_of(object).serial)) continue;
    const bool added = kind == Change::Kind::added;
    if (change_observer_ != nullptr) effect.changes.push_back(change_of(object, added));
    if (const auto* filter = std::get_if<std::shared_ptr<Filter>>(&object))
      (added ? effect.added : effect.removed).push_back(*filter);
  }
  return effect;
}

FwpStatus Engine::commit_log(Session& session) {
  const SessionId id = session.id;
  NetEffect effect = net_effect(session.log);
  const FwpStatus status = announce(session, effect);
  if (status != FwpStatus::success) return status;
  const bool oldest_first = session.state == Session::State::closing &&
                            variants_.close_order == Variants::CloseOrder::oldest_first;
  if (oldest_first) std::ranges::reverse(effect.removed);
  session.log.clear();
  publish(effect);
  retire_callout_numbers(effect.callout_keys);
  for (const auto& filter : effect.added) {
    if (is_announced(*filter)) observer_->filter_committed(*filter);
  }
  for (const auto& filter : effect.removed) {
    if (is_announced(*filter)) observer_->filter_deleted(*filter);
  }
  if (!effect.changes.empty()) change_observer_->changed(id, effect.changes);
  return FwpStatus::success;
}

bool Engine::is_announced(const Filter& filter) const {
  return observer_ != nullptr && in_force(filter) && names_callout(filter.spec.action);
}

FwpStatus Engine::tell_of_addition(Filter& filter) {
  if (!is_announced(filter)) return FwpStatus::success;
  std::uint64_t context = filter.context;
  const FwpStatus status = observer_->filter_added(filter, context);
  if (status == FwpStatus::success && variants_.notify_sets_context)
    filter.context = context;  // E-4
  return status;
}

FwpStatus Engine::announce(Session& session, NetEffect& effect) {
  if (!observer_) return FwpStatus::success;
  const bool drop_refused =
      variants_.refused_at_commit == Variants::RefusedAtCommit::drop_that_filter;
  std::vector<std::shared_ptr<Filter>> told;
  std::vector<std::shared_ptr<Filter>> refused;
  for (const auto& filter : effect.added) {
    if (!is_announced(*filter)) continue;
    if (tell_of_addition(*filter) == FwpStatus::success) {
      told.push_back(filter);
    } else if (drop_refused && session.log.size() > 1) {
      refused.push_back(filter);
    } else {
      roll_back(session);
      for (const auto& announced : told) observer_->filter_deleted(*announced);
      return FwpStatus::callout_notification_failed;
    }
  }
  for (const auto& filter : refused) {
    take_out(filter);
    std::erase(effect.added, filter);
  }
  return FwpStatus::success;
}

void Engine::publish(const NetEffect& effect) {
  struct Change {
    std::vector<std::shared_ptr<const Filter>> removed = {};
    std::vector<std::shared_ptr<const Filter>> added = {};
  };
  std::map<LayerId, Change> changes;
  for (const auto& filter : effect.removed) changes[filter->layer].removed.push_back(filter);
  for (const auto& filter : effect.added) {
    if (in_force(*filter)) changes[filter->layer].added.push_back(filter);
  }
  for (const auto& [layer, change] : changes) {
    ++generations_[std::to_underlying(layer)];
    auto& filters = active_[std::to_underlying(layer)];
    if (!filters) filters = std::make_unique<LayerFilters>(*find_layer(layer), variants_);
    filters->change(change.removed, change.added);
  }
}

std::size_t Engine::filter_count(LayerId layer) const {
  const auto& filters = active_[std::to_underlying(layer)];
  return filters ? filters->size() : 0;
}

Decision Engine::classify(LayerId layer, std::span<const ValueView> values, CalloutInvoker& invoker,
                          ClassifyTrace* trace) {
  LayerFilters* filters = active_[std::to_underlying(layer)].get();
  if (!filters) return {};
  return filters->classify(values, invoker, trace);
}

void Engine::classify(LayerId layer, std::span<const std::span<const ValueView>> rows,
                      CalloutInvoker& invoker, std::span<Decision> decisions) {
  LayerFilters* filters = active_[std::to_underlying(layer)].get();
  if (filters) return filters->classify(rows, invoker, decisions);
  std::ranges::fill(decisions.first(rows.size()), Decision{});
}

bool Engine::classifying(const Filter& filter) const {
  const auto& filters = active_[std::to_underlying(filter.layer)];
  return filters && filters->classifying(filter);
}

std::size_t Engine::index_bytes(LayerId layer) const {
  const auto& filters = active_[std::to_underlying(layer)];
  return filters ? filters->bytes() : 0;
}

}  // namespace drydock::wfp

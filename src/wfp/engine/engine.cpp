// SPDX-License-Identifier: Apache-2.0
// The half of the engine that adds and deletes objects.
#include "wfp/engine/engine.h"

#include <algorithm>
#include <utility>

#include "wfp/engine/layer_filters.h"
#include "wfp/engine/weight.h"

namespace drydock::wfp {
namespace {

using enum FwpStatus;

Lifetime lifetime_of(const SessionSpec& session, bool persistent) {
  if (session.dynamic) return Lifetime::dynamic_session;
  return persistent ? Lifetime::persistent : Lifetime::until_stop;
}

}  // namespace

Engine::Engine(const Variants& variants, FilterObserver* observer)
    : variants_(variants), observer_(observer) {
  add_built_in_objects();
}

Engine::~Engine() = default;

Adder Engine::adder(SessionId id, const Session& session, bool lasting) {
  return {id, lifetime_of(session.spec, lasting), id == no_session};
}

template <class T>
FwpStatus Engine::prepare(T& object, SessionId id, const Session& session,
                          std::uint32_t persistent) {
  const bool lasting = (object.spec.flags & persistent) != 0;
  if (lasting && session.spec.dynamic) return invalid_flags;
  object.serial = next_serial_++;
  object.lifetime = lifetime_of(session.spec, lasting);
  if (session.spec.dynamic) object.owner = id;
  if (object.spec.key.is_zero()) object.spec.key = new_key();
  return store_.all<T>().find(object.spec.key) ? already_exists : success;
}

template <class T>
bool Engine::is_taken_first(const Guid& key) const {
  return variants_.add_checks == Variants::AddChecks::key_first && store_.all<T>().find(key);
}

FwpResult<Guid> Engine::put_provider(ProviderSpec spec, SessionId id, Session& session) {
  if (is_taken_first<Provider>(spec.key)) return std::unexpected(already_exists);
  auto provider = std::make_shared<Provider>();
  provider->spec = std::move(spec);
  const bool lasting = (provider->spec.flags & persistent_flag) != 0;
  FwpStatus checked = check_provider(provider->spec, adder(id, session, lasting));
  if (checked == success) checked = prepare(*provider, id, session, persistent_flag);
  if (checked != success) return std::unexpected(checked);
  apply(session, Change::Kind::added, provider);
  return provider->spec.key;
}

FwpResult<std::uint64_t> Engine::put_provider_context(ProviderContextSpec spec, SessionId id,
                                                      Session& session, std::uint64_t number) {
  if (is_taken_first<ProviderContext>(spec.key)) return std::unexpected(already_exists);
  auto context = std::make_shared<ProviderContext>();
  context->spec = std::move(spec);
  const bool lasting = (context->spec.flags & persistent_flag) != 0;
  FwpStatus checked = check_provider_context(context->spec, adder(id, session, lasting), store_);
  if (checked == success) checked = prepare(*context, id, session, persistent_flag);
  if (checked != success) return std::unexpected(checked);
  context->id = take_number(next_provider_context_, number);
  apply(session, Change::Kind::added, context);
  return context->id;
}

FwpResult<Guid> Engine::put_sublayer(SubLayerSpec spec, SessionId id, Session& session) {
  if (is_taken_first<SubLayer>(spec.key)) return std::unexpected(already_exists);
  auto sublayer = std::make_shared<SubLayer>();
  sublayer->spec = std::move(spec);
  const bool lasting = (sublayer->spec.flags & persistent_flag) != 0;
  FwpStatus checked = check_sublayer(sublayer->spec, adder(id, session, lasting), store_);
  if (checked == success && store_.all<SubLayer>().size() >= variants_.most_sublayers) {
    checked = too_many_sublayers;
  }
  if (checked == success) checked = prepare(*sublayer, id, session, persistent_flag);
  if (checked != success) return std::unexpected(checked);
  apply(session, Change::Kind::added, sublayer);
  return sublayer->spec.key;
}

FwpResult<CalloutId> Engine::put_callout(CalloutSpec spec, SessionId id, Session& session,
                                         CalloutId number) {
  if (is_taken_first<CalloutObject>(spec.key)) return std::unexpected(already_exists);
  auto callout = std::make_shared<CalloutObject>();
  callout->spec = std::move(spec);
  const bool lasting = (callout->spec.flags & callout_persistent_flag) != 0;
  FwpStatus checked = check_callout(callout->spec, adder(id, session, lasting), store_);
  if (checked == success && store_.all<CalloutObject>().size() >= variants_.most_callouts) {
    checked = too_many_callouts;
  }
  if (checked == success) checked = prepare(*callout, id, session, callout_persistent_flag);
  if (checked != success) return std::unexpected(checked);
  callout->layer = find_layer(callout->spec.layer)->id;
  callout->id = number_for(callout->spec.key, number);
  apply(session, Change::Kind::added, callout);
  return callout->id;
}

FwpResult<FilterId> Engine::put_filter(FilterSpec spec, SessionId id, Session& session,
                                       FilterId number, std::optional<std::uint64_t> weight) {
  if (is_taken_first<Filter>(spec.key)) return std::unexpected(already_exists);
  auto filter = std::make_shared<Filter>();
  filter->spec = std::move(spec);
  const FwpStatus prepared = prepare_filter(*filter, id, session);
  if (prepared != success) return std::unexpected(prepared);
  filter->id = FilterId{take_number(next_filter_, std::to_underlying(number))};
  if (weight) filter->weight = *weight;
  apply(session, Change::Kind::added, filter);
  return filter->id;
}

// One add as a call of a client.
template <class Added, class Put>
FwpResult<Added> Engine::add(SessionId id, const Put& put) {
  FwpResult<Added> added;
  const FwpStatus status = write(id, [&](Session& session) {
    added = put(session);
    return added ? success : added.error();
  });
  if (status != success) return std::unexpected(status);
  return added;
}

FwpResult<Guid> Engine::add_provider(SessionId id, ProviderSpec spec) {
  return add<Guid>(id,
                   [&](Session& session) { return put_provider(std::move(spec), id, session); });
}

FwpResult<std::uint64_t> Engine::add_provider_context(SessionId id, ProviderContextSpec spec) {
  return add<std::uint64_t>(
      id, [&](Session& session) { return put_provider_context(std::move(spec), id, session); });
}

FwpResult<Guid> Engine::add_sublayer(SessionId id, SubLayerSpec spec) {
  return add<Guid>(id,
                   [&](Session& session) { return put_sublayer(std::move(spec), id, session); });
}

FwpResult<CalloutId> Engine::add_callout(SessionId id, CalloutSpec spec) {
  return add<CalloutId>(
      id, [&](Session& session) { return put_callout(std::move(spec), id, session); });
}

FwpResult<FilterId> Engine::add_filter(SessionId id, FilterSpec spec) {
  return add<FilterId>(id,
                       [&](Session& session) { return put_filter(std::move(spec), id, session); });
}

FwpStatus Engine::prepare_filter(Filter& filter, SessionId id, const Session& session) {
  using namespace filter_flag;
  FilterSpec& spec = filter.spec;
  const Layer* layer = find_layer(spec.layer);
  if (layer && spec.sublayer.is_zero()) spec.sublayer = layer->default_sublayer;
  const bool lasting = (spec.flags & (persistent | boot_time)) != 0;
  const FwpStatus checked = check_filter(spec, adder(id, session, lasting), store_);
  if (checked != success) return checked;
  const FwpStatus prepared = prepare(filter, id, session, persistent | boot_time);
  if (prepared != success) return prepared;
  filter.layer = layer->id;
  filter.sublayer_weight = store_.all<SubLayer>().find(spec.sublayer)->object->spec.weight;
  filter.weight = effective_weight(spec.weight, *layer, spec.conditions, variants_.auto_weight);
  if (names_callout(spec.action)) {
    const CalloutObject& callout = *store_.all<CalloutObject>().find(spec.callout)->object;
    filter.callout_id = callout.id;
    filter.callout_sees_provider_context =
        (callout.spec.flags & callout_uses_provider_context_flag) != 0;
  }
  if ((spec.flags & has_provider_context) != 0) {
    filter.provider_context = store_.all<ProviderContext>().find(spec.provider_context)->object;
  } else {
    filter.context = spec.raw_context;
  }
  return success;
}

FwpStatus Engine::may_delete(const ObjectHead& head, SessionId caller, const Session& session,
                             std::uint32_t uses) const {
  if (head.lifetime == Lifetime::built_in) return builtin_object;
  const bool dynamic = head.lifetime == Lifetime::dynamic_session;
  if (dynamic && session.spec.dynamic && head.owner != caller) return wrong_session;
  if (dynamic != session.spec.dynamic) return dynamic_session_in_progress;
  return uses == 0 ? success : in_use;
}

template <class T>
FwpStatus Engine::remove(SessionId id, const Guid& key, FwpStatus missing) {
  return write(id, [&](Session& session) {
    const auto* entry = store_.all<T>().find(key);
    if (!entry) return missing;
    const FwpStatus allowed = may_delete(*entry->object, id, session, entry->uses);
    if (allowed == success) apply(session, Change::Kind::removed, AnyObject(entry->object));
    return allowed;
  });
}

template <class T>
FwpStatus Engine::remove_by_id(SessionId id, const std::shared_ptr<T>& object, FwpStatus missing) {
  if (object) return remove<T>(id, Guid(object->spec.key), missing);
  return write(id, [&](Session&) { return missing; });
}

FwpStatus Engine::delete_provider(SessionId id, const Guid& key) {
  return remove<Provider>(id, key, provider_not_found);
}

FwpStatus Engine::delete_provider_context(SessionId id, const Guid& key) {
  return remove<ProviderContext>(id, key, provider_context_not_found);
}

FwpStatus Engine::delete_provider_context(SessionId id, std::uint64_t context) {
  return remove_by_id(id, store_.provider_context(context), provider_context_not_found);
}

FwpStatus Engine::delete_sublayer(SessionId id, const Guid& key) {
  return remove<SubLayer>(id, key, sublayer_not_found);
}

FwpStatus Engine::delete_callout(SessionId id, const Guid& key) {
  return remove<CalloutObject>(id, key, callout_not_found);
}

FwpStatus Engine::delete_callout(SessionId id, CalloutId callout) {
  return remove_by_id(id, store_.callout(callout), callout_not_found);
}

FwpStatus Engine::delete_filter(SessionId id, const Guid& key) {
  return remove<Filter>(id, key, filter_not_found);
}

FwpStatus Engine::delete_filter(SessionId id, FilterId filter) {
  return remove_by_id(id, store_.filter(filter), filter_not_found);
}

// The wanted number, or the next one; either way it is never given again.
template <class Number>
Number Engine::take_number(Number& next, Number wanted) {
  if (wanted == 0) return next++;
  next = std::max(next, wanted + 1);
  return wanted;
}

CalloutId Engine::number_for(const Guid& key, CalloutId wanted) {
  CalloutNumber& number = callout_numbers_[key];
  if (number.id == CalloutId::none)
    number.id = CalloutId{take_number(next_callout_, std::to_underlying(wanted))};
  return number.id;
}

CalloutId Engine::callout_id_for_key(const Guid& key) {
  const CalloutId id = number_for(key);
  callout_numbers_[key].registered = true;
  return id;
}

void Engine::release_callout_key(const Guid& key) {
  const auto found = callout_numbers_.find(key);
  if (found == callout_numbers_.end()) return;
  found->second.registered = false;
  retire_callout_numbers({&key, 1});
}

std::optional<CalloutId> Engine::find_callout_id(const Guid& key) const {
  const auto found = callout_numbers_.find(key);
  if (found == callout_numbers_.end()) return std::nullopt;
  return found->second.id;
}

// Numbers that neither half needs. An open transaction may still put a deleted management object
// back, so nothing goes before it ends.
void Engine::retire_callout_numbers(std::span<const Guid> keys) {
  for (const Guid& key : keys) {
    const auto found = callout_numbers_.find(key);
    if (found == callout_numbers_.end() || found->second.registered) continue;
    if (!store_.all<CalloutObject>().find(key)) callout_numbers_.erase(found);
  }
}

// Version 4 layout with a counter in place of chance: unique in a run and the same in every run.
Guid Engine::made_key(std::uint16_t group, std::uint64_t number) {
  Guid key{0x64727964, group, 0x4b00, {0x80}};
  for (std::size_t i = 0; i < 7; ++i) {
    key.data4[7 - i] = static_cast<std::uint8_t>(number >> (8 * i));
  }
  return key;
}

Guid Engine::new_key() {
  constexpr std::uint16_t of_objects = 0x6f63;
  return made_key(of_objects, next_key_++);
}

void Engine::add_built_in_sublayer(const Guid& key, std::u16string_view name,
                                   std::uint16_t weight) {
  auto sublayer = std::make_shared<SubLayer>();
  sublayer->lifetime = Lifetime::built_in;
  sublayer->serial = next_serial_++;
  sublayer->spec = {
      .key = key, .display = {std::u16string(name), {}}, .provider = {}, .weight = weight};
  store_.insert(sublayer);
}

}  // namespace drydock::wfp

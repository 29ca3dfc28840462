// SPDX-License-Identifier: Apache-2.0
// The half of the engine that hands its objects out as plain values and takes them back.
#include <algorithm>
#include <utility>

#include "wfp/engine/engine.h"

namespace drydock::wfp {
namespace {

using enum FwpStatus;

template <class T>
std::vector<std::shared_ptr<const T>> in_order_of_creation(const Store& store, Lifetime at_least) {
  std::vector<std::shared_ptr<const T>> objects;
  for (const auto& [key, entry] : store.all<T>()) {
    const Lifetime lifetime = entry.object->lifetime;
    if (lifetime >= at_least && lifetime != Lifetime::built_in) objects.push_back(entry.object);
  }
  std::ranges::sort(objects, {}, [](const auto& object) { return object->serial; });
  return objects;
}

template <class Added>
FwpStatus status_of(const FwpResult<Added>& added) {
  return added ? success : added.error();
}

}  // namespace

ObjectSet Engine::export_objects(Lifetime at_least) const {
  ObjectSet set{.next_filter = next_filter_,
                .next_callout = next_callout_,
                .next_provider_context = next_provider_context_,
                .next_key = next_key_};
  for (const auto& provider : in_order_of_creation<Provider>(store_, at_least))
    set.providers.push_back(provider->spec);
  for (const auto& context : in_order_of_creation<ProviderContext>(store_, at_least))
    set.provider_contexts.push_back({context->spec, context->id});
  for (const auto& sublayer : in_order_of_creation<SubLayer>(store_, at_least))
    set.sublayers.push_back(sublayer->spec);
  for (const auto& callout : in_order_of_creation<CalloutObject>(store_, at_least))
    set.callouts.push_back({callout->spec, callout->id});
  for (const auto& filter : in_order_of_creation<Filter>(store_, at_least))
    set.filters.push_back({filter->spec, filter->id, filter->weight});
  for (const auto& [sublayer, weight] : built_in_weights_)
    set.built_in_weights.push_back({sublayer, weight});
  return set;
}

std::vector<ObjectSet::BuiltInWeight> Engine::weigh_built_in(
    std::span<const ObjectSet::BuiltInWeight> weights) {
  std::vector<ObjectSet::BuiltInWeight> before;
  for (const auto& [key, weight] : weights) {
    const auto* entry = store_.all<SubLayer>().find(key);
    if (entry == nullptr || entry->object->lifetime != Lifetime::built_in || entry->uses != 0)
      continue;
    before.push_back({key, std::exchange(entry->object->spec.weight, weight)});
    built_in_weights_[key] = weight;
  }
  return before;
}

void Engine::skip_numbers(const ObjectSet& set) {
  next_filter_ = std::max(next_filter_, set.next_filter);
  next_callout_ = std::max(next_callout_, set.next_callout);
  next_provider_context_ = std::max(next_provider_context_, set.next_provider_context);
  next_key_ = std::max(next_key_, set.next_key);
}

FwpStatus Engine::import_row(const ProviderSpec& spec, Session& session) {
  return status_of(put_provider(spec, no_session, session));
}

FwpStatus Engine::import_row(const ObjectSet::ProviderContextRow& row, Session& session) {
  if (row.id != 0 && store_.provider_context(row.id)) return already_exists;
  return status_of(put_provider_context(row.spec, no_session, session, row.id));
}

FwpStatus Engine::import_row(const SubLayerSpec& spec, Session& session) {
  return status_of(put_sublayer(spec, no_session, session));
}

FwpStatus Engine::import_row(const ObjectSet::CalloutRow& row, Session& session) {
  return status_of(put_callout(row.spec, no_session, session, row.id));
}

FwpStatus Engine::import_row(const ObjectSet::FilterRow& row, Session& session) {
  if (row.id != FilterId::none && store_.filter(row.id)) return already_exists;
  return status_of(put_filter(row.spec, no_session, session, row.id, row.weight));
}

template <class Row>
std::optional<ImportRefusal> Engine::import_rows(ObjectKind kind, const std::vector<Row>& rows,
                                                 Session& session) {
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const FwpStatus status = import_row(rows[i], session);
    if (status != success) return ImportRefusal{kind, i, status};
  }
  return std::nullopt;
}

// A callout whose number belongs to another key here.
std::optional<ImportRefusal> Engine::find_taken_number(const ObjectSet& set) const {
  std::map<CalloutId, Guid> owners;
  for (const auto& [key, number] : callout_numbers_) owners[number.id] = key;
  for (std::size_t i = 0; i < set.callouts.size(); ++i) {
    const auto owner = owners.find(set.callouts[i].id);
    if (owner != owners.end() && owner->second != set.callouts[i].spec.key)
      return ImportRefusal{ObjectKind::callout, i, already_exists};
  }
  return std::nullopt;
}

std::expected<void, ImportRefusal> Engine::import_objects(const ObjectSet& set) {
  if (busy()) return std::unexpected(ImportRefusal{.status = would_block});
  if (const auto taken = find_taken_number(set)) return std::unexpected(*taken);
  Session session{.state = Session::State::committing};
  writer_ = no_session;
  skip_numbers(set);
  auto known_weights = built_in_weights_;
  const auto weights_before = weigh_built_in(set.built_in_weights);
  auto refusal = import_rows(ObjectKind::provider, set.providers, session);
  if (!refusal) refusal = import_rows(ObjectKind::provider_context, set.provider_contexts, session);
  if (!refusal) refusal = import_rows(ObjectKind::sublayer, set.sublayers, session);
  if (!refusal) refusal = import_rows(ObjectKind::callout, set.callouts, session);
  if (!refusal) refusal = import_rows(ObjectKind::filter, set.filters, session);
  if (refusal) {
    roll_back(session);
  } else if (const FwpStatus status = commit_log(session); status != success) {
    refusal = ImportRefusal{ObjectKind::filter, 0, status};
  }
  writer_ = SessionId::none;
  if (!refusal) return {};
  weigh_built_in(weights_before);
  built_in_weights_ = std::move(known_weights);
  return std::unexpected(*refusal);
}

}  // namespace drydock::wfp

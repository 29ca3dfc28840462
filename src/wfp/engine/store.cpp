// SPDX-License-Identifier: Apache-2.0
#include "wfp/engine/store.h"

#include <utility>

namespace drydock::wfp {
namespace {

template <class Map, class Id>
typename Map::mapped_type found_in(const Map& map, Id id) {
  const auto found = map.find(id);
  return found == map.end() ? nullptr : found->second;
}

}  // namespace

const ObjectHead& head_of(const AnyObject& object) {
  return std::visit([](const auto& pointer) -> const ObjectHead& { return *pointer; }, object);
}

std::vector<std::uint8_t>& security_descriptor_of(const AnyObject& object) {
  return std::visit(
      [](const auto& pointer) -> std::vector<std::uint8_t>& { return pointer->spec.security; },
      object);
}

void Store::insert(const AnyObject& object) {
  std::visit(
      [this]<class T>(const std::shared_ptr<T>& pointer) {
        every<T>().insert(pointer);
        count_references(*pointer, +1);
      },
      object);
  index(object);
}

void Store::erase(const AnyObject& object) {
  unindex(object);
  std::visit(
      [this]<class T>(const std::shared_ptr<T>& pointer) {
        count_references(*pointer, -1);
        every<T>().erase(pointer->spec.key);
      },
      object);
}

std::shared_ptr<Filter> Store::filter(FilterId id) const {
  return found_in(filters_by_id_, id);
}

std::shared_ptr<CalloutObject> Store::callout(CalloutId id) const {
  return found_in(callouts_by_id_, id);
}

std::shared_ptr<ProviderContext> Store::provider_context(std::uint64_t id) const {
  return found_in(provider_contexts_by_id_, id);
}

const Store::LayerFilters& Store::filters_of(LayerId layer) const {
  return filters_by_layer_[std::to_underlying(layer)];
}

void Store::count_references(const ProviderContext& object, int change) {
  count_provider(object.spec.provider, change);
}

void Store::count_references(const SubLayer& object, int change) {
  count_provider(object.spec.provider, change);
}

void Store::count_references(const CalloutObject& object, int change) {
  count_provider(object.spec.provider, change);
}

void Store::count_references(const Filter& object, int change) {
  count_provider(object.spec.provider, change);
  every<SubLayer>().use(object.spec.sublayer, change);
  if (names_callout(object.spec.action)) every<CalloutObject>().use(object.spec.callout, change);
  if (object.provider_context) {
    every<ProviderContext>().use(object.provider_context->spec.key, change);
  }
}

void Store::count_provider(const std::optional<Guid>& provider, int change) {
  if (provider) every<Provider>().use(*provider, change);
}

void Store::index(const AnyObject& object) {
  if (const auto* filter = std::get_if<std::shared_ptr<Filter>>(&object)) {
    filters_by_id_[(*filter)->id] = *filter;
    filters_by_layer_[std::to_underlying((*filter)->layer)][(*filter)->id] = *filter;
  } else if (const auto* callout = std::get_if<std::shared_ptr<CalloutObject>>(&object)) {
    callouts_by_id_[(*callout)->id] = *callout;
  } else if (const auto* context = std::get_if<std::shared_ptr<ProviderContext>>(&object)) {
    provider_contexts_by_id_[(*context)->id] = *context;
  }
}

void Store::unindex(const AnyObject& object) {
  if (const auto* filter = std::get_if<std::shared_ptr<Filter>>(&object)) {
    filters_by_id_.erase((*filter)->id);
    filters_by_layer_[std::to_underlying((*filter)->layer)].erase((*filter)->id);
  } else if (const auto* callout = std::get_if<std::shared_ptr<CalloutObject>>(&object)) {
    callouts_by_id_.erase((*callout)->id);
  } else if (const auto* context = std::get_if<std::shared_ptr<ProviderContext>>(&object)) {
    provider_contexts_by_id_.erase((*context)->id);
  }
}

}  // namespace drydock::wfp

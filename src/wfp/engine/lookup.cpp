// SPDX-License-Identifier: Apache-2.0
// The half of the engine that finds objects: one by its key or number, or all that fit a template.
#include <algorithm>

#include "wfp/engine/engine.h"

namespace drydock::wfp {
namespace {

using enum FwpStatus;

template <class T, class Fits>
std::vector<std::shared_ptr<const T>> collect(const Store& store, const Fits& fits) {
  std::vector<std::shared_ptr<const T>> objects;
  for (const auto& [key, entry] : store.all<T>()) {
    if (fits(*entry.object)) objects.push_back(entry.object);
  }
  std::ranges::sort(objects, {}, [](const auto& object) { return object->serial; });
  return objects;
}

bool terminates(const Filter& filter) {
  constexpr std::uint32_t terminating = 0x1000;  // FWP_ACTION_FLAG_TERMINATING
  return (static_cast<std::uint32_t>(filter.spec.action) & terminating) != 0;
}

void keep_best_terminating(std::vector<std::shared_ptr<const Filter>>& filters) {
  const auto best = std::ranges::find_if(filters, [](const auto& one) { return terminates(*one); });
  if (best == filters.end()) return filters.clear();
  filters = {*best};
}

}  // namespace

template <class T, class Pointer>
Found<T> Engine::get(SessionId id, const Pointer& pointer, FwpStatus missing) const {
  const FwpStatus admitted = admit_read(id);
  if (admitted != success) return std::unexpected(admitted);
  if (!pointer) return std::unexpected(missing);
  return pointer;
}

template <class T>
Found<T> Engine::get(SessionId id, const Guid& key, FwpStatus missing) const {
  const auto* entry = store_.all<T>().find(key);
  return get<T>(id, entry ? entry->object : nullptr, missing);
}

Found<Provider> Engine::get_provider(SessionId id, const Guid& key) const {
  return get<Provider>(id, key, provider_not_found);
}

Found<ProviderContext> Engine::get_provider_context(SessionId id, const Guid& key) const {
  return get<ProviderContext>(id, key, provider_context_not_found);
}

Found<ProviderContext> Engine::get_provider_context(SessionId id, std::uint64_t context) const {
  return get<ProviderContext>(id, store_.provider_context(context), provider_context_not_found);
}

Found<SubLayer> Engine::get_sublayer(SessionId id, const Guid& key) const {
  return get<SubLayer>(id, key, sublayer_not_found);
}

Found<CalloutObject> Engine::get_callout(SessionId id, const Guid& key) const {
  return get<CalloutObject>(id, key, callout_not_found);
}

Found<CalloutObject> Engine::get_callout(SessionId id, CalloutId callout) const {
  return get<CalloutObject>(id, store_.callout(callout), callout_not_found);
}

Found<Filter> Engine::get_filter(SessionId id, const Guid& key) const {
  return get<Filter>(id, key, filter_not_found);
}

Found<Filter> Engine::get_filter(SessionId id, FilterId filter) const {
  return get<Filter>(id, store_.filter(filter), filter_not_found);
}

template <class T, class Template>
FoundAll<T> Engine::enumerate(SessionId id, const Template& wanted) const {
  const FwpStatus admitted = admit_read(id);
  if (admitted != success) return std::unexpected(admitted);
  return collect<T>(store_, [&](const T& object) { return fits(wanted, object); });
}

FoundAll<Provider> Engine::enumerate_providers(SessionId id) const {
  const FwpStatus admitted = admit_read(id);
  if (admitted != success) return std::unexpected(admitted);
  return collect<Provider>(store_, [](const Provider&) { return true; });
}

FoundAll<ProviderContext> Engine::enumerate_provider_contexts(
    SessionId id, const ProviderContextTemplate& wanted) const {
  return enumerate<ProviderContext>(id, wanted);
}

FoundAll<SubLayer> Engine::enumerate_sublayers(SessionId id, const SubLayerTemplate& wanted) const {
  return enumerate<SubLayer>(id, wanted);
}

FoundAll<CalloutObject> Engine::enumerate_callouts(SessionId id,
                                                   const CalloutTemplate& wanted) const {
  return enumerate<CalloutObject>(id, wanted);
}

FoundAll<Filter> Engine::enumerate_filters(SessionId id, const FilterTemplate& wanted) const {
  using namespace filter_enum_flag;
  const FwpStatus checked = check_template(wanted);
  if (checked != success) return std::unexpected(checked);
  auto found = enumerate<Filter>(id, wanted);
  if (!found) return found;
  if ((wanted.flags & (sorted | best_terminating_match)) != 0) {
    std::ranges::sort(*found,
                      [](const auto& a, const auto& b) { return evaluated_before(*a, *b); });
  }
  if ((wanted.flags & best_terminating_match) != 0) keep_best_terminating(*found);
  return found;
}

FwpResult<std::vector<SessionInfo>> Engine::enumerate_sessions(SessionId id) const {
  const FwpStatus admitted = admit_read(id);
  if (admitted != success) return std::unexpected(admitted);
  std::vector<SessionInfo> sessions;
  sessions.reserve(sessions_.size());
  for (const auto& [number, session] : sessions_) sessions.push_back({number, session.spec});
  return sessions;
}

}  // namespace drydock::wfp

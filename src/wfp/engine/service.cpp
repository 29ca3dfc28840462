// SPDX-License-Identifier: Apache-2.0
// The half of the engine that runs and stops as a service: which objects go with it, and which
// filters are in force while it is away.
#include <algorithm>
#include <ranges>

#include "wfp/engine/engine.h"

namespace drydock::wfp {
namespace {

using enum FwpStatus;

template <class T>
void collect_short_lived(const Store& store, std::vector<AnyObject>& objects) {
  for (const auto& [key, entry] : store.all<T>()) {
    if (entry.object->lifetime < Lifetime::persistent) objects.emplace_back(entry.object);
  }
}

// Newest first: nobody refers to what is younger.
std::vector<AnyObject> short_lived(const Store& store) {
  std::vector<AnyObject> objects;
  collect_short_lived<Provider>(store, objects);
  collect_short_lived<ProviderContext>(store, objects);
  collect_short_lived<SubLayer>(store, objects);
  collect_short_lived<CalloutObject>(store, objects);
  collect_short_lived<Filter>(store, objects);
  std::ranges::sort(objects, std::ranges::greater{},
                    [](const AnyObject& object) { return head_of(object).serial; });
  return objects;
}

}  // namespace

bool Engine::in_force(const Filter& filter) const {
  using namespace filter_flag;
  if ((filter.spec.flags & disabled) != 0) return false;
  return ((filter.spec.flags & boot_time) != 0) != running_;
}

std::vector<std::shared_ptr<Filter>> Engine::filters_in_force() const {
  std::vector<std::shared_ptr<Filter>> filters;
  for (const auto& [key, entry] : store_.all<Filter>()) {
    if (in_force(*entry.object)) filters.push_back(entry.object);
  }
  std::ranges::sort(filters, {}, [](const auto& filter) { return filter->id; });
  return filters;
}

FwpStatus Engine::stop() {
  const auto changing = [](const auto& item) {
    return item.second.state == Session::State::committing ||
           item.second.state == Session::State::closing;
  };
  if (!running_) return success;
  if (writer_ == no_session || std::ranges::any_of(sessions_, changing)) return would_block;
  for (auto& [id, session] : sessions_) {
    if (session.state == Session::State::read_write) roll_back(session);
  }
  sessions_.clear();
  readers_ = 0;
  change_service_state(false);
  return success;
}

FwpStatus Engine::start() {
  if (running_) return success;
  if (busy()) return would_block;
  change_service_state(true);
  return success;
}

void Engine::change_service_state(bool running) {
  writer_ = no_session;
  NetEffect effect{.removed = filters_in_force()};
  std::ranges::reverse(effect.removed);
  if (!running) {
    for (const AnyObject& object : short_lived(store_)) {
      if (const auto* callout = std::get_if<std::shared_ptr<CalloutObject>>(&object))
        effect.callout_keys.push_back((*callout)->spec.key);
      take_out(object);
    }
  }
  const auto was_announced = [&](const auto& filter) { return is_announced(*filter); };
  std::vector<std::shared_ptr<Filter>> told;
  std::ranges::copy_if(effect.removed, std::back_inserter(told), was_announced);
  running_ = running;
  effect.added = filters_in_force();
  // There is no client to hear of a refusal: a refused filter is in force all the same.
  for (const auto& filter : effect.added) tell_of_addition(*filter);
  publish(effect);
  retire_callout_numbers(effect.callout_keys);
  for (const auto& filter : told) {
    if (observer_) observer_->filter_deleted(*filter);
  }
  writer_ = SessionId::none;
}

}  // namespace drydock::wfp

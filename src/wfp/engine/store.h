// SPDX-License-Identifier: Apache-2.0
// All managed objects by key and by number, with the count of who refers to whom. Knows nothing of
// sessions or transactions; every change can be taken back by its opposite.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <tuple>
#include <variant>

#include "wfp/engine/objects.h"

namespace drydock::wfp {

using AnyObject = std::variant<std::shared_ptr<Provider>, std::shared_ptr<ProviderContext>,
                               std::shared_ptr<SubLayer>, std::shared_ptr<CalloutObject>,
                               std::shared_ptr<Filter>>;

[[nodiscard]] const ObjectHead& head_of(const AnyObject& object);
[[nodiscard]] std::vector<std::uint8_t>& security_descriptor_of(const AnyObject& object);

// Objects of one kind by key.
template <class T>
class Collection {
 public:
  struct Entry {
    std::shared_ptr<T> object;
    std::uint32_t uses = 0;  // objects that refer to it
  };

  [[nodiscard]] const Entry* find(const Guid& key) const {
    const auto found = entries_.find(key);
    return found == entries_.end() ? nullptr : &found->second;
  }
  void insert(std::shared_ptr<T> object) { entries_[object->spec.key].object = std::move(object); }
  void erase(const Guid& key) { entries_.erase(key); }
  void use(const Guid& key, int change) {
    entries_.at(key).uses += static_cast<std::uint32_t>(change);
  }
  [[nodiscard]] std::size_t size() const { return entries_.size(); }
  [[nodiscard]] auto begin() const { return entries_.begin(); }
  [[nodiscard]] auto end() const { return entries_.end(); }

 private:
  std::map<Guid, Entry> entries_;
};

class Store {
 public:
  using LayerFilters = std::map<FilterId, std::shared_ptr<Filter>>;

  void insert(const AnyObject& object);
  // The object must be there.
  void erase(const AnyObject& object);

  template <class T>
  [[nodiscard]] const Collection<T>& all() const {
    return std::get<Collection<T>>(collections_);
  }

  [[nodiscard]] std::shared_ptr<Filter> filter(FilterId id) const;
  [[nodiscard]] std::shared_ptr<CalloutObject> callout(CalloutId id) const;
  [[nodiscard]] std::shared_ptr<ProviderContext> provider_context(std::uint64_t id) const;
  [[nodiscard]] const LayerFilters& filters_of(LayerId layer) const;

 private:
  template <class T>
  Collection<T>& every() {
    return std::get<Collection<T>>(collections_);
  }
  void count_references(const Provider&, int) {}
  void count_references(const ProviderContext& object, int change);
  void count_references(const SubLayer& object, int change);
  void count_references(const CalloutObject& object, int change);
  void count_references(const Filter& object, int change);
  void count_provider(const std::optional<Guid>& provider, int change);
  void index(const AnyObject& object);
  void unindex(const AnyObject& object);

  std::tuple<Collection<Provider>, Collection<ProviderContext>, Collection<SubLayer>,
             Collection<CalloutObject>, Collection<Filter>>
      collections_;
  std::map<FilterId, std::shared_ptr<Filter>> filters_by_id_;
  std::map<CalloutId, std::shared_ptr<CalloutObject>> callouts_by_id_;
  std::map<std::uint64_t, std::shared_ptr<ProviderContext>> provider_contexts_by_id_;
  std::array<LayerFilters, layer_count> filters_by_layer_;
};

}  // namespace drydock::wfp

// SPDX-License-Identifier: Apache-2.0
// The half of a layer's filters that changes them.
#include "wfp/engine/layer_filters.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "wfp/engine/index/places.h"

namespace drydock::wfp {
namespace {

constexpr std::size_t most_without_index = 32;

bool is_hard(const FilterSpec& spec) {
  return spec.action == Action::block || (spec.flags & filter_flag::clear_action_right) != 0;
}

std::pair<std::uint16_t, Guid> sublayer_of(const Filter& filter) {
  return {filter.sublayer_weight, filter.spec.sublayer};
}

Slot slot_for(const CompiledFilter& compiled, std::uint64_t first_id) {
  const Filter& filter = *compiled.filter;
  const bool calls_out = names_callout(filter.spec.action);
  const bool asks =
      std::ranges::any_of(compiled.conditions, [](const CompiledCondition& condition) {
        return condition.test == CompiledCondition::Test::token;
      });
  const std::uint64_t id = std::to_underlying(filter.id) - first_id;  // great if it is before
  return {.id = static_cast<std::uint32_t>(std::min<std::uint64_t>(id, Slot::far_id)),
          .taken = true,
          .blocks = filter.spec.action == Action::block,
          .hard = is_hard(filter.spec),
          .calls_out = calls_out,
          .needs_walk = calls_out || asks || id >= Slot::far_id};
}

}  // namespace

LayerFilters::LayerFilters(const Layer& layer, const Variants& variants)
    : layer_(layer), variants_(variants), readers_{{.commit = 0, .count = 0}} {}

LayerFilters::~LayerFilters() = default;

void LayerFilters::use(const index::Finder& finder) {
  finder_ = &finder;
  if (index_) index_->use(finder);
}

void LayerFilters::change(FilterList removed, FilterList added) {
  ++commit_;
  ++changes_;
  drop_ended();
  if (readers_.back().count != 0) {
    readers_.push_back({.commit = commit_, .count = 0});
  } else {
    readers_.back().commit = commit_;
  }
  for (const auto& filter : removed) {
    if (filter->compiled != nullptr) remove(*filter->compiled);
  }
  const std::size_t held = current_ + ended_.size();
  const bool many = added.size() > std::max(held, most_without_index);
  if (!many && !(index_ && held * 4 < built_for_)) {
    for (const auto& filter : added) add(filter);
  } else {
    std::vector<std::unique_ptr<CompiledFilter>> more;
    for (const auto& filter : added) more.push_back(compile(filter));
    build(std::move(more));
  }
  number_sublayers();
}

// Tells the index which slots are whose.
void LayerFilters::number_sublayers() {
  index_finds_ = IndexFinds::candidates;
  if (!index_ || sublayers_.size() > index::most_sublayers) return;
  if (ended_.empty()) {
    index_finds_ = sublayers_.size() == 1 ? IndexFinds::first : IndexFinds::firsts;
  }
  std::array<const SubLayerSlots*, index::most_sublayers> all{};
  std::size_t count = 0;
  for (const auto& [key, sublayer] : sublayers_) all[count++] = &sublayer;
  const std::span ordered(all.data(), count);
  std::ranges::sort(ordered, {}, [](const SubLayerSlots* sublayer) { return sublayer->end; });
  index_->set_sublayers(ordered);
}

std::unique_ptr<CompiledFilter> LayerFilters::compile(
    const std::shared_ptr<const Filter>& filter) const {
  const bool split_not_equal =
      variants_.not_equal_in_group == Variants::NotEqualInGroup::and_with_others;
  struct Keyed {
    std::uint16_t field;
    std::size_t alone;  // conditions with different numbers are in different groups
    const FilterCondition* condition;
  };
  std::vector<Keyed> keyed;
  keyed.reserve(filter->spec.conditions.size());
  for (const FilterCondition& condition : filter->spec.conditions) {
    const bool alone = split_not_equal && condition.match == MatchType::not_equal;
    keyed.push_back(
        {*field_index(layer_, condition.field), alone ? keyed.size() + 1 : 0, &condition});
  }
  const auto group = [](const Keyed& entry) { return std::tuple(entry.field, entry.alone); };
  std::ranges::sort(keyed, {},
                    [&](const Keyed& entry) { return std::tuple(group(entry), entry.condition); });
  auto compiled = std::make_unique<CompiledFilter>();
  ConditionPool pool;
  compiled->filter = filter;
  compiled->born = commit_;
  compiled->conditions.reserve(keyed.size());
  for (std::size_t i = 0; i < keyed.size(); ++i) {
    CompiledCondition condition = compile_condition(keyed[i].field, layer_.fields[keyed[i].field],
                                                    *keyed[i].condition, variants_, pool);
    condition.last_of_group = i + 1 == keyed.size() || group(keyed[i]) != group(keyed[i + 1]);
    compiled->conditions.push_back(condition);
  }
  if (!pool.wide.empty() || !pool.bytes.empty()) {
    compiled->pool = std::make_unique<const ConditionPool>(std::move(pool));
  }
  return compiled;
}

void LayerFilters::add(const std::shared_ptr<const Filter>& filter) {
  const std::uint32_t slot = make_place(*filter);
  if (slot == slots_.size()) {
    std::vector<std::unique_ptr<CompiledFilter>> one;
    one.push_back(compile(filter));
    return build(std::move(one));
  }
  put(compile(filter), slot);
  mark_ends(slot);
  if (index_) {
    index_->insert(slot);
  } else if (current_ + ended_.size() > most_without_index) {
    build({});
  }
}

void LayerFilters::remove(CompiledFilter& filter) {
  --current_;
  filter.filter->compiled = nullptr;
  if (readers_.size() == 1) return free(filter);
  filter.died = commit_;
  ended_.push_back(&filter);
}

void LayerFilters::free(CompiledFilter& filter) {
  const std::uint32_t slot = filter.slot;
  if (index_) index_->erase(slot);
  if (--filter.sublayer->filters == 0) sublayers_.erase(sublayer_of(*filter.filter));
  slots_[slot] = {};
  compiled_[slot] = nullptr;
}

// Forgets readers that have left and frees what none of the others can meet.
void LayerFilters::drop_ended() {
  const auto left = [](const Readers& readers) { return readers.count == 0; };
  readers_.erase(std::remove_if(readers_.begin(), readers_.end() - 1, left), readers_.end() - 1);
  const bool alone = readers_.size() == 1 && readers_.back().count == 0;
  const std::uint64_t oldest = alone ? commit_ : readers_.front().commit;
  std::erase_if(ended_, [&](CompiledFilter* filter) {
    if (filter->died > oldest) return false;
    free(*filter);
    return true;
  });
  number_sublayers();
  ++changes_;
}

// Lays all filters out anew, with a gap for each, and makes the index for them if they are many.
// Happens when there are three fifths more of them or a quarter is left, so that it costs each
// filter a constant.
void LayerFilters::build(std::vector<std::unique_ptr<CompiledFilter>> more) {
  index_.reset();
  for (auto& filter : compiled_) {
    if (filter) more.push_back(std::move(filter));
  }
  std::ranges::sort(more,
                    [this](const auto& a, const auto& b) { return comes_before(*a, *b->filter); });
  sublayers_.clear();
  slots_.clear();
  compiled_.clear();
  built_for_ = more.size();
  slots_.resize(more.size() * 2 / 1 + 16);
  compiled_.resize(slots_.size());
  current_ = 0;
  first_id_ = ~std::uint64_t{0};
  for (const auto& filter : more) {
    first_id_ = std::min(first_id_, std::to_underlying(filter->filter->id));
  }
  for (std::size_t i = 0; i < more.size(); ++i) {
    const bool ended = more[i]->died != ~std::uint64_t{0};
    put(std::move(more[i]), static_cast<std::uint32_t>(i * 2 / 1));
    if (ended) --current_;
  }
  if (built_for_ <= most_without_index) return;
  index_ = std::make_unique<index::FilterIndex>(layer_, variants_, slots_, compiled_);
  index_->use(*finder_);
}

bool LayerFilters::comes_before(const CompiledFilter& filter, const Filter& other) const {
  const Filter& own = *filter.filter;
  if (own.sublayer_weight != other.sublayer_weight) {
    return own.sublayer_weight > other.sublayer_weight;
  }
  const bool descending = variants_.ties == Variants::Ties::descending;
  if (own.spec.sublayer != other.spec.sublayer) {
    return (own.spec.sublayer < other.spec.sublayer) != descending;
  }
  if (own.weight != other.weight) return own.weight > other.weight;
  return own.id != other.id && (own.id < other.id) != descending;
}

std::uint32_t LayerFilters::taken_from(std::uint32_t slot) const {
  while (slot < slots_.size() && !slots_[slot].taken) ++slot;
  return slot;
}

// The first taken slot that `filter` comes before.
std::uint32_t LayerFilters::first_after(const Filter& filter) const {
  std::uint32_t low = 0;
  auto high = static_cast<std::uint32_t>(slots_.size());
  while (low < high) {
    const std::uint32_t middle = low + (high - low) / 2;
    const std::uint32_t taken = taken_from(middle);
    if (taken >= high) {
      high = middle;
    } else if (comes_before(*compiled_[taken], filter)) {
      low = taken + 1;
    } else {
      high = middle;
    }
  }
  return taken_from(low);
}

// A free slot where the filter belongs; slots_.size() when all must be laid out anew.
std::uint32_t LayerFilters::make_place(const Filter& filter) {
  const auto size = static_cast<std::uint32_t>(slots_.size());
  if (size == 0) return size;
  const std::uint32_t right = first_after(filter);
  std::int64_t left = std::int64_t{right} - 1;
  while (left >= 0 && !slots_[static_cast<std::uint32_t>(left)].taken) --left;
  const std::int64_t middle = index::between(left, right, size);
  if (middle > left) return static_cast<std::uint32_t>(middle);
  const index::Room room =
      index::make_room(size, right, [this](std::uint32_t slot) { return slots_[slot].taken; });
  fetch(room.moves);
  for (const index::Move& step : room.moves) move(step.from, step.to);
  for (const index::Move& step : room.moves) mark_ends(step.to);
  return room.free;
}

// Asks the memory for all that moving them will look at, one pointer further each time.
void LayerFilters::fetch(std::span<const index::Move> moves) const {
  for (const index::Move& step : moves) __builtin_prefetch(compiled_[step.from].get());
  for (const index::Move& step : moves) {
    const Filter* filter = compiled_[step.from]->filter.get();
    __builtin_prefetch(&filter->spec.conditions);
  }
  for (const index::Move& step : moves) {
    for (const FilterCondition& condition : compiled_[step.from]->filter->spec.conditions) {
      __builtin_prefetch(&condition);
      __builtin_prefetch(&condition.value.bounds);
    }
  }
}

void LayerFilters::move(std::uint32_t from, std::uint32_t to) {
  if (index_) index_->move(from, to);
  slots_[to] = std::exchange(slots_[from], {});
  compiled_[to] = std::move(compiled_[from]);
  compiled_[to]->slot = to;
}

void LayerFilters::put(std::unique_ptr<CompiledFilter> filter, std::uint32_t slot) {
  SubLayerSlots& sublayer = sublayers_[sublayer_of(*filter->filter)];
  ++sublayer.filters;
  sublayer.end = std::max(sublayer.end, slot + 1);
  ++current_;
  filter->sublayer = &sublayer;
  filter->slot = slot;
  if (filter->died == ~std::uint64_t{0}) filter->filter->compiled = filter.get();
  slots_[slot] = slot_for(*filter, first_id_);
  compiled_[slot] = std::move(filter);
}

// Corrects SubLayerSlots::end where a filter is new at its slot.
void LayerFilters::mark_ends(std::uint32_t slot) {
  const auto mark = [&](std::uint32_t taken, std::uint32_t next) {
    SubLayerSlots& sublayer = *compiled_[taken]->sublayer;
    const bool goes_on = next < slots_.size() && compiled_[next]->sublayer == &sublayer;
    if (!goes_on) sublayer.end = taken + 1;
  };
  mark(slot, taken_from(slot + 1));
  std::uint32_t before = slot;
  while (before > 0 && !slots_[before - 1].taken) --before;
  if (before > 0) mark(before - 1, slot);
}

bool LayerFilters::classifying(const Filter& filter) const {
  return std::ranges::any_of(readers_, [&](const Readers& readers) {
    const auto meets = [&](const CompiledFilter* compiled) {
      return compiled->filter.get() == &filter && compiled->born <= readers.commit &&
             readers.commit < compiled->died;
    };
    if (readers.count == 0) return false;
    return (filter.compiled != nullptr && meets(filter.compiled)) ||
           std::ranges::any_of(ended_, meets);
  });
}

std::size_t LayerFilters::bytes() const {
  std::size_t total =
      sizeof *this + slots_.capacity() * sizeof(Slot) + compiled_.capacity() * sizeof(compiled_[0]);
  if (index_) total += index_->bytes();
  for (const auto& compiled : compiled_) {
    if (!compiled) continue;
    total += sizeof *compiled + compiled->conditions.capacity() * sizeof(CompiledCondition);
    if (!compiled->pool) continue;
    total += sizeof(ConditionPool) + compiled->pool->wide.capacity() * sizeof(Wide);
    for (const auto& bytes : compiled->pool->bytes) total += sizeof bytes + bytes.capacity();
  }
  return total;
}

}  // namespace drydock::wfp

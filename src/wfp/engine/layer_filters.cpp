// SPDX-License-Identifier: Apache-2.0
// The half of a layer's filters that changes them.
#include "wfp/engine/layer_filters.h"

#include <algorithm>
#include <tuple>
#include <utility>

namespace drydock::wfp {
namespace {

constexpr std::size_t most_without_index = 32;
// What each change does for the next layout, so that it is ready before the present one is full, at
// four fifths of its slots, and while most newcomers find one free.
constexpr index::Cost work_per_change{16000};
constexpr index::Cost work_in_a_hurry{32000};
constexpr LayoutRoom room_at_once{.slots_each = 2, .in_front_percent = 25, .grows_to_percent = 110};
constexpr LayoutRoom room_of_next{
    .slots_each = 3, .in_front_percent = 150, .grows_to_percent = 140};

bool outgrown(std::size_t filters, const Layout& layout) {
  const std::size_t made_for = layout.made_for();
  return filters * 100 > made_for * layout.room().grows_to_percent || filters * 4 < made_for ||
         layout.slots().size() > 8 * made_for;  // many came at the end, as many went elsewhere
}

}  // namespace

LayerFilters::LayerFilters(const Layer& layer, const Variants& variants)
    : layer_(layer), variants_(variants), readers_{{.commit = 0, .count = 0}} {
  layout_ = fresh_layout(0, room_at_once);
}

LayerFilters::~LayerFilters() = default;

void LayerFilters::use(const index::Finder& finder) {
  finder_ = &finder;
  if (layout_->index()) layout_->index()->use(finder);
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
    if (filter->compiled == nullptr) continue;
    remove(*filter->compiled);
    prepare_next();
  }
  if (added.size() > std::max(filters_.size(), most_without_index)) {
    for (const auto& filter : added) compile(filter);
    lay_out_at_once();
  } else {
    for (const auto& filter : added) {
      add(filter);
      prepare_next();
    }
  }
  number_sublayers();
}

// Tells the index which slots are whose.
void LayerFilters::number_sublayers() {
  index_finds_ = IndexFinds::candidates;
  if (!layout_->index() || layout_->sublayers() > index::most_sublayers) return;
  if (ended_.empty()) {
    index_finds_ = layout_->sublayers() == 1 ? IndexFinds::first : IndexFinds::firsts;
  }
  layout_->number_sublayers();
}

CompiledFilter& LayerFilters::compile(const std::shared_ptr<const Filter>& filter) {
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
  CompiledFilter& compiled = *filters_.emplace_back(std::make_unique<CompiledFilter>());
  ConditionPool pool;
  compiled.kept_at = static_cast<std::uint32_t>(filters_.size() - 1);
  compiled.filter = filter;
  compiled.born = commit_;
  compiled.first_condition = std::make_unique<CompiledCondition[]>(keyed.size());
  for (std::size_t i = 0; i < keyed.size(); ++i) {
    CompiledCondition condition = compile_condition(keyed[i].field, layer_.fields[keyed[i].field],
                                                    *keyed[i].condition, variants_, pool);
    condition.last_of_group = i + 1 == keyed.size() || group(keyed[i]) != group(keyed[i + 1]);
    compiled.first_condition[compiled.condition_count++] = condition;
  }
  if (!pool.wide.empty() || !pool.bytes.empty()) {
    compiled.pool = std::make_unique<const ConditionPool>(std::move(pool));
  }
  filter->compiled = &compiled;
  ++current_;
  return compiled;
}

void LayerFilters::add(const std::shared_ptr<const Filter>& filter) {
  CompiledFilter& compiled = compile(filter);
  const bool wants_index = !layout_->index() && filters_.size() > most_without_index;
  if (!wants_index && layout_->insert(compiled)) {
    if (next_) next_->note_added(compiled);
    return;
  }
  if (next_) finish_next();
  if (wants_index || !layout_->insert(compiled)) lay_out_at_once();
}

void LayerFilters::remove(CompiledFilter& filter) {
  --current_;
  filter.filter->compiled = nullptr;
  if (readers_.size() == 1) return free(filter);
  filter.died = commit_;
  ended_.push_back(&filter);
}

void LayerFilters::free(CompiledFilter& filter) {
  layout_->erase(filter);
  std::unique_ptr<CompiledFilter> taken = take_out(filter);
  if (next_) next_->note_removed(std::move(taken));
}

// The last takes its place.
std::unique_ptr<CompiledFilter> LayerFilters::take_out(const CompiledFilter& filter) {
  const std::uint32_t place = filter.kept_at;
  filters_.back()->kept_at = place;
  std::swap(filters_[place], filters_.back());
  std::unique_ptr<CompiledFilter> taken = std::move(filters_.back());
  filters_.pop_back();
  return taken;
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

// --- layouts ---

std::unique_ptr<Layout> LayerFilters::fresh_layout(std::size_t filters, const LayoutRoom& room) {
  const unsigned side = layout_ ? 1 - layout_->side() : 0;
  return std::make_unique<Layout>(layer_, variants_, side, filters, room);
}

void LayerFilters::lay_out_at_once() {
  next_ = nullptr;
  std::vector<CompiledFilter*> ordered;
  ordered.reserve(filters_.size());
  for (const auto& filter : filters_) ordered.push_back(filter.get());
  std::ranges::sort(ordered, [this](const CompiledFilter* a, const CompiledFilter* b) {
    return comes_before(*a->filter, *b->filter, variants_);
  });
  auto fresh = fresh_layout(ordered.size(), room_at_once);
  for (CompiledFilter* filter : ordered) fresh->append(*filter);
  fresh->settle(ordered.size() > most_without_index).finish();
  take_over(std::move(fresh));
}

// Does a little for the layout that will be wanted soon, or against the one that was.
void LayerFilters::prepare_next() {
  if (former_ && !former_->shed()) former_ = nullptr;
  if (!next_ && layout_->index() && outgrown(filters_.size(), *layout_)) {
    next_ = std::make_unique<NextLayout>(*layout_, fresh_layout(filters_.size(), room_of_next));
  }
  const bool hurry = layout_->runs_full(filters_.size());
  if (next_ && next_->advance(hurry ? work_in_a_hurry : work_per_change)) finish_next();
}

void LayerFilters::finish_next() {
  next_->finish();
  auto fresh = next_->take();
  next_ = nullptr;
  if (fresh) take_over(std::move(fresh));
}

void LayerFilters::take_over(std::unique_ptr<Layout> layout) {
  former_ = std::exchange(layout_, std::move(layout));
  if (layout_->index()) layout_->index()->use(*finder_);
  ++changes_;
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
  std::size_t total = sizeof *this + layout_->bytes() + filters_.size() * sizeof(void*);
  if (next_) total += next_->bytes();
  if (former_) total += former_->bytes();
  for (const auto& filter : filters_) total += bytes_of(*filter);
  return total;
}

}  // namespace drydock::wfp

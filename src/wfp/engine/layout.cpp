// SPDX-License-Identifier: Apache-2.0
#include "wfp/engine/layout.h"

#include <algorithm>
#include <array>

namespace drydock::wfp {
namespace {

using index::Cost;

constexpr std::size_t slot_bytes =
    sizeof(Slot) + sizeof(std::uintptr_t);  // with its filter's address

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
      std::ranges::any_of(compiled.conditions(), [](const CompiledCondition& condition) {
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

bool comes_before(const Filter& filter, const Filter& other, const Variants& variants) {
  if (filter.sublayer_weight != other.sublayer_weight) {
    return filter.sublayer_weight > other.sublayer_weight;
  }
  const bool descending = variants.ties == Variants::Ties::descending;
  if (filter.spec.sublayer != other.spec.sublayer) {
    return (filter.spec.sublayer < other.spec.sublayer) != descending;
  }
  if (filter.weight != other.weight) return filter.weight > other.weight;
  return filter.id != other.id && (filter.id < other.id) != descending;
}

// Memory is asked for at once and touched as it is used.
Layout::Layout(const Layer& layer, const Variants& variants, unsigned side, std::size_t filters,
               const LayoutRoom& room)
    : layer_(layer),
      variants_(variants),
      side_(side),
      room_(room),
      front_(8 + filters * room.in_front_percent / 100) {
  const std::size_t slots = front_ + filters * room.slots_each;
  slots_.reserve(slots + slots / 2);
  filters_.reserve(slots + slots / 2);
}

// --- making it ---

void Layout::append(CompiledFilter& filter) {
  const auto slot = static_cast<std::uint32_t>(front_ + made_for_ * room_.slots_each);
  slots_.resize(slot + 1);
  filters_.resize(slot + 1);
  put(filter, slot);
  first_id_ = std::min(first_id_, std::to_underlying(filter.filter->id));
  ++made_for_;
}

index::Work Layout::settle(bool indexed) {
  for (std::size_t i = 0; i < slots_.size(); ++i) {
    if (filters_[i] == nullptr) continue;
    slots_[i] = slot_for(*filters_[i], first_id_);
    co_await Cost{300};
  }
  if (!indexed) co_return;
  index_ = std::make_unique<index::FilterIndex>(layer_, variants_, slots_, filters_, side_);
  co_await index_->build();
}

// --- changing it ---

bool Layout::insert(CompiledFilter& filter, std::uint32_t before) {
  const std::uint32_t slot = make_place(before);
  if (slot == slots_.size()) return false;
  put(filter, slot);
  latest_ = slot;
  mark_ends(slot);
  if (index_) index_->insert(slot);
  return true;
}

void Layout::erase(CompiledFilter& filter) {
  Placed& place = place_of(filter);
  if (index_) index_->erase(place.slot);
  if (--place.sublayer->filters == 0) sublayers_.erase(sublayer_of(*filter.filter));
  slots_[place.slot] = {};
  filters_[place.slot] = nullptr;
}

void Layout::put(CompiledFilter& filter, std::uint32_t slot) {
  SubLayerSlots& sublayer = sublayers_[sublayer_of(*filter.filter)];
  ++sublayer.filters;
  sublayer.end = std::max(sublayer.end, slot + 1);
  place_of(filter) = {.sublayer = &sublayer, .slot = slot};
  slots_[slot] = slot_for(filter, first_id_);
  filters_[slot] = &filter;
  least_ = std::min(least_, slot);
}

// A free slot before a taken one; slots_.size() when there is too little room.
std::uint32_t Layout::make_place(std::uint32_t right) {
  const auto size = static_cast<std::uint32_t>(slots_.size());
  if (size == 0) return size;
  const std::int64_t left = taken_before(right);
  if (right == size) {  // room at the end is for the asking
    slots_.resize(std::max(slots_.size(), static_cast<std::size_t>(left) + 3));
    filters_.resize(slots_.size());
    return static_cast<std::uint32_t>(left + 2);
  }
  const std::int64_t middle = index::between(left, right, latest_);
  if (middle > left) return static_cast<std::uint32_t>(middle);
  const index::Room room = index::make_room(
      size, right, [this](std::uint32_t slot) { return slots_[slot].taken; },
      left == latest_ || right == latest_);
  fetch(room.moves);
  for (const index::Move& step : room.moves) move(step.from, step.to);
  for (const index::Move& step : room.moves) mark_ends(step.to);
  return room.free;
}

// Asks the memory for all that moving them will look at, one pointer further each time.
void Layout::fetch(std::span<const index::Move> moves) const {
  for (const index::Move& step : moves) __builtin_prefetch(filters_[step.from]);
  for (const index::Move& step : moves) {
    const Filter* filter = filters_[step.from]->filter.get();
    __builtin_prefetch(&filter->spec.conditions);
  }
  for (const index::Move& step : moves) {
    for (const FilterCondition& condition : filters_[step.from]->filter->spec.conditions) {
      __builtin_prefetch(&condition);
      __builtin_prefetch(&condition.value.bounds);
    }
  }
}

void Layout::move(std::uint32_t from, std::uint32_t to) {
  if (index_) index_->move(from, to);
  slots_[to] = std::exchange(slots_[from], {});
  filters_[to] = std::exchange(filters_[from], nullptr);
  place_of(*filters_[to]).slot = to;
  least_ = std::min(least_, to);
}

// Corrects SubLayerSlots::end where a filter is new at its slot.
void Layout::mark_ends(std::uint32_t slot) {
  const auto mark = [&](std::uint32_t taken, std::uint32_t next) {
    SubLayerSlots* const sublayer = placed(*filters_[taken]).sublayer;
    const bool goes_on = next < slots_.size() && placed(*filters_[next]).sublayer == sublayer;
    if (!goes_on) sublayer->end = taken + 1;
  };
  mark(slot, taken_from(slot + 1));
  const std::int64_t before = taken_before(slot);
  if (before >= 0) mark(static_cast<std::uint32_t>(before), slot);
}

void Layout::number_sublayers() {
  if (!index_ || sublayers_.size() > index::most_sublayers) return;
  std::array<const SubLayerSlots*, index::most_sublayers> all{};
  std::size_t count = 0;
  for (const auto& [key, sublayer] : sublayers_) all[count++] = &sublayer;
  const std::span ordered(all.data(), count);
  std::ranges::sort(ordered, {}, [](const SubLayerSlots* sublayer) { return sublayer->end; });
  index_->set_sublayers(ordered);
}

// --- asking it ---

std::uint32_t Layout::taken_from(std::uint32_t slot) const {
  while (slot < slots_.size() && !slots_[slot].taken) ++slot;
  return slot;
}

std::int64_t Layout::taken_before(std::uint32_t slot) const {
  while (slot > least_ && !slots_[slot - 1].taken) --slot;
  return slot > least_ ? std::int64_t{slot} - 1 : -1;
}

std::uint32_t Layout::first_after(const Filter& filter) const {
  auto high = static_cast<std::uint32_t>(slots_.size());
  std::uint32_t low = std::min(least_, high);  // the many before have nothing to look at
  while (low < high) {
    const std::uint32_t middle = low + (high - low) / 2;
    const std::uint32_t taken = taken_from(middle);
    if (taken >= high) {
      high = middle;
    } else if (comes_before(*filters_[taken]->filter, filter, variants_)) {
      low = taken + 1;
    } else {
      high = middle;
    }
  }
  return taken_from(low);
}

std::uint32_t Layout::first_after(const Filter& filter, std::uint32_t at) const {
  for (std::uint32_t slot = at; slot-- > least_;) {
    if (!slots_[slot].taken) continue;
    if (comes_before(*filters_[slot]->filter, filter, variants_)) break;
    at = slot;
  }
  return at;
}

std::size_t bytes_of(const CompiledFilter& filter) {
  std::size_t total = sizeof(CompiledFilter) + filter.condition_count * sizeof(CompiledCondition);
  if (!filter.pool) return total;
  total += sizeof(ConditionPool) + filter.pool->wide.capacity() * sizeof(Wide);
  for (const auto& bytes : filter.pool->bytes) {
    total += sizeof(std::vector<std::uint8_t>) + bytes.capacity();
  }
  return total;
}

std::size_t Layout::bytes() const {
  return sizeof *this + slots_.size() * slot_bytes + (index_ ? index_->bytes() : 0);
}

}  // namespace drydock::wfp

// SPDX-License-Identifier: Apache-2.0
#include "net/host/lane.h"

#include <algorithm>
#include <utility>

namespace drydock::net {

void Lane::play(std::vector<Step> steps, Then then) {
  const std::uint32_t index = begin(std::move(steps), std::move(then), false);
  if (units_.at(index).left == 0) units_.erase(index);
  drain();
}

Outcome Lane::perform(std::vector<Step> steps, const bool& given_up) {
  const std::uint32_t index = begin(std::move(steps), {}, true);
  while (units_.at(index).left != 0 && !given_up) decided_.wait(machine_, "a callout's decision");
  const bool decided = units_.at(index).left == 0;
  Outcome outcome = decided ? std::move(units_.at(index).outcome) : Outcome{};
  if (decided) {
    units_.erase(index);
  } else {
    units_.at(index).awaited = false;
  }
  drain();
  return outcome;
}

std::uint32_t Lane::begin(std::vector<Step> steps, Then then, bool awaited) {
  const std::uint32_t index = ++last_index_;
  for (Step& step : steps) step.packet_index = index;
  Unit& unit = units_[index];
  // Nobody decides what goes to the stream layer: it leaves it, in full or in part, or it does not.
  unit.left = static_cast<std::size_t>(
      std::ranges::count_if(steps, [](const Step& step) { return step.kind != StepKind::stream; }));
  unit.steps = std::move(steps);
  unit.playing = true;
  unit.awaited = awaited;
  unit.outcome.goes_on = true;
  unit.then = std::move(then);
  ++playing_;
  path_.play(std::span<const Step>(unit.steps));
  --playing_;
  unit.playing = false;
  return index;
}

Lane::Unit* Lane::unit_of(const Step& step) {
  const auto found = units_.find(step.packet_index);
  return found == units_.end() ? nullptr : &found->second;
}

// What one layer keeps back meets no other: the rest of its unit is not heard of.
void Lane::step_decided(const Step& step, bool goes_on) {
  Unit* unit = unit_of(step);
  if (unit == nullptr || unit->left == 0) return;
  if (!goes_on) {
    unit->outcome.goes_on = false;
    unit->outcome.stopped_at = step.kind;
  }
  unit->left = goes_on ? unit->left - 1 : 0;
  if (unit->left == 0) finish(step.packet_index);
}

void Lane::finish(std::uint32_t index) {
  Unit& unit = units_.at(index);
  if (unit.then) {
    tell([then = std::move(unit.then), outcome = std::move(unit.outcome)]() mutable {
      then(outcome);
    });
  }
  if (unit.awaited) return decided_.open(machine_);
  if (!unit.playing) units_.erase(index);
}

void Lane::redirected(const Step& step, const void* request, HANDLE records) {
  Unit* unit = unit_of(step);
  if (unit == nullptr) return;
  unit->outcome.request = request;
  unit->outcome.records = records;
}

void Lane::packet_stops(const Step& step, const std::string& why) {
  Unit* unit = unit_of(step);
  if (unit != nullptr && unit->outcome.why.empty()) unit->outcome.why = why;
}

void Lane::connection_is_over(const Step& step) {
  flow_dropped(step);
}

void Lane::flow_dropped(const Step& step) {
  if (step.flow == FlowId::none) return;
  tell([this, flow = step.flow] { owner_.flow_lost(*this, flow); });
}

void Lane::stream_bytes(const Step& connection, Direction direction,
                        std::span<const std::uint8_t> bytes) {
  tell([this, flow = connection.flow, direction,
        copy = std::vector<std::uint8_t>(bytes.begin(), bytes.end())] {
    owner_.bytes_leave(*this, flow, direction, copy);
  });
}

void Lane::stream_fin(const Step& connection, Direction direction) {
  tell([this, flow = connection.flow, direction] { owner_.fin_leaves(*this, flow, direction); });
}

// Outside of the path, which the owner may want to go again: behind play(), or on a fiber of the
// network when nobody plays.
void Lane::tell(Event event) {
  events_.push_back(std::move(event));
  if (playing_ == 0 && !draining_) agenda_.soon([this] { drain(); });
}

void Lane::drain() {
  if (std::exchange(draining_, true)) return;
  while (!events_.empty()) {
    current_ = std::move(events_.front());
    events_.pop_front();
    current_();
  }
  current_ = nullptr;
  draining_ = false;
}

}  // namespace drydock::net

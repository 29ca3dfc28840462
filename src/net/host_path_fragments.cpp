// SPDX-License-Identifier: Apache-2.0
// Fragments that a verdict stops: the packet that they are parts of is put together, and goes up,
// only when whoever stopped them has brought them back.
#include <algorithm>

#include "net/host_path.h"

namespace drydock::net {

namespace {

constexpr std::size_t most_incomplete = 64;  // of a path; older ones never come together

}  // namespace

HostPath::Incomplete* HostPath::find_incomplete(std::uint32_t number) {
  const auto found = std::ranges::find_if(
      incomplete_, [&](const auto& incomplete) { return incomplete->number == number; });
  return found == incomplete_.end() ? nullptr : found->get();
}

void HostPath::note_stopped_fragment(const Step& step) {
  if (!step.fragment || step.reassembly == 0) return;
  const auto header = parse_packet(step.packet.bytes());
  if (!header) return;
  Incomplete* incomplete = find_incomplete(step.reassembly);
  if (incomplete == nullptr) {
    if (incomplete_.size() == most_incomplete) {
      for (const FragmentKey& lost : incomplete_.front()->missing) network_.forget_fragment(lost);
      incomplete_.erase(incomplete_.begin());
    }
    incomplete = incomplete_.emplace_back(std::make_unique<Incomplete>()).get();
    incomplete->number = step.reassembly;
  }
  incomplete->missing.push_back(key_of_fragment(*header));
  network_.await_fragment(incomplete->missing.back(), this);
}

// Of the packet as a whole; what has been kept is played when it is complete.
bool HostPath::lacks_fragment(const Step& step) {
  if (!step.reassembled) return false;
  Incomplete* incomplete = find_incomplete(step.reassembly);
  if (incomplete == nullptr || incomplete->missing.empty()) return false;
  incomplete->steps.push_back(step);
  return true;
}

void HostPath::fragment_came(const FragmentKey& fragment) {
  const auto found = std::ranges::find_if(incomplete_, [&](const auto& incomplete) {
    return std::erase(incomplete->missing, fragment) != 0;
  });
  if (found == incomplete_.end() || !(*found)->missing.empty()) return;
  const auto run = [](void* self, std::uint64_t number) {
    static_cast<HostPath*>(self)->play_whole(static_cast<std::uint32_t>(number));
  };
  network_.workers().post({run, this, (*found)->number, machine::Irql::passive});
}

// Its steps stay here meanwhile: the fiber may be abandoned in the middle of a callout.
void HostPath::play_whole(std::uint32_t number) {
  const Turn turn(*this);
  Incomplete* whole = find_incomplete(number);
  if (whole == nullptr) return;
  for (const Step& step : whole->steps) {
    if (held_up_ == 0 || !waits(step)) play_now(step);
  }
  std::erase_if(incomplete_, [&](const auto& each) { return each.get() == whole; });
}

}  // namespace drydock::net

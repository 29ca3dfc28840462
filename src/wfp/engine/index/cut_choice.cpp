// SPDX-License-Identifier: Apache-2.0
// Where to cut: by what a sample of the boxes would look like below each possible cut. The figures
// were found by measuring (docs/classifier.md).
#include <algorithm>
#include <cmath>

#include "wfp/engine/index/tree.h"

namespace drydock::wfp::index {
namespace {

constexpr std::uint32_t sample_size = 1000;
constexpr unsigned most_root_bits = 16;
constexpr unsigned most_inner_bits = 10;

// Costs are in halvings of the number of candidates that are left.
constexpr double repetition_cost = 0.25;  // of being in twice as many leaves
constexpr double left_over_cost = 8;      // of boxes that need another tree, times their share
constexpr double width_cost = 0.02;       // per bit

struct Load {
  double in = 0;         // sampled boxes that go below the cut
  double left_over = 0;  // that do not
  double places = 0;     // children that those are in, together
  double seen = 0;       // boxes in the child of a key drawn like the boxes are
  [[nodiscard]] double repetition() const { return places / in; }
};

class Chooser {
 public:
  Chooser(const BoxList& boxes, Items items, bool root)
      : boxes_(boxes),
        items_(items),
        root_(root),
        step_(std::max(1U, static_cast<std::uint32_t>(items.size()) / sample_size)) {}

  Cut best() {
    const unsigned bits = most_bits();
    const bool many = items_.size() > sample_size;
    const unsigned fewest = std::max(1U, bits > (many ? 1U : 3U) ? bits - (many ? 1U : 3U) : 1U);
    for (std::uint8_t lane = 0; lane < boxes_.lanes(); ++lane) {
      if (!tells_apart(lane)) continue;
      for (unsigned width = fewest; width <= bits; ++width) {
        for (unsigned shift = 0; shift + width <= 16; ++shift) {
          consider({.lane = lane,
                    .shift = static_cast<std::uint8_t>(shift),
                    .bits = static_cast<std::uint8_t>(width)});
        }
      }
    }
    return best_;
  }

 private:
  [[nodiscard]] unsigned most_bits() const {
    const std::size_t children = items_.size() * (root_ ? 2 : 1);
    const auto bits = static_cast<unsigned>(std::bit_width(children)) - 1;
    return std::clamp(bits, 1U, root_ ? most_root_bits : most_inner_bits);
  }

  [[nodiscard]] bool tells_apart(unsigned lane) const {
    const Interval& first = boxes_.at(items_.front(), lane);
    return std::ranges::any_of(items_,
                               [&](std::uint32_t item) { return boxes_.at(item, lane) != first; });
  }

  Load load_below(const Cut& cut) {
    Load load;
    changes_.assign((std::size_t{1} << cut.bits) + 1, 0);
    for (std::size_t i = 0; i < items_.size(); i += step_) {
      const ChildRange range = children_of(boxes_.at(items_[i], cut.lane), cut);
      if (root_ && !is_narrow(range, cut)) {
        ++load.left_over;
        continue;
      }
      ++load.in;
      load.places += range.last - range.first + 1;
      ++changes_[range.first];
      --changes_[range.last + 1];
    }
    std::int32_t here = 0;
    double squares = 0;
    for (std::size_t child = 0; child + 1 < changes_.size(); ++child) {
      here += changes_[child];
      squares += static_cast<double>(here) * here;
    }
    load.seen = std::max(1.0, squares / std::max(1.0, load.places)) * step_;
    return load;
  }

  [[nodiscard]] bool is_worth_it(const Load& load) const {
    if (root_) return load.left_over <= 9 * load.in;
    const double most_repetition = items_.size() > 64 ? 2.5 : 4;
    return load.repetition() <= most_repetition &&
           load.seen <= 0.5 * static_cast<double>(items_.size());
  }

  void consider(const Cut& cut) {
    const Load load = load_below(cut);
    if (load.in == 0 || !is_worth_it(load)) return;
    double cost = std::log2(load.seen + 2) + repetition_cost * std::log2(load.repetition()) +
                  width_cost * cut.bits;
    if (root_) cost += left_over_cost * load.left_over / (load.in + load.left_over);
    if (best_.bits != 0 && cost >= best_cost_) return;
    best_ = cut;
    best_cost_ = cost;
  }

  const BoxList& boxes_;
  Items items_;
  bool root_;
  std::uint32_t step_;
  std::vector<std::int32_t> changes_;  // of the number of boxes from child to child
  Cut best_ = {};
  double best_cost_ = 0;
};

}  // namespace

bool is_narrow(const ChildRange& range, const Cut& root) {
  return range.last - range.first < std::clamp((1U << root.bits) / 16, 2U, 16U);
}

Cut choose_cut(const BoxList& boxes, Items items) {
  return Chooser(boxes, items, false).best();
}

Cut choose_root(const BoxList& boxes, Items items) {
  return Chooser(boxes, items, true).best();
}

}  // namespace drydock::wfp::index

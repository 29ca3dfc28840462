// SPDX-License-Identifier: Apache-2.0
// Where to cut: by what a sample of the boxes would look like below each possible cut. The figures
// were found by measuring (docs/classifier.md).
#include <algorithm>
#include <cmath>

#include "wfp/engine/index/tree.h"

namespace drydock::wfp::index {
namespace {

constexpr std::uint32_t sample_size = 1000;
constexpr std::uint32_t small_sample = 100;
constexpr unsigned most_root_bits = 16;
constexpr unsigned most_inner_bits = 10;
constexpr std::size_t children_at_once = 8192;

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

enum class Place : std::uint8_t { root, node, leaf };

class Chooser {
 public:
  Chooser(const BoxList& boxes, Items items, Place place)
      : boxes_(boxes),
        items_(items),
        place_(place),
        root_(place == Place::root),
        step_(std::max(1U, static_cast<std::uint32_t>(items.size()) /
                               (place == Place::leaf ? small_sample : sample_size))) {}

  Work choose(Cut& chosen) {
    const unsigned bits = most_bits();
    const bool hurry = place_ == Place::leaf || items_.size() > sample_size;
    const unsigned fewer = hurry ? 1 : 3;
    const unsigned fewest = bits > fewer ? bits - fewer : 1;
    for (unsigned lane = 0; lane < boxes_.lanes(); ++lane) {
      if (!tells_apart(lane)) continue;
      for (unsigned width = fewest; width <= bits; ++width) {
        for (unsigned shift = 0; shift + width <= 16; ++shift) {
          const Cut cut{.lane = static_cast<std::uint8_t>(lane),
                        .shift = static_cast<std::uint8_t>(shift),
                        .bits = static_cast<std::uint8_t>(width)};
          begin(cut);
          co_await Cost{static_cast<std::int64_t>(200 + 5 * items_.size() / step_)};
          for (std::size_t child = 0; child >> width == 0; child += children_at_once) {
            sum_up(child, std::min(child + children_at_once, std::size_t{1} << width));
            co_await Cost{
                static_cast<std::int64_t>(std::min(children_at_once, std::size_t{1} << width))};
          }
          end(cut);
        }
      }
    }
    chosen = best_;
  }

 private:
  [[nodiscard]] unsigned most_bits() const {
    const std::size_t children = items_.size() * (root_ ? 2 : 1);
    const auto bits = static_cast<unsigned>(std::bit_width(children)) - 1;
    return std::clamp(bits, 1U, root_ ? most_root_bits : most_inner_bits);
  }

  [[nodiscard]] bool tells_apart(unsigned lane) const {
    const Interval& first = boxes_.at(items_.front(), lane);
    for (std::size_t i = 0; i < items_.size(); i += step_) {
      if (boxes_.at(items_[i], lane) != first) return true;
    }
    return false;
  }

  void begin(const Cut& cut) {
    load_ = {};
    here_ = 0;
    squares_ = 0;
    changes_.assign((std::size_t{1} << cut.bits) + 1, 0);
    for (std::size_t i = 0; i < items_.size(); i += step_) {
      const ChildRange range = children_of(boxes_.at(items_[i], cut.lane), cut);
      if (root_ && !is_narrow(range, cut)) {
        ++load_.left_over;
        continue;
      }
      ++load_.in;
      load_.places += range.last - range.first + 1;
      ++changes_[range.first];
      --changes_[range.last + 1];
    }
  }

  void sum_up(std::size_t first, std::size_t end) {
    std::int32_t here = here_;
    double squares = squares_;
    for (std::size_t child = first; child < end; ++child) {
      here += changes_[child];
      squares += static_cast<double>(here) * here;
    }
    here_ = here;
    squares_ = squares;
  }

  [[nodiscard]] bool is_worth_it(const Load& load) const {
    if (root_) return load.left_over <= 9 * load.in;
    const double most_repetition = place_ == Place::leaf ? 1.5 : items_.size() > 64 ? 2.5 : 4;
    return load.repetition() <= most_repetition &&
           load.seen <= 0.5 * static_cast<double>(items_.size());
  }

  void end(const Cut& cut) {
    load_.seen = std::max(1.0, squares_ / std::max(1.0, load_.places)) * step_;
    const Load& load = load_;
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
  Place place_;
  bool root_;
  std::uint32_t step_;
  // Of the cut that is looked at:
  Load load_ = {};
  std::vector<std::int32_t> changes_;  // of the number of boxes from child to child
  std::int32_t here_ = 0;              // boxes in the child that was summed up last
  double squares_ = 0;                 // of the boxes in each child until then
  Cut best_ = {};
  double best_cost_ = 0;
};

}  // namespace

bool is_narrow(const ChildRange& range, const Cut& root) {
  return range.last - range.first < std::clamp((1U << root.bits) / 16, 2U, 16U);
}

Work choose_cut(const BoxList& boxes, Items items, Cut& chosen) {
  Chooser chooser(boxes, items, Place::node);
  co_await chooser.choose(chosen);
}

Cut choose_cut_of_leaf(const BoxList& boxes, Items items) {
  Cut chosen{};
  Chooser chooser(boxes, items, Place::leaf);
  chooser.choose(chosen).finish();
  return chosen;
}

Work choose_root(const BoxList& boxes, Items items, Cut& chosen) {
  Chooser chooser(boxes, items, Place::root);
  co_await chooser.choose(chosen);
}

}  // namespace drydock::wfp::index

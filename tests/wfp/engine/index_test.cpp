// SPDX-License-Identifier: Apache-2.0
// The index's parts, and the index as a whole against the plain search on large rule sets.
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <map>
#include <random>

#include "rule_sets.h"
#include "wfp/engine/index/line_pool.h"
#include "wfp/engine/index/places.h"
#include "wfp/engine/index/work.h"
#include "wfp/engine/layer_filters.h"
#include "world.h"

namespace drydock::wfp::test {
namespace {

// Numbers in an array with gaps, kept in order as LayerFilters keeps filters.
class Gapped {
 public:
  explicit Gapped(std::uint32_t size) : places_(size) {}

  // False when there is no room.
  bool insert(int number) {
    const auto size = static_cast<std::uint32_t>(places_.size());
    std::uint32_t right = 0;
    while (right < size && (!places_[right] || *places_[right] < number)) ++right;
    std::int64_t left = std::int64_t{right} - 1;
    while (left >= 0 && !places_[static_cast<std::size_t>(left)]) --left;
    const std::int64_t middle = index::between(left, right, latest_);
    std::uint32_t free = static_cast<std::uint32_t>(middle);
    if (middle <= left) {
      const index::Room room = index::make_room(
          size, right, [&](std::uint32_t place) { return places_[place].has_value(); },
          left == latest_ || right == latest_);
      for (const auto& [from, to] : room.moves) {
        EXPECT_FALSE(places_[to]) << "would overwrite " << to;
        places_[to] = std::exchange(places_[from], {});
      }
      moves += room.moves.size();
      free = room.free;
    }
    if (free == size) return false;
    places_[free] = number;
    latest_ = free;
    return true;
  }

  [[nodiscard]] std::vector<int> numbers() const {
    std::vector<int> result;
    for (const auto& place : places_) {
      if (place) result.push_back(*place);
    }
    return result;
  }

  std::size_t moves = 0;

 private:
  std::vector<std::optional<int>> places_;
  std::int64_t latest_ = -2;
};

TEST(Places, numbers_stay_in_order_wherever_they_are_put_in) {
  for (const int stride : {1, -1, 577, 999}) {  // ascending, descending, all over, by turns
    Gapped gapped(1250);
    std::vector<int> expected;
    for (int i = 0; i < 1000; ++i) {
      const int number = stride == 999 ? (i % 2 == 0 ? i : -i) : (i * stride) % 1000;
      ASSERT_TRUE(gapped.insert(number)) << "number " << i << ", stride " << stride;
      expected.push_back(number);
    }
    std::ranges::sort(expected);
    EXPECT_EQ(gapped.numbers(), expected);
    EXPECT_LT(gapped.moves, 100 * 1000U) << "stride " << stride;
  }
}

TEST(Places, there_is_room_until_four_fifths_are_taken) {
  Gapped gapped(100);
  int inserted = 0;
  while (gapped.insert(-inserted)) ++inserted;
  EXPECT_GE(inserted, 80);
  EXPECT_TRUE(std::ranges::is_sorted(gapped.numbers()));
  EXPECT_EQ(gapped.numbers().size(), static_cast<std::size_t>(inserted));
}

index::Work counted(int& steps, int count) {
  for (int i = 0; i < count; ++i) {
    ++steps;
    co_await index::Cost{10};
  }
}

index::Work counted_twice(int& steps) {
  co_await counted(steps, 6);
  ++steps;
  co_await counted(steps, 3);
}

TEST(Work, is_done_a_little_each_time_and_pays_for_what_was_too_much) {
  int steps = 0;
  index::Work work = counted_twice(steps);
  EXPECT_EQ(steps, 0);
  EXPECT_FALSE(work.advance({20}));
  EXPECT_EQ(steps, 2);
  EXPECT_FALSE(work.advance({25}));  // three steps, five too much
  EXPECT_EQ(steps, 5);
  EXPECT_FALSE(work.advance({5}));
  EXPECT_EQ(steps, 5);
  EXPECT_FALSE(work.advance({10}));
  EXPECT_EQ(steps, 6);
  EXPECT_TRUE(work.advance({1000}));
  EXPECT_EQ(steps, 10);
  EXPECT_TRUE(work.advance({1000}));
}

TEST(Work, may_be_left_undone) {
  int steps = 0;
  {
    index::Work work = counted_twice(steps);
    EXPECT_FALSE(work.advance({80}));
  }
  EXPECT_EQ(steps, 9);
}

TEST(LinePool, gives_out_again_what_came_back) {
  index::LinePool pool;
  index::Line* const three = pool.take(3);
  index::Line* const other = pool.take(3);
  pool.give_back(three, 3);
  EXPECT_EQ(pool.bytes_used(), 3 * sizeof(index::Line));
  EXPECT_EQ(pool.take(3), three);
  EXPECT_NE(pool.take(20), other);
}

TEST(LinePool, counts_nothing_any_more_once_it_has_shed_all) {
  index::LinePool pool;
  for (int i = 0; i < 100; ++i) (void)pool.take(10);
  const std::size_t full = pool.bytes_used();
  EXPECT_EQ(full, 1000 * sizeof(index::Line));
  ASSERT_TRUE(pool.shed());
  EXPECT_LT(pool.bytes_used(), full);
  while (pool.shed()) {
  }
  EXPECT_EQ(pool.bytes_used(), 0U);
}

// Notes which filters are asked, by their raw context, and lets all go on.
struct NotingInvoker : CalloutInvoker {
  bool registered(CalloutId) override { return true; }
  CalloutAnswer invoke(const Filter& filter, ClassifyRights) override {
    numbers.push_back(static_cast<std::uint32_t>(filter.spec.raw_context));
    return {.action = Action::continue_, .wrote = true};
  }
  std::vector<std::uint32_t> numbers;
};

struct Case {
  RuleFamily family;
  IpVersion version;
};

class RuleSets : public testing::TestWithParam<Case> {
 protected:
  // Filters that all call a callout, so that an answer is the list of all that match.
  std::vector<std::shared_ptr<const Filter>> filters_of(const RuleSet& set) {
    std::vector<std::shared_ptr<const Filter>> filters;
    for (std::size_t i = 0; i < set.rules.size(); ++i) {
      auto filter = std::make_shared<Filter>();
      filter->spec = filter_of(set.rules[i], set.rules.size() - i, GetParam().version, true);
      filter->spec.action = Action::callout_inspection;
      filter->spec.raw_context = i;
      filter->id = FilterId{i + 1};
      filter->weight = filter->spec.weight.bits;
      filters.push_back(std::move(filter));
    }
    return filters;
  }

  // Filters that decide, every third by blocking; rules are dealt to sublayers by turns.
  std::vector<std::shared_ptr<const Filter>> deciding(const RuleSet& set, std::uint16_t sublayers) {
    std::vector<std::shared_ptr<const Filter>> filters;
    for (std::size_t i = 0; i < set.rules.size(); ++i) {
      auto filter = std::make_shared<Filter>();
      filter->spec = filter_of(set.rules[i], set.rules.size() - i, GetParam().version, false);
      filter->spec.action = i % 3 == 0 ? Action::block : Action::permit;
      const auto turn = static_cast<std::uint16_t>(i % sublayers);
      filter->spec.sublayer = key(turn);
      filter->sublayer_weight = static_cast<std::uint16_t>(sublayers - turn);
      filter->id = FilterId{i + 1};
      filter->weight = filter->spec.weight.bits;
      filters.push_back(std::move(filter));
    }
    return filters;
  }

  // Of the first match of each sublayer the first that blocks, or else the first.
  static std::uint64_t decided(const RuleSet& set, const Header& header, std::size_t sublayers) {
    std::vector<std::uint64_t> permits(sublayers, 0);
    std::vector<std::uint64_t> blocks(sublayers, 0);
    for (std::size_t i = set.rules.size(); i-- > 0;) {
      if (!matches(set.rules[i], header, false)) continue;
      permits[i % sublayers] = i % 3 == 0 ? 0 : i + 1;
      blocks[i % sublayers] = i % 3 == 0 ? i + 1 : 0;
    }
    for (const auto& ids : {blocks, permits}) {
      for (const std::uint64_t id : ids) {
        if (id != 0) return id;
      }
    }
    return 0;
  }

  // Every finder, one header at a time and many at once.
  void check_decisions(std::size_t rules, std::size_t headers, std::uint16_t sublayers) {
    const RuleSet set = make_rule_set(GetParam().family, rules, headers, 11);
    const auto filters = deciding(set, sublayers);
    std::vector<std::unique_ptr<HeaderRow>> rows;
    std::vector<std::span<const ValueView>> views;
    std::vector<std::array<std::uint8_t, 16>> addresses(2 * headers);
    std::vector<FilterId> expected;
    rows.reserve(headers);
    views.reserve(headers);
    expected.reserve(headers);
    for (std::size_t i = 0; i < headers; ++i) {
      const Header& header = set.headers[i];
      rows.push_back(std::make_unique<HeaderRow>(GetParam().version));
      if (GetParam().version == IpVersion::v4) {
        rows.back()->set(header);
      } else {
        addresses[2 * i] = stretched(header.source);
        addresses[2 * i + 1] = stretched(header.destination);
        rows.back()->set(header, addresses[2 * i], addresses[2 * i + 1]);
      }
      views.push_back(rows.back()->values());
      expected.push_back(FilterId{decided(set, header, sublayers)});
    }
    for (const index::Finder& finder : index::finders()) {
      if (!finder.runs_here()) continue;
      SCOPED_TRACE(finder.name);
      LayerFilters layer(*find_layer(layer_for(GetParam().version)), variants_);
      layer.use(finder);
      layer.change({}, filters);
      NotingInvoker nobody;
      std::vector<Decision> decisions(headers);
      layer.classify(views, nobody, decisions);
      std::vector<FilterId> together;
      together.reserve(headers);
      for (const Decision& decision : decisions) together.push_back(decision.filter);
      std::vector<FilterId> alone;
      alone.reserve(headers);
      for (const auto& view : views) alone.push_back(layer.classify(view, nobody, nullptr).filter);
      EXPECT_EQ(together, expected);
      EXPECT_EQ(alone, expected);
      EXPECT_EQ(nobody.numbers, std::vector<std::uint32_t>{});
    }
  }

  // The numbers of the rules that match a header, by the layer.
  std::vector<std::uint32_t> found(LayerFilters& layer, const Header& header) {
    const auto source = stretched(header.source);
    const auto destination = stretched(header.destination);
    if (GetParam().version == IpVersion::v4) {
      row_.set(header);
    } else {
      row_.set(header, source, destination);
    }
    NotingInvoker invoker;
    (void)layer.classify(row_.values(), invoker, nullptr);
    return invoker.numbers;
  }

  static std::vector<std::uint32_t> searched(const RuleSet& set, const Header& header,
                                             const std::vector<bool>& present) {
    std::vector<std::uint32_t> numbers;
    for (std::uint32_t i = 0; i < set.rules.size(); ++i) {
      if (present[i] && matches(set.rules[i], header, true)) numbers.push_back(i);
    }
    return numbers;
  }

  std::size_t wrong(LayerFilters& layer, const RuleSet& set, const std::vector<bool>& present) {
    return static_cast<std::size_t>(std::ranges::count_if(set.headers, [&](const Header& header) {
      return found(layer, header) != searched(set, header, present);
    }));
  }

  // All at once, half of them gone again one by one, and back.
  void check(std::size_t rules, std::size_t headers) {
    const RuleSet set = make_rule_set(GetParam().family, rules, headers, 7);
    const auto filters = filters_of(set);
    for (const index::Finder& finder : index::finders()) {
      if (!finder.runs_here()) continue;
      SCOPED_TRACE(finder.name);
      LayerFilters layer(*find_layer(layer_for(GetParam().version)), variants_);
      layer.use(finder);
      layer.change({}, filters);
      std::vector<bool> present(rules, true);
      EXPECT_EQ(wrong(layer, set, present), 0U);
      for (std::size_t i = 0; i < rules; i += 2) {
        layer.change({&filters[i], 1}, {});
        present[i] = false;
      }
      EXPECT_EQ(wrong(layer, set, present), 0U);
      for (std::size_t i = 0; i < rules; i += 2) {
        layer.change({}, {&filters[i], 1});
        present[i] = true;
      }
      EXPECT_EQ(wrong(layer, set, present), 0U);
      EXPECT_EQ(layer.size(), rules);
      layer.change(filters, {});
      EXPECT_TRUE(layer.empty());
    }
  }

  // One by one and in any order, with others going meanwhile, so that layouts take over again and
  // again.
  void check_growth(std::size_t rules, std::size_t headers) {
    const RuleSet set = make_rule_set(GetParam().family, rules, headers, 13);
    const auto filters = filters_of(set);
    LayerFilters layer(*find_layer(layer_for(GetParam().version)), variants_);
    std::vector<bool> present(rules, false);
    std::mt19937_64 dice(17);
    std::size_t count = 0;
    for (std::size_t added = 0; added < 2 * rules; ++added) {
      const std::size_t i = dice() % rules;
      if (!present[i]) {
        layer.change({}, {&filters[i], 1});
      } else if (dice() % 4 == 0) {
        layer.change({&filters[i], 1}, {});
      } else {
        continue;
      }
      present[i] = !present[i];
      count += present[i] ? 1 : -1;
      ASSERT_EQ(layer.size(), count);
      if (added % (rules / 8) == 0) {
        ASSERT_EQ(wrong(layer, set, present), 0U) << "after " << added;
      }
    }
    for (std::size_t i = 0; i < rules; ++i) {  // until a few are left
      if (present[i] && i % 16 != 0) layer.change({&filters[i], 1}, {});
      present[i] = present[i] && i % 16 == 0;
      if (i % (rules / 4) == 0) {
        ASSERT_EQ(wrong(layer, set, present), 0U) << "without " << i;
      }
    }
    EXPECT_EQ(wrong(layer, set, present), 0U);
  }

  // Each before all others, with some of the first going in between.
  void check_growth_in_front(std::size_t rules, std::size_t headers) {
    const RuleSet set = make_rule_set(GetParam().family, rules, headers, 29);
    const auto filters = filters_of(set);
    LayerFilters layer(*find_layer(layer_for(GetParam().version)), variants_);
    std::vector<bool> present(rules, false);
    for (std::size_t i = rules; i-- > 0;) {
      layer.change({}, {&filters[i], 1});
      present[i] = true;
      if (i % 7 == 0 && i + 3 < rules) {
        layer.change({&filters[i], 1}, {});
        layer.change({&filters[i + 3], 1}, {});
        present[i] = present[i + 3] = false;
      }
      if (i % (rules / 8) == 0) {
        ASSERT_EQ(wrong(layer, set, present), 0U) << "from " << i << " on";
      }
    }
  }

  Variants variants_;
  HeaderRow row_{GetParam().version};
};

// The first filter that is asked adds many others one by one, and takes most of those away that
// were there.
struct ChangingInvoker : NotingInvoker {
  CalloutAnswer invoke(const Filter& filter, ClassifyRights rights) override {
    if (change) std::exchange(change, {})();
    return NotingInvoker::invoke(filter, rights);
  }
  std::function<void()> change;
};

TEST_P(RuleSets, a_classification_goes_on_with_its_filters_while_layouts_take_over) {
  const RuleSet set = make_rule_set(GetParam().family, 800, 200, 23);
  const auto filters = filters_of(set);
  LayerFilters layer(*find_layer(layer_for(GetParam().version)), variants_);
  std::vector<bool> present(filters.size(), false);
  for (std::size_t i = 0; i < filters.size(); i += 2) {
    layer.change({}, {&filters[i], 1});
    present[i] = true;
  }
  const auto header = std::ranges::find_if(
      set.headers, [&](const Header& asked) { return !searched(set, asked, present).empty(); });
  ASSERT_NE(header, set.headers.end());
  const auto source = stretched(header->source);
  const auto destination = stretched(header->destination);
  if (GetParam().version == IpVersion::v4) {
    row_.set(*header);
  } else {
    row_.set(*header, source, destination);
  }
  ChangingInvoker invoker;
  invoker.change = [&] {
    for (std::size_t i = 0; i < filters.size(); ++i) {
      if (i % 2 != 0) {
        layer.change({}, {&filters[i], 1});
      } else if (i % 5 != 0) {
        layer.change({&filters[i], 1}, {});
      }
    }
  };
  const std::vector<std::uint32_t> expected = searched(set, *header, present);
  (void)layer.classify(row_.values(), invoker, nullptr);
  EXPECT_EQ(invoker.numbers, expected);
  for (std::size_t i = 0; i < filters.size(); ++i) present[i] = i % 2 != 0 || i % 5 == 0;
  EXPECT_EQ(wrong(layer, set, present), 0U);
}

constexpr Case all_cases[] = {
    {RuleFamily::access_list, IpVersion::v4}, {RuleFamily::firewall, IpVersion::v4},
    {RuleFamily::chains, IpVersion::v4},      {RuleFamily::access_list, IpVersion::v6},
    {RuleFamily::firewall, IpVersion::v6},    {RuleFamily::chains, IpVersion::v6},
};

std::string name_of(const testing::TestParamInfo<Case>& info) {
  static constexpr const char* families[] = {"access_list", "firewall", "chains"};
  return std::string(families[static_cast<int>(info.param.family)]) +
         (info.param.version == IpVersion::v4 ? "_v4" : "_v6");
}

TEST_P(RuleSets, every_finder_lists_what_a_search_of_all_rules_finds) {
  check(600, 300);
}
TEST_P(RuleSets, a_layer_finds_the_same_while_its_filters_become_many_and_few) {
  check_growth(1500, 60);
}
TEST_P(RuleSets, a_layer_finds_the_same_while_every_newcomer_is_evaluated_before_all_others) {
  check_growth_in_front(1500, 60);
}
TEST_P(RuleSets, every_finder_decides_by_the_first_filter) {
  check_decisions(700, 400, 1);
}
TEST_P(RuleSets, every_finder_decides_by_the_first_filter_of_each_sublayer) {
  check_decisions(700, 400, 5);
}
TEST_P(RuleSets, more_sublayers_than_the_index_tells_apart_decide_too) {
  check_decisions(700, 400, 11);
}
INSTANTIATE_TEST_SUITE_P(, RuleSets, testing::ValuesIn(all_cases), name_of);

using LongRuleSets = RuleSets;
TEST_P(LongRuleSets, every_finder_lists_what_a_search_of_all_rules_finds) {
  check(12000, 600);
}
INSTANTIATE_TEST_SUITE_P(Long, LongRuleSets, testing::ValuesIn(all_cases), name_of);

}  // namespace
}  // namespace drydock::wfp::test

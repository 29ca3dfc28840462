// SPDX-License-Identifier: Apache-2.0
#include <random>
#include <set>

#include "nt/kernel_run.h"

namespace drydock::nt {
namespace {

using ledger::Kind;

constexpr ULONG tag = 'elbT';

// What the driver keeps in its table.
struct Element {
  ULONG key = 0;
  ULONG value = 0;
};

NTAPI RTL_GENERIC_COMPARE_RESULTS compare(RTL_AVL_TABLE* table, PVOID first, PVOID second) {
  ++*static_cast<ULONG*>(table->TableContext);
  const ULONG a = static_cast<Element*>(first)->key;
  const ULONG b = static_cast<Element*>(second)->key;
  return a < b ? GenericLessThan : a > b ? GenericGreaterThan : GenericEqual;
}
NTAPI PVOID allocate(RTL_AVL_TABLE*, CLONG size) {
  EXPECT_EQ(size, sizeof(Element) + 0x20);
  return KERNEL(ExAllocatePoolWithTag)(NonPagedPoolNx, size, tag);
}
NTAPI PVOID allocate_nothing(RTL_AVL_TABLE*, CLONG) {
  return nullptr;
}
NTAPI VOID free_element(RTL_AVL_TABLE*, PVOID block) {
  KERNEL(ExFreePoolWithTag)(block, tag);
}

// Links, order and balance of a subtree; its height.
int check_subtree(const RTL_BALANCED_LINKS* node, const RTL_BALANCED_LINKS* parent,
                  std::vector<ULONG>& keys) {
  if (node == nullptr) return 0;
  EXPECT_EQ(node->Parent, parent);
  const int left = check_subtree(node->LeftChild, node, keys);
  keys.push_back(reinterpret_cast<const Element*>(node + 1)->key);
  const int right = check_subtree(node->RightChild, node, keys);
  EXPECT_EQ(node->Balance, right - left);
  EXPECT_LE(std::abs(right - left), 1);
  return 1 + std::max(left, right);
}

struct Table : KernelRun {
  RTL_AVL_TABLE& table = *make<RTL_AVL_TABLE>();
  ULONG& comparisons = *make<ULONG>();
  Element& scratch = *make<Element>();

  void initialize() {
    KERNEL(RtlInitializeGenericTableAvl)(&table, compare, allocate, free_element, &comparisons);
  }
  Element* insert(ULONG key, bool expect_new = true) {
    scratch = {key, key * 10};
    BOOLEAN is_new = 2;
    auto* element = static_cast<Element*>(
        KERNEL(RtlInsertElementGenericTableAvl)(&table, &scratch, sizeof scratch, &is_new));
    EXPECT_EQ(is_new, expect_new ? TRUE : FALSE);
    return element;
  }
  bool remove(ULONG key) {
    scratch = {key, 0};
    return KERNEL(RtlDeleteElementGenericTableAvl)(&table, &scratch) != FALSE;
  }
  Element* find(ULONG key) {
    scratch = {key, 0};
    return static_cast<Element*>(KERNEL(RtlLookupElementGenericTableAvl)(&table, &scratch));
  }
  Element* next(bool restart) {
    return static_cast<Element*>(
        KERNEL(RtlEnumerateGenericTableAvl)(&table, restart ? TRUE : FALSE));
  }
  void expect_holds(const std::set<ULONG>& keys) {
    std::vector<ULONG> found;
    const int height = check_subtree(table.BalancedRoot.RightChild, &table.BalancedRoot, found);
    EXPECT_EQ(found, std::vector<ULONG>(keys.begin(), keys.end()));
    EXPECT_EQ(table.DepthOfTree, static_cast<ULONG>(height));
    EXPECT_EQ(KERNEL(RtlNumberGenericTableElementsAvl)(&table), keys.size());
    EXPECT_EQ(KERNEL(RtlIsGenericTableEmptyAvl)(&table) != FALSE, keys.empty());
  }
};

TEST(AvlTable, stays_ordered_and_balanced_whatever_comes_and_goes) {
  Table run;
  run.run([&] {
    run.initialize();
    std::set<ULONG> keys;
    std::mt19937 random(7);
    for (int i = 0; i < 3000; ++i) {
      const ULONG key = random() % 200;
      if (random() % 2 == 0) {
        const bool is_new = keys.insert(key).second;
        EXPECT_EQ(run.insert(key, is_new)->value, key * 10);
      } else {
        EXPECT_EQ(run.remove(key), keys.erase(key) == 1);
      }
      if (i % 50 == 0) run.expect_holds(keys);
    }
    while (!keys.empty()) {
      EXPECT_TRUE(run.remove(*keys.begin()));
      keys.erase(keys.begin());
    }
    run.expect_holds({});
  });
  EXPECT_EQ(run.alive(Kind::pool_block), 0U);
  EXPECT_TRUE(run.record.notes().empty());
}

TEST(AvlTable, finds_by_key_in_logarithmic_time_and_elements_by_their_place_in_order) {
  Table run;
  run.run([&] {
    run.initialize();
    for (ULONG key = 1; key <= 1000; ++key) run.insert(key);
    EXPECT_EQ(run.table.DepthOfTree, 10U);
    run.comparisons = 0;
    EXPECT_EQ(run.find(500)->value, 5000U);
    EXPECT_EQ(run.find(1001), nullptr);
    EXPECT_LE(run.comparisons, 20U);
    const auto at = [&](ULONG index) {
      return static_cast<Element*>(KERNEL(RtlGetElementGenericTableAvl)(&run.table, index));
    };
    EXPECT_EQ(at(0)->key, 1U);
    EXPECT_EQ(at(999)->key, 1000U);
    EXPECT_EQ(at(1000), nullptr);
  });
}

TEST(AvlTable, is_enumerated_in_order_while_its_elements_are_deleted) {
  Table run;
  run.run([&] {
    run.initialize();
    for (const ULONG key : {3, 1, 2, 5, 4}) run.insert(key);
    std::vector<ULONG> seen;
    for (Element* at = run.next(true); at != nullptr; at = run.next(false)) {
      const ULONG key = at->key;
      seen.push_back(key);
      if (key % 2 == 0) EXPECT_TRUE(run.remove(key));
    }
    EXPECT_EQ(seen, (std::vector<ULONG>{1, 2, 3, 4, 5}));
    run.expect_holds({1, 3, 5});
    PVOID key = nullptr;
    seen.clear();
    while (auto* at = static_cast<Element*>(
               KERNEL(RtlEnumerateGenericTableWithoutSplayingAvl)(&run.table, &key)))
      seen.push_back(at->key);
    EXPECT_EQ(seen, (std::vector<ULONG>{1, 3, 5}));
  });
}

TEST(AvlTable, a_place_that_was_looked_up_takes_the_element) {
  Table run;
  run.run([&] {
    run.initialize();
    PVOID place = nullptr;
    TABLE_SEARCH_RESULT result{};
    const auto look_up = [&](ULONG key) {
      run.scratch = {key, 0};
      return KERNEL(RtlLookupElementGenericTableFullAvl)(&run.table, &run.scratch, &place, &result);
    };
    EXPECT_EQ(look_up(2), nullptr);
    EXPECT_EQ(result, TableEmptyTree);
    run.insert(2);
    EXPECT_EQ(look_up(1), nullptr);
    EXPECT_EQ(result, TableInsertAsLeft);
    BOOLEAN is_new = FALSE;
    EXPECT_NE(KERNEL(RtlInsertElementGenericTableFullAvl)(
                  &run.table, &run.scratch, sizeof run.scratch, &is_new, place, result),
              nullptr);
    EXPECT_EQ(is_new, TRUE);
    EXPECT_NE(look_up(2), nullptr);
    EXPECT_EQ(result, TableFoundNode);
    run.expect_holds({1, 2});
  });
}

TEST(AvlTable, without_memory_nothing_is_inserted) {
  Table run;
  run.run([&] {
    run.initialize();
    run.table.AllocateRoutine = allocate_nothing;
    EXPECT_EQ(run.insert(1, false), nullptr);
    run.expect_holds({});
  });
}

}  // namespace
}  // namespace drydock::nt

// SPDX-License-Identifier: Apache-2.0
#include "base/serial_table.h"

#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <random>
#include <string>

namespace drydock {
namespace {

TEST(SerialTable, finds_what_lives_and_nothing_else) {
  SerialTable<std::string> table;
  EXPECT_EQ(table.find(256), nullptr);
  std::string& first = table.get(256, "first");
  table.get(1000, "second");
  EXPECT_EQ(&table.get(256, "not made again"), &first);
  EXPECT_EQ(*table.find(256), "first");
  EXPECT_EQ(*table.find(1000), "second");
  EXPECT_EQ(table.find(257), nullptr);
  EXPECT_EQ(table.find(0), nullptr);
  table.erase(256);
  table.erase(256);
  EXPECT_EQ(table.find(256), nullptr);
  EXPECT_EQ(table.size(), 1U);
}

TEST(SerialTable, room_follows_what_lives_however_many_have_been) {
  SerialTable<int> table;
  constexpr std::uint64_t alive = 100;
  for (std::uint64_t number = 0; number < 1'000'000; ++number) {
    table.get(number, 1);
    if (number >= alive) table.erase(number - alive);
  }
  EXPECT_EQ(table.size(), alive);
  EXPECT_LE(table.room(), alive + 128);
  EXPECT_NE(table.find(999'950), nullptr);
}

TEST(SerialTable, a_number_before_all_others_may_come_late) {
  SerialTable<int> table;
  table.get(5000, 5);
  table.get(1, 1);
  EXPECT_EQ(*table.find(5000), 5);
  EXPECT_EQ(*table.find(1), 1);
  table.erase_if([](int value) { return value == 5; });
  EXPECT_EQ(table.find(5000), nullptr);
  EXPECT_EQ(*table.find(1), 1);
}

TEST(SerialTable, answers_as_a_map_does) {
  std::mt19937 chance(7);
  SerialTable<std::uint64_t> table;
  std::map<std::uint64_t, std::uint64_t> map;
  for (std::uint64_t newest = 0; newest < 50'000; ++newest) {
    if (chance() % 8 == 0) newest += chance() % 500;
    table.get(newest, newest);
    map[newest] = newest;
    while (map.size() > chance() % 400) {
      const auto gone = chance() % 2 == 0 ? map.begin() : map.lower_bound(chance() % newest);
      table.erase(gone->first);
      map.erase(gone);
    }
  }
  EXPECT_EQ(table.size(), map.size());
  for (const auto& [number, value] : map) {
    ASSERT_NE(table.find(number), nullptr) << number;
    EXPECT_EQ(*table.find(number), value);
  }
}

}  // namespace
}  // namespace drydock

// SPDX-License-Identifier: Apache-2.0
#include "net/flow_table.h"

#include <gtest/gtest.h>

#include <map>
#include <random>

namespace drydock::net {
namespace {

FlowKey key_of(std::uint32_t number) {
  return {Protocol::udp, IpAddress::from_v4(0xc0000201),
          IpAddress::from_v4(0xc6336400 + number / 7), static_cast<std::uint16_t>(number % 7), 53};
}

Flow flow_of(const FlowKey& key, std::uint64_t id) {
  Flow flow;
  flow.key = key;
  flow.id = FlowId{id};
  return flow;
}

TEST(FlowTable, a_flow_stays_where_it_is_while_others_come_and_go) {
  FlowTable table;
  Flow& first = table.add(flow_of(key_of(0), 1));
  for (std::uint32_t i = 1; i < 5000; ++i) table.add(flow_of(key_of(i), i + 1));
  for (std::uint32_t i = 1; i < 5000; ++i) EXPECT_EQ(table.take(key_of(i)).id, FlowId{i + 1});
  EXPECT_EQ(table.find(key_of(0)), &first);
  EXPECT_EQ(table.size(), 1U);
}

TEST(FlowTable, answers_as_a_map_does) {
  std::mt19937 chance(11);
  FlowTable table;
  std::map<FlowKey, FlowId> map;
  for (std::uint64_t i = 0; i < 100'000; ++i) {
    const FlowKey key = key_of(chance() % 700);
    const Flow* known = table.find(key);
    ASSERT_EQ(known != nullptr, map.contains(key));
    if (known == nullptr) {
      table.add(flow_of(key, i));
      map[key] = FlowId{i};
    } else {
      ASSERT_EQ(known->id, map[key]);
      ASSERT_EQ(table.take(key).id, map[key]);
      map.erase(key);
    }
  }
  EXPECT_EQ(table.size(), map.size());
  std::map<FlowKey, FlowId> walked;
  table.for_each([&](const Flow& flow) { walked[flow.key] = flow.id; });
  EXPECT_EQ(walked, map);
}

}  // namespace
}  // namespace drydock::net

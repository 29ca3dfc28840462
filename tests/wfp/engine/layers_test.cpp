// SPDX-License-Identifier: Apache-2.0
#include "wfp/engine/layers.h"

#include <gtest/gtest.h>

#include "base/guid.h"
#include "wfp/engine/status.h"

namespace drydock::wfp {
namespace {

TEST(Layers, every_layer_is_found_by_number_and_by_key) {
  ASSERT_EQ(layers().size(), 99U);
  for (const Layer& layer : layers()) {
    EXPECT_EQ(find_layer(layer.id), &layer);
    EXPECT_EQ(find_layer(layer.key), &layer) << layer.name;
  }
  EXPECT_EQ(find_layer(static_cast<LayerId>(99)), nullptr);
  EXPECT_EQ(find_layer(Guid{}), nullptr);
}

TEST(Layers, a_connect_layer_is_described_as_in_the_facts) {
  const Layer& layer = *find_layer(LayerId::ale_auth_connect_v4);
  EXPECT_EQ(std::to_underlying(layer.id), 48);
  EXPECT_EQ(layer.name, "FWPS_LAYER_ALE_AUTH_CONNECT_V4");
  EXPECT_EQ(to_string(layer.key), "c38d57d1-05a7-4c33-904f-7fbceee60e82");
  EXPECT_EQ(layer.family, Family::ipv4);
  EXPECT_EQ(layer.direction, Direction::outbound);
  EXPECT_EQ(layer.discard_twin, LayerId::ale_auth_connect_v4_discard);
  EXPECT_EQ(layer.default_sublayer, universal_sublayer);
  ASSERT_GT(layer.fields.size(), 7U);
  EXPECT_EQ(layer.fields[0].condition->name, "FWPM_CONDITION_ALE_APP_ID");
  EXPECT_EQ(layer.fields[0].type, DataType::byte_blob);
  EXPECT_EQ(layer.fields[2].condition->name, "FWPM_CONDITION_IP_LOCAL_ADDRESS");
  EXPECT_EQ(layer.fields[2].kind, FieldKind::address);
  EXPECT_EQ(layer.fields[2].type, DataType::uint32);
}

TEST(Layers, a_discard_layer_is_the_twin_of_the_one_before) {
  for (const Layer& layer : layers()) {
    if (!layer.discard_twin) continue;
    const Layer& twin = *find_layer(*layer.discard_twin);
    EXPECT_TRUE(twin.discard && !layer.discard) << layer.name;
    EXPECT_EQ(twin.name, std::string(layer.name) + "_DISCARD");
  }
}

TEST(Layers, no_layer_has_a_condition_twice) {
  for (const Layer& layer : layers()) {
    for (std::size_t i = 0; i < layer.fields.size(); ++i) {
      EXPECT_EQ(field_index(layer, layer.fields[i].condition->key), i) << layer.name;
    }
  }
}

TEST(Status, names_are_those_of_the_kernel) {
  EXPECT_EQ(name(FwpStatus::callout_not_found), "STATUS_FWP_CALLOUT_NOT_FOUND");
  EXPECT_EQ(std::to_underlying(FwpStatus::callout_notification_failed), 0xc0220037U);
  EXPECT_EQ(name(static_cast<FwpStatus>(1)), "unknown");
}

}  // namespace
}  // namespace drydock::wfp

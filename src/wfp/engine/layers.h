// SPDX-License-Identifier: Apache-2.0
// The filtering layers of Windows as a constant table: numbers, keys, fields and their types. Built
// from facts about the 26100 kit by generate_layer_table.py.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "base/guid.h"
#include "wfp/engine/layer_id.h"
#include "wfp/engine/value.h"

namespace drydock::wfp {

enum class Family : std::uint8_t { none, ipv4, ipv6 };

enum class Direction : std::uint8_t { none, both, inbound, outbound, forward, ingress, egress };

// What a management client is told about a field (FWPM_FIELD_TYPE).
enum class FieldKind : std::uint8_t { raw, address, flags };

struct Condition {
  std::string_view name;  // FWPM_CONDITION_...
  Guid key;
};

struct Field {
  const Condition* condition;
  DataType type;  // of the value at classify time; EMPTY may stand in its place
  FieldKind kind;
};

struct Layer {
  LayerId id;
  Guid key;               // FWPM_LAYER_...
  std::string_view name;  // FWPS_LAYER_...
  Family family;
  Direction direction;
  bool discard;
  std::optional<LayerId> discard_twin;  // where a packet blocked here without ABSORB is indicated
  Guid default_sublayer;
  std::span<const Field> fields;  // in the order of FWPS_FIELDS_...
};

// All layers, element i has id i.
[[nodiscard]] std::span<const Layer> layers();

// Null when no such layer exists.
[[nodiscard]] const Layer* find_layer(LayerId id);
[[nodiscard]] const Layer* find_layer(const Guid& key);

// Position of the field in the classify input; nothing when the layer lacks it.
[[nodiscard]] std::optional<std::uint16_t> field_index(const Layer& layer, const Guid& condition);

// FWPM_SUBLAYER_UNIVERSAL: where a filter lives that names no sublayer.
inline constexpr Guid universal_sublayer{
    0xeebecc03, 0xced4, 0x4380, {0x81, 0x9a, 0x27, 0x34, 0x39, 0x7b, 0x2b, 0x74}};

}  // namespace drydock::wfp

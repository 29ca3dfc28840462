// SPDX-License-Identifier: Apache-2.0
#include "wfp/engine/layers.h"

#include <algorithm>
#include <array>
#include <numeric>
#include <utility>

namespace drydock::wfp {
namespace {

using T = DataType;
using K = FieldKind;
enum class C : std::uint8_t;

struct FieldRow {
  C condition;
  T type;
  K kind;
};

struct LayerRow {
  std::string_view name;
  Guid key;
  Family family;
  Direction direction;
  bool discard;
  int discard_twin;  // -1: none
  std::span<const FieldRow> fields;
};

#include "wfp/engine/layer_table.inc"

static_assert(std::size(layer_table) == layer_count);

constexpr std::size_t field_count =
    std::accumulate(std::begin(layer_table), std::end(layer_table), std::size_t{0},
                    [](std::size_t sum, const LayerRow& row) { return sum + row.fields.size(); });

constexpr std::array<Field, field_count> all_fields = [] {
  std::array<Field, field_count> fields{};
  auto out = fields.begin();
  for (const LayerRow& row : layer_table) {
    for (const FieldRow& field : row.fields) {
      *out++ = {&condition_table[std::to_underlying(field.condition)], field.type, field.kind};
    }
  }
  return fields;
}();

constexpr std::array<Layer, layer_count> all_layers = [] {
  std::array<Layer, layer_count> result{};
  std::size_t first_field = 0;
  for (std::size_t i = 0; i < layer_count; ++i) {
    const LayerRow& row = layer_table[i];
    Layer& layer = result[i];
    layer.id = static_cast<LayerId>(i);
    layer.key = row.key;
    layer.name = row.name;
    layer.family = row.family;
    layer.direction = row.direction;
    layer.discard = row.discard;
    if (row.discard_twin >= 0) layer.discard_twin = static_cast<LayerId>(row.discard_twin);
    layer.default_sublayer = universal_sublayer;
    layer.fields = std::span(all_fields).subspan(first_field, row.fields.size());
    first_field += row.fields.size();
  }
  return result;
}();

constexpr std::array<LayerId, layer_count> ids_by_key = [] {
  std::array<LayerId, layer_count> ids{};
  for (std::size_t i = 0; i < layer_count; ++i) ids[i] = static_cast<LayerId>(i);
  std::ranges::sort(ids, {}, [](LayerId id) { return all_layers[std::to_underlying(id)].key; });
  return ids;
}();

}  // namespace

std::span<const Layer> layers() {
  return all_layers;
}

const Layer* find_layer(LayerId id) {
  const std::size_t index = std::to_underlying(id);
  return index < layer_count ? &all_layers[index] : nullptr;
}

const Layer* find_layer(const Guid& key) {
  const auto key_of = [](LayerId id) { return all_layers[std::to_underlying(id)].key; };
  const auto found = std::ranges::lower_bound(ids_by_key, key, {}, key_of);
  if (found == ids_by_key.end() || key_of(*found) != key) return nullptr;
  return find_layer(*found);
}

std::optional<std::uint16_t> field_index(const Layer& layer, const Guid& condition) {
  for (std::size_t i = 0; i < layer.fields.size(); ++i) {
    if (layer.fields[i].condition->key == condition) return static_cast<std::uint16_t>(i);
  }
  return std::nullopt;
}

}  // namespace drydock::wfp

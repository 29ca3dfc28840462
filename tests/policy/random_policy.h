// SPDX-License-Identifier: Apache-2.0
// Random stores for property tests: everything in them is legal, nothing is typical.
#pragma once

#include <algorithm>
#include <random>
#include <string>
#include <vector>

#include "policy/names.h"
#include "policy/sddl.h"
#include "policy/text.h"
#include "wfp/engine/engine.h"
#include "wfp/engine/security_descriptor.h"

namespace drydock::policy::test {

class RandomPolicy {
 public:
  explicit RandomPolicy(std::uint64_t seed) : random_(seed) {}

  wfp::ObjectSet objects() {
    for (std::size_t n = below(4); n > 0; --n) add_provider();
    for (std::size_t n = below(4); n > 0; --n) add_provider_context();
    if (below(2) == 0) weigh_built_in();
    for (std::size_t n = below(4); n > 0; --n) add_sublayer();
    for (std::size_t n = below(6); n > 0; --n) add_callout();
    for (std::size_t n = below(30); n > 0; --n) add_filter();
    return std::move(objects_);
  }

 private:
  std::size_t below(std::size_t limit) { return static_cast<std::size_t>(random_() % limit); }
  bool once_in(std::size_t times) { return below(times) == 0; }

  Guid key() {
    if (once_in(4)) return {};  // the engine makes one
    return {static_cast<std::uint32_t>(random_()), static_cast<std::uint16_t>(random_()), 7, {1}};
  }
  Bytes bytes(std::size_t count) {
    Bytes result(count);
    std::ranges::generate(result, [&] { return static_cast<std::uint8_t>(random_()); });
    return result;
  }
  std::u16string text() {
    switch (below(4)) {
      case 0:
        return u"";
      case 1:
        return u"Grüße, \"quoted\" \\ \n \x4e16 \xd83d\xde00";
      case 2:
        return std::u16string{0xd800, u'x', 0xdc00};  // not well formed: drivers may do that
      default:
        return u"rule " + std::u16string(1 + below(20), static_cast<char16_t>(u'a' + below(26)));
    }
  }
  wfp::DisplayData display() { return {.name = text(), .description = text()}; }
  Bytes descriptor() {
    if (once_in(3)) return odd_descriptor();
    return *parse_sddl(once_in(2) ? "O:SYG:BAD:P(A;;CCRC;;;S-1-5-80-1-2-3)(D;OI;0x12345;;;WD)"
                                  : "O:LSD:(A;;CC;;;AN)");
  }
  // One entry of a type that has no name in SDDL.
  Bytes odd_descriptor() {
    const auto type = static_cast<std::uint8_t>(100 + below(100));
    const auto mask = static_cast<std::uint8_t>(below(256));
    return wfp::compose_security(
        {.owner = {},
         .group = {},
         .dacl = Bytes{2, 0, 16, 0, 1, 0, 0, 0, type, 0, 8, 0, mask, 0, 0, 0},
         .sacl = {}});
  }
  Bytes security() { return once_in(5) ? descriptor() : Bytes{}; }

  template <class Row, class KeyOf>
  std::optional<Guid> some_key(const std::vector<Row>& rows, const KeyOf& key_of) {
    if (rows.empty()) return std::nullopt;
    const Guid found = key_of(rows[below(rows.size())]);
    return found.is_zero() ? std::nullopt : std::optional(found);
  }
  std::optional<Guid> provider() {
    if (once_in(2)) return std::nullopt;
    return some_key(objects_.providers, [](const auto& row) { return row.key; });
  }

  void add_provider() {
    objects_.providers.push_back({.key = key(),
                                  .display = display(),
                                  .flags = wfp::persistent_flag,
                                  .data = bytes(below(5)),
                                  .service_name = text(),
                                  .security = security()});
  }
  void add_provider_context() {
    objects_.provider_contexts.push_back(
        {.spec = {.key = key(),
                  .display = display(),
                  .flags = wfp::persistent_flag,
                  .provider = provider(),
                  .type = static_cast<std::uint32_t>(below(14)),
                  .data = bytes(below(5)),
                  .provider_data = bytes(below(3)),
                  .security = security()},
         .id = once_in(2) ? 0 : 0x8000000000000000 + objects_.provider_contexts.size()});
  }
  void weigh_built_in() {
    for (const Guid& sublayer : built_in_sublayers()) {
      if (below(4) == 0)
        objects_.built_in_weights.push_back({sublayer, static_cast<std::uint16_t>(random_())});
    }
  }

  void add_sublayer() {
    objects_.sublayers.push_back({.key = key(),
                                  .display = display(),
                                  .flags = wfp::persistent_flag,
                                  .provider = provider(),
                                  .weight = static_cast<std::uint16_t>(random_()),
                                  .provider_data = bytes(below(3)),
                                  .security = security()});
  }
  void add_callout() {
    const auto& layer = wfp::layers()[below(wfp::layer_count)];
    objects_.callouts.push_back({.spec = {.key = key(),
                                          .display = display(),
                                          .flags = wfp::callout_persistent_flag,
                                          .provider = provider(),
                                          .layer = layer.key,
                                          .provider_data = bytes(below(3)),
                                          .security = security()}});
  }

  void add_filter() {
    wfp::FilterSpec spec{.key = key(), .display = display()};
    spec.flags = once_in(2) ? static_cast<std::uint32_t>(below(2)) : 0;
    spec.flags |= static_cast<std::uint32_t>(random_()) & 0x7fe8;
    spec.provider = provider();
    spec.provider_data = bytes(below(9));
    spec.layer = wfp::layers()[below(wfp::layer_count)].key;
    choose_action(spec);
    spec.sublayer =
        some_key(objects_.sublayers, [](const auto& row) { return row.key; }).value_or(Guid{});
    spec.weight = weight();
    const auto context =
        some_key(objects_.provider_contexts, [](const auto& row) { return row.spec.key; });
    if (context && once_in(3)) {
      spec.flags |= wfp::filter_flag::has_provider_context;
      spec.provider_context = *context;
    } else {
      spec.raw_context = once_in(2) ? random_() : 0;
    }
    add_conditions(spec);
    spec.security = security();
    objects_.filters.push_back({.spec = std::move(spec)});
    if (once_in(3)) objects_.filters.back().weight = random_();
  }
  void choose_action(wfp::FilterSpec& spec) {
    spec.action = once_in(2) ? wfp::Action::block : wfp::Action::permit;
    if (objects_.callouts.empty() || once_in(2)) return;
    const auto& callout = objects_.callouts[below(objects_.callouts.size())].spec;
    if (callout.key.is_zero()) return;
    spec.action = once_in(2) ? wfp::Action::callout_terminating : wfp::Action::callout_unknown;
    spec.callout = callout.key;
    spec.layer = callout.layer;
  }
  wfp::Value weight() {
    if (once_in(3)) return {};
    return once_in(2) ? wfp::Value::number(wfp::DataType::uint8, below(16))
                      : wfp::Value::number(wfp::DataType::uint64, random_());
  }

  void add_conditions(wfp::FilterSpec& spec) {
    const wfp::Layer& layer = *wfp::find_layer(spec.layer);
    if (layer.fields.empty()) return;
    for (std::size_t n = below(5); n > 0; --n) {
      const wfp::Field& field = layer.fields[below(layer.fields.size())];
      wfp::FilterCondition condition{.field = field.condition->key, .value = value(field)};
      if (condition.value.type == wfp::DataType::range) condition.match = wfp::MatchType::range;
      spec.conditions.push_back(std::move(condition));
    }
  }
  wfp::Value value(const wfp::Field& field) {
    if (once_in(12)) return {};
    const bool address = field.kind == wfp::FieldKind::address;
    if (address && field.type == wfp::DataType::uint32 && once_in(2))
      return wfp::Value::v4_mask(static_cast<std::uint32_t>(random_()), mask());
    if (address && field.type == wfp::DataType::byte_array16 && once_in(2))
      return wfp::Value::v6_mask(array16(), static_cast<std::uint8_t>(below(129)));
    const bool ordered = wfp::is_integer(field.type) || field.type == wfp::DataType::byte_array16;
    if (ordered && once_in(4)) return range(field);
    return scalar(field);
  }
  std::uint32_t mask() {
    const std::size_t ones = below(33);
    return ones == 0 ? 0 : UINT32_MAX << (32 - ones);
  }
  std::array<std::uint8_t, 16> array16() {
    std::array<std::uint8_t, 16> array{};
    std::ranges::copy(bytes(16), array.begin());
    if (once_in(3)) std::fill(array.begin() + 2, array.begin() + 13, 0);
    return array;
  }
  wfp::Value range(const wfp::Field& field) {
    wfp::Value low = scalar(field);
    wfp::Value high = scalar(field);
    if (std::tie(low.bits, low.bytes) > std::tie(high.bits, high.bytes)) std::swap(low, high);
    return wfp::Value::range(std::move(low), std::move(high));
  }
  wfp::Value scalar(const wfp::Field& field) {
    using wfp::DataType;
    switch (field.type) {
      case DataType::uint8:
        return wfp::Value::number(field.type, random_() & (once_in(2) ? 0x1f : 0xff));
      case DataType::uint16:
        return wfp::Value::number(field.type, random_() & 0xffff);
      case DataType::uint32:
        return wfp::Value::number(field.type, random_() & (once_in(2) ? 0x7ff : 0xffffffff));
      case DataType::byte_array16:
        return wfp::Value::array16(array16());
      case DataType::byte_array6:
        return {.type = field.type, .bytes = bytes(6)};
      case DataType::byte_blob:
        return blob();
      case DataType::sid:
        return once_in(2) ? wfp::Value{.type = field.type, .bytes = *parse_sid("S-1-5-32-544")}
                          : wfp::Value{.type = field.type, .bytes = bytes(8 + below(9))};
      case DataType::token_information:
      case DataType::token_access_information:
        return {.type = DataType::security_descriptor, .bytes = descriptor()};
      default:
        return wfp::Value::number(field.type, random_());
    }
  }
  wfp::Value blob() {
    if (once_in(2)) return wfp::Value::blob(bytes(1 + below(12)));
    return wfp::Value::blob(
        bytes_of(u"\\device\\harddiskvolume1\\a b\\ü.exe" + std::u16string(1, 0)));
  }

  std::mt19937_64 random_;
  wfp::ObjectSet objects_;
};

}  // namespace drydock::policy::test

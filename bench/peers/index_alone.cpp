// SPDX-License-Identifier: Apache-2.0
#include "peers/index_alone.h"

#include <algorithm>

namespace drydock::bench {

using wfp::index::Key;

std::vector<std::unique_ptr<wfp::CompiledFilter>> IndexAlone::filters_of(
    const std::vector<wfp::test::Rule>& rules, wfp::SubLayerSlots& sublayer) {
  std::vector<std::unique_ptr<wfp::CompiledFilter>> filters;
  for (const wfp::test::Rule& rule : rules) {
    auto filter = std::make_shared<wfp::Filter>();
    filter->spec = filter_of(rule, 0, wfp::test::IpVersion::v4, false);
    auto compiled = std::make_unique<wfp::CompiledFilter>();
    compiled->filter = std::move(filter);
    compiled->placed[0] = {.sublayer = &sublayer,
                           .slot = static_cast<std::uint32_t>(filters.size())};
    filters.push_back(std::move(compiled));
  }
  return filters;
}

IndexAlone::IndexAlone(const std::vector<wfp::test::Rule>& rules)
    : filters_(filters_of(rules, sublayer_)),
      slots_(rules.size()),
      index_(*wfp::find_layer(layer_for(wfp::test::IpVersion::v4)), variants_, slots_, by_slot_,
             0) {
  for (const auto& filter : filters_) by_slot_.push_back(filter.get());
  index_.build().finish();
}

void IndexAlone::take_headers(const std::vector<wfp::test::Header>& headers) {
  keys_.clear();
  wfp::test::HeaderRow row(wfp::test::IpVersion::v4);
  for (const wfp::test::Header& header : headers) {
    row.set(header);
    Key key;
    index_.read(row.values(), key);
    keys_.push_back({key.words[0], key.words[1]});
  }
}

namespace {

void put(const std::array<std::uint64_t, 2>& words, Key& key) {
  key.words[0] = words[0];
  key.words[1] = words[1];
}

std::uint32_t number_of(std::uint32_t slot) {
  return slot == wfp::index::no_slot ? 0 : slot + 1;
}

}  // namespace

void IndexAlone::one_at_a_time(std::span<std::uint32_t> numbers) const {
  Key key{};
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    put(keys_[i], key);
    numbers[i] = number_of(index_.first(key));
  }
}

void IndexAlone::in_bursts(std::span<std::uint32_t> numbers) const {
  Key keys[rows_in_burst] = {};
  for (std::size_t i = 0; i < numbers.size(); i += rows_in_burst) {
    const std::size_t count = std::min(rows_in_burst, numbers.size() - i);
    for (std::size_t n = 0; n < count; ++n) put(keys_[i + n], keys[n]);
    index_.first_of_each({keys, count}, &numbers[i]);
    for (std::size_t n = 0; n < count; ++n) numbers[i + n] = number_of(numbers[i + n]);
  }
}

}  // namespace drydock::bench

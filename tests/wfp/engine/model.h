// SPDX-License-Identifier: Apache-2.0
// The specification of matching and arbitration once more, as plainly and slowly as it can be
// written, to compare the engine with.
#pragma once

#include <algorithm>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include "wfp/engine/engine.h"
#include "wfp/engine/match.h"

namespace drydock::wfp::test {

struct ModelResult {
  Decision decision;
  std::vector<FilterId> called;
  std::vector<bool> rights_seen;
};

class Model {
 public:
  // Does a token pass a security descriptor's access check? Nothing: not known.
  using TokenCheck =
      std::function<std::optional<bool>(const Value& security_descriptor, const Value& token)>;

  Model(const Variants& variants, std::function<CalloutAnswer(const Filter&)> script,
        std::function<bool(CalloutId)> registered, TokenCheck token_passes = {})
      : variants_(variants),
        script_(std::move(script)),
        registered_(std::move(registered)),
        token_passes_(std::move(token_passes)) {}

  // `filters`: all of the layer; `values`: one for each field.
  ModelResult classify(const Layer& layer, std::vector<const Filter*> filters,
                       const std::vector<Value>& values) {
    sort(filters);
    result_ = {};
    right_ = true;
    const Guid* done = nullptr;  // sublayer that has decided
    for (const Filter* filter : filters) {
      if (done && *done == filter->spec.sublayer) continue;
      if (variants_.stop_after_hard_block && blocked() && !right_ && done) break;
      if (filter->spec.flags & filter_flag::disabled) continue;
      const Match match = matches(layer, *filter, values);
      if (match == Match::unknown) result_.decision.inconclusive = true;
      if (match != Match::yes) continue;
      if (decides(*filter)) done = &filter->spec.sublayer;
    }
    result_.decision.hard = !right_;
    return result_;
  }

 private:
  void sort(std::vector<const Filter*>& filters) const {
    const int sign = variants_.ties == Variants::Ties::ascending ? 1 : -1;
    std::sort(filters.begin(), filters.end(), [&](const Filter* a, const Filter* b) {
      if (a->sublayer_weight != b->sublayer_weight) return a->sublayer_weight > b->sublayer_weight;
      const auto keys = a->spec.sublayer <=> b->spec.sublayer;
      if (keys != 0) return sign > 0 ? keys < 0 : keys > 0;
      if (a->weight != b->weight) return a->weight > b->weight;
      return sign > 0 ? a->id < b->id : a->id > b->id;
    });
  }

  bool blocked() const { return result_.decision.action == Action::block; }

  Match matches(const Layer& layer, const Filter& filter, const std::vector<Value>& values) const {
    Match all = Match::yes;
    for (const FilterCondition& condition : filter.spec.conditions) {
      Match group = Match::no;
      for (const FilterCondition& other : filter.spec.conditions) {
        if (other.field != condition.field) continue;
        const bool alone =
            variants_.not_equal_in_group == Variants::NotEqualInGroup::and_with_others;
        const bool same_group =
            !alone || &other == &condition ||
            (other.match != MatchType::not_equal && condition.match != MatchType::not_equal);
        if (!same_group) continue;
        const std::size_t field = *field_index(layer, other.field);
        const DataType type = values[field].type;
        const bool of_type = type == DataType::empty || type == layer.fields[field].type;
        const Match one = of_type ? any_matches(other, values[field]) : Match::no;
        if (one == Match::yes || group == Match::no) group = one;
      }
      if (group == Match::no) return Match::no;
      if (group == Match::unknown) all = Match::unknown;
    }
    return all;
  }

  Match any_matches(const FilterCondition& condition, const Value& value) const {
    if (condition.value.type != DataType::security_descriptor) {
      return as_match(one_matches(condition, value));
    }
    if (value.type == DataType::empty) return Match::no;
    const auto passes = token_passes_(condition.value, value);
    return passes ? as_match(*passes) : Match::unknown;
  }

  bool one_matches(const FilterCondition& condition, const Value& value) const {
    const Value& wanted = condition.value;
    const bool equality = condition.match == MatchType::equal;
    if (condition.match == MatchType::not_equal) {
      if (value.type == DataType::empty) {
        return wanted.type != DataType::empty && variants_.empty_satisfies_not_equal;
      }
      return !equal(wanted, value);
    }
    if (value.type == DataType::empty) return equality && wanted.type == DataType::empty;
    switch (condition.match) {
      case MatchType::equal:
        return equal(wanted, value);
      case MatchType::greater:
        return compare(value, wanted) > 0;
      case MatchType::less:
        return compare(value, wanted) < 0;
      case MatchType::greater_or_equal:
        return compare(value, wanted) >= 0;
      case MatchType::less_or_equal:
        return compare(value, wanted) <= 0;
      case MatchType::range:
        return compare(value, wanted.bounds[0]) >= 0 && compare(value, wanted.bounds[1]) <= 0;
      case MatchType::flags_all_set:
        return (value.bits & wanted.bits) == wanted.bits;
      case MatchType::flags_any_set:
        return (value.bits & wanted.bits) != 0;
      case MatchType::flags_none_set:
        return (value.bits & wanted.bits) == 0;
      case MatchType::equal_case_insensitive:
        return lower(text(value)) == lower(text(wanted));
      case MatchType::prefix:
        return begins(value, wanted);
      case MatchType::not_prefix:
        return !begins(value, wanted);
      default:
        return false;
    }
  }

  static bool equal(const Value& wanted, const Value& value) {
    if (wanted.type == DataType::v4_addr_mask) {
      const std::uint64_t mask = wanted.bits >> 32;
      return (value.bits & mask) == (wanted.bits & mask);
    }
    if (wanted.type == DataType::v6_addr_mask) {
      for (std::uint64_t bit = 0; bit < wanted.bits; ++bit) {
        const int differ = wanted.bytes[bit / 8] ^ value.bytes[bit / 8];
        if (differ & (0x80 >> (bit % 8))) return false;
      }
      return true;
    }
    return wanted == value;
  }

  static int compare(const Value& a, const Value& b) {
    if (a.type == DataType::unicode_string) return text(a).compare(text(b));
    if (a.bytes.empty() && b.bytes.empty()) return a.bits < b.bits ? -1 : a.bits > b.bits ? 1 : 0;
    return a.bytes < b.bytes ? -1 : a.bytes > b.bytes ? 1 : 0;
  }

  static std::u16string text(const Value& value) {
    std::u16string result;
    for (std::size_t i = 0; i + 1 < value.bytes.size(); i += 2) {
      result += static_cast<char16_t>(value.bytes[i] | value.bytes[i + 1] << 8);
    }
    return result;
  }

  static std::u16string lower(std::u16string text) {
    for (char16_t& unit : text) {
      if (unit >= u'A' && unit <= u'Z') unit = static_cast<char16_t>(unit - u'A' + u'a');
    }
    return text;
  }

  // E-12: of strings the end, and whole labels.
  bool begins(const Value& value, const Value& prefix) const {
    if (value.type != DataType::unicode_string || !variants_.string_prefix_is_suffix) {
      if (prefix.bytes.size() > value.bytes.size()) return false;
      return std::equal(prefix.bytes.begin(), prefix.bytes.end(), value.bytes.begin());
    }
    const std::u16string name = lower(text(value));
    const std::u16string end = lower(text(prefix));
    if (!name.ends_with(end)) return false;
    return name == end || end.starts_with(u'.') || name[name.size() - end.size() - 1] == u'.';
  }

  // Runs a filter that matches; true when its sublayer is done.
  bool decides(const Filter& filter) {
    if (filter.spec.action == Action::block) return block(filter, true, false, false);
    if (filter.spec.action == Action::permit) {
      return permit(filter, (filter.spec.flags & filter_flag::clear_action_right) != 0);
    }
    const bool inspection = filter.spec.action == Action::callout_inspection;
    if (!registered_(filter.callout_id)) {
      if (inspection) return false;
      if (filter.spec.flags & filter_flag::permit_if_callout_unregistered) {
        return permit(filter, false);
      }
      return block(filter, variants_.missing_callout_blocks_hard, false, false);
    }
    result_.called.push_back(filter.id);
    result_.rights_seen.push_back(right_);
    const CalloutAnswer answer = script_(filter);
    if (answer.skipped || inspection || !answer.wrote) return false;
    if (answer.action == Action::block) return block(filter, answer.hard, answer.absorb, true);
    if (answer.action == Action::permit) {
      return permit(filter, answer.hard && variants_.callout_hard_permit_counts);
    }
    return false;
  }

  bool block(const Filter& filter, bool hard, bool absorb, bool may_veto) {
    const bool veto = !right_ && may_veto;
    if (!blocked() && (right_ || veto)) {
      result_.decision.action = Action::block;
      result_.decision.filter = filter.id;
      result_.decision.absorbed = absorb;
      result_.decision.veto = veto;
    }
    right_ = right_ && !hard;
    return true;
  }

  bool permit(const Filter& filter, bool hard) {
    if (result_.decision.filter == FilterId::none) result_.decision.filter = filter.id;
    right_ = right_ && !hard;
    return true;
  }

  Variants variants_;
  std::function<CalloutAnswer(const Filter&)> script_;
  std::function<bool(CalloutId)> registered_;
  TokenCheck token_passes_;
  ModelResult result_;
  bool right_ = true;
};

}  // namespace drydock::wfp::test

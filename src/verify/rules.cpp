// SPDX-License-Identifier: Apache-2.0
#include "verify/rules.h"

#include <algorithm>
#include <cctype>

namespace drydock::verify {

const std::vector<const Rule*>& all_rules() {
  static const std::vector<const Rule*> all = [] {
    std::vector<const Rule*> collected;
    for (const auto& group :
         {rules::unload(), rules::load(), rules::callout(), rules::flow(), rules::inject(),
          rules::pend(), rules::stream(), rules::management(), rules::pool(), rules::device(),
          rules::thread(), rules::framework(), rules::discipline(), rules::crash()}) {
      for (const Rule& rule : group) collected.push_back(&rule);
    }
    return collected;
  }();
  return all;
}

const Rule* find_rule(std::string_view id) {
  const auto equal = [](char a, char b) {
    return std::toupper(static_cast<unsigned char>(a)) ==
           std::toupper(static_cast<unsigned char>(b));
  };
  const auto found = std::ranges::find_if(
      all_rules(), [&](const Rule* rule) { return std::ranges::equal(rule->info.id, id, equal); });
  return found == all_rules().end() ? nullptr : *found;
}

}  // namespace drydock::verify

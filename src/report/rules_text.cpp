// SPDX-License-Identifier: Apache-2.0
#include "report/rules_text.h"

#include "report/page.h"
#include "verify/rules.h"

namespace drydock::report {

std::string rules_text(bool color) {
  Page page(color);
  for (const verify::Rule* rule : verify::all_rules()) {
    page.line("{}  {:<8} {}", page.styled(Style::bold, fmt::format("{:<10}", rule->info.id)),
              verify::severity_name(rule->info.severity), rule->info.title);
  }
  return page.take();
}

std::string rule_text(const verify::RuleInfo& rule, bool color) {
  Page page(color);
  page.line("{}  {} ({})", page.styled(Style::bold, rule.id), rule.title,
            verify::severity_name(rule.severity));
  page.field("checked", rule.checked);
  page.field("Windows", rule.windows);
  page.field("to do", rule.advice);
  page.field("source", rule.evidence);
  return page.take();
}

}  // namespace drydock::report

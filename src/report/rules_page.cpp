// SPDX-License-Identifier: Apache-2.0
#include "report/rules_page.h"

#include <fmt/format.h>

#include <iterator>

#include "verify/rules.h"

namespace drydock::report {

namespace {

constexpr const char* head = R"(# Rules

What `drydock verify` and `drydock explore` check. `drydock rules ID` prints one of them. Severity: **error**, the
driver is wrong and the exit code is 1; **warning**, wrong by contract though harmless in this run; **note**, worth knowing.

A finding names the resource, the call stack that acquired it and the place where it became a finding. When one mistake breaks
several rules, the one nearest to the mistake is reported and the others stand under it as consequences.

This page is generated from the rules (`drydock rules --markdown`); a test compares the two.
)";

}  // namespace

std::string rules_page() {
  std::string page = head;
  std::string_view group;
  for (const verify::Rule* rule : verify::all_rules()) {
    const verify::RuleInfo& info = rule->info;
    const std::string_view prefix = info.id.substr(0, info.id.find('-'));
    if (prefix != group) fmt::format_to(std::back_inserter(page), "\n## {}\n", prefix);
    group = prefix;
    fmt::format_to(std::back_inserter(page),
                   "\n### {} {}\n\n- Severity: {}\n- Checked: {}\n- On Windows: {}\n- What to do: "
                   "{}\n- Evidence: {}\n",
                   info.id, info.title, verify::severity_name(info.severity), info.checked,
                   info.windows, info.advice, info.evidence);
  }
  return page;
}

}  // namespace drydock::report

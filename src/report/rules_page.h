// SPDX-License-Identifier: Apache-2.0
// docs/rules.md, made from the rules themselves so that the page cannot be out of date.
#pragma once

#include <string>

namespace drydock::report {

// The whole page as Markdown.
std::string rules_page();

}  // namespace drydock::report
